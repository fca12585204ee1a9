/// Forms of Russian words that the stemmer leaves apart: surnames in their cases, reflexive verbs, and nouns that lose a
/// vowel.
enum RussianForm {
    /// What the forms of a folded word share; the word itself if it is not Cyrillic or too short.
    static func root(of word: String) -> String {
        guard isRussian(word), word.count > 3 else { return word }
        var root = word[...]
        for ending in ["ся", "сь"] where root.hasSuffix(ending) { root = root.dropLast(2) }
        for ending in endings where root.hasSuffix(ending) && root.count - ending.count >= 3 {
            root = root.dropLast(ending.count)
            break
        }
        // "владелец" and "владельца".
        if root.hasSuffix("ец") { return root.dropLast(2) + "ьц" }
        return String(root)
    }

    static func isRussian(_ word: String) -> Bool {
        word.unicodeScalars.first.map { (0x430...0x45F).contains($0.value) } ?? false
    }

    /// Longest first.
    private static let endings = [
        "ого", "ому", "ыми", "ими", "ами", "ями", "ует", "уют", "ая", "яя", "ую", "ой", "ей", "ый", "ий", "ом", "ем",
        "ым", "им", "ых", "их", "ах", "ях", "ам", "ям", "ою", "ею", "а", "я", "у", "ю", "ы", "и", "е", "о",
        "ь", "й",
    ]
}
