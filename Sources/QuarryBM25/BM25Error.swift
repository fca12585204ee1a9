import QuarrySQLite

/// Errors of the lexical index.
public enum BM25Error: Error, Hashable, CustomStringConvertible {
    case invalidParameter(name: String, value: Double, allowed: String)
    /// Chunk ids must not be negative.
    case invalidChunk(Int64)
    /// Stored data that no version of this program wrote. `place` is the term and block, or the chunk.
    case damaged(place: String, reason: String)

    public var description: String {
        switch self {
        case .invalidParameter(let name, let value, let allowed):
            "BM25 cannot use \(name) = \(value). It must be \(allowed)."
        case .invalidChunk(let id):
            "\(id) is not a valid chunk id. Ids must not be negative."
        case .damaged(let place, let reason):
            "The lexical index is damaged at \(place): \(reason). It can be rebuilt from the stored chunks."
        }
    }
}

/// Reads stored values. A value of another type or out of its range becomes ``BM25Error/damaged(place:reason:)``.
func reading<Value>(_ body: () throws -> Value) throws -> Value {
    do {
        return try body()
    } catch let error as StoredValueError {
        throw BM25Error.damaged(place: error.place, reason: error.reason)
    }
}
