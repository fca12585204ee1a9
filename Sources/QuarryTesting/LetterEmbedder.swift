public import QuarryCore

/// An embedder for tests: counts of letters, pairs and triples of letters, hashed into a short vector.
///
/// Texts with common words have similar vectors, and equal texts have equal vectors on every machine. It does not model
/// meaning: never build a real index with it.
public struct LetterEmbedder: Embedder {
    public let fingerprint: EmbeddingFingerprint

    /// - Parameter dimension: At least 2. The default is 64.
    public init(dimension: Int = 64) {
        precondition(dimension >= 2, "A letter embedding needs at least 2 dimensions, not \(dimension).")
        fingerprint = EmbeddingFingerprint(
            provider: "testing", model: "letters", revision: "1", dimension: dimension, pooling: "mean",
            normalized: true, maximumTokens: .max)
    }

    public func embed(_ texts: [String], as role: EmbeddingRole) async throws -> EmbeddingBatch {
        EmbeddingBatch(values: texts.flatMap(vector(of:)), dimension: dimension)
    }

    private func vector(of text: String) -> [Float] {
        var vector = [Float](repeating: 0, count: dimension)
        // Gives a text without letters a direction.
        vector[0] = 0.01
        var window: [UInt32] = [0x20, 0x20]
        for scalar in text.lowercased().unicodeScalars {
            window.append(scalar.properties.isAlphabetic || scalar.properties.numericType != nil ? scalar.value : 0x20)
            if window.count > 3 { window.removeFirst() }
            guard window.last != 0x20 else { continue }
            for length in 1...3 {
                let feature = Self.hash(window.suffix(length))
                vector[Int(feature % UInt64(dimension))] += feature & (1 << 40) == 0 ? Float(length) : -Float(length)
            }
        }
        let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        // Signed counts may cancel out. The vector is then the first unit vector.
        guard norm > 0 else { return [1] + [Float](repeating: 0, count: dimension - 1) }
        return vector.map { $0 / norm }
    }

    /// FNV-1a with 64 bits.
    private static func hash(_ scalars: ArraySlice<UInt32>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for scalar in scalars {
            for shift in stride(from: UInt32(0), to: 32, by: 8) {
                hash = (hash ^ UInt64(scalar >> shift & 0xFF)) &* 0x100_0000_01B3
            }
        }
        return hash ^ hash >> 29
    }
}
