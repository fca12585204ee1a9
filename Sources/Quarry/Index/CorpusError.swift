import QuarrySQLite

/// Why an index cannot be opened, searched or written.
public struct CorpusError: Error, Sendable, CustomStringConvertible {
    public struct Code: Sendable, Hashable {
        private enum Kind {
            case missing, empty, notAnIndex, otherVersion, damaged, otherModel, noVectors, input, diskFull, readOnly
        }
        private var kind: Kind

        public static let missing = Code(kind: .missing)
        /// A file into which nothing was written yet.
        public static let empty = Code(kind: .empty)
        public static let notAnIndex = Code(kind: .notAnIndex)
        public static let otherVersion = Code(kind: .otherVersion)
        public static let damaged = Code(kind: .damaged)
        public static let otherModel = Code(kind: .otherModel)
        public static let noVectors = Code(kind: .noVectors)
        public static let input = Code(kind: .input)
        public static let diskFull = Code(kind: .diskFull)
        public static let readOnly = Code(kind: .readOnly)
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

extension SQLiteFileError {
    var corpusCode: CorpusError.Code {
        switch code {
        case .notFound: .missing
        case .empty: .empty
        case .isFolder, .notADatabase: .notAnIndex
        case .cannotOpen, .locked, .logUnreadable: .readOnly
        }
    }
}
