public import QuarryCore

extension EmbeddingBatch {
    /// Vectors of random direction, which is the hardest case for nobody and the same for all exact searches.
    public static func random(count: Int, dimension: Int, seed: UInt64) -> EmbeddingBatch {
        var generator = SeededGenerator(seed: seed)
        let values = (0..<count * dimension).map { _ in
            // The upper 24 bits, from -1 to 1.
            Float(generator.next() >> 40) / Float(1 << 23) - 1
        }
        return EmbeddingBatch(values: values, dimension: dimension)
    }
}
