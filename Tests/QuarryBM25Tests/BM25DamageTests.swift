import Foundation
import GRDB
import QuarryBM25
import QuarryCore
import QuarryTestSupport
import Testing

@Suite struct BM25DamageTests {
    @Test func `blocks are decoded as they were encoded`() throws {
        var generator = SeededGenerator(seed: 3)
        for round in 0..<200 {
            let level = UInt8.random(in: 10...63, using: &generator)
            let first: Int64 = level == 63 ? 0 : (Int64.random(in: 0...7, using: &generator) << Int64(level)) & .max
            let width: Int64 = level == 63 ? .max : (1 << Int64(level)) - 1
            let ids = Set(
                (0..<Int.random(in: 1...PostingBlock.capacity, using: &generator)).map { _ in
                    first + Int64.random(in: 0...(round.isMultiple(of: 2) ? min(width, 600) : width), using: &generator)
                }
            ).sorted()
            let postings = ids.map { id in
                let counts = FieldCounts(
                    title: UInt32.random(in: 0...2, using: &generator), heading: round == 0 ? .max : 0,
                    body: UInt32.random(in: 1...(round.isMultiple(of: 3) ? .max : 9), using: &generator))
                return Posting(chunk: id, counts: counts)
            }
            let block = PostingBlock(range: IDRange(first: first, level: level), postings: postings[...])
            let decoded = try block.encoded().withUnsafeBytes { try PostingBlock(first: first, decoding: $0) }
            #expect(decoded == block)
        }
        let lengths = LengthBlock(
            [0, 1, 5, 1023].map { LengthBlock.Entry(slot: $0, lengths: FieldCounts(title: 1, heading: 0, body: .max)) })
        #expect(try lengths.encoded().withUnsafeBytes { try LengthBlock(decoding: $0) } == lengths)
        for terms in [[], [1], [1, 2, 300, Int64.max]] as [[Int64]] {
            #expect(try TermList(terms).encoded().withUnsafeBytes { try TermList(decoding: $0) }.terms == terms)
        }
    }

