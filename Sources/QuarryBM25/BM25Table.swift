import Foundation
package import GRDB
import QuarryCore
import QuarrySQLite

/// The lexical index as tables of an SQLite file. Every call runs in the transaction of the given `Database`.
///
/// - `bm25_postings`: for each term, as UTF-8 bytes (SQLite text would end at a NUL), its number, and blocks of chunks
///   and frequencies (``PostingBlock``). The first row of a term has the number of its blocks.
/// - `bm25_terms`: the term of each number.
/// - `bm25_lengths`: blocks of chunk lengths (``LengthBlock``).
/// - `bm25_chunks`: the numbers of the terms of each chunk (``TermList``), so that a removal touches only these, and a
///   checksum of its postings (``PostingChecksum``).
/// - `bm25_statistics`: one row of totals, and the sum of the checksums of all chunks, which stands for the content.
///
/// Each row has a checksum, which binds it to its key and is checked wherever the row is read. A missing block of a term
/// or of lengths, and a term of the vocabulary without any block, are noticed by the search that needs them.
///
/// All stored data follows from the chunks alone, except the numbers of terms.
package enum BM25Table {
    /// The formats that are read. ``upgrade(in:)`` and ``addChecksums(in:)`` bring a file to the last one.
    enum Format {
        /// Versions 1 to 4.
        case first
        /// Versions 5 and 6.
        case unchecked
        case checked

        /// What the rows of postings have; nil for the first format.
        var columns: PostingRow.Columns? {
            switch self {
            case .first: nil
            case .unchecked: .unchecked
            case .checked: .checked
            }
        }
    }

    /// Creates the tables, which must not exist.
    package static func create(in db: Database) throws {
        try createChecked(in: db)
        try indexTerms(in: db)
        try db.execute(
            sql:
                "CREATE TABLE bm25_chunks (id INTEGER PRIMARY KEY, terms BLOB NOT NULL, checksum INTEGER NOT NULL) STRICT"
        )
    }

    /// Creates the tables that earlier versions had without checksums.
    static func createChecked(in db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE bm25_terms (
                    id INTEGER PRIMARY KEY, term BLOB NOT NULL, checksum INTEGER NOT NULL
                ) STRICT;
                CREATE TABLE bm25_postings (
                    term BLOB NOT NULL, first INTEGER NOT NULL, number INTEGER NOT NULL, blocks INTEGER NOT NULL,
                    checksum INTEGER NOT NULL, data BLOB NOT NULL,
                    PRIMARY KEY (term, first)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE bm25_lengths (
                    block INTEGER PRIMARY KEY, data BLOB NOT NULL, checksum INTEGER NOT NULL
                ) STRICT;
                CREATE TABLE bm25_statistics (
                    chunks INTEGER NOT NULL, title INTEGER NOT NULL, heading INTEGER NOT NULL, body INTEGER NOT NULL,
                    checksum INTEGER NOT NULL, row_checksum INTEGER NOT NULL
                ) STRICT;
                """)
        try insertTotals(BM25Statistics(chunks: 0, title: 0, heading: 0, body: 0), checksum: 0, in: db)
    }

    /// Makes the vocabulary searchable by its terms, as versions before 9 did not.
    package static func indexTerms(in db: Database) throws {
        try db.execute(sql: "CREATE INDEX bm25_terms_by_term ON bm25_terms (term)")
    }

    /// Whether ``indexTerms(in:)`` was called.
    static func hasIndexedTerms(in db: Database) throws -> Bool { try !db.indexes(on: "bm25_terms").isEmpty }

    package static func exists(in db: Database) throws -> Bool { try db.tableExists("bm25_statistics") }

    /// Empties the index before it is rebuilt from the chunks.
    package static func removeAll(in db: Database) throws {
        try db.execute(
            sql: """
                DELETE FROM bm25_terms;
                DELETE FROM bm25_postings;
                DELETE FROM bm25_lengths;
                DELETE FROM bm25_chunks;
                """)
        try write(BM25Statistics(chunks: 0, title: 0, heading: 0, body: 0), checksum: 0, in: db)
    }

    package static func statistics(in db: Database) throws -> BM25Statistics { try totals(in: db).statistics }

    /// The row of `bm25_statistics`.
    struct Totals {
        var statistics: BM25Statistics
        /// The sum of the checksums of all chunks; nil in the first format.
        var checksum: UInt64?
        var format: Format
    }

    static func totals(in db: Database) throws -> Totals {
        let rows = try Row.fetchAll(db.cachedStatement(sql: "SELECT rowid, * FROM bm25_statistics"))
        guard let row = rows.first, rows.count == 1 else {
            throw BM25Error.damaged(place: "the totals", reason: "there are \(rows.count) rows instead of one")
        }
        let totals = StoredRow(row, of: "bm25_statistics")
        return try reading {
            let statistics = try BM25Statistics(
                chunks: totals.count(1), title: totals.count(2), heading: totals.count(3), body: totals.count(4))
            guard row.count > 5 else { return Totals(statistics: statistics, checksum: nil, format: .first) }
            let checksum = UInt64(bitPattern: try totals.integer(5))
            let format: Format = row.count > 6 ? .checked : .unchecked
            if format == .checked, try totals.integer(6) != rowChecksum(of: statistics, checksum: checksum) {
                throw BM25Error.damaged(place: "the totals", reason: "they do not match their checksum")
            }
            return Totals(statistics: statistics, checksum: checksum, format: format)
        }
    }

    private static func rowChecksum(of statistics: BM25Statistics, checksum: UInt64) -> Int64 {
        let numbers = [statistics.chunks, statistics.title, statistics.heading, statistics.body]
        return Int64(
            bitPattern: numbers.reduce(checksum) { Checksum.combining($0, UInt64(truncatingIfNeeded: $1)) })
    }

    /// Replaces the totals.
    static func write(_ statistics: BM25Statistics, checksum: UInt64, in db: Database) throws {
        try db.cachedStatement(sql: "DELETE FROM bm25_statistics").execute()
        try insertTotals(statistics, checksum: checksum, in: db)
    }

    private static func insertTotals(_ statistics: BM25Statistics, checksum: UInt64, in db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO bm25_statistics (chunks, title, heading, body, checksum, row_checksum)
                VALUES (?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            statistics.chunks, statistics.title, statistics.heading, statistics.body, Int64(bitPattern: checksum),
            rowChecksum(of: statistics, checksum: checksum),
        ])
    }

    /// The term of a number.
    ///
    /// - `row`: `id, term, checksum` of `bm25_terms`.
    static func term(of number: Int64, in row: Row) throws -> Data {
        let row = StoredRow(row, of: "bm25_terms")
        return try reading {
            let term = try row.blob(1)
            guard try row.integer(2) == checksum(ofTerm: term, number: number) else {
                throw row.error(1, "it does not match its checksum")
            }
            return term
        }
    }

    /// A checksum of a row of `bm25_terms`.
    static func checksum(ofTerm term: Data, number: Int64) -> Int64 {
        Int64(bitPattern: term.withUnsafeBytes { Checksum.of($0, seed: UInt64(bitPattern: number)) })
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

extension BM25Statistics {
    var inWords: String {
        "\(counted(chunks, "chunk")) with \(counted(title, "word")) in titles, \(heading) in headings and \(body) in texts"
    }
}
