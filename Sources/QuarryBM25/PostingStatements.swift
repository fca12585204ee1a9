import Foundation
import GRDB
import QuarrySQLite

/// The statements of the postings of all terms, prepared once. They go to SQLite directly, because a batch executes them
/// hundreds of thousands of times.
struct PostingStatements {
    private let columns: PostingRow.Columns
    private let covering: DirectStatement
    private let between: DirectStatement
    private let before: DirectStatement
    private let after: DirectStatement
    private let head: DirectStatement
    /// Nil for an earlier format, which is only read.
    private let write: DirectStatement?
    private let delete: DirectStatement

    typealias Use<Value> = (PostingRow) throws -> Value

    init(_ db: Database, _ columns: PostingRow.Columns = .checked) throws {
        func statement(_ sql: String) throws -> DirectStatement {
            try DirectStatement(sql, of: "bm25_postings", in: db)
        }
        self.columns = columns
        let select = "SELECT \(columns.list) FROM bm25_postings WHERE term = ?"
        covering = try statement("\(select) AND first <= ? ORDER BY first DESC LIMIT 1")
        between = try statement("\(select) AND first BETWEEN ? AND ? ORDER BY first LIMIT ?")
        before = try statement("SELECT max(first) FROM bm25_postings WHERE term = ? AND first <= ?")
        after = try statement("SELECT min(first) FROM bm25_postings WHERE term = ? AND first > ?")
        head = try statement("\(select) ORDER BY first LIMIT 1")
        let insertion = """
            INSERT OR REPLACE INTO bm25_postings (term, first, number, blocks, checksum, data) VALUES (?, ?, ?, ?, ?, ?)
            """
        write = columns == .checked ? try statement(insertion) : nil
        delete = try statement("DELETE FROM bm25_postings WHERE term = ? AND first = ?")
    }

    /// The first block of a term and the number of its blocks; nil if no chunk contains it.
    func head(of term: [UInt8]) throws -> PostingHead? {
        var result: PostingHead?
        try head.run(term) { row in
            let row = try PostingRow(row, columns, of: term)
            guard row.number > 0 else { throw row.damage("its number is \(row.number)") }
            guard row.blocks > 0 || columns == .unchecked else { throw row.damage("the block before it is missing") }
            result = PostingHead(number: row.number, first: row.first, blocks: row.blocks)
        }
        return result
    }

    /// The last block that begins at `id` or before.
    func covering<Value>(_ id: Int64, of term: [UInt8], _ use: Use<Value>) throws -> Value? {
        var result: Value?
        try covering.run(term, id) { result = try use(PostingRow($0, columns, of: term)) }
        return result
    }

    func blocks<Value>(from first: Int64, to last: Int64, atMost limit: Int, of term: [UInt8], _ use: Use<Value>) throws
        -> [Value]
    {
        var result: [Value] = []
        try between.run(term, first, last, Int64(limit)) { result.append(try use(PostingRow($0, columns, of: term))) }
        return result
    }

    /// Where the blocks around an id begin.
    func neighbours(of id: Int64, of term: [UInt8]) throws -> [Int64] {
        var result: [Int64] = []
        for statement in [before, after] {
            try statement.run(term, id) { row in
                if !row.isNull(0) { result.append(try reading { try row.integer(0) }) }
            }
        }
        return result
    }

    /// - `blocks`: The number of the term's blocks for the first one; 0 for the others.
    func write(_ data: [UInt8], first: Int64, of term: [UInt8], number: Int64, blocks: Int64) throws {
        let checksum = data.withUnsafeBytes {
            PostingRow.checksum(of: $0, first: first, number: number, blocks: blocks, term: term)
        }
        guard let write else {
            throw BM25Error.damaged(place: "bm25_postings", reason: "its columns are those of an earlier version")
        }
        try write.run(term, first, number, blocks, checksum, blob: data) { _ in }
    }

    /// Changes the number of blocks that a row gives; does nothing without the row.
    func setBlocks(_ blocks: Int64, at first: Int64, of term: [UInt8]) throws {
        let row = try self.blocks(from: first, to: first, atMost: 1, of: term) {
            (number: $0.number, data: Array($0.data))
        }
        guard let row = row.first else { return }
        try write(row.data, first: first, of: term, number: row.number, blocks: blocks)
    }

    func delete(_ first: Int64, of term: [UInt8]) throws { try delete.run(term, first) { _ in } }
}
