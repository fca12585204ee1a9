/// An index that cannot be opened, searched or written.
public struct CorpusError: Error, Sendable, CustomStringConvertible {
    public struct Code: Sendable, Hashable {
        private enum Kind {
            case missing, empty, notAnIndex, otherVersion, damaged, otherModel, otherSettings, noVectors, hasVectors,
                input, busy
            case switched, noGeneration, incompleteGeneration
            case diskFull, ioFailure, readOnly, replaced, foreignLog
        }
        private var kind: Kind

        public static let missing = Code(kind: .missing)
        /// The file is empty: nothing was indexed yet.
        public static let empty = Code(kind: .empty)
        public static let notAnIndex = Code(kind: .notAnIndex)
        public static let otherVersion = Code(kind: .otherVersion)
        public static let damaged = Code(kind: .damaged)
        public static let otherModel = Code(kind: .otherModel)
        /// The requested chunking differs from that of the index.
        public static let otherSettings = Code(kind: .otherSettings)
        public static let noVectors = Code(kind: .noVectors)
        /// The index has vectors, but there is no model to make vectors of new documents.
        public static let hasVectors = Code(kind: .hasVectors)
        /// Another process switched the index to another generation of vectors while it was open, and the one that it was
        /// opened with is gone or must not be written.
        public static let switched = Code(kind: .switched)
        /// The index has no generation of this number.
        public static let noGeneration = Code(kind: .noGeneration)
        /// Chunks have no vector in the generation yet.
        public static let incompleteGeneration = Code(kind: .incompleteGeneration)
        public static let input = Code(kind: .input)
        /// Another process uses the file. The same call may succeed later.
        public static let busy = Code(kind: .busy)
        public static let diskFull = Code(kind: .diskFull)
        /// The system could not read or write the file.
        public static let ioFailure = Code(kind: .ioFailure)
        public static let readOnly = Code(kind: .readOnly)
        /// The file was deleted, replaced or made again while it was open.
        public static let replaced = Code(kind: .replaced)
        /// The log beside the file (`-wal`) belongs to another file.
        public static let foreignLog = Code(kind: .foreignLog)
    }

    public var code: Code
    public var message: String
    public var underlyingError: (any Error)?

    public init(_ code: Code, _ message: String, underlyingError: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.underlyingError = underlyingError
    }

    public var description: String { message }
}
