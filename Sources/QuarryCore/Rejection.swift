/// A source, or a line of one, that was not taken in, and why.
public struct Rejection: Error, Sendable, Hashable, Codable, CustomStringConvertible {
    public enum Reason: String, Sendable, Hashable, Codable, CaseIterable {
        /// There is no text in it.
        case empty
        case binary
        /// No encoding makes text of the bytes.
        case undecodable
        case tooLarge
        /// The system would not let it be read.
        case unreadable
        /// It was there a moment ago, whole.
        case vanished
        case notFound
        case brokenRecord
        case duplicateID
        case unsupportedFormat
        /// A recording or picture, and no model was given to read it.
        case needsModel
        /// A passage that the embedding model rejects. Only ever a warning: the passage is found by its words.
        case refusedByModel
        /// A model, or its provider's filter, refused to describe it.
        case withheldByModel
        /// A model found nothing in it to write down.
        case foundEmptyByModel
        /// A line of front matter that is not understood. Only ever a warning.
        case brokenFrontMatter
        /// A line of an ignore file that is not understood. Only ever a warning.
        case brokenPattern
        /// Text in an encoding that nothing in the file names, so it was guessed. Only ever a warning.
        case guessedEncoding
    }

    /// The id or the path of the source.
    public var source: String
    /// The 1-based line that is to blame, where it is one.
    public var line: Int?
    public var reason: Reason
    /// A sentence for people: what is wrong, and what to do.
    public var message: String
    /// The model that made nothing of it, where it was one: another may.
    public var model: String?

    public init(source: String, line: Int? = nil, reason: Reason, message: String, model: String? = nil) {
        self.source = source
        self.line = line
        self.reason = reason
        self.message = message
        self.model = model
    }

    /// `notes/a.jsonl:12: The record has no "text". …`
    public var description: String {
        if let line { "\(source):\(line): \(message)" } else { "\(source): \(message)" }
    }
}
