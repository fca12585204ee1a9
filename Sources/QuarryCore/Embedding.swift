/// Vectors of one dimension in one contiguous buffer, row by row, ready for BLAS.
public struct EmbeddingBatch: Sendable, Hashable {
    /// (count, dimension), row-major.
    public private(set) var values: [Float]
    public let dimension: Int

    public var count: Int { dimension == 0 ? 0 : values.count / dimension }

    /// - Precondition: `values.count` is a multiple of `dimension`.
    public init(values: [Float], dimension: Int) {
        precondition(
            dimension > 0 && values.count.isMultiple(of: dimension),
            "\(values.count) values do not make rows of \(dimension).")
        self.values = values
        self.dimension = dimension
    }

    public subscript(row: Int) -> ArraySlice<Float> { values[row * dimension..<(row + 1) * dimension] }

    public mutating func append(contentsOf other: EmbeddingBatch) {
        precondition(dimension == other.dimension, "Rows of \(other.dimension) do not fit a batch of \(dimension).")
        values.append(contentsOf: other.values)
    }
}

/// What a text is embedded for. Some models want a different prefix for each.
public enum EmbeddingRole: String, Sendable, Hashable, Codable {
    case query
    case passage
}

/// Exactly how vectors are made. Two indexes can be compared, and an index queried, only where these are equal.
public struct EmbeddingFingerprint: Sendable, Hashable, Codable {
    /// `local`, or the name of the provider.
    public var provider: String
    public var model: String
    /// Digest of the weights for a local model; the provider's revision otherwise.
    public var revision: String
    public var dimension: Int
    public var queryPrefix: String
    public var passagePrefix: String
    /// `mean` or `cls`.
    public var pooling: String
    public var normalized: Bool
    /// Inputs are cut after this many tokens, special tokens included.
    public var maximumTokens: Int

    public init(
        provider: String, model: String, revision: String, dimension: Int, queryPrefix: String = "",
        passagePrefix: String = "", pooling: String = "mean", normalized: Bool = true, maximumTokens: Int
    ) {
        self.provider = provider
        self.model = model
        self.revision = revision
        self.dimension = dimension
        self.queryPrefix = queryPrefix
        self.passagePrefix = passagePrefix
        self.pooling = pooling
        self.normalized = normalized
        self.maximumTokens = maximumTokens
    }
}

/// Vectors of some of the texts that were handed over together.
public struct EmbeddedPart: Sendable, Hashable {
    /// Positions of the texts among those handed over, one for each row.
    public var positions: [Int]
    public var vectors: EmbeddingBatch

    /// - Precondition: There is a row for each position.
    public init(positions: [Int], vectors: EmbeddingBatch) {
        precondition(positions.count == vectors.count, "\(vectors.count) rows do not fit \(positions.count) texts.")
        self.positions = positions
        self.vectors = vectors
    }
}

/// Turns texts into vectors.
public protocol Embedder: Sendable {
    var fingerprint: EmbeddingFingerprint { get }

    /// How many texts keep it busy: who has more does well to hand over so many at once. The default is 128.
    var preferredCount: Int { get }

    /// One row for each text, in order. Rows are unit length when the fingerprint says normalized.
    ///
    /// A conformer throws rather than return a row it could not compute.
    func embed(_ texts: [String], as role: EmbeddingRole) async throws -> EmbeddingBatch

    /// The same, telling of each part as soon as it is there: what was told of is not lost where a later part fails.
    ///
    /// The default tells once, of everything.
    /// - `onPart`: Called one at a time, for parts in any order. What it throws ends the work.
    func embed(
        _ texts: [String], as role: EmbeddingRole, onPart: @Sendable (EmbeddedPart) throws -> Void
    ) async throws -> EmbeddingBatch
}

extension Embedder {
    public var dimension: Int { fingerprint.dimension }

    public var preferredCount: Int { 128 }

    public func embed(
        _ texts: [String], as role: EmbeddingRole, onPart: @Sendable (EmbeddedPart) throws -> Void
    ) async throws -> EmbeddingBatch {
        let vectors = try await embed(texts, as: role)
        try onPart(EmbeddedPart(positions: Array(texts.indices), vectors: vectors))
        return vectors
    }
}
