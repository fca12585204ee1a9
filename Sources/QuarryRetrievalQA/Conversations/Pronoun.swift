/// A word that refers to something that was said before.
struct Pronoun: Sendable {
    enum Form: Sendable, Hashable {
        /// It can be replaced by a name: "he", "it", «он».
        case subject
        case possessive
        case oblique
        /// "There", «там».
        case place
        /// Before a noun, as in "this company". The value is the index of that noun.
        case determiner(Int)
    }

    enum Gender: Sendable, Hashable { case masculine, feminine, neuter, plural, any }

    var form: Form
    var gender: Gender
    var isRussian: Bool
    /// Whether it may refer to a person.
    var isPersonal: Bool
    /// Whether it refers to nothing but a person.
    var isOnlyPersonal: Bool

    /// Nil for a word that refers to nothing.
    init?(_ word: ConversationWord, at index: Int, in words: [ConversationWord]) {
        let next = words.dropFirst(index + 1).first
        let word = word.folded
        let isBeforeNoun = next.map { $0.followsClosely && !ConversationWords.isFunctionWord($0) } ?? false
        switch word {
        case "he", "him", "she", "they", "them", "it":
            if word == "it", Self.isEmpty(at: index, in: words) { return nil }
            self.init(.subject, .any, personal: word != "it", only: ["he", "him", "she"].contains(word))
        case "her": self.init(isBeforeNoun ? .possessive : .subject, .any, personal: true, only: true)
        case "his", "hers": self.init(.possessive, .any, personal: true, only: true)
        case "its", "their": self.init(.possessive, .any, personal: word == "their")
        case "there":
            let neighbours = [index - 1, index + 1].filter(words.indices.contains).map { words[$0].folded }
            if neighbours.contains(where: ConversationWords.auxiliaries.contains) { return nil }
            self.init(.place, .any)
        case "this", "these", "those", "that":
            if let next, isBeforeNoun, word != "that" || index > 0 && !next.isCapitalized {
                // "that" after a noun begins a clause.
                guard word != "that" || ConversationWords.isFunctionWord(words[index - 1]) else { return nil }
                self.init(.determiner(index + 1), .any)
            } else if next == nil || next.map({ ConversationWords.auxiliaries.contains($0.folded) }) == true {
                self.init(.subject, .any)
            } else {
                return nil
            }
        case "он": self.init(.subject, .masculine, russian: true, personal: true)
        case "она": self.init(.subject, .feminine, russian: true, personal: true)
        case "оно": self.init(.subject, .neuter, russian: true)
        case "они": self.init(.subject, .plural, russian: true, personal: true)
        case "его", "ему", "него", "нему", "нем": self.init(.oblique, .masculine, russian: true, personal: true)
        case "ее", "ей", "нее", "ней", "ею", "нею": self.init(.oblique, .feminine, russian: true, personal: true)
        case "их", "им", "них", "ним", "ими", "ними":
            self.init(.oblique, word == "им" || word == "ним" ? .any : .plural, russian: true, personal: true)
        case "там", "туда", "оттуда": self.init(.place, .any, russian: true)
        case "это": self.init(.oblique, .any, russian: true)
        case "этот", "эта", "эти", "этого", "этой", "этих", "этому", "этом", "эту", "этим":
            self.init(isBeforeNoun ? .determiner(index + 1) : .oblique, .any, russian: true)
        default: return nil
        }
    }

    private init(
        _ form: Form, _ gender: Gender, russian: Bool = false, personal: Bool = false, only: Bool = false
    ) {
        self.form = form
        self.gender = gender
        isRussian = russian
        isPersonal = personal
        isOnlyPersonal = only
    }

    /// Whether "it" refers to nothing: "how long does it take to …", "what time is it", "is it possible to …".
    private static func isEmpty(at index: Int, in words: [ConversationWord]) -> Bool {
        let before = words[..<index].suffix(3).map(\.folded)
        let after = words[(index + 1)...].map(\.folded)
        if before == ["what", "time", "is"] { return true }
        guard let next = after.first, after.dropFirst().contains("to") || after.dropFirst().contains("that") else {
            return false
        }
        return ["take", "cost", "possible", "true", "necessary", "allowed", "safe", "legal", "important"].contains(next)
    }

    /// Whether a Russian noun or name in the nominative may have a gender, by the last letters of its words. Nouns of other
    /// languages may have any.
    static func agrees(_ noun: String, with gender: Gender) -> Bool {
        let endings = noun.lowercased().split { !$0.isLetter }.compactMap(\.last)
        guard let last = endings.last, ("а"..."я").contains(last) || last == "ё" else { return true }
        return switch gender {
        case .any: true
        case .masculine: !"аяоеёыиуюэ".contains(last)
        case .feminine: endings.contains { "аяь".contains($0) }
        case .neuter: "оеё".contains(last)
        case .plural: "ыиая".contains(last)
        }
    }
}
