/// Why a chunker could not be created, or could not cut a document.
public enum ChunkingError: Error, Sendable, Hashable {
    /// The target leaves no room for text beside a breadcrumb and a repeated table header.
    case targetTooSmall(target: Int, minimum: Int)
    case maximumBelowTarget(maximum: Int, target: Int)
    case overlapNegative(Int)
    /// More than half of each chunk would repeat the previous one.
    case overlapTooLong(overlap: Int, target: Int)
    case unknownStrategy(String, known: [String])
    /// The strategy compares meanings, and no embedding model is given.
    case needsModel(String)
    /// The embedding model did not return one vector for each text.
    case wrongVectors(count: Int, texts: Int)
}

extension ChunkingError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .targetTooSmall(let target, let minimum):
            "The target length of a chunk (\(target) tokens) must be at least \(minimum) tokens. Enlarge it."
        case .maximumBelowTarget(let maximum, let target):
            "The maximum length of a chunk (\(maximum) tokens) must not be below the target (\(target) tokens). "
                + "Raise the maximum or lower the target."
        case .overlapNegative(let overlap):
            "The overlap of chunks (\(overlap) tokens) must not be negative. Use 0 for none."
        case .overlapTooLong(let overlap, let target):
            "The overlap (\(overlap) tokens) must not exceed half of the chunk (\(target) tokens). "
                + "Reduce the overlap or enlarge the chunk."
        case .unknownStrategy(let name, let known):
            "“\(name)” is not a chunker. Known chunkers: \(known.joined(separator: ", "))."
        case .needsModel(let name):
            "The \(name) chunker compares the meaning of sentences, so it needs an embedding model."
        case .wrongVectors(let count, let texts):
            "The embedding model returned \(count) vectors for \(texts) texts. Use another model."
        }
    }
}