    @Test func `arbitrary bytes are rejected or decoded to a value that encodes to them`() throws {
        var generator = SeededGenerator(seed: 5)
        let posting = PostingBlock(
            range: .all, postings: [3, 4, 900].map { Posting(chunk: $0, counts: FieldCounts(title: 1, body: 2)) }[...])
        let length = LengthBlock([LengthBlock.Entry(slot: 7, lengths: FieldCounts(body: 300))])
        for sample in [posting.encoded(), length.encoded(), TermList([4, 500, 70_000]).encoded()] {
            for _ in 0..<5000 {
                var bytes = sample
                for _ in 0..<Int.random(in: 1...3, using: &generator) {
                    let place = Int.random(in: 0..<max(1, bytes.count), using: &generator)
                    switch Int.random(in: 0...2, using: &generator) {
                    case 0 where !bytes.isEmpty: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                    case 1 where !bytes.isEmpty: bytes.removeSubrange(place...)
                    default: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: min(place, bytes.count))
                    }
                }
                bytes.withUnsafeBytes { raw in
                    // Bytes that this program would not write are found by the check of the index.
                    if let block = try? PostingBlock(first: 0, decoding: raw) {
                        let again = try? block.encoded().withUnsafeBytes { try PostingBlock(first: 0, decoding: $0) }
                        #expect(again == block)
                    }
                    if let block = try? LengthBlock(decoding: raw) { #expect(block.encoded() == bytes) }
                    if let list = try? TermList(decoding: raw) { #expect(list.encoded() == bytes) }
                }
            }
        }
    }

    private func sampleDatabase() throws -> DatabaseQueue {
        let database = try DatabaseQueue()
        try database.write { db in
            try BM25Table.create(in: db)
            var writer = BM25Writer()
            for id in 1...40 {
                try writer.add(BM25Fields(title: ["apple"], body: ["pear", "n\(id % 7)"]), as: ChunkID(Int64(id)))
            }
            try writer.flush(to: db)
        }
        return database
    }

    @Test(arguments: [
        "UPDATE bm25_postings SET data = x'3F'", "UPDATE bm25_postings SET data = zeroblob(9)",
        "UPDATE bm25_postings SET data = substr(data, 1, 5)", "UPDATE bm25_postings SET data = x''",
        "DELETE FROM bm25_postings WHERE number = 1", "UPDATE bm25_postings SET number = 3 WHERE number = 1",
        "UPDATE bm25_terms SET term = x'FF' WHERE id = 1", "UPDATE bm25_statistics SET checksum = checksum + 1",
        "DELETE FROM bm25_terms WHERE id = 2",
        "UPDATE bm25_lengths SET data = substr(data, 1, length(data) - 1)", "DELETE FROM bm25_lengths",
        "UPDATE bm25_lengths SET block = -4", "UPDATE bm25_chunks SET terms = x'8080' WHERE id = 5",
        "DELETE FROM bm25_chunks WHERE id = 7", "UPDATE bm25_statistics SET body = body + 1",
        "UPDATE bm25_statistics SET chunks = -1", "DELETE FROM bm25_statistics",
        "INSERT INTO bm25_terms VALUES (99, CAST('stray' AS BLOB), 0)",
        "UPDATE bm25_postings SET first = 8 WHERE number = 1",
    ]) func `damage is found by the check and never crashes a search or a change`(damage: String) throws {
        let database = try sampleDatabase()
        #expect(try database.read { try BM25Table.verify(in: $0) } == [])
        try database.write { try $0.execute(sql: damage) }
        let problems = try database.read { try BM25Table.verify(in: $0) }
        #expect(!problems.isEmpty)

        func attempt(_ body: (Database) throws -> Void) {
            do {
                try database.write(body)
            } catch is BM25Error {
            } catch {
                Issue.record("Another error than the index's own: \(error)")
            }
        }
        attempt { _ = try BM25Table.search(in: $0, terms: ["apple", "pear", "n3"], limit: 5) }
        attempt { _ = try BM25Table.explain(in: $0, terms: ["apple", "pear", "n3"], chunk: ChunkID(5)) }
        attempt { db in
            var writer = BM25Writer()
            for id in 1...20 { writer.remove(ChunkID(Int64(id))) }
            try writer.add(BM25Fields(body: ["apple"]), as: ChunkID(30))
            try writer.flush(to: db)
        }
        try database.write { db in
            try BM25Table.removeAll(in: db)
            var writer = BM25Writer()
            try writer.add(BM25Fields(body: ["apple"]), as: ChunkID(30))
            try writer.flush(to: db)
            #expect(try BM25Table.verify(in: db) == [])
        }
    }

    @Test func `an error includes the term and the block`() throws {
        let database = try sampleDatabase()
        try database.write { db in
            try db.execute(
                sql: """
                    UPDATE bm25_postings SET data = x'3F01'
                    WHERE term = CAST('pear' AS BLOB)
                    """)
        }
        let error = #expect(throws: BM25Error.self) {
            try database.read { try BM25Table.search(in: $0, terms: ["pear"], limit: 1) }
        }
        #expect(error?.description.contains("the term “pear”, block 0") == true)
    }

    /// Two rows of a term in several blocks, other terms, and two blocks of lengths.
    private func largeDatabase() throws -> DatabaseQueue {
        let database = try DatabaseQueue()
        try database.write { db in
            try BM25Table.create(in: db)
            var writer = BM25Writer()
            for id in 1...1500 {
                try writer.add(
                    BM25Fields(title: ["apple"], body: ["pear", "n\(id % 7)", "m\(id % 9)"]), as: ChunkID(Int64(id)))
            }
            try writer.flush(to: db)
        }
        return database
    }

