import Foundation
import GRDB
import QuarrySQLite

/// Reads the postings of one term, of this format or of the first versions.
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
    init?(of form: String, in db: Database, isFirstFormat: Bool) throws {
        term = form
        if isFirstFormat {
            guard let earlier = try EarlierPostings(of: form, in: db) else { return nil }
            let postings = try earlier.all(of: Data(form.utf8))
            (source, count) = (.postings(postings), postings.count)
            return
        }
        var (blocks, count): ([(first: Int64, data: Data)], Int) = ([], 0)
        let statement = try db.cachedStatement(
            sql: "SELECT first, data FROM bm25_postings WHERE term = ? ORDER BY first")
        let rows = try Row.fetchCursor(statement, arguments: [Data(form.utf8)])
        while let row = try rows.next() {
            let row = StoredRow(row, of: "bm25_postings")
            let (first, data) = try reading { (try row.integer(0), try row.blob(1)) }
            blocks.append((first, data))
            count += try Self.read(data, first, of: form) { bytes throws(Malformation) in
                try PostingReader(first: first, bytes).count
            }
        }
        if blocks.isEmpty { return nil }
        (source, self.count) = (.blocks(blocks), count)
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
