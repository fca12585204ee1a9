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
            "\(values.count) values cannot be divided into rows of \(dimension).")
        self.values = values
        self.dimension = dimension
    }

    public subscript(row: Int) -> ArraySlice<Float> { values[row * dimension..<(row + 1) * dimension] }

    public mutating func append(contentsOf other: EmbeddingBatch) {
        precondition(dimension == other.dimension, "Rows of \(other.dimension) do not fit a batch of \(dimension).")
        values.append(contentsOf: other.values)
    }
}

/// The purpose of an embedding. Some models need a different prefix for each.
public enum EmbeddingRole: String, Sendable, Hashable, Codable {
    case query
    case passage
}

/// How vectors are made. Vectors can be compared only if their fingerprints are equal.
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

/// Vectors for some of the texts of one call.
public struct EmbeddedPart: Sendable, Hashable {
    /// Positions of the texts in the call, one for each row.
    public var positions: [Int]
    public var vectors: EmbeddingBatch

    /// - Precondition: `positions.count` equals `vectors.count`.
    public init(positions: [Int], vectors: EmbeddingBatch) {
        precondition(positions.count == vectors.count, "\(vectors.count) rows do not fit \(positions.count) texts.")
        self.positions = positions
        self.vectors = vectors
    }
}

/// Turns texts into vectors.
public protocol Embedder: Sendable {
    var fingerprint: EmbeddingFingerprint { get }

    /// The number of texts a call should pass to keep the embedder busy. The default is 128.
    var preferredCount: Int { get }

    /// Languages of the model, as ISO 639-1 codes; nil, the default, if unknown.
    var languages: [String]? { get }

    /// Returns one row for each text, in order. Rows have unit length if the fingerprint is normalized.
    ///
    /// A conformer throws if it cannot compute a row.
    func embed(_ texts: [String], as role: EmbeddingRole) async throws -> EmbeddingBatch

    /// Embeds texts and reports each part as soon as it is ready, so that finished parts survive a later failure.
    ///
    /// The default implementation reports all texts as one part.
    /// - `onPart`: Called one at a time, for parts in any order. An error that it throws ends the call.
    func embed(
        _ texts: [String], as role: EmbeddingRole, onPart: @Sendable (EmbeddedPart) throws -> Void
    ) async throws -> EmbeddingBatch
}

extension Embedder {
    public var dimension: Int { fingerprint.dimension }

    public var preferredCount: Int { 128 }

    public var languages: [String]? { nil }

    public func embed(
        _ texts: [String], as role: EmbeddingRole, onPart: @Sendable (EmbeddedPart) throws -> Void
    ) async throws -> EmbeddingBatch {
        let vectors = try await embed(texts, as: role)
        try onPart(EmbeddedPart(positions: Array(texts.indices), vectors: vectors))
        return vectors
    }
}
