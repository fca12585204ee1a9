/// Why a local model could not be loaded or run.
public struct TransformerError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure. More codes may be added.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Name: String { case unreadable, malformed, unsupported, invalidArgument, notFinite }

        private let name: Name

        /// A file or folder is missing or cannot be opened.
        public static let unreadable = Code(name: .unreadable)
        /// A file violates its format, or its tensors do not fit the model.
        public static let malformed = Code(name: .malformed)
        /// A valid file of a model that this encoder does not support.
        public static let unsupported = Code(name: .unsupported)
        /// A parameter is out of its range.
        public static let invalidArgument = Code(name: .invalidArgument)
        /// The model computed a vector that is zero or not finite.
        public static let notFinite = Code(name: .notFinite)

        public var description: String { name.rawValue }
    }

    public let code: Code
    /// The problem with its value, and what to do about it.
    public let message: String
    /// The file or folder in question.
    public let path: String?

    public init(_ code: Code, _ message: String, path: String? = nil) {
        self.code = code
        self.message = message
        self.path = path
    }

    public var description: String { path.map { "\($0): \(message)" } ?? message }
}
