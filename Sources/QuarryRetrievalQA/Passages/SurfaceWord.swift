/// A run of letters and digits in a text, as written.
struct SurfaceWord: Sendable, Hashable {
    /// Lower case, with ё as е.
    var folded: String
    var startsUppercase: Bool
    var digits: Int
    var letters: Int

    var isNumber: Bool { digits > 0 && letters == 0 }
    /// Whether it is capitalized as a name.
    var isCapitalized: Bool { startsUppercase && letters > 1 }
    /// Whether it is probably a year (1500–2099).
    var isYear: Bool { isNumber && digits == 4 && ("1500"..."2099").contains(folded) }

    /// The words of a sentence without the number of its section, as in "2.1. Visitors leave their bags here."
    static func words(ofSentence text: String) -> [SurfaceWord] {
        let mark = text.utf8.prefix { ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")) || $0 == UInt8(ascii: ".") }
        let isSection = mark.last == UInt8(ascii: ".") && mark.count < text.utf8.count
        return words(of: isSection ? String(text[mark.endIndex...]) : text)
    }

    /// The words of a text in text order. Apostrophes and hyphens separate.
    /// - Complexity: O(length).
    static func words(of text: String) -> [SurfaceWord] {
        var words: [SurfaceWord] = []
        var current = String.UnicodeScalarView()
        var uppercase = false
        var digits = 0
        func finish() {
            guard !current.isEmpty else { return }
            let folded = String(current).lowercased()
            words.append(
                SurfaceWord(
                    folded: folded.contains("ё") ? String(folded.map { $0 == "ё" ? "е" : $0 }) : folded,
                    startsUppercase: uppercase, digits: digits, letters: current.count - digits))
            current = String.UnicodeScalarView()
            digits = 0
        }
        for scalar in text.unicodeScalars {
            let isDigit = ("0"..."9").contains(scalar)
            guard isDigit || scalar.properties.isAlphabetic else {
                finish()
                continue
            }
            if current.isEmpty { uppercase = scalar.properties.isUppercase }
            current.append(scalar)
            if isDigit { digits += 1 }
        }
        finish()
        return words
    }
}
