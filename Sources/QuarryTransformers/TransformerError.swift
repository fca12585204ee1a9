/// Why a local model could not be loaded or run.
public struct TransformerError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of failure it is; codes may be added.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Name: String { case unreadable, malformed, unsupported, invalidArgument, notFinite }

        private let name: Name

        /// A file or folder is missing or cannot be opened.
        public static let unreadable = Code(name: .unreadable)
        /// A file breaks its format, or its tensors do not fit the model it says it holds.
        public static let malformed = Code(name: .malformed)
        /// A sound file of a model that this encoder cannot run.
        public static let unsupported = Code(name: .unsupported)
        /// A parameter is out of its range.
        public static let invalidArgument = Code(name: .invalidArgument)
        /// The model made a vector of infinities or of nothing but zeros.
        public static let notFinite = Code(name: .notFinite)

        public var description: String { name.rawValue }
    }

    public let code: Code
    /// What is wrong, with the value, and what to do about it.
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
