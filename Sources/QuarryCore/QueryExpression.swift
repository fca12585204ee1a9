/// A question as a search understands it: its words, and the operators that were found in its text.
///
/// A question without operators has its own text and no clause.
public struct QueryExpression: Sendable, Hashable, Codable {
    /// The question without its operators and without what is excluded: what is embedded and ranked by.
    public var text: String
    /// In the order of the text.
    public var clauses: [Clause]
    /// The parts of the question that look like operators and count as text, as written. The default is none.
    public var literals: [String]

    public init(text: String, clauses: [Clause] = [], literals: [String] = []) {
        self.text = text
        self.clauses = clauses
        self.literals = literals
    }

    /// A condition on the passages of a result.
    public struct Clause: Sendable, Hashable, Codable {
        public var occurrence: Occurrence
        /// Where the text has to stand; nil for anywhere in title, headings and body.
        public var field: Field?
        public var match: Match
        /// The word, the phrase, the prefix or the name, as written in the question.
        public var text: String
        /// How many letters may differ, 1 or 2; nil but for ``Match/fuzzy``.
        public var edits: Int?

        public init(
            _ occurrence: Occurrence, _ match: Match, _ text: String, field: Field? = nil, edits: Int? = nil
        ) {
            self.occurrence = occurrence
            self.field = field
            self.match = match
            self.text = text
            self.edits = edits
        }
    }

    public enum Occurrence: String, Sendable, Hashable, Codable {
        /// Every hit holds it, unless no passage does: then its words count as any others.
        case preferred
        /// Every hit holds it.
        case required
        /// No hit holds it.
        case excluded
    }

    public enum Match: String, Sendable, Hashable, Codable {
        case word
        /// Consecutive words.
        case phrase
        /// Words that begin with the text.
        case prefix
        /// Words that differ by a few letters.
        case fuzzy
    }

    public enum Field: String, Sendable, Hashable, Codable, CaseIterable {
        case title
        case heading
        case body
        /// The name of the source, of which the text is a part.
        case name
    }
}

/// A word that no document has, and the word of the documents that was searched for as well.
public struct WordCorrection: Sendable, Hashable, Codable {
    public enum Reason: String, Sendable, Hashable, Codable {
        /// The word was typed with the keyboard set to another language: `ghbdtn` for `привет`.
        case layout
        /// The word is a Russian one in Latin letters: `Moskva` for `Москва`.
        case transliteration
        /// One or two letters differ.
        case spelling
    }

    /// As written in the question.
    public var word: String
    public var replacement: String
    public var reason: Reason

    public init(_ word: String, replacement: String, reason: Reason) {
        self.word = word
        self.replacement = replacement
        self.reason = reason
    }
}
