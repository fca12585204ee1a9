import Foundation
import GRDB

/// The statements of the postings of all terms, prepared once. They go to SQLite directly, because a batch executes them
/// hundreds of thousands of times.
struct PostingStatements {
    private let covering: DirectStatement
    private let between: DirectStatement
    private let before: DirectStatement
    private let after: DirectStatement
    private let number: DirectStatement
    private let write: DirectStatement
    private let delete: DirectStatement

    /// A stored block, as far as it is read without decoding.
    typealias Use<Value> = (_ first: Int64, _ number: Int64, _ data: UnsafeRawBufferPointer) throws -> Value

    init(_ db: Database) throws {
        covering = try DirectStatement(
            """
            SELECT first, number, data FROM bm25_postings WHERE term = ? AND first <= ? ORDER BY first DESC LIMIT 1
            """, in: db)
        between = try DirectStatement(
            """
            SELECT first, number, data FROM bm25_postings WHERE term = ? AND first BETWEEN ? AND ? ORDER BY first LIMIT ?
            """, in: db)
        before = try DirectStatement("SELECT max(first) FROM bm25_postings WHERE term = ? AND first <= ?", in: db)
        after = try DirectStatement("SELECT min(first) FROM bm25_postings WHERE term = ? AND first > ?", in: db)
        number = try DirectStatement("SELECT number FROM bm25_postings WHERE term = ? LIMIT 1", in: db)
        write = try DirectStatement("INSERT OR REPLACE INTO bm25_postings VALUES (?, ?, ?, ?)", in: db)
        delete = try DirectStatement("DELETE FROM bm25_postings WHERE term = ? AND first = ?", in: db)
    }

    /// The number of a term; nil if no chunk contains it.
    func number(of term: [UInt8]) throws -> Int64? {
        var result: Int64?
        try number.run(term) { row in
            let number = try row.integer(0)
            guard number > 0 else {
                throw BM25Error.damaged(
                    place: "the term “\(String(decoding: term, as: UTF8.self))”", reason: "its number is \(number)")
            }
            result = number
        }
        return result
    }

    /// The last block that begins at `id` or before.
    func covering<Value>(_ id: Int64, of term: [UInt8], _ use: Use<Value>) throws -> Value? {
        var result: Value?
        try covering.run(term, id) { result = try Self.use($0, use) }
        return result
    }

    func blocks<Value>(from first: Int64, to last: Int64, atMost limit: Int, of term: [UInt8], _ use: Use<Value>) throws
        -> [Value]
    {
        var result: [Value] = []
        try between.run(term, first, last, Int64(limit)) { result.append(try Self.use($0, use)) }
        return result
    }

    /// Where the blocks around an id begin.
    func neighbours(of id: Int64, of term: [UInt8]) throws -> [Int64] {
        var result: [Int64] = []
        for statement in [before, after] {
            try statement.run(term, id) { row in
                if !row.isNull(0) { result.append(try row.integer(0)) }
            }
        }
        return result
    }

    func write(_ data: [UInt8], first: Int64, of term: [UInt8], number: Int64) throws {
        try write.run(term, first, number, blob: data) { _ in }
    }

    func delete(_ first: Int64, of term: [UInt8]) throws { try delete.run(term, first) { _ in } }

    private static func use<Value>(_ row: DirectStatement.Row, _ use: Use<Value>) throws -> Value {
        try use(try row.integer(0), try row.integer(1), try row.blob(2))
    }
}
