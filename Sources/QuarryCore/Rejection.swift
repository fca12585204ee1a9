/// A source, or a line of one, that was rejected, and why.
public struct Rejection: Error, Sendable, Hashable, Codable, CustomStringConvertible {
    public enum Reason: String, Sendable, Hashable, Codable, CaseIterable {
        /// The source contains no text.
        case empty
        case binary
        /// The bytes are not valid text in any known encoding.
        case undecodable
        case tooLarge
        /// The system denied access.
        case unreadable
        /// The source disappeared while it was being read.
        case vanished
        /// A folder has a file whose name is not UTF-8.
        case invalidName
        case notFound
        /// A server cannot be reached, or gives an error that may pass.
        case unreachable
        /// The rules of a web site, or the limits of a run, forbid to read a page.
        case disallowed
        /// A page has a private address, and the run allows only public ones.
        case privateAddress
        case brokenRecord
        case duplicateID
        case unsupportedFormat
        /// A database, of which no table to read was named.
        case noTableNamed
        /// A recording or picture, without a model to read it.
        case needsModel
        /// The embedding model rejects a passage. Only ever a warning: the passage is still found by its words.
        case refusedByModel
        /// A model or its provider's filter refused to describe the source.
        case withheldByModel
        /// A model found no content in the source.
        case foundEmptyByModel
        /// An invalid line of front matter. Only ever a warning.
        case brokenFrontMatter
        /// An invalid line of an ignore file. Only ever a warning.
        case brokenPattern
        /// Files that are written into a text as base64 were left out. Only ever a warning.
        case embeddedData
        /// The encoding was guessed, because the file does not declare one. Only ever a warning.
        case guessedEncoding
        /// Characters were repaired that had been decoded in a wrong encoding before the text was saved. Only ever a
        /// warning.
        case repairedText
        /// Text that a reader of the document does not see was left out. Only ever a warning.
        case hiddenText
        /// Its text is encrypted, or its author does not permit to take it out.
        case encrypted
        /// Its pages have no text: they may be pictures, such as scans.
        case scanned
        /// A person took its documents out of the index.
        case removed
    }

    /// The id or the path of the source.
    public var source: String
    /// The 1-based line with the problem, if it is a single line.
    public var line: Int?
    public var reason: Reason
    /// A sentence for people: the problem and what to do about it.
    public var message: String
    /// The model that rejected the source, if any. Another model may accept it.
    public var model: String?
    /// Set on the last of a long list: the number of further rejected records of the source, which are not listed.
    public var omitted: Int?

    public init(
        source: String, line: Int? = nil, reason: Reason, message: String, model: String? = nil, omitted: Int? = nil
    ) {
        self.source = source
        self.line = line
        self.reason = reason
        self.message = message
        self.model = model
        self.omitted = omitted
    }

    /// `notes/a.jsonl:12: The record has no "text". …`
    public var description: String {
        if let line { "\(source):\(line): \(message)" } else { "\(source): \(message)" }
    }
}
