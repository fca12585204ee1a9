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
                let state = try now(connection) { db in
                    let state = try IndexState(in: db, path: path)
                    try check(state)
                    try checkGeneration(in: db)
                    return state
                }
                return try await body(CorpusSnapshot(self, connection: connection, state: state, bm25: bm25))
            }
        }
    }
}

/// Reads on the calling thread, for reads that take less time than changing it.
private func now<Value>(_ connection: any DatabaseReader, _ body: (Database) throws -> Value) throws -> Value {
    try connection.unsafeRead(body)
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
    let state: IndexState
    let lexical: BM25Leg
    let vector: VectorLeg?

    init(
        _ index: CorpusIndex, connection: any DatabaseReader, state: IndexState, bm25: BM25Parameters
    ) {
        self.index = index
        self.connection = connection
        self.state = state
        lexical = BM25Leg(connection: connection, parameters: bm25, cache: index.words)
        vector = index.generation.map {
            VectorLeg(
                connection: connection, generation: $0, cache: VectorCache(over: index.vectors),
                recall: index.vectorRecall)
        }
    }

    var legs: [any Leg] { [lexical] + (vector.map { [$0] } ?? []) }

    var words: (any WordIndex)? { lexical }

    func languages() async throws -> [String] {
        try now(connection) { db in
            let statement = try db.cachedStatement(
                sql: "SELECT language FROM languages ORDER BY documents DESC, language")
            return try Row.fetchAll(statement).map { try StoredRow($0, of: "languages").text(0) }
        }
    }

    func revision() async throws -> String { "\(state.identity)/\(state.revision)" }

    func mask(of filter: Filter) async throws -> ChunkMask {
        try await connection.read { db in
            let request: SQLRequest<Int64> = """
                SELECT chunks.id FROM chunks JOIN documents ON documents.id = chunks.document
                WHERE \(try filter.sql(in: db))
                """
            return try Filter.namingDamage(in: db) {
                var mask = ChunkMask()
                let ids = try request.fetchCursor(db)
                while let id = try ids.next() {
                    guard (0...ChunkID.maximum).contains(id) else {
                        throw StoredValueError(place: "chunks, row \(id), id", reason: "no chunk has this id")
                    }
                    mask.insert(ChunkID(id))
                }
                return mask
            }
        }
    }

    func mask(ofSourcesNamed part: String) async throws -> ChunkMask {
        let part = part.lowercased()
        return try await connection.read { db in
            var mask = ChunkMask()
            let chunks = try db.cachedStatement(
                sql: """
                    SELECT chunks.id FROM chunks JOIN documents ON documents.id = chunks.document
                    WHERE documents.source = ?
                    """)
            let table = CheckedTable.sources
            let sources = try Row.fetchCursor(db, sql: "SELECT \(table.qualifiedColumns) FROM \(table.name)")
            while let row = try sources.next() {
                let source = StoredRow(row, of: table.name)
                try source.check(0..<table.columns.count)
                guard try source.text(1).lowercased().contains(part) else { continue }
                let rows = try Row.fetchCursor(chunks, arguments: [try source.integer(0)])
                while let row = try rows.next() {
                    mask.insert(ChunkID(try StoredRow(row, of: "chunks").integer(0, in: 0...ChunkID.maximum)))
                }
            }
            return mask
        }
    }

    func passages(_ ids: [ChunkID]) async throws -> [ChunkID: Passage] {
        guard ids.count > Self.fewPassages else { return try now(connection) { try StoredPassages.fetch(ids, in: $0) } }
        return try await connection.read { try StoredPassages.fetch(ids, in: $0) }
    }

    /// So many passages are read faster than another thread starts.
    private static let fewPassages = 40

    func passages(ofDocument documentID: String, at ordinals: ClosedRange<Int>) async throws -> [ChunkID: Passage] {
        try await connection.read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT chunks.id FROM chunks JOIN documents ON documents.id = chunks.document
                    WHERE documents.key = ? AND chunks.ordinal BETWEEN ? AND ?
                    """)
            let ids = try Int64.fetchAll(
                statement, arguments: [documentID, ordinals.lowerBound, ordinals.upperBound])
            return try StoredPassages.fetch(ids.map { ChunkID($0) }, in: db)
        }
    }

    func vectors(of ids: [ChunkID]) async throws -> [ChunkID: [Float]] {
        try await vector?.vectors(of: ids) ?? [:]
    }

    func vectorCoverage() async throws -> VectorCoverage {
        // A passage that the model rejects gets no vector: nothing is missing.
        let generation = index.generation
        let chunks = try await connection.read { db in
            let refused = try Int.fetchOne(
                db, sql: "SELECT count(*) FROM refused_texts WHERE generation = ?", arguments: [generation])
            return try BM25Table.statistics(in: db).chunks - (refused ?? 0)
        }
        return VectorCoverage(chunks: chunks, vectors: try await vector?.count() ?? 0)
    }
}
