/// One sentence of an answer and its support.
public struct AnswerSentence: Sendable, Hashable, Codable {
    /// What the cited passages say of a sentence.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// A passage says the same.
        case supported
        /// A passage says otherwise: another number of the same thing, the opposite, or other parts in the same event.
        case contradicted
        /// No passage can tell: none speaks of it, it states nothing, or the passage is in another language.
        case unverifiable
        /// A passage speaks of it, but lacks a name, number, date, unit or code of the sentence.
        case factMissing
    }

    /// A place in a passage that supports a sentence.
    public struct Span: Sendable, Hashable, Codable {
        /// The number of the passage, from 1.
        public var marker: Int
        /// UTF-8 offsets into the passage's text.
        public var range: Range<Int>

        public init(marker: Int, range: Range<Int>) {
            self.marker = marker
            self.range = range
        }
    }

    /// Without markers.
    public var text: String
    /// UTF-8 offsets into the answer's text, markers included; nil if the sentence was taken out of it.
    public var range: Range<Int>?
    /// The valid markers of the sentence, ascending.
    public var markers: [Int]
    /// Whether the engine chose the passage, because the model cited none, or one that does not say it.
    public var isAttributed: Bool
    /// Estimated probability that a place of the passages supports the sentence. It is 1 for a quote and for a sentence
    /// without content words.
    public var support: Double
    public var kind: Kind
    /// The places that support the sentence, or speak of it if none does.
    public var spans: [Span]
    /// Names, numbers, dates and codes of the sentence that no cited sentence contains.
    public var unsupportedFacts: [String]
    /// Whether the sentence may stand: it is supported, or states nothing.
    public var isSupported: Bool
    /// Whether one place says the whole sentence. Otherwise, ``spans`` are the places of its parts.
    public var isWhole: Bool

    public init(
        text: String, range: Range<Int>? = nil, markers: [Int], isAttributed: Bool = false, support: Double,
        kind: Kind? = nil, spans: [Span] = [], unsupportedFacts: [String] = [], isSupported: Bool, isWhole: Bool = true
    ) {
        self.text = text
        self.range = range
        self.markers = markers
        self.isAttributed = isAttributed
        self.support = support
        self.kind = kind ?? (isSupported ? .supported : .unverifiable)
        self.spans = spans
        self.unsupportedFacts = unsupportedFacts
        self.isSupported = isSupported
        self.isWhole = isWhole
    }
}

/// What happens to sentences of a model that no passage supports.
public enum UnsupportedSentences: String, Sendable, Hashable, Codable, CaseIterable {
    /// They are taken out of the answer. An answer of which nothing is left is refused.
    case drop
    /// They stay, without markers, and are named in ``Answer/unsupported``.
    case mark
    /// One of them is enough to refuse the answer.
    case refuse
}
