import Foundation
import GRDB
import QuarrySQLite

/// Reads the postings of one term, of this format or of an earlier one.
struct StoredPostings {
    private enum Source {
        case blocks([(first: Int64, data: Data)])
        case postings([Posting])
    }

    let term: String
    private let source: Source
    /// The number of chunks with the term.
    let count: Int

    /// The postings of a form; nil if no chunk contains it.
    ///
    /// - Throws: ``BM25Error/damaged(place:reason:)``, also if a block is missing.
    init?(of form: String, in db: Database, format: BM25Table.Format) throws {
        term = form
        guard let columns = format.columns else {
            guard let earlier = try EarlierPostings(of: form, in: db) else { return nil }
            let postings = try earlier.all(of: Data(form.utf8))
            (source, count) = (.postings(postings), postings.count)
            return
        }
        let bytes = Array(form.utf8)
        var (blocks, count, expected): ([(first: Int64, data: Data)], Int, Int64) = ([], 0, 0)
        let statement = try DirectStatement(
            "SELECT \(columns.list) FROM bm25_postings WHERE term = ? ORDER BY first", of: "bm25_postings", in: db)
        try statement.run(bytes) { row in
            let row = try PostingRow(row, columns, of: bytes)
            if blocks.isEmpty { expected = row.blocks }
            let data = Data(row.data)
            blocks.append((row.first, data))
            count += try Self.read(data, row.first, of: form) { bytes throws(Malformation) in
                try PostingReader(first: row.first, bytes).count
            }
        }
        guard columns == .unchecked || Int64(blocks.count) == expected else {
            throw BM25Error.damaged(
                place: "the term “\(form)”", reason: "it has \(blocks.count) blocks instead of \(expected)")
        }
        guard !blocks.isEmpty else {
            if columns == .checked {
                try Self.checkVocabulary(for: form, in: db)
                try Self.checkRows(around: bytes, in: db)
            }
            return nil
        }
        (source, self.count) = (.blocks(blocks), count)
    }

    /// Checks that a term without postings is not in the vocabulary: all of its rows would be missing.
    private static func checkVocabulary(for form: String, in db: Database) throws {
        // A file of an earlier version would be read to its end.
        guard try BM25Table.hasIndexedTerms(in: db) else { return }
        let statement = try db.cachedStatement(sql: "SELECT id FROM bm25_terms WHERE term = ? LIMIT 1")
        guard try Row.fetchOne(statement, arguments: [Data(form.utf8)]) != nil else { return }
        throw BM25Error.damaged(place: "the term “\(form)”", reason: "all of its postings are missing")
    }

    /// Checks the rows where those of a term would be: one whose term was changed in place is not found by it.
    private static func checkRows(around term: [UInt8], in db: Database) throws {
        let list = PostingRow.Columns.checked.list + ", term"
        for condition in ["term < ? ORDER BY term DESC, first DESC", "term > ? ORDER BY term, first"] {
            let statement = try DirectStatement(
                "SELECT \(list) FROM bm25_postings WHERE \(condition) LIMIT 1", of: "bm25_postings", in: db)
            try statement.run(term) { row in
                _ = try PostingRow(row, .checked, of: try reading { Array(try row.blob(5)) })
            }
        }
    }

    /// Calls a function for each posting, in ascending order of ids.
    @inline(__always)
    func forEach(_ body: (Posting) throws(Malformation) -> Void) throws {
        switch source {
        case .blocks(let blocks):
            var last: Int64 = -1
            for (first, data) in blocks {
                try Self.read(data, first, of: term) { bytes throws(Malformation) in
                    var reader = try PostingReader(first: first, bytes)
                    guard first > last else { throw Malformation("it overlaps the block before") }
                    while let posting = try reader.next() {
                        try body(posting)
                        last = posting.chunk
                    }
                }
            }
        case .postings(let postings):
            do {
                for posting in postings { try body(posting) }
            } catch let malformation {
                throw BM25Error.damaged(place: "the term “\(term)”", reason: malformation.reason)
            }
        }
    }

    private static func read<Value>(
        _ data: Data, _ first: Int64, of term: String,
        _ body: (UnsafeRawBufferPointer) throws(Malformation) -> Value
    ) throws -> Value {
        do {
            return try data.withUnsafeBytes { try body($0) }
        } catch let malformation as Malformation {
            throw BM25Error.damaged(place: "the term “\(term)”, block \(first)", reason: malformation.reason)
        }
    }
}
