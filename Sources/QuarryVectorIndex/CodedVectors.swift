import GRDB
import QuarryCore

/// The codes of a generation in memory, over its vectors in the file.
struct CodedVectors: Sendable {
    let codes: VectorCodes
    private let generation: VectorTable.Generation
    private let hot: HotRows

    /// - `rowBytes`: The memory for vectors that were read.
    init(_ codes: VectorCodes, of generation: VectorTable.Generation, rowBytes: Int) {
        self.codes = codes
        self.generation = generation
        hot = HotRows(dimension: generation.dimension, count: codes.count, bytes: rowBytes)
    }

    /// At most this many vectors are scored without a look at their codes.
    private static let fewRows = 64

    /// The rows nearest to a query by cosine, best first, in the order of `ScoredID.precedes(_:_:)`.
    ///
    /// - Returns: Nil if so many are wanted that all vectors should be read at once.
    /// - Throws: ``VectorError``.
    func nearest(
        to query: [Float], limit: Int, among mask: ChunkMask?, confidence: VectorCoder.Confidence, in db: Database
    ) throws -> [ScoredID]? {
        guard query.count == generation.dimension else {
            throw VectorError.wrongDimension(
                what: "the query", actual: query.count, expected: generation.dimension)
        }
        let unit = try UnitVector.make(query[...], of: "the query")
        let rowCount = mask.map { codes.memberCount(of: $0) } ?? codes.count
        guard limit > 0, rowCount > 0 else { return [] }
        let isShort = limit < rowCount / 4
        guard isShort || rowCount < VectorTable.codedCount else { return nil }
        let rows = try StoredRows(generation, hot: hot, in: db)
        return try unit.withUnsafeBufferPointer { unit in
            guard let unit = unit.baseAddress else { return [] }
            if isShort, rowCount > Self.fewRows {
                return try codes.nearest(to: unit, limit: limit, among: mask, confidence: confidence) {
                    try rows.cosine(of: $0, with: unit)
                }
            }
            let members = mask.map { codes.members(of: $0) } ?? codes.blocks.flatMap(\.ids)
            var hits = try members.map { id in
                ScoredID(id: id, score: Float(min(1, max(-1, try rows.cosine(of: id, with: unit)))))
            }
            hits.sort(by: ScoredID.precedes)
            return Array(hits.prefix(limit))
        }
    }
}
