/// The marks of numbered and bulleted paragraphs, in the order of the text.
struct ListLabel: Hashable {
    /// A plain number, as Markdown writes it. Nil with a bullet and with other marks.
    var number: Int?
    /// The mark as shown, such as `1.2` or `(a)`; empty for a bullet.
    var text: String
    /// Whether the mark has words, as that of a caption or an article has.
    var isWorded = false
}

/// The formats of numbers in lists.
enum NumeralFormat {
    case decimal, upperLetter, lowerLetter, upperRoman, lowerRoman, upperRussian, lowerRussian, none

    /// The number as written; in digits if the format has no sign for it.
    func shown(_ number: Int) -> String {
        switch self {
        case .decimal: "\(number)"
        case .none: ""
        case .upperLetter: letters(number, of: "abcdefghijklmnopqrstuvwxyz").uppercased()
        case .lowerLetter: letters(number, of: "abcdefghijklmnopqrstuvwxyz")
        case .upperRussian: letters(number, of: "абвгдежзиклмнопрстуфхцчшщэюя").uppercased()
        case .lowerRussian: letters(number, of: "абвгдежзиклмнопрстуфхцчшщэюя")
        case .upperRoman: roman(number)
        case .lowerRoman: roman(number).lowercased()
        }
    }

    /// After the last letter come doubled ones: z, aa, bb.
    private func letters(_ number: Int, of alphabet: String) -> String {
        let letters = Array(alphabet)
        guard (1...letters.count * 5).contains(number) else { return "\(number)" }
        return String(
            repeating: String(letters[(number - 1) % letters.count]), count: (number - 1) / letters.count + 1)
    }

    private func roman(_ number: Int) -> String {
        guard (1...3_999).contains(number) else { return "\(number)" }
        var (rest, text) = (number, "")
        for (value, sign) in [
            (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
            (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
        ] {
            while rest >= value { (rest, text) = (rest - value, text + sign) }
        }
        return text
    }
}
