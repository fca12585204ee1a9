import Foundation
import GRDB
import QuarryBM25
import QuarryCore
import QuarryTestSupport
import Testing

@Suite struct BM25UpdateTests {
    /// The whole content of an index, with terms instead of their numbers.
    private func dump(_ database: some DatabaseReader) throws -> [String] {
        try database.read { db in
            let names = Dictionary(
                uniqueKeysWithValues: try Row.fetchAll(db, sql: "SELECT id, CAST(term AS TEXT) FROM bm25_terms")
                    .map { ($0[0] as Int64, $0[1] as String) })
            let postings = try Row.fetchAll(
                db,
                sql: """
                    SELECT CAST(t.term AS TEXT), p.first, hex(p.data) FROM bm25_postings p
                    JOIN bm25_terms t ON t.id = p.number AND t.term = p.term ORDER BY t.term, p.first
                    """)
            let lists = try Row.fetchAll(db, sql: "SELECT id, terms FROM bm25_chunks ORDER BY id").map { row in
                let data: Data = row[1]
                let terms = try data.withUnsafeBytes { bytes in try TermList(decoding: bytes).terms }
                return "\(row[0] as Int64) \(terms.compactMap { names[$0] }.sorted())"
            }
            let others = try Row.fetchAll(db, sql: "SELECT block, hex(data) FROM bm25_lengths ORDER BY block")
            return names.values.sorted() + postings.map(\.description) + lists + others.map(\.description)
                + [try Row.fetchAll(db, sql: "SELECT * FROM bm25_statistics").description]
        }
    }

    private func makeDatabase() throws -> DatabaseQueue {
        let database = try DatabaseQueue()
        try database.write { try BM25Table.create(in: $0) }
        return database
    }

    private func write(_ database: some DatabaseWriter, _ change: (inout BM25Writer) throws -> Void) throws {
        var writer = BM25Writer()
        try change(&writer)
        try database.write { try writer.flush(to: $0) }
        #expect(writer.isEmpty)
    }

