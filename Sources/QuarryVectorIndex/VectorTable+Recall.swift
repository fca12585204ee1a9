package import GRDB
import QuarryCore

extension VectorTable {
    /// How many of the true neighbours a search by codes finds, measured on some of the index's own vectors.
    package struct RecallMeasurement: Sendable, Hashable {
        /// The share of the true neighbours that were found.
        package var recall: Double
        /// The recall that the bounds of the codes are set for: at least the wanted one.
        package var bound: Double
        /// The number of vectors that were searched for.
        package var questions: Int
        /// The number of neighbours of each.
        package var neighbours: Int
        /// The number of vectors then.
        package var vectors: Int
    }

    /// The number of vectors that have codes; nil if the generation has none, so that its searches are exact.
    package static func codedVectors(generation id: Int64, in db: Database) throws -> Int? {
        try coder(of: generation(id, in: db), in: db)?.count
    }

    private static let neighbours = 10
    private static let tightenings = 3

    /// Compares searches by codes with an exact one.
    ///
    /// The questions are up to 100 stored vectors, chosen by the number of the generation; a vector is not its own
    /// neighbour. If less than the wanted share is found, the bounds are tightened up to three times.
    /// - `wanted`: Above ½; 1 for all neighbours.
    /// - Returns: Nil if the generation has no codes.
    /// - Throws: ``VectorError``, `CancellationError`.
    /// - Complexity: Reads all vectors once for the exact search, which takes at most 2³⁵ multiplications; more only for ten
    ///   questions, which are the fewest. Then one to four searches by codes for each question. It holds the codes and 8,192
    ///   vectors in memory.
    package static func measureRecall(
        generation id: Int64, wanted: Double, in db: Database
    ) throws -> RecallMeasurement? {
        let generation = try generation(id, in: db)
        guard let codes = try codes(of: generation, previous: nil, in: db) else { return nil }
        let questions = min(codes.count, max(10, min(100, (1 << 35) / (codes.count * generation.dimension))))
        let chunks = sample(questions, of: codes, generation: id)
        var values: [Float] = []
        for chunk in chunks { values += try vector(of: chunk, generation: id, in: db) ?? [] }
        let batch = EmbeddingBatch(values: values, dimension: generation.dimension)
        let truth = try nearest(toEach: batch, limit: neighbours + 1, of: generation, in: db)
        let coded = CodedVectors(codes, of: generation, rowBytes: VectorCache.defaultRowBytes)

        func measure(_ bound: Double) throws -> RecallMeasurement {
            var (found, all) = (0, 0)
            for (number, chunk) in chunks.enumerated() {
                try Task.checkCancellation()
                let hits = try coded.nearest(
                    to: Array(batch[number]), limit: neighbours + 1, among: nil, confidence: .finding(bound), in: db)
                // Its copies may precede a vector, so it need not be among the hits.
                let wanted = truth[number].lazy.map(\.id).filter { $0 != chunk }.prefix(neighbours)
                found += Set((hits ?? []).map(\.id)).intersection(wanted).count
                all += wanted.count
            }
            return RecallMeasurement(
                recall: all > 0 ? Double(found) / Double(all) : 1, bound: bound, questions: chunks.count,
                neighbours: neighbours, vectors: codes.count)
        }
        var measurement = try measure(wanted)
        for _ in 0..<tightenings where measurement.recall < wanted {
            measurement = try measure(1 - (1 - measurement.bound) / 8)
        }
        return measurement
    }

    /// One vector of each of `count` parts of equal size.
    private static func sample(_ count: Int, of codes: VectorCodes, generation: Int64) -> [ChunkID] {
        let rows = (0..<count).map { part in
            let (first, end) = (part * codes.count / count, (part + 1) * codes.count / count)
            let random = Checksum.combining(UInt64(bitPattern: generation), UInt64(part))
            return first + Int(random % UInt64(end - first))
        }
        var (chunks, start) = ([ChunkID](), 0)
        var left = rows[...]
        for block in codes.blocks {
            while let row = left.first, row < start + block.count {
                chunks.append(block.id(ofRow: row - start))
                left.removeFirst()
            }
            start += block.count
        }
        return chunks
    }

    /// The vectors nearest to each query by an exact search, which holds a part of the vectors in memory.
    private static func nearest(
        toEach queries: EmbeddingBatch, limit: Int, of generation: Generation, in db: Database
    ) throws -> [[ScoredID]] {
        var best = [[ScoredID]](repeating: [], count: queries.count)
        var (ids, values): ([ChunkID], [Float]) = ([], [])
        func merge() throws {
            let matrix = VectorMatrix(ids: ids, dimension: generation.dimension) { _ = $0.update(from: values) }
            for (number, hits) in try matrix.nearest(toEach: queries, limit: limit).enumerated() {
                best[number] = Array((best[number] + hits).sorted(by: ScoredID.precedes).prefix(limit))
            }
            (ids, values) = ([], [])
        }
        try forEachBlock(of: generation, in: db) { stored in
            stored.forEachVector(dimension: generation.dimension) { id, vector in
                ids.append(ChunkID(id))
                values += UnsafeBufferPointer(start: vector, count: generation.dimension)
            }
            try Task.checkCancellation()
            if ids.count >= 8192 - 64 { try merge() }
            return true
        }
        try merge()
        return best
    }
}
