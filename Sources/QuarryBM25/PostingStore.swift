import Foundation
import GRDB
import QuarrySQLite

/// Reads and changes the blocks of one term, and keeps the invariants of ``PostingBlock``.
struct PostingStore {
    let term: Data
    let number: Int64
    private let statements: Statements

    init(db: Database, term: Data, number: Int64, statements: Statements) {
        self.term = term
        self.number = number
        self.statements = statements
    }

    /// The statements for all terms, prepared once.
    struct Statements {
        let covering: Statement
        let between: Statement
        let before: Statement
        let after: Statement
        let number: Statement
        let write: Statement
        let delete: Statement

        init(_ db: Database) throws {
            covering = try db.cachedStatement(
                sql: """
                    SELECT first, number, data FROM bm25_postings WHERE term = ? AND first <= ?
                    ORDER BY first DESC LIMIT 1
                    """)
            between = try db.cachedStatement(
                sql: """
                    SELECT first, number, data FROM bm25_postings WHERE term = ? AND first BETWEEN ? AND ?
                    ORDER BY first LIMIT ?
                    """)
            before = try db.cachedStatement(
                sql: "SELECT max(first) FROM bm25_postings WHERE term = ? AND first <= ?")
            after = try db.cachedStatement(sql: "SELECT min(first) FROM bm25_postings WHERE term = ? AND first > ?")
            number = try db.cachedStatement(sql: "SELECT first, number FROM bm25_postings WHERE term = ? LIMIT 1")
            write = try db.cachedStatement(sql: "INSERT OR REPLACE INTO bm25_postings VALUES (?, ?, ?, ?)")
            delete = try db.cachedStatement(sql: "DELETE FROM bm25_postings WHERE term = ? AND first = ?")
        }

        /// The number of a term; nil if no chunk contains it.
        func number(of term: Data) throws -> Int64? {
            try Row.fetchOne(number, arguments: [term]).map { row in
                try reading { try StoredRow(row, of: "bm25_postings").integer(1, in: 1 ... .max) }
            }
        }
    }

    /// Removes and adds postings.
    ///
    /// - Parameters:
    ///   - removals: Ids of chunks with the term, in ascending order.
    ///   - additions: Postings of new or removed chunks, in ascending order.
    ///   - isNew: Whether the term has no blocks yet.
    func apply(removals: ArraySlice<Int64>, additions: ArraySlice<Posting>, isNew: Bool) throws {
        var (removals, additions, isNew) = (removals, additions, isNew)
        while let next = lower(of: removals.first, additions.first?.chunk) {
            let old = isNew ? nil : try block(for: next)
            let range = try old?.range ?? (isNew ? .all : gap(around: next))
            isNew = false
            let removed = removals.prefix { $0 <= range.last }
            let added = additions.prefix { $0.chunk <= range.last }
            removals = removals.dropFirst(removed.count)
            additions = additions.dropFirst(added.count)

            let postings = try edited(old?.postings ?? [], range: range, removing: removed, adding: added)
            if removed.isEmpty || postings.count > PostingBlock.capacity {
                try replace(old, by: PostingBlock.blocks(of: postings[...], in: range))
            } else {
                try replaceAndJoin(old, by: PostingBlock(range: range, postings: postings[...]))
            }
        }
    }

    private func edited(
        _ old: ArraySlice<Posting>, range: IDRange, removing removed: ArraySlice<Int64>,
        adding added: ArraySlice<Posting>
    ) throws -> [Posting] {
        if removed.isEmpty, let first = added.first, old.last.map({ $0.chunk < first.chunk }) ?? true {
            return Array(old) + added
        }
        var (removed, added) = (removed, added)
        var postings: [Posting] = []
        postings.reserveCapacity(old.count + added.count)
        for posting in old {
            while let new = added.first, new.chunk < posting.chunk { postings.append(added.removeFirst()) }
            if removed.first == posting.chunk {
                removed.removeFirst()
            } else if added.first?.chunk == posting.chunk {
                throw damage("chunk \(posting.chunk) is already there", range.first)
            } else {
                postings.append(posting)
            }
        }
        if let missing = removed.first {
            throw damage("chunk \(missing) should be there", range.first)
        }
        return postings + added
    }