    /// Scattered ids give blocks of every size.
    private func scatteredID(_ generator: inout SeededGenerator) -> Int64 {
        Int64.random(in: 0..<(1 << Int64.random(in: 1...40, using: &generator)), using: &generator)
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func `after random changes an index equals one built at once, byte for byte, and scores as defined`(
        seed: UInt64
    ) throws {
        var random = RandomChunks(generator: SeededGenerator(seed: seed), vocabularySize: seed > 3 ? 12 : 400)
        var reference = BruteForce()
        let database = try makeDatabase()
        for _ in 0..<8 {
            try write(database) { writer in
                for _ in 0..<Int.random(in: 0...300, using: &random.generator) {
                    let isDense = Bool.random(using: &random.generator)
                    let id =
                        isDense
                        ? Int64.random(in: 0..<3000, using: &random.generator) : scatteredID(&random.generator)
                    let fields = random.fields()
                    try writer.add(fields, as: ChunkID(id))
                    reference.chunks[id] = fields
                }
                let share = Double.random(in: 0...0.7, using: &random.generator)
                for id in reference.chunks.keys.sorted()
                where Double.random(in: 0..<1, using: &random.generator) < share {
                    writer.remove(ChunkID(id))
                    reference.chunks[id] = nil
                }
                writer.remove(ChunkID(999_999_999_999_999))
            }
        }
        #expect(try database.read { try BM25Table.verify(in: $0) } == [])

        let fresh = try makeDatabase()
        try write(fresh) { writer in
            for (id, fields) in reference.chunks { try writer.add(fields, as: ChunkID(id)) }
        }
        #expect(try dump(database) == dump(fresh))

        let parameters = BM25Parameters(k1: 1.6, b: 0.6, weights: .init(title: 2.5, heading: 1.5, body: 1))
        for _ in 0..<4 {
            let query = random.question(1...5)
            let expected = reference.search(query, parameters)
            let hits = try database.read { db in
                try BM25Table.search(in: db, terms: query, limit: 100_000, parameters: parameters)
            }
            #expect(hits == hits.sorted(by: ScoredID.precedes))
            #expect(Set(hits.map(\.id.rawValue)) == Set(expected.keys))
            for hit in hits { #expect(abs(Double(hit.score) - (expected[hit.id.rawValue] ?? 0)) < 1e-5) }
            let best = try database.read { db in
                try BM25Table.search(in: db, terms: query, limit: 7, parameters: parameters)
            }
            #expect(best == Array(hits.prefix(7)))
        }
    }

    @Test func `an index emptied chunk by chunk has no rows`() throws {
        var random = RandomChunks(generator: SeededGenerator(seed: 9), vocabularySize: 6)
        let database = try makeDatabase()
        let ids = (0..<1500).map { ChunkID(Int64($0 * 3)) }
        try write(database) { writer in for id in ids { try writer.add(random.fields(), as: id) } }
        for start in stride(from: 0, to: ids.count, by: 100) {
            try write(database) { writer in for id in ids[start..<start + 100] { writer.remove(id) } }
        }
        try database.read { db throws -> Void in
            for table in ["bm25_terms", "bm25_postings", "bm25_lengths", "bm25_chunks"] {
                #expect(try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)") == 0)
            }
            #expect(try BM25Table.statistics(in: db) == BM25Statistics(chunks: 0, title: 0, heading: 0, body: 0))
        }
    }

    @Test func `the last of two additions of a chunk counts, and a removal cancels an addition`()
        throws
    {
        let database = try makeDatabase()
        try write(database) { writer in
            try writer.add(BM25Fields(body: ["a", "b"]), as: ChunkID(1))
            try writer.add(BM25Fields(body: ["c"]), as: ChunkID(1))
            try writer.add(BM25Fields(body: ["d"]), as: ChunkID(2))
            writer.remove(ChunkID(2))
        }
        try database.read { db throws -> Void in
            #expect(try String.fetchAll(db, sql: "SELECT CAST(term AS TEXT) FROM bm25_terms") == ["c"])
            #expect(try BM25Table.statistics(in: db) == BM25Statistics(chunks: 1, title: 0, heading: 0, body: 1))
        }
    }

    @Test func `a failed transaction does not change the index, and the changes can be written again`() throws {
        struct Failure: Error {}
        let database = try makeDatabase()
        try write(database) { try $0.add(BM25Fields(body: ["a"]), as: ChunkID(1)) }
        let before = try dump(database)
        #expect(throws: Failure.self) {
            try database.write { db in
                var writer = BM25Writer()
                try writer.add(BM25Fields(body: ["b"]), as: ChunkID(2))
                writer.remove(ChunkID(1))
                try writer.flush(to: db)
                throw Failure()
            }
        }
        #expect(try dump(database) == before)
    }

    @Test func `terms are distinguished by their bytes, and a negative id is an error`() async throws {
        let index = try BM25Index()
        try await index.upsert([
            (ChunkID(1), BM25Fields(body: ["a\0b"])), (ChunkID(2), BM25Fields(body: ["a"])),
            (ChunkID(3), BM25Fields(body: ["", "😀"])),
        ])
        #expect(try await index.search(["a\0b"], limit: 9).map(\.id) == [ChunkID(1)])
        #expect(try await index.search([""], limit: 9).map(\.id) == [ChunkID(3)])
        #expect(try await index.problems() == [])
        await #expect(throws: BM25Error.invalidChunk(-1)) {
            try await index.upsert([(ChunkID(-1), BM25Fields(body: ["a"]))])
        }
        try await index.remove([ChunkID(-1)])
    }

    @Test func `the largest ids are indexed like others`() async throws {
        let index = try BM25Index()
        let ids = [0, 1, 1 << 62, (1 << 62) + 1, Int64.max - 1, Int64.max].map { ChunkID($0) }
        try await index.upsert(ids.map { ($0, BM25Fields(body: ["a"])) })
        #expect(try await index.search(["a"], limit: 9).map(\.id) == ids)
        #expect(try await index.problems() == [])
        try await index.remove([ChunkID(Int64.max), ChunkID(0)])
        #expect(try await index.search(["a"], limit: 9).map(\.id) == Array(ids[1..<5]))
    }

    @Test func `an index in a file can be reopened`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("words.quarry")
        try await BM25Index(at: .file(path)).upsert([(ChunkID(4), BM25Fields(title: ["груша"]))])
        let index = try BM25Index(at: .file(path))
        #expect(try await index.search(["груша"], limit: 1).map(\.id) == [ChunkID(4)])
    }
}
