/// Words typed with the keyboard set to the other of two layouts: English (QWERTY) and Russian (ЙЦУКЕН).
package enum KeyboardLayout {
    /// The word that the same keys give in the other layout; nil if a character is not of one layout alone, or is no letter
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

    private static let russian = Dictionary(uniqueKeysWithValues: zip(englishKeys, russianKeys))
    private static let english = Dictionary(uniqueKeysWithValues: zip(russianKeys, englishKeys))

    private static let englishKeys = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
    private static let russianKeys = "ёйцукенгшщзхъфывапролджэячсмитьбю"
}
