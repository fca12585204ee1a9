import Foundation
package import GRDB
package import QuarryCore
import QuarrySQLite

/// Collects changes to the index and writes them together. Each block is rewritten only once, even if many chunks of a
/// transaction change it.
///
/// Memory: about 60 bytes for each distinct term of each chunk, until ``flush(to:)``.
package struct BM25Writer {
    /// A chunk with its part of ``occurrences``.
    private struct Addition {
        var lengths: FieldCounts
        var terms: Range<Int>
    }

    /// A term of a chunk, as an index into ``vocabulary``.
    private struct Occurrence {
        var term: Int32
        var counts: FieldCounts
    }

    private var vocabulary: [String] = []
    private var numbers: [String: Int32] = [:]
    private var additions: [Int64: Addition] = [:]
    private var occurrences: [Occurrence] = []
    private var removals: Set<Int64> = []

    package init() {}

    package var isEmpty: Bool { additions.isEmpty && removals.isEmpty }

    /// The number of distinct terms of each chunk that wait to be written.
    package var postingCount: Int { occurrences.count }

    /// Adds a chunk, or replaces the indexed one.
    package mutating func add(_ fields: BM25Fields, as id: ChunkID) throws {
        guard id.rawValue >= 0 else { throw BM25Error.invalidChunk(id.rawValue) }
        var keys: [UInt64] = []
        keys.reserveCapacity(fields.title.count + fields.heading.count + fields.body.count)
        for (field, terms) in [fields.title, fields.heading, fields.body].enumerated() {
            for term in terms { keys.append(UInt64(number(of: term)) << 2 | UInt64(field)) }
        }
        keys.sort()
        let start = occurrences.count
        for key in keys {
            let term = Int32(key >> 2)
            if occurrences.count == start || occurrences[occurrences.count - 1].term != term {
                occurrences.append(Occurrence(term: term, counts: FieldCounts()))
            }
            switch key & 3 {
            case 0: occurrences[occurrences.count - 1].counts.title += 1
            case 1: occurrences[occurrences.count - 1].counts.heading += 1
            default: occurrences[occurrences.count - 1].counts.body += 1
            }
        }
        additions[id.rawValue] = Addition(lengths: fields.lengths, terms: start..<occurrences.count)
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
        var changes = try Changes(of: removed, in: db, number: { number(of: $0) })
        changes.add(added.map { ($0.key, occurrences[$0.value.terms]) }, vocabulary: vocabulary.count)

        let statements = try PostingStatements(db)
        let order = changes.terms.sorted { vocabulary[$0] < vocabulary[$1] }
        var known = Array(repeating: nil as PostingHead?, count: vocabulary.count)
        for index in order { known[index] = try statements.head(of: Array(vocabulary[index].utf8)) }
        let stored = try storeNewTerms(of: changes.terms, known: known, in: db)
        for index in order {
            var store = PostingStore(
                term: Array(vocabulary[index].utf8), number: stored[index], head: known[index], statements: statements)
            let additions = changes.additions(to: index)
            if let removals = changes.removals[index] {
                guard removals.number == stored[index] else {
                    throw BM25Error.damaged(
                        place: "the term “\(vocabulary[index])”",
                        reason: "its postings do not have its number, \(removals.number)")
                }
                try store.apply(removals: removals.chunks[...], additions: additions)
                if store.head == nil {
                    try db.cachedStatement(sql: "DELETE FROM bm25_terms WHERE id = ?").execute(arguments: [store.number]
                    )
                }
            } else {
                try store.apply(removals: [], additions: additions)
            }
        }
        let difference = try writeLists(of: added, numbers: stored, replacing: removed, in: db)
        try LengthStore(db: db, isChecked: true).apply(
            removals: removed.map(\.chunk), additions: added.map { ($0.key, $0.value.lengths) },
            checksum: difference)
        self = BM25Writer()
    }

    /// The number of each term of the vocabulary that is in `terms`. A new term gets the next one, in the order of first
    /// use: frequent terms have small numbers, which take less space in the lists of chunks.
    private func storeNewTerms(of terms: [Int], known: [PostingHead?], in db: Database) throws -> [Int64] {
        var last = try Int64.fetchOne(db.cachedStatement(sql: "SELECT max(id) FROM bm25_terms")) ?? 0
        guard last >= 0, last < .max - Int64(vocabulary.count) else {
            throw BM25Error.damaged(place: "bm25_terms, row \(last)", reason: "no number can follow it")
        }
        let insert = try db.cachedStatement(sql: "INSERT INTO bm25_terms (id, term, checksum) VALUES (?, ?, ?)")
        var stored = known.map { $0?.number ?? 0 }
        for index in terms where known[index] == nil {
            last += 1
            stored[index] = last
            let term = Data(vocabulary[index].utf8)
            try insert.execute(arguments: [last, term, BM25Table.checksum(ofTerm: term, number: last)])
        }
        return stored
    }

    private mutating func number(of term: String) -> Int32 {
        if let number = numbers[term] { return number }
        let number = Int32(vocabulary.count)
        numbers[term] = number
        vocabulary.append(term)
        return number
    }

    private struct StoredChunk {
        var chunk: Int64
        var terms: [Int64]
        var checksum: UInt64
    }

    /// The changes of each term, by its index in the vocabulary.
    private struct Changes {
        /// The terms with a change.
        private(set) var terms: [Int] = []
        /// The stored number of a term, and the chunks that lose it, ascending.
        private(set) var removals: [Int: (number: Int64, chunks: [Int64])] = [:]
        private var postings: [Posting] = []
        /// Where the postings of each term end.
        private var ends: [Int] = []

        init(of removed: [StoredChunk], in db: Database, number: (String) -> Int32) throws {
            let select = try db.cachedStatement(sql: "SELECT id, term, checksum FROM bm25_terms WHERE id = ?")
            var indexes: [Int64: Int] = [:]
            for chunk in removed {
                for stored in chunk.terms {
                    if indexes[stored] == nil {
                        let row = try Row.fetchOne(select, arguments: [stored])
                        let bytes = try row.map { try BM25Table.term(of: stored, in: $0) }
                        guard let term = bytes.flatMap({ String(validating: $0, as: UTF8.self) }) else {
                            throw BM25Error.damaged(
                                place: "the terms of chunk \(chunk.chunk)", reason: "there is no term number \(stored)")
                        }
                        let index = Int(number(term))
                        guard removals.updateValue((stored, []), forKey: index) == nil else {
                            throw BM25Error.damaged(
                                place: "the term “\(term)”", reason: "it has two numbers, and \(stored) is one of them")
                        }
                        indexes[stored] = index
                    }
                    if let index = indexes[stored] { removals[index]?.chunks.append(chunk.chunk) }
                }
            }
        }

        /// - `chunks`: In ascending order of ids.
        mutating func add(_ chunks: [(id: Int64, terms: ArraySlice<Occurrence>)], vocabulary: Int) {
            var places = Array(repeating: 0, count: vocabulary)
            for chunk in chunks { for term in chunk.terms { places[Int(term.term)] += 1 } }
            terms = places.indices.filter { places[$0] > 0 || removals[$0] != nil }
            var total = 0
            for index in places.indices { (places[index], total) = (total, total + places[index]) }
            postings = Array(repeating: Posting(chunk: 0, counts: FieldCounts()), count: total)
            for chunk in chunks {
                for term in chunk.terms {
                    postings[places[Int(term.term)]] = Posting(chunk: chunk.id, counts: term.counts)
                    places[Int(term.term)] += 1
                }
            }
            ends = places
        }

        func additions(to index: Int) -> ArraySlice<Posting> {
            postings[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
        }
    }

    /// The chunks to be removed or replaced that are in the index, ascending, with their terms.
    private func storedChunks(in db: Database) throws -> [StoredChunk] {
        let last = try Int64.fetchOne(db.cachedStatement(sql: "SELECT max(id) FROM bm25_chunks")) ?? -1
        let statement = try db.cachedStatement(sql: "SELECT id, terms, checksum FROM bm25_chunks WHERE id = ?")
        var chunks: [StoredChunk] = []
        for id in removals.union(additions.keys).filter({ $0 <= last }).sorted() {
            guard let row = try Row.fetchOne(statement, arguments: [id]) else { continue }
            do {
                let terms = try row.decode(at: 1, TermList.init(decoding:)).terms
                let checksum = try reading { try StoredRow(row, of: "bm25_chunks").integer(2) }
                chunks.append(StoredChunk(chunk: id, terms: terms, checksum: UInt64(bitPattern: checksum)))
            } catch let malformation as Malformation {
                throw BM25Error.damaged(place: "the terms of chunk \(id)", reason: malformation.reason)
            }
        }
        return chunks
    }

    /// Writes the lists of terms.
    ///
    /// - Returns: What is to be added to the sum of all checksums.
    private func writeLists(
        of added: [(key: Int64, value: Addition)], numbers: [Int64], replacing removed: [StoredChunk], in db: Database
    ) throws -> UInt64 {
        var difference: UInt64 = 0
        let delete = try db.cachedStatement(sql: "DELETE FROM bm25_chunks WHERE id = ?")
        for chunk in removed {
            try delete.execute(arguments: [chunk.chunk])
            difference &-= chunk.checksum
        }
        let insert = try db.cachedStatement(sql: "INSERT INTO bm25_chunks VALUES (?, ?, ?)")
        let checksums = vocabulary.map { Checksum.of($0) }
        for (chunk, addition) in added {
            var checksum = PostingChecksum(of: chunk)
            var terms: [Int64] = []
            terms.reserveCapacity(addition.terms.count)
            for occurrence in occurrences[addition.terms] {
                terms.append(numbers[Int(occurrence.term)])
                checksum.add(checksums[Int(occurrence.term)], occurrence.counts)
            }
            terms.sort()
            try insert.execute(arguments: [chunk, Data(TermList(terms).encoded()), checksum.stored])
            difference &+= UInt64(bitPattern: checksum.stored)
        }
        return difference
    }
}
