import Foundation
package import GRDB
import QuarrySQLite

/// The lexical index as tables of an SQLite file. Every call runs in the transaction of the given `Database`.
///
/// - `bm25_postings`: for each term, as UTF-8 bytes (SQLite text would end at a NUL), its number, and blocks of chunks
///   and frequencies (``PostingBlock``).
/// - `bm25_terms`: the term of each number.
/// - `bm25_lengths`: blocks of chunk lengths (``LengthBlock``).
/// - `bm25_chunks`: the numbers of the terms of each chunk (``TermList``), so that a removal touches only these, and a
///   checksum of its postings (``PostingChecksum``).
/// - `bm25_statistics`: one row of totals, and the sum of the checksums of all chunks, which stands for the content.
///
/// All stored data follows from the chunks alone, except the numbers of terms.
package enum BM25Table {
    /// Creates the tables, which must not exist.
    package static func create(in db: Database) throws {
        try createTerms(in: db)
        try db.execute(
            sql: """
                CREATE TABLE bm25_lengths (block INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
                CREATE TABLE bm25_chunks (
                    id INTEGER PRIMARY KEY, terms BLOB NOT NULL, checksum INTEGER NOT NULL
                ) STRICT;
                """)
    }

    /// Creates the tables that the first versions had in another form.
    static func createTerms(in db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE bm25_terms (id INTEGER PRIMARY KEY, term BLOB NOT NULL) STRICT;
                CREATE TABLE bm25_postings (
                    term BLOB NOT NULL, first INTEGER NOT NULL, number INTEGER NOT NULL, data BLOB NOT NULL,
                    PRIMARY KEY (term, first)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE bm25_statistics (
                    chunks INTEGER NOT NULL, title INTEGER NOT NULL, heading INTEGER NOT NULL, body INTEGER NOT NULL,
                    checksum INTEGER NOT NULL
                ) STRICT;
                INSERT INTO bm25_statistics VALUES (0, 0, 0, 0, 0);
                """)
    }

    package static func exists(in db: Database) throws -> Bool { try db.tableExists("bm25_statistics") }

    /// Empties the index before it is rebuilt from the chunks.
    package static func removeAll(in db: Database) throws {
        try db.execute(
            sql: """
                DELETE FROM bm25_terms;
                DELETE FROM bm25_postings;
                DELETE FROM bm25_lengths;
                DELETE FROM bm25_chunks;
                DELETE FROM bm25_statistics;
                INSERT INTO bm25_statistics VALUES (0, 0, 0, 0, 0);
                """)
    }

    package static func statistics(in db: Database) throws -> BM25Statistics { try totals(in: db).statistics }

    /// The totals, and the sum of the checksums of all chunks; nil for the sum in a file of the first versions.
    static func totals(in db: Database) throws -> (statistics: BM25Statistics, checksum: UInt64?) {
        let rows = try Row.fetchAll(db.cachedStatement(sql: "SELECT rowid, * FROM bm25_statistics"))
        guard let row = rows.first, rows.count == 1 else {
            throw BM25Error.damaged(place: "the totals", reason: "there are \(rows.count) rows instead of one")
        }
        let totals = StoredRow(row, of: "bm25_statistics")
        return try reading {
            let statistics = try BM25Statistics(
                chunks: totals.count(1), title: totals.count(2), heading: totals.count(3), body: totals.count(4))
            return (statistics, row.count > 5 ? UInt64(bitPattern: try totals.integer(5)) : nil)
        }
    }

    static func write(_ statistics: BM25Statistics, checksum: UInt64, in db: Database) throws {
        try db.execute(
            sql: "UPDATE bm25_statistics SET chunks = ?, title = ?, heading = ?, body = ?, checksum = ?",
            arguments: [
                statistics.chunks, statistics.title, statistics.heading, statistics.body, Int64(bitPattern: checksum),
            ])
    }
}

/// Totals over all chunks.
public struct BM25Statistics: Sendable, Hashable {
    /// All chunks in the index, including those without terms.
    public var chunks: Int
    /// Terms in all titles, headings and bodies.
    public var title: Int
    public var heading: Int
    public var body: Int

    public init(chunks: Int, title: Int, heading: Int, body: Int) {
        self.chunks = chunks
        self.title = title
        self.heading = heading
        self.body = body
    }

    var isPlausible: Bool { chunks >= 0 && title >= 0 && heading >= 0 && body >= 0 }

    mutating func add(_ lengths: FieldCounts) {
        chunks += 1
        title += Int(lengths.title)
        heading += Int(lengths.heading)
        body += Int(lengths.body)
    }

    mutating func subtract(_ lengths: FieldCounts) {
        chunks -= 1
        title -= Int(lengths.title)
        heading -= Int(lengths.heading)
        body -= Int(lengths.body)
    }

    /// The weighted length of the average chunk; 0 without terms.
    func averageLength(_ weights: BM25Parameters.FieldWeights) -> Double {
        guard chunks > 0 else { return 0 }
        let total = weights.title * Double(title) + weights.heading * Double(heading) + weights.body * Double(body)
        return total / Double(chunks)
    }
}
