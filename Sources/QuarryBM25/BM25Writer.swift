import Foundation
package import GRDB
package import QuarryCore

/// Collects changes to the index and writes them together. Each block is rewritten only once, even if many chunks of a
/// transaction change it.
///
/// Memory: about 16 bytes for each distinct term of each chunk, until ``flush(to:)``.
package struct BM25Writer {
    /// The terms of a chunk, as indexes into ``vocabulary``.
    private struct Addition {
        var lengths: FieldCounts
        var terms: [(number: Int, counts: FieldCounts)]
    }

    private var vocabulary: [String] = []
    private var numbers: [String: Int] = [:]
    private var additions: [Int64: Addition] = [:]
    private var removals: Set<Int64> = []

    package init() {}

    package var isEmpty: Bool { additions.isEmpty && removals.isEmpty }

    /// Adds a chunk, or replaces the indexed one.
    package mutating func add(_ fields: BM25Fields, as id: ChunkID) throws {
        guard id.rawValue >= 0 else { throw BM25Error.invalidChunk(id.rawValue) }
        let count = fields.title.count + fields.heading.count + fields.body.count
        var occurrences: [(number: Int, field: Int)] = []
        occurrences.reserveCapacity(count)
        for (field, terms) in [fields.title, fields.heading, fields.body].enumerated() {
            for term in terms { occurrences.append((number(of: term), field)) }
        }
        occurrences.sort { $0 < $1 }

        var terms: [(number: Int, counts: FieldCounts)] = []
        terms.reserveCapacity(count)
        for (number, field) in occurrences {
            if terms.last?.number != number { terms.append((number, FieldCounts())) }
            switch field {
            case 0: terms[terms.count - 1].counts.title += 1
            case 1: terms[terms.count - 1].counts.heading += 1
            default: terms[terms.count - 1].counts.body += 1
            }
        }
        additions[id.rawValue] = Addition(lengths: fields.lengths, terms: terms)
    }

    /// Removes a chunk. Unknown ids are ignored.
    package mutating func remove(_ id: ChunkID) {
        additions[id.rawValue] = nil
        removals.insert(id.rawValue)
    }

    /// Writes and clears all changes. On an error, the transaction must be rolled back; the changes are kept.
    package mutating func flush(to db: Database) throws {
        guard !isEmpty else { return }
        let added = additions.sorted { $0.key < $1.key }
        let removed = try storedChunks(in: db)
        let numbers = try storedNumbers(in: db)

        var changes: [Int64: TermChange] = [:]
        changes.reserveCapacity(numbers.count)
        for (chunk, terms) in removed {
            for term in terms { changes[term, default: TermChange()].removals.append(chunk) }
        }
        var lists: [(chunk: Int64, terms: TermList, checksum: PostingChecksum)] = []
        lists.reserveCapacity(added.count)
        let checksums = vocabulary.map { Checksum.of($0) }
        for (chunk, addition) in added {
            var checksum = PostingChecksum(of: chunk)
            var terms: [Int64] = []
            terms.reserveCapacity(addition.terms.count)
            for (number, counts) in addition.terms {
                let term = numbers[number]
                terms.append(term.id)
                checksum.add(checksums[number], counts)
                changes[term.id, default: TermChange(isNew: term.isNew)].additions.append(
                    Posting(chunk: chunk, counts: counts))
            }
            terms.sort()
            lists.append((chunk, TermList(terms), checksum))
        }

        let statements = try PostingStore.Statements(db)
        for (term, change) in changes.sorted(by: { $0.key < $1.key }) {
            try PostingStore(db: db, term: term, statements: statements).apply(
                removals: change.removals[...], additions: change.additions[...], isNew: change.isNew)
            if change.additions.isEmpty { try deleteIfUnused(term, in: db) }
        }
        try writeLists(lists, replacing: removed.map(\.chunk), in: db)
        try LengthStore(db: db).apply(
            removals: removed.map(\.chunk), additions: added.map { ($0.key, $0.value.lengths) })
        self = BM25Writer()
    }

    private struct TermChange {
        var removals: [Int64] = []
        var additions: [Posting] = []
        var isNew = false
    }

    private mutating func number(of term: String) -> Int {
        if let number = numbers[term] { return number }
        numbers[term] = vocabulary.count
        vocabulary.append(term)
        return vocabulary.count - 1
    }

    /// The chunks to be removed or replaced that are in the index, ascending, with their terms.
    private func storedChunks(in db: Database) throws -> [(chunk: Int64, terms: [Int64])] {
        let last = try Int64.fetchOne(db.cachedStatement(sql: "SELECT max(id) FROM bm25_chunks")) ?? -1
        let statement = try db.cachedStatement(sql: "SELECT terms FROM bm25_chunks WHERE id = ?")
        var chunks: [(chunk: Int64, terms: [Int64])] = []
        for id in removals.union(additions.keys).filter({ $0 <= last }).sorted() {
            guard let row = try Row.fetchOne(statement, arguments: [id]) else { continue }
            do {
                chunks.append((id, try row.decode(at: 0, TermList.init(decoding:)).terms))
            } catch let malformation as Malformation {
                throw BM25Error.damaged(place: "the terms of chunk \(id)", reason: malformation.reason)
            }
        }
        return chunks
    }

    /// The stored number of each term of ``vocabulary``; new terms are stored in ascending order.
    private func storedNumbers(in db: Database) throws -> [(id: Int64, isNew: Bool)] {
        var used = Array(repeating: false, count: vocabulary.count)
        for addition in additions.values {
            for (number, _) in addition.terms { used[number] = true }
        }
        var stored: [(id: Int64, isNew: Bool)] = Array(repeating: (0, false), count: vocabulary.count)
        let select = try db.cachedStatement(sql: "SELECT id FROM bm25_terms WHERE term = ?")
        let insert = try db.cachedStatement(sql: "INSERT INTO bm25_terms (term) VALUES (?)")
        for number in vocabulary.indices.filter({ used[$0] }).sorted(by: { vocabulary[$0] < vocabulary[$1] }) {
            let bytes = Data(vocabulary[number].utf8)
            if let row = try Row.fetchOne(select, arguments: [bytes]) {
                stored[number] = (try BM25Table.number(row), false)
            } else {
                try insert.execute(arguments: [bytes])
                // SQLite continues from the largest id, which is negative only in a damaged file.
                guard db.lastInsertedRowID > 0 else {
                    throw BM25Error.damaged(place: "bm25_terms, row \(db.lastInsertedRowID)", reason: "it is negative")
                }
                stored[number] = (db.lastInsertedRowID, true)
            }
        }
        return stored
    }

    private func deleteIfUnused(_ term: Int64, in db: Database) throws {
        try db.cachedStatement(
            sql: """
                DELETE FROM bm25_terms
                WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM bm25_postings WHERE term = ?1)
                """
        ).execute(arguments: [term])
    }

    private func writeLists(
        _ lists: [(chunk: Int64, terms: TermList, checksum: PostingChecksum)], replacing removed: [Int64],
        in db: Database
    ) throws {
        let delete = try db.cachedStatement(sql: "DELETE FROM bm25_chunks WHERE id = ?")
        for chunk in removed { try delete.execute(arguments: [chunk]) }
        let insert = try db.cachedStatement(sql: "INSERT INTO bm25_chunks VALUES (?, ?, ?)")
        for (chunk, terms, checksum) in lists {
            try insert.execute(arguments: [chunk, Data(terms.encoded()), checksum.stored])
        }
    }
}
