import QuarryText

/// A sentence prepared for comparison with others: its words, names, facts and negations, with their places.
struct Statement: Sendable {
    struct Word: Sendable {
        var piece: TextPiece
        var stem: String
        /// What its forms share, more widely than the stem.
        var root: String
        var isFunction: Bool
        var isName: Bool
        /// The root of a Russian word, the stem of any other.
        var key: String { RussianForm.isRussian(root) ? root : stem }
        /// Whether it has a capital as a name has, perhaps as the first word of the sentence.
        var mayBeName: Bool { isName || piece.isCapitalized && piece.text.count > 1 && !isFunction }
        /// Whether a negation applies to the word.
        var isNegated = false
        /// Whether the word is a part of a fact.
        var isInFact = false
        /// Counts up at commas, semicolons, brackets, and words such as "and".
        var clause: Int

        var isContent: Bool { !isFunction && piece.kind != .number }
    }

    var analyzed: AnalyzedText
    var words: [Word]
    var facts: [Fact]
    /// For each fact, the positions of its words.
    var factWords: [Range<Int>]

    /// Whether it ends in a question mark.
    var asks = false
    /// The stems of all words.
    var stems: Set<String>

    var hasNegation: Bool { words.contains { Negation.words.contains($0.piece.folded) } }
    /// Whether the sentence speaks of something that another sentence names.
    var isAnaphoric: Bool { words.contains { Pronouns.pointing.contains($0.piece.folded) } }
}

/// Prepares the sentences of one language.
struct StatementReader {
    let reader: TermReader
    /// The stems of the words so far.
    private var stems: [String: String] = [:]
    /// Whether nouns are capitalized, as in German, so that capitals do not show names.
    private let capitalizesNouns: Bool

    init(_ reader: TermReader, language: String?) {
        self.reader = reader
        capitalizesNouns = language == "de"
    }

    /// - Complexity: O(length of the text).
    mutating func statement(_ written: String) -> Statement {
        let text = Self.withoutMarkupInWords(written)
        let pieces = TextPiece.pieces(of: text)
        let facts = FactReader(pieces).facts
        var words: [Statement.Word] = []
        var clause = 0
        // The position of the first word at or after each piece.
        var positions: [Int] = []
        var opens = true
        for (index, piece) in pieces.enumerated() {
            positions.append(words.count)
            guard piece.isContent else {
                if [",", ";", ":", "(", ")", "—", "–"].contains(piece.text) { clause += 1 }
                if [".", "!", "?", ":"].contains(piece.text) { opens = true }
                continue
            }
            if Self.conjunctions.contains(piece.folded) { clause += 1 }
            let stem = stem(of: piece.folded)
            let next = pieces.indices.contains(index + 1) ? pieces[index + 1] : nil
            words.append(
                Statement.Word(
                    piece: piece, stem: stem, root: RussianForm.root(of: piece.folded),
                    isFunction: reader.functionTerms.contains(stem),
                    isName: isName(piece, opens: opens, next: next), clause: clause))
            opens = false
        }
        positions.append(words.count)
        let ranges = facts.map { positions[$0.pieces.lowerBound]..<positions[$0.pieces.upperBound] }
        for range in ranges { for position in range { words[position].isInFact = true } }
        // Every word of a title begins with a capital.
        let content = words.filter { $0.isContent && $0.piece.kind == .word }
        if content.count > 3, pieces.last?.kind != .mark, content.allSatisfy(\.piece.isCapitalized) {
            for index in words.indices { words[index].isName = false }
        }
        Negation.mark(&words)
        let asks = pieces.last { $0.text != "\"" && $0.text != ")" }?.text == "?"
        return Statement(
            analyzed: reader.words(text), words: words, facts: facts, factWords: ranges, asks: asks,
            stems: Set(words.map(\.stem)))
    }

    /// Emphasis and tags inside of a word do not divide it: `her**on**` is one word.
    private static func withoutMarkupInWords(_ text: String) -> String {
        guard text.contains(where: { "*~<".contains($0) }) else { return text }
        return text.replacing(/([\p{L}\p{N}])(?:\*{1,3}|~~|<\/?[a-z]{1,6}>)(?=[\p{L}\p{N}])/) { String($0.1) }
    }

    private mutating func stem(of word: String) -> String {
        if let known = stems[word] { return known }
        let stem = reader.words(word).terms.first ?? word
        stems[word] = stem
        return stem
    }

    /// Whether a capital shows a name. A sentence begins with one anyway, so its first word is a name only together
    /// with the next.
    private func isName(_ piece: TextPiece, opens: Bool, next: TextPiece?) -> Bool {
        guard !capitalizesNouns, piece.isCapitalized, piece.kind == .word, piece.text.count > 1,
            !NameWords.common.contains(piece.folded)
        else { return false }
        return !opens || next?.kind == .word && next?.isCapitalized == true
    }

    private static let conjunctions: Set<String> = [
        "and", "but", "or", "while", "whereas", "which", "who", "и", "а", "но", "или", "тогда", "который", "которая",
        "которые", "которое",
    ]
}

/// Words that speak for others.
enum Pronouns {
    /// Words that point to something said before.
    static let pointing: Set<String> = [
        "he", "she", "it", "they", "his", "her", "its", "their", "him", "them", "this", "these", "those", "such",
        "here",
        "он", "она", "оно", "они", "его", "ее", "их", "ему", "ей", "им", "этот", "эта", "это", "эти", "этого", "этой",
        "там", "здесь", "такой", "такая", "такие",
    ]

    /// Words of a conversation that state nothing.
    static let chatty: Set<String> = [
        "yes", "yeah", "yep", "oh", "ok", "okay", "well", "sure", "certainly", "да", "конечно", "ну", "хорошо",
    ]

    /// Words by which someone says how sure or pleased he is.
    static let opinion: Set<String> = [
        "think", "guess", "believe", "know", "heard", "love", "like", "favorite", "favourite", "wow", "cool",
        "interesting",
        "amazing", "great", "awesome", "fun", "hope", "maybe", "perhaps", "probably", "думаю", "считаю", "кажется",
        "наверное", "возможно",
        "вероятно",
    ]

    /// Words of someone who speaks about himself or to a reader.
    static let personal: Set<String> = [
        "i", "me", "my", "we", "our", "us", "я", "мне", "мой", "моя", "мы", "нас", "наш",
    ]
}