    /// Each edit leaves rows that can be decoded.
    @Test(arguments: [
        "UPDATE bm25_postings SET data = (SELECT data FROM bm25_postings WHERE term = x'6E33') WHERE term = x'6E34'",
        "UPDATE bm25_postings SET checksum = checksum + 1 WHERE term = x'6E33'",
        "UPDATE bm25_postings SET number = number + 1 WHERE term = x'6E33'",
        "UPDATE bm25_postings SET term = x'6E3344' WHERE term = x'6E33'",
        """
        UPDATE bm25_postings SET term = x'00' WHERE term = x'6E33';
        UPDATE bm25_postings SET term = x'6E33' WHERE term = x'6E34';
        UPDATE bm25_postings SET term = x'6E34' WHERE term = x'00'
        """,
        "DELETE FROM bm25_postings WHERE term = CAST('pear' AS BLOB) AND first = 0",
        "DELETE FROM bm25_postings WHERE term = CAST('pear' AS BLOB) AND first > 0",
        "UPDATE bm25_postings SET blocks = blocks + 1 WHERE term = CAST('pear' AS BLOB) AND first = 0",
        "UPDATE bm25_lengths SET data = (SELECT data FROM bm25_lengths WHERE block = 1) WHERE block = 0",
        "UPDATE bm25_lengths SET block = 2 WHERE block = 1", "DELETE FROM bm25_lengths WHERE block = 1",
        "UPDATE bm25_statistics SET chunks = chunks + 1", "UPDATE bm25_statistics SET body = body + 1",
        "UPDATE bm25_statistics SET checksum = 0",
    ]) func `a search refuses rows that were edited, exchanged or removed`(edit: String) throws {
        let database = try largeDatabase()
        func search() throws -> [ScoredID] {
            try database.read { try BM25Table.search(in: $0, terms: ["pear", "n3", "n4"], limit: 5) }
        }
        #expect(try search().count == 5)
        try database.write { try $0.execute(sql: edit) }
        #expect(throws: BM25Error.self) { try search() }
        #expect(try database.read { try BM25Table.verify(in: $0) } != [])
    }

    @Test func `a change refuses an edited term`() throws {
        for edit in [
            "UPDATE bm25_terms SET term = x'6E3334' WHERE term = x'6E33'", "UPDATE bm25_terms SET checksum = 1",
        ] {
            let database = try largeDatabase()
            try database.write { try $0.execute(sql: edit) }
            #expect(throws: BM25Error.self) {
                try database.write { db in
                    var writer = BM25Writer()
                    writer.remove(ChunkID(3))
                    try writer.flush(to: db)
                }
            }
        }
    }

    /// `QUARRY_FUZZ_BYTES` is the number of inputs of each decoder (default 2000).
    @Test func `random bytes and damaged long blocks never end the process`() throws {
        let count = ProcessInfo.processInfo.environment["QUARRY_FUZZ_BYTES"].flatMap { Int($0) } ?? 2000
        var generator = SeededGenerator(seed: 11)
        var postings: [Posting] = []
        for index in 0..<PostingBlock.capacity {
            let chunk = Int64(index * 37 + index % 5)
            let title: UInt32 = index % 11 == 0 ? 1 : 0
            postings.append(Posting(chunk: chunk, counts: FieldCounts(title: title, body: UInt32(index % 4 + 1))))
        }
        let entries = (0..<LengthBlock.width).map { slot -> LengthBlock.Entry in
            LengthBlock.Entry(slot: slot, lengths: FieldCounts(title: 3, body: UInt32(slot)))
        }
        let terms: [Int64] = (1...900).map { $0 * $0 }
        let samples: [[UInt8]] = [
            PostingBlock(range: .all, postings: postings[...]).encoded(), LengthBlock(entries).encoded(),
            TermList(terms).encoded(),
        ]
        for round in 0..<count {
            var bytes = samples[round % 3]
            if round.isMultiple(of: 2) {
                bytes = (0..<Int.random(in: 0...300, using: &generator)).map { _ in
                    UInt8.random(in: 0...255, using: &generator)
                }
            } else {
                for _ in 0...Int.random(in: 0...3, using: &generator) {
                    bytes[Int.random(in: 0..<bytes.count, using: &generator)] ^=
                        1 << UInt8.random(in: 0...7, using: &generator)
                }
            }
            let first = Int64.random(in: 0...(1 << 40), using: &generator) & ~0xFFFF
            bytes.withUnsafeBytes { raw in
                for start: Int64 in [0, first, Int64.max, -1] {
                    guard let block = try? PostingBlock(first: start, decoding: raw) else { continue }
                    let chunks = block.postings.map(\.chunk)
                    #expect(chunks.count <= PostingBlock.capacity && chunks.allSatisfy(block.range.contains))
                    #expect(zip(chunks, chunks.dropFirst()).allSatisfy { $0 < $1 })
                }
                if let block = try? LengthBlock(decoding: raw) { #expect(block.entries.count <= LengthBlock.width) }
                if let list = try? TermList(decoding: raw) { #expect(list.terms.count <= bytes.count) }
            }
        }
    }
}