    private func replace(_ old: PostingBlock?, by blocks: [PostingBlock]) throws {
        if let old, !blocks.contains(where: { $0.range.first == old.range.first }) { try delete(old.range.first) }
        for block in blocks { try write(block) }
    }

    /// Writes a smaller block, and joins it with its neighbours as long as they fit in one block.
    private func replaceAndJoin(_ old: PostingBlock?, by new: PostingBlock) throws {
        if let old { try delete(old.range.first) }
        var block = new
        while block.range.level < IDRange.all.level {
            let neighbours = try blocks(in: block.range.sibling, atMost: 2)
            let count = neighbours.reduce(block.postings.count) { $0 + $1.postings.count }
            guard neighbours.count < 2, count <= PostingBlock.capacity else { break }
            if let neighbour = neighbours.first {
                guard neighbour.range.level <= block.range.level else {
                    throw damage("it overlaps the block of chunk \(block.range.first)", neighbour.range.first)
                }
                try delete(neighbour.range.first)
                let isBelow = neighbour.range.first < block.range.first
                block.postings =
                    isBelow ? neighbour.postings + block.postings : block.postings + neighbour.postings
            }
            block.range = block.range.parent
        }
        if !block.postings.isEmpty { try write(block) }
    }

    /// The block whose range contains the id; nil if no chunk of that range has the term.
    func block(for id: Int64) throws -> PostingBlock? {
        try fetch(statements.covering, [term, id]).first.flatMap { $0.range.contains(id) ? $0 : nil }
    }

    /// The range of a new block for an id that no block covers.
    private func gap(around id: Int64) throws -> IDRange {
        let before = try Int64.fetchOne(statements.before, arguments: [term, id])
        let after = try Int64.fetchOne(statements.after, arguments: [term, id])
        return IDRange(around: id, apartFrom: [before, after].compactMap { $0 })
    }

    func blocks(in range: IDRange, atMost limit: Int = .max) throws -> [PostingBlock] {
        try fetch(statements.between, [term, range.first, range.last, limit])
    }

    private func fetch(_ statement: Statement, _ arguments: StatementArguments) throws -> [PostingBlock] {
        var blocks: [PostingBlock] = []
        let rows = try Row.fetchCursor(statement, arguments: arguments)
        while let row = try rows.next() {
            let values = StoredRow(row, of: "bm25_postings")
            let (first, number) = try reading { (try values.integer(0), try values.integer(1)) }
            guard number == self.number else {
                throw damage("its number is \(number), not \(self.number)", first)
            }
            do {
                blocks.append(
                    try row.decode(at: 2) { bytes throws(Malformation) in
                        try PostingBlock(first: first, decoding: bytes)
                    })
            } catch let malformation as Malformation {
                throw damage(malformation.reason, first)
            }
        }
        return blocks
    }

    /// Adds the blocks of a term that has none.
    func insert(_ blocks: [PostingBlock]) throws { for block in blocks { try write(block) } }

    private func write(_ block: PostingBlock) throws {
        try statements.write.execute(arguments: [term, block.range.first, number, Data(block.encoded())])
    }

    private func delete(_ first: Int64) throws {
        try statements.delete.execute(arguments: [term, first])
    }

    private func damage(_ reason: String, _ first: Int64) -> BM25Error {
        .damaged(place: "the term “\(String(decoding: term, as: UTF8.self))”, block \(first)", reason: reason)
    }
}

extension Row {
    /// Decodes a blob in place, without copying it.
    func decode<Value>(
        at index: Int, _ decode: (UnsafeRawBufferPointer) throws(Malformation) -> Value
    ) throws -> Value {
        try withUnsafeData(atIndex: index) { data in
            guard let data else { throw Malformation("it has no data") }
            return try data.withUnsafeBytes { try decode($0) }
        }
    }
}
