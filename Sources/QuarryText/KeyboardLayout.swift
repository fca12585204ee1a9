/// Words typed with the keyboard set to the other of two layouts: English (QWERTY) and Russian (ЙЦУКЕН).
package enum KeyboardLayout {
    /// The word that the same keys give in the other layout; nil if a character is not of one layout alone, or not a letter
    /// in the other.
    package static func otherReading(of word: String) -> String? {
        reading(of: word, by: russian) ?? reading(of: word, by: english)
    }

    private static func reading(of word: String, by letters: [Character: Character]) -> String? {
        let typed = word.lowercased().map { letters[$0] }
        guard !typed.isEmpty, !typed.contains(nil) else { return nil }
        let reading = String(typed.compactMap { $0 })
        return reading.allSatisfy(\.isLetter) ? reading : nil
    }

    /// Whether the keys of two letters touch in one of the layouts.
    package static func areNeighbours(_ a: Character, _ b: Character) -> Bool {
        places.contains { places in
            guard let (a, b) = places[a].flatMap({ a in places[b].map { (a, $0) } }) else { return false }
            guard a.row != b.row else { return abs(a.column - b.column) == 1 }
            let (upper, lower) = a.row < b.row ? (a, b) : (b, a)
            // Each row begins half a key to the right of the one above.
            return lower.row == upper.row + 1 && (-1...0).contains(lower.column - upper.column)
        }
    }

    /// The places of the letters, by layout.
    private static let places: [[Character: (row: Int, column: Int)]] = [
        ["qwertyuiop", "asdfghjkl", "zxcvbnm"], ["йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"],
    ].map { rows in
        var places: [Character: (row: Int, column: Int)] = [:]
        for (row, letters) in rows.enumerated() {
            for (column, letter) in letters.enumerated() { places[letter] = (row, column) }
        }
        return places
    }

    private static let russian = Dictionary(uniqueKeysWithValues: zip(englishKeys, russianKeys))
    private static let english = Dictionary(uniqueKeysWithValues: zip(russianKeys, englishKeys))

    private static let englishKeys = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
    private static let russianKeys = "ёйцукенгшщзхъфывапролджэячсмитьбю"
}
