import Foundation
package import GRDB
import QuarryCore
import QuarrySQLite

/// The formats of earlier versions. The first: terms found through `bm25_terms`, blocks of varints, no checksum of the
/// totals. The second, of versions 5 and 6: that of this program without checksums of rows.
extension BM25Table {
    /// Creates the tables of the first versions, which ``upgrade(in:)`` changes into those of this one.
    package static func createFirstFormat(in db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE bm25_terms (id INTEGER PRIMARY KEY, term BLOB NOT NULL UNIQUE) STRICT;
                CREATE TABLE bm25_postings (
                    term INTEGER NOT NULL, first INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (term, first)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE bm25_lengths (block INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
                CREATE TABLE bm25_chunks (
                    id INTEGER PRIMARY KEY, terms BLOB NOT NULL, checksum INTEGER NOT NULL
                ) STRICT;
                CREATE TABLE bm25_statistics (
                    chunks INTEGER NOT NULL, title INTEGER NOT NULL, heading INTEGER NOT NULL, body INTEGER NOT NULL
                ) STRICT;
                INSERT INTO bm25_statistics VALUES (0, 0, 0, 0);
                """)
    }

    /// The format of the tables, by their columns.
    static func format(in db: Database) throws -> Format {
        switch try db.columns(in: "bm25_postings").count {
        case 3: .first
        case 4: .unchecked
        default: .checked
        }
    }

    /// Brings tables of any earlier format to the last one.
    static func upgradeFully(in db: Database) throws {
        if try format(in: db) == .first { try upgrade(in: db) }
        if try format(in: db) == .unchecked { try addChecksums(in: db) }
        if try !hasIndexedTerms(in: db) { try indexTerms(in: db) }
    }

    /// Rewrites tables of the first versions as those of version 5. The index is the same.
    ///
    /// - Throws: ``BM25Error`` if the tables are damaged.
    /// - Complexity: O(size of the index), in the memory of the longest list of postings.
    package static func upgrade(in db: Database) throws {
        let statistics = try statistics(in: db)
        var checksum: UInt64 = 0
        let sums = try Row.fetchCursor(db, sql: "SELECT id, checksum FROM bm25_chunks")
        while let row = try sums.next() {
            checksum &+= UInt64(bitPattern: try reading { try StoredRow(row, of: "bm25_chunks").integer(1) })
        }
        try db.execute(
            sql: """
                DROP TABLE bm25_statistics;
                ALTER TABLE bm25_terms RENAME TO bm25_terms_1;
                ALTER TABLE bm25_postings RENAME TO bm25_postings_1;
                CREATE TABLE bm25_terms (id INTEGER PRIMARY KEY, term BLOB NOT NULL) STRICT;
                CREATE TABLE bm25_postings (
                    term BLOB NOT NULL, first INTEGER NOT NULL, number INTEGER NOT NULL, data BLOB NOT NULL,
                    PRIMARY KEY (term, first)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE bm25_statistics (
                    chunks INTEGER NOT NULL, title INTEGER NOT NULL, heading INTEGER NOT NULL, body INTEGER NOT NULL,
                    checksum INTEGER NOT NULL
                ) STRICT;
                """)
        try db.execute(
            sql: "INSERT INTO bm25_statistics VALUES (?, ?, ?, ?, ?)",
            arguments: [
                statistics.chunks, statistics.title, statistics.heading, statistics.body, Int64(bitPattern: checksum),
            ])
        let insertTerm = try db.makeStatement(sql: "INSERT INTO bm25_terms VALUES (?, ?)")
        let insertBlock = try db.makeStatement(sql: "INSERT INTO bm25_postings VALUES (?, ?, ?, ?)")
        let terms = try Row.fetchCursor(db, sql: "SELECT id, term FROM bm25_terms_1 ORDER BY term")
        while let row = try terms.next() {
            let stored = StoredRow(row, of: "bm25_terms")
            let (number, term) = try reading { (try stored.integer(0, in: 1 ... .max), try stored.blob(1)) }
            let postings = try EarlierPostings(of: number, in: db, table: "bm25_postings_1").all(of: term)
            try insertTerm.execute(arguments: [number, term])
            for block in PostingBlock.blocks(of: postings[...], in: .all) {
                try insertBlock.execute(arguments: [term, block.range.first, number, Data(block.encoded())])
            }
        }
        try db.execute(sql: "DROP TABLE bm25_postings_1; DROP TABLE bm25_terms_1;")
    }

    /// Rewrites tables of version 5 with checksums.
    ///
    /// Damaged rows stay damaged: a block that cannot be decoded gets no checksum that fits.
    /// - Throws: ``BM25Error`` for values of a wrong type.
    /// - Complexity: O(size of the index), in the memory of the longest list of postings.
    package static func addChecksums(in db: Database) throws {
        let totals = try totals(in: db)
        try db.execute(
            sql: """
                DROP TABLE bm25_statistics;
                ALTER TABLE bm25_terms RENAME TO bm25_terms_5;
                ALTER TABLE bm25_postings RENAME TO bm25_postings_5;
                ALTER TABLE bm25_lengths RENAME TO bm25_lengths_5;
                """)
        try createChecked(in: db)
        try write(totals.statistics, checksum: totals.checksum ?? 0, in: db)
        try moveTerms(in: db)
        try moveLengths(in: db)
        try movePostings(in: db)
        try db.execute(sql: "DROP TABLE bm25_terms_5; DROP TABLE bm25_postings_5; DROP TABLE bm25_lengths_5;")
    }

    private static func moveTerms(in db: Database) throws {
        let insert = try db.makeStatement(sql: "INSERT INTO bm25_terms (id, term, checksum) VALUES (?, ?, ?)")
        let terms = try Row.fetchCursor(db, sql: "SELECT id, term FROM bm25_terms_5 ORDER BY id")
        while let row = try terms.next() {
            let stored = StoredRow(row, of: "bm25_terms")
            let (number, term) = try reading { (try stored.integer(0), try stored.blob(1)) }
            try insert.execute(arguments: [number, term, Self.checksum(ofTerm: term, number: number)])
        }
    }

    private static func moveLengths(in db: Database) throws {
        let insert = try db.makeStatement(sql: "INSERT INTO bm25_lengths (block, data, checksum) VALUES (?, ?, ?)")
        let blocks = try Row.fetchCursor(db, sql: "SELECT block, data FROM bm25_lengths_5 ORDER BY block")
        while let row = try blocks.next() {
            let stored = StoredRow(row, of: "bm25_lengths")
            let (number, data) = try reading { (try stored.integer(0), try stored.blob(1)) }
            let checksum = data.withUnsafeBytes { bytes in
                let isValid = (try? LengthBlock(decoding: bytes)) != nil
                return LengthStore.checksum(of: bytes, number) &+ (isValid ? 0 : 1)
            }
            try insert.execute(arguments: [number, data, checksum])
        }
    }

    private static func movePostings(in db: Database) throws {
        let insert = try db.makeStatement(
            sql: """
                INSERT INTO bm25_postings (term, first, number, blocks, checksum, data) VALUES (?, ?, ?, ?, ?, ?)
                """)
        var waiting: [(term: Data, first: Int64, number: Int64, data: Data)] = []
        func finish() throws {
            for (index, row) in waiting.enumerated() {
                let blocks = index == 0 ? Int64(waiting.count) : 0
                let checksum = row.data.withUnsafeBytes { bytes in
                    let isValid = (try? PostingBlock(first: row.first, decoding: bytes)) != nil
                    return PostingRow.checksum(
                        of: bytes, first: row.first, number: row.number, blocks: blocks, term: Array(row.term))
                        &+ (isValid ? 0 : 1)
                }
                try insert.execute(arguments: [row.term, row.first, row.number, blocks, checksum, row.data])
            }
            waiting = []
        }
        let rows = try Row.fetchCursor(
            db, sql: "SELECT term, first, number, data FROM bm25_postings_5 ORDER BY term, first")
        while let row = try rows.next() {
            let stored = StoredRow(row, of: "bm25_postings")
            let next = try reading {
                (try stored.blob(0), try stored.integer(1), try stored.integer(2), try stored.blob(3))
            }
            if let last = waiting.last, last.term != next.0 { try finish() }
            waiting.append(next)
        }
        try finish()
    }
}

/// The blocks of one term in the format of the first versions.
struct EarlierPostings {
    private var blocks: [(first: Int64, data: Data)] = []

    init(of number: Int64, in db: Database, table: String = "bm25_postings") throws {
        let rows = try Row.fetchCursor(
            db, sql: "SELECT first, data FROM \(table) WHERE term = ? ORDER BY first", arguments: [number])
        while let row = try rows.next() {
            let row = StoredRow(row, of: "bm25_postings")
            blocks.append(try reading { (try row.integer(0), try row.blob(1)) })
        }
    }

    /// The postings of the form; nil if no chunk contains it.
    init?(of form: String, in db: Database) throws {
        let row = try Row.fetchOne(db, sql: "SELECT id FROM bm25_terms WHERE term = ?", arguments: [Data(form.utf8)])
        guard let row else { return nil }
        try self.init(of: try reading { try StoredRow(row, of: "bm25_terms").integer(0, in: 1 ... .max) }, in: db)
    }

    func all(of term: Data) throws -> [Posting] {
        var postings: [Posting] = []
        for (first, data) in blocks {
            do {
                try data.withUnsafeBytes { try Self.decode(first: first, $0, into: &postings) }
            } catch let malformation as Malformation {
                throw BM25Error.damaged(
                    place: "the term “\(String(decoding: term, as: UTF8.self))”, block \(first)",
                    reason: malformation.reason)
            }
        }
        return postings
    }

    /// Layout, all numbers varints: level and number of postings. Then for each posting: the distance from the previous
    /// one (minus one; from the range's start for the first), `body << 2 | hasHeading << 1 | hasTitle`, and the counts of
    /// title and heading if present.
    private static func decode(
        first: Int64, _ bytes: UnsafeRawBufferPointer, into postings: inout [Posting]
    ) throws(Malformation) {
        var reader = ByteReader(bytes)
        let range = try IDRange(checking: first, level: try reader.read())
        let count = try reader.read()
        guard (1...512).contains(count) else { throw Malformation("\(count) postings do not fit a block") }
        var following = first
        for _ in 0..<count {
            let distance = try reader.read()
            guard following >= 0, distance <= UInt64(Int64.max - following) else {
                throw Malformation("an id has more than 63 bits")
            }
            let chunk = following + Int64(distance)
            guard range.contains(chunk), postings.last.map({ $0.chunk < chunk }) ?? true else {
                throw Malformation("chunk \(chunk) is outside of the block")
            }
            let code = try reader.read()
            guard code >> 2 <= UInt64(UInt32.max) else { throw Malformation("a count has more than 32 bits") }
            var counts = FieldCounts(body: UInt32(code >> 2))
            if code & 1 != 0 { counts.title = try reader.readCount() }
            if code & 2 != 0 { counts.heading = try reader.readCount() }
            guard !counts.isZero, code & 1 == 0 || counts.title > 0, code & 2 == 0 || counts.heading > 0 else {
                throw Malformation("chunk \(chunk) holds the term zero times")
            }
            following = chunk &+ 1
            postings.append(Posting(chunk: chunk, counts: counts))
        }
        guard reader.isAtEnd else { throw Malformation("\(reader.remaining) bytes follow the last posting") }
    }
}
