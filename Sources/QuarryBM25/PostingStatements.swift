import Foundation
import GRDB
import GRDBSQLite

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

/// A statement without the conversions of the database library.
private struct DirectStatement {
    private let db: Database
    private let statement: Statement

    init(_ sql: String, in db: Database) throws {
        self.db = db
        statement = try db.cachedStatement(sql: sql)
    }

    /// A row as long as the statement stays on it.
    struct Row {
        let handle: OpaquePointer

        func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

        func integer(_ column: Int32) throws -> Int64 {
            guard sqlite3_column_type(handle, column) == SQLITE_INTEGER else { throw wrongType }
            return sqlite3_column_int64(handle, column)
        }

        func blob(_ column: Int32) throws -> UnsafeRawBufferPointer {
            guard sqlite3_column_type(handle, column) == SQLITE_BLOB else { throw wrongType }
            return UnsafeRawBufferPointer(
                start: sqlite3_column_blob(handle, column), count: Int(sqlite3_column_bytes(handle, column)))
        }

        private var wrongType: BM25Error { .damaged(place: "bm25_postings", reason: "a value has the wrong type") }
    }

    /// Binds the values in this order, `blob` last, and calls a function with each row.
    func run(_ term: [UInt8], _ integers: Int64..., blob: [UInt8]? = nil, _ use: (Row) throws -> Void) throws {
        let handle = statement.sqliteStatement
        defer {
            sqlite3_reset(handle)
            sqlite3_clear_bindings(handle)
        }
        try term.withUnsafeBytes { term in
            try check(bind(term, at: 1))
            for (index, integer) in integers.enumerated() {
                try check(sqlite3_bind_int64(handle, Int32(index) + 2, integer))
            }
            try (blob ?? []).withUnsafeBytes { bytes in
                if blob != nil { try check(bind(bytes, at: Int32(integers.count) + 2)) }
                while true {
                    let code = sqlite3_step(handle)
                    if code == SQLITE_DONE { return }
                    guard code == SQLITE_ROW else { return try check(code) }
                    try use(Row(handle: handle))
                }
            }
        }
    }

    /// The bytes must stay until the statement is reset.
    private func bind(_ bytes: UnsafeRawBufferPointer, at index: Int32) -> Int32 {
        bytes.isEmpty
            ? sqlite3_bind_zeroblob(statement.sqliteStatement, index, 0)
            : sqlite3_bind_blob(statement.sqliteStatement, index, bytes.baseAddress, Int32(clamping: bytes.count), nil)
    }

    private func check(_ code: Int32) throws {
        guard code != SQLITE_OK else { return }
        throw DatabaseError(resultCode: ResultCode(rawValue: code), message: db.lastErrorMessage, sql: statement.sql)
    }
}
