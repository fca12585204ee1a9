/// A run of letters and digits in a text, as it stands there.
struct Word: Sendable, Hashable {
    /// Lower case, ё written е.
    var folded: String
    var startsUppercase: Bool
    var digits: Int
    var letters: Int

    var isNumber: Bool { digits > 0 && letters == 0 }

    /// The words of a text in text order. Apostrophes and hyphens separate.
    /// - Complexity: O(length).
    static func words(of text: String) -> [Word] {
        var words: [Word] = []
        var current = String.UnicodeScalarView()
        var uppercase = false
        var digits = 0
        func finish() {
            guard !current.isEmpty else { return }
            let folded = String(current).lowercased()
            words.append(
                Word(
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
