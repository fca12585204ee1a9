/// Errors of the vector index.
public enum VectorError: Error, Hashable, CustomStringConvertible {
    /// `what` is a description such as `a query` or `the index notes.quarry`.
    case wrongDimension(what: String, actual: Int, expected: Int)
    /// A vector without direction. `what` is the chunk or the query.
    case notAVector(what: String, reason: String)
    case countsDiffer(vectors: Int, ids: Int)
    /// Chunk ids must not be negative.
    case invalidChunk(Int64)
    case noGeneration(Int64)
    case generationExists(Int64)
    /// Stored data that no version of this program wrote.
    case damaged(place: String, reason: String)

    public var description: String {
        switch self {
        case .wrongDimension(let what, let actual, let expected):
            "The index holds \(expected)-dimensional vectors; \(what) has \(actual) dimensions. "
                + "Use the model that the index was built with, or build it again with the new one."
        case .notAVector(let what, let reason):
            "The vector of \(what) has no direction: \(reason). Check what the embedding model returned."
        case .countsDiffer(let vectors, let ids):
            "\(vectors) vectors came with \(ids) ids. Give one id for each vector."
        case .invalidChunk(let id):
            "\(id) is not a valid chunk id. Ids must not be negative."
        case .noGeneration(let generation):
            "There is no generation \(generation) of vectors in the index. Create it before writing to it."
        case .generationExists(let generation):
            "There is a generation \(generation) of vectors in the index already. Choose another number."
        case .damaged(let place, let reason):
            "The vectors are damaged at \(place): \(reason). They can be made again from the stored texts."
        }
    }
}
