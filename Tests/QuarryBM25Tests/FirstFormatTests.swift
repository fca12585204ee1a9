import Foundation
import GRDB
import QuarryBM25
import QuarryCore
import QuarryTestSupport
import Testing

@Suite struct FirstFormatTests {
    /// The same index in this format and in that of the first versions.
    private func databases() throws -> (current: DatabaseQueue, first: DatabaseQueue) {
        var random = RandomChunks(generator: SeededGenerator(seed: 21), vocabularySize: 60)
        let (current, first) = (try DatabaseQueue(), try DatabaseQueue())
        try current.write { db in
            try BM25Table.create(in: db)
            var writer = BM25Writer()
            for id in 1...3000 { try writer.add(random.fields(), as: ChunkID(Int64(id * 2))) }
            try writer.add(BM25Fields(body: ["t1"]), as: ChunkID(1 << 40))
            try writer.flush(to: db)
        }
        try current.backup(to: first)
        try first.write { db in
            try restoreUncheckedPostings(in: db)
            try restoreFirstPostings(in: db)
        }
        return (current, first)
    }

    private func content(_ database: DatabaseQueue) throws -> [[Row]] {
        try database.read { db in
            try ["terms", "postings", "lengths", "chunks", "statistics"].map {
                try Row.fetchAll(db, sql: "SELECT * FROM bm25_\($0) ORDER BY 1, 2")
            }
        }
    }

    @Test func `an index of the first versions is searched and checked as it is, and upgraded to the same bytes`()
        throws
    {
        let (current, first) = try databases()
        let terms: [QueryTerm] = ["t1", "t2", QueryTerm(forms: ["t3", "t9"]), "unknown"]
        func search(_ database: DatabaseQueue) throws -> [ScoredID] {
            try database.read { try BM25Table.search(in: $0, terms: terms, limit: 20) }
        }
        func explanation(_ database: DatabaseQueue) throws -> BM25Explanation? {
            try database.read { try BM25Table.explain(in: $0, terms: terms, chunk: ChunkID(8)) }
        }
        let (hits, explained) = (try search(current), try explanation(current))
        #expect(hits.count == 20)
        #expect(try search(first) == hits)
        #expect(try explanation(first) == explained)
        #expect(try first.read { try BM25Table.verify(in: $0) } == [])

        try first.write { try BM25Table.upgrade(in: $0) }
        #expect(try search(first) == hits)
        #expect(try explanation(first) == explained)
        #expect(try first.read { try BM25Table.verify(in: $0) } == [])

        try first.write { try BM25Table.addChecksums(in: $0) }
        #expect(try content(first) == content(current))
        #expect(try search(first) == hits)
        #expect(try first.read { try BM25Table.verify(in: $0) } == [])
    }

    @Test func `damage in an index of the first versions is found, and is not upgraded`() throws {
        for damage in [
            "UPDATE bm25_postings SET data = x'3F01' WHERE term = 1",
            "UPDATE bm25_postings SET data = substr(data, 1, 9) WHERE term = 2",
        ] {
            let (_, first) = try databases()
            try first.write { try $0.execute(sql: damage) }
            #expect(try first.read { try BM25Table.verify(in: $0) } != [])
            #expect(throws: BM25Error.self) { try first.write { try BM25Table.upgrade(in: $0) } }
        }
    }

    @Test(arguments: [
        ("UPDATE bm25_postings SET data = x'3F01' WHERE term = CAST('t1' AS BLOB)", "t1"),
        ("UPDATE bm25_lengths SET data = substr(data, 2)", "t1"),
    ]) func `damage in an index without checksums is still damage once it has them`(damage: String, term: String) throws
    {
        let (current, _) = try databases()
        try current.write { db in
            try restoreUncheckedPostings(in: db)
            try db.execute(sql: damage)
            try BM25Table.addChecksums(in: db)
        }
        #expect(try current.read { try BM25Table.verify(in: $0) } != [])
        #expect(throws: BM25Error.self) {
            try current.read { try BM25Table.search(in: $0, terms: [QueryTerm(term)], limit: 3) }
        }
    }

    @Test func `a file of the first versions is upgraded when it is opened alone`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("words.quarry")
        let (_, first) = try databases()
        try first.backup(to: try DatabaseQueue(path: path))
        let index = try BM25Index(at: .file(path))
        #expect(try await index.search(["t1"], limit: 3).count == 3)
        #expect(try await index.problems() == [])
    }
}
