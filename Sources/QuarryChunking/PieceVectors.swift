import QuarryCore

/// The vectors of pieces of text, of unit length, and their mean similarity.
struct PieceVectors {
    private var rows: [Float] = []
    private var dimension = 0
    /// The mean of the similarities of all pairs.
    private var mean: Float = 0

    /// - Throws: The errors of the embedder, ``ChunkingError/wrongVectors(count:texts:)``, and `CancellationError`.
    init(of texts: [String], by embedder: any Embedder) async throws {
        let step = max(1, embedder.preferredCount)
        for start in stride(from: 0, to: texts.count, by: step) {
            try Task.checkCancellation()
            let part = Array(texts[start..<min(start + step, texts.count)])
            let vectors = try await embedder.embed(part, as: .passage)
            guard vectors.count == part.count, start == 0 || vectors.dimension == dimension else {
                throw ChunkingError.wrongVectors(count: vectors.count, texts: part.count)
            }
            dimension = vectors.dimension
            for row in 0..<vectors.count { append(vectors[row]) }
        }
        let count = Float(texts.count)
        guard texts.count > 1 else { return }
        // The similarities of all pairs are the squared length of the sum, less each row with itself.
        var sum = [Float](repeating: 0, count: dimension)
        var own: Float = 0
        for row in texts.indices {
            for (column, value) in self.row(row).enumerated() {
                sum[column] += value
                own += value * value
            }
        }
        mean = (sum.reduce(0) { $0 + $1 * $1 } - own) / (count * (count - 1))
    }

    /// A row that is not finite, or zero, is similar to none.
    private mutating func append(_ row: ArraySlice<Float>) {
        let norm = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let isUsable = norm.isFinite && norm > 0
        rows += row.map { isUsable ? $0 / norm : 0 }
    }

    private func row(_ index: Int) -> ArraySlice<Float> { rows[index * dimension..<(index + 1) * dimension] }

    /// Divides adjacent pieces into groups of the greatest coherence: the sum, over all pairs in a group, of their similarity
    /// less the mean.
    ///
    /// The cluster method of B. Smith and A. Troynikov, “Evaluating Chunking Strategies for Retrieval”, Chroma 2024. Here the
    /// lengths are tokens, and the similarities outside of a group's length are not computed.
    /// - Parameters:
    ///   - range: Rows of the pieces.
    ///   - tokens: Their lengths.
    ///   - room: The maximum length of a group of several pieces.
    ///   - tiny: Shorter groups are avoided.
    /// - Complexity: O(pieces · pieces of a group · dimension).
    func groups(of range: Range<Int>, tokens: [Int], room: Int, tiny: Int) -> [Range<Int>] {
        /// The best division of the pieces before a place: how many tiny groups, the coherence, and where its last group begins.
        struct Division {
            var tiny: Int
            var coherence: Float
            var start: Int
        }
        var best = [Division(tiny: 0, coherence: 0, start: 0)]
        for end in 1...max(1, range.count) {
            var chosen: Division?
            var (length, coherence) = (0, Float(0))
            var sum = [Float](repeating: 0, count: dimension)
            for start in stride(from: end - 1, through: 0, by: -1) {
                length += tokens[start]
                if length > room, start < end - 1 { break }
                var similarity: Float = 0
                for (column, value) in row(range.lowerBound + start).enumerated() {
                    similarity += value * sum[column]
                    sum[column] += value
                }
                coherence += similarity - mean * Float(end - 1 - start)
                let division = Division(
                    tiny: best[start].tiny + (length < tiny ? 1 : 0), coherence: best[start].coherence + coherence,
                    start: start)
                if let found = chosen,
                    (found.tiny, -found.coherence) <= (division.tiny, -division.coherence)
                {
                    continue
                }
                chosen = division
            }
            best.append(chosen ?? Division(tiny: 0, coherence: 0, start: end - 1))
        }
        var groups: [Range<Int>] = []
        var end = range.count
        while end > 0 {
            groups.append(best[end].start..<end)
            end = best[end].start
        }
        return groups.reversed()
    }
}
