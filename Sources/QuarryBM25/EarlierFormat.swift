import Foundation
package import GRDB
import QuarryCore
import QuarrySQLite

/// The format of the first versions: terms found through `bm25_terms`, blocks of varints, no checksum of the totals.
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

    /// Whether the tables are those of the first versions.
    package static func isFirstFormat(in db: Database) throws -> Bool {
        try db.columns(in: "bm25_postings").count == 3
    }

    /// Rewrites tables of the first versions. The index is the same, and its bytes are those of one made anew.
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
                """)
        try createTerms(in: db)
        try write(statistics, checksum: checksum, in: db)
        let insertTerm = try db.makeStatement(sql: "INSERT INTO bm25_terms VALUES (?, ?)")
        let statements = try PostingStatements(db)
        let terms = try Row.fetchCursor(db, sql: "SELECT id, term FROM bm25_terms_1 ORDER BY term")
        while let row = try terms.next() {
            let stored = StoredRow(row, of: "bm25_terms")
            let (number, term) = try reading { (try stored.integer(0, in: 1 ... .max), try stored.blob(1)) }
            let postings = try EarlierPostings(of: number, in: db, table: "bm25_postings_1").all(of: term)
            try insertTerm.execute(arguments: [number, term])
            try PostingStore(term: Array(term), number: number, statements: statements).insert(
                PostingBlock.blocks(of: postings[...], in: .all))
        }
        try db.execute(sql: "DROP TABLE bm25_postings_1; DROP TABLE bm25_terms_1;")
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
