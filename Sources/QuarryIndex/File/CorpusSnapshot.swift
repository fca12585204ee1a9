import GRDB
import QuarryBM25
public import QuarryCore
import QuarrySQLite
import QuarryVectorIndex

extension CorpusIndex: SnapshotSource {
    public func withSnapshot<Result: Sendable>(
        _ body: (any Snapshot) async throws -> Result
    ) async throws -> Result {
        try await withSnapshot(bm25: BM25Parameters(), body)
    }

    /// One read transaction. Later writes are not visible in it.
    func withSnapshot<Result: Sendable>(
        bm25: BM25Parameters, _ body: (any Snapshot) async throws -> Result
    ) async throws -> Result {
        try await translatingErrors(path: path) {
            try await readers.withTransaction { connection in
                let generation = try await connection.read {
                    try SettingsTable.integer(SettingsTable.generation, in: $0)
                }
                return try await body(
                    CorpusSnapshot(self, connection: connection, generation: generation ?? 1, bm25: bm25))
            }
        }
    }
}

/// A corpus with custom BM25 parameters.
struct TunedCorpus: SnapshotSource {
    let index: CorpusIndex
    let bm25: BM25Parameters

    func withSnapshot<Result: Sendable>(
        _ body: (any Snapshot) async throws -> Result
    ) async throws -> Result {
        try await index.withSnapshot(bm25: bm25, body)
    }
}

/// A corpus in one read transaction.
private struct CorpusSnapshot: Snapshot {
    let index: CorpusIndex
    let connection: any DatabaseReader
    let generation: Int64
    let lexical: BM25Leg
    let vector: VectorLeg?

    init(_ index: CorpusIndex, connection: any DatabaseReader, generation: Int64, bm25: BM25Parameters) {
        self.index = index
        self.connection = connection
        self.generation = generation
        lexical = BM25Leg(connection: connection, parameters: bm25)
        vector =
            index.settings.embedding == nil
            ? nil : VectorLeg(connection: connection, generation: generation, cache: VectorCache(over: index.vectors))
    }

    var legs: [any Leg] { [lexical] + (vector.map { [$0] } ?? []) }

    func languages() async throws -> [String] {
        try await connection.read { db in
            let statement = try db.cachedStatement(
                sql: "SELECT language FROM languages ORDER BY documents DESC, language")
            return try String.fetchAll(statement)
        }
    }

    /// Chunk ids are never reused, so their count and sum change with every change of content.
    /// - Complexity: O(chunks). Texts are not read.
    func revision() async throws -> String {
        let generation = generation
        return try await connection.read { db in
            let settings = try SettingsTable.string(SettingsTable.indexSettings, in: db) ?? ""
            let row = try Row.fetchOne(db, sql: "SELECT count(*), ifnull(sum(id), 0) FROM chunks")
            let (count, sum): (Int64, Int64) = (row?[0] ?? 0, row?[1] ?? 0)
            // Vectors follow the words: with each of them another passage may be found.
            let vectors = try Int64.fetchOne(
                db, sql: "SELECT revision FROM vector_generations WHERE id = ?", arguments: [generation])
            return "\(ContentHash(of: settings))/\(generation)/\(count)/\(sum)/\(vectors ?? 0)"
        }
    }

    func mask(of filter: Filter) async throws -> ChunkMask {
        try await connection.read { db in
            let request: SQLRequest<Int64> = """
                SELECT chunks.id FROM chunks JOIN documents ON documents.id = chunks.document WHERE \(filter.sql)
                """
            var mask = ChunkMask()
            let ids = try request.fetchCursor(db)
            while let id = try ids.next() { mask.insert(ChunkID(id)) }
            return mask
        }
    }

    func passages(_ ids: [ChunkID]) async throws -> [ChunkID: Passage] {
        let path = index.path
        return try await connection.read { try StoredPassages.fetch(ids, in: $0, path: path) }
    }

    func vectors(of ids: [ChunkID]) async throws -> [ChunkID: [Float]] {
        guard let matrix = try await vector?.matrix() else { return [:] }
        var vectors: [ChunkID: [Float]] = [:]
        for id in ids { vectors[id] = matrix.vector(of: id) }
        return vectors
    }

    func vectorCoverage() async throws -> VectorCoverage {
        // A passage that the model rejects gets no vector: nothing is missing.
        let generation = generation
        let chunks = try await connection.read { db in
            let refused = try Int.fetchOne(
                db, sql: "SELECT count(*) FROM refused_texts WHERE generation = ?", arguments: [generation])
            return try BM25Table.statistics(in: db).chunks - (refused ?? 0)
        }
        return VectorCoverage(chunks: chunks, vectors: try await vector?.matrix().count ?? 0)
    }
}
