import Foundation
package import GRDB
import QuarryCore
import QuarrySQLite

extension BM25Table {
    /// All inconsistencies between the parts of the index, in plain words; empty if there are none.
    ///
    /// It compares postings with the chunks' lists of terms in both directions, and lengths and totals with the sums of
    /// frequencies. It also checks that the postings are divided into the right blocks.
    ///
    /// - Complexity: O(size of the index), time and memory.
    package static func verify(in db: Database) throws -> [String] {
        var problems: [String] = []
        var expected: [Int64: [Int64]] = [:]
        var lengths: [Int64: FieldCounts] = [:]
        var checksums: [Int64: PostingChecksum] = [:]
        var stored: [(id: Int64, checksum: Int64)] = []

        let chunks = try Row.fetchCursor(db, sql: "SELECT id, terms, checksum FROM bm25_chunks ORDER BY id")
        while let row = try chunks.next() {
            let values = StoredRow(row, of: "bm25_chunks")
            let id = try values.integer(0)
            stored.append((id, try values.integer(2)))
            checksums[id] = PostingChecksum(of: id)
            lengths[id] = FieldCounts()
            do {
                for term in try row.decode(at: 1, TermList.init(decoding:)).terms {
                    expected[term, default: []].append(id)
                }
            } catch let malformation as Malformation {
                problems.append("The terms of chunk \(id) are damaged: \(malformation.reason).")
            }
        }

        func check(_ postings: [Posting], of term: Data, number: Int64) {
            let listed = expected.removeValue(forKey: number) ?? []
            if postings.map(\.chunk) != listed {
                let differing = Set(postings.map(\.chunk)).symmetricDifference(listed).sorted()
                problems.append(
                    "\(name(term)) has \(postings.count) postings, but \(listed.count) chunks list it"
                        + (differing.first.map { " (chunk \($0) is the first of \(differing.count))." } ?? "."))
            }
            let checksum = term.withUnsafeBytes { Checksum.of($0) }
            let countsInLength = BM25Fields.countsInLength(term)
            for posting in postings {
                if countsInLength { lengths[posting.chunk]?.add(posting.counts) }
                checksums[posting.chunk]?.add(checksum, posting.counts)
            }
        }
        let format = try format(in: db)
        if let columns = format.columns {
            problems += try verifyNumbers(in: db, columns) + verifyBlocks(in: db, columns, check)
        } else {
            problems += try verifyFirstFormat(in: db, check)
        }
        for (number, chunks) in expected.sorted(by: { $0.key < $1.key }) {
            problems.append("Term number \(number) is listed by \(chunks.count) chunks, but has no postings.")
        }
        for (id, checksum) in stored where checksums[id]?.stored != checksum {
            problems.append("bm25_chunks, row \(id): the postings of the chunk do not match their checksum")
        }
        let sum = stored.reduce(into: UInt64(0)) { $0 &+= UInt64(bitPattern: $1.checksum) }
        return try problems + verifyLengths(lengths, checksum: sum, isChecked: format == .checked, in: db)
    }

    private static func name(_ term: Data) -> String { "The term “\(String(decoding: term, as: UTF8.self))”" }

    /// - `check`: Called with the postings of each term, its bytes and its number.
    private static func verifyBlocks(
        in db: Database, _ columns: PostingRow.Columns, _ check: ([Posting], Data, Int64) -> Void
    ) throws -> [String] {
        var problems: [String] = []
        let early = try Int.fetchOne(db, sql: "SELECT count(*) FROM bm25_postings WHERE first < 0") ?? 0
        if early > 0 { problems.append("bm25_postings: \(early) rows begin before the first chunk") }
        let statements = try PostingStatements(db, columns)
        let terms = try Row.fetchCursor(db, sql: "SELECT min(number), term FROM bm25_postings GROUP BY term")
        while let row = try terms.next() {
            let values = StoredRow(row, of: "bm25_postings")
            let (number, term) = (try values.integer(0), try values.blob(1))
            do {
                let head = try statements.head(of: Array(term))
                let blocks = try PostingStore(term: Array(term), number: number, head: head, statements: statements)
                    .blocks(in: .all)
                if columns == .checked, head?.blocks != Int64(blocks.count) {
                    problems.append("\(name(term)) has \(blocks.count) blocks instead of \(head?.blocks ?? 0).")
                }
                let postings = blocks.flatMap(\.postings)
                if blocks != PostingBlock.blocks(of: postings[...], in: .all) {
                    problems.append("\(name(term)) is divided into the wrong blocks.")
                }
                let stored = try Data.fetchAll(
                    db, sql: "SELECT data FROM bm25_postings WHERE term = ? AND first >= 0 ORDER BY first",
                    arguments: [term])
                if stored != blocks.map({ Data($0.encoded()) }) {
                    problems.append("\(name(term)) is stored in other bytes than this program writes.")
                }
                check(postings, term, number)
            } catch let error as BM25Error {
                problems.append(error.description)
            }
        }
        return problems
    }

    private static func verifyFirstFormat(
        in db: Database, _ check: ([Posting], Data, Int64) -> Void
    ) throws -> [String] {
        var problems: [String] = []
        let terms = try Row.fetchCursor(
            db,
            sql:
                "SELECT id, term FROM bm25_terms UNION SELECT DISTINCT term, NULL FROM bm25_postings ORDER BY 1, 2 DESC"
        )
        var known: Set<Int64> = []
        while let row = try terms.next() {
            let values = StoredRow(row, of: "bm25_terms")
            let number = try values.integer(0)
            guard known.insert(number).inserted else { continue }
            guard let term = try values.optional(1, values.blob) else {
                problems.append("Term number \(number) has postings, but is not in the vocabulary.")
                continue
            }
            do {
                let postings = try EarlierPostings(of: number, in: db).all(of: term)
                if postings.isEmpty { problems.append("\(name(term)) is in the vocabulary, but no chunk contains it.") }
                check(postings, term, number)
            } catch let error as BM25Error {
                problems.append(error.description)
            }
        }
        return problems
    }

    /// Whether the terms of the postings and the numbers of terms are the same.
    private static func verifyNumbers(in db: Database, _ columns: PostingRow.Columns) throws -> [String] {
        var problems: [String] = []
        if columns == .checked {
            let terms = try Row.fetchCursor(db, sql: "SELECT id, term, checksum FROM bm25_terms")
            while let row = try terms.next() {
                do {
                    _ = try term(of: try StoredRow(row, of: "bm25_terms").integer(0), in: row)
                } catch let error as BM25Error {
                    problems.append(error.description)
                }
            }
        }
        let strays = try Row.fetchAll(
            db,
            sql: """
                SELECT id, term FROM bm25_terms EXCEPT SELECT number, term FROM bm25_postings
                """)
        let unknown = try Row.fetchAll(
            db,
            sql: """
                SELECT number, term FROM bm25_postings EXCEPT SELECT id, term FROM bm25_terms
                """)
        return try problems
            + strays.map { row in
                "Term number \(try StoredRow(row, of: "bm25_terms").integer(0)) is in the vocabulary, but no chunk contains it."
            }
            + unknown.map { row in
                "Term number \(try StoredRow(row, of: "bm25_postings").integer(0)) has postings, but is not in the vocabulary."
            }
    }

    private static func verifyLengths(
        _ sums: [Int64: FieldCounts], checksum: UInt64, isChecked: Bool, in db: Database
    ) throws -> [String] {
        var problems: [String] = []
        var rest = sums
        var totals = BM25Statistics(chunks: 0, title: 0, heading: 0, body: 0)
        do {
            try LengthStore(db: db, isChecked: isChecked).forEachBlock { number, block in
                for entry in block.entries {
                    let id = (number << LengthBlock.shift) + Int64(entry.slot)
                    totals.add(entry.lengths)
                    guard let sum = rest.removeValue(forKey: id) else {
                        problems.append("Chunk \(id) has a length, but no list of terms.")
                        continue
                    }
                    if sum != entry.lengths {
                        problems.append("The length of chunk \(id) is not the sum of its words' frequencies.")
                    }
                }
            }
            for id in rest.keys.sorted() { problems.append("Chunk \(id) has a list of terms, but no length.") }
            let stored = try self.totals(in: db)
            if let total = stored.checksum, total != checksum {
                problems.append("The checksum of the totals is not the sum of the chunks' checksums.")
            }
            if stored.statistics != totals {
                problems.append(
                    "The totals are \(stored.statistics.inWords), but the chunks add up to \(totals.inWords).")
            }
        } catch let error as BM25Error {
            problems.append(error.description)
        }
        return problems
    }
}

extension FieldCounts {
    fileprivate mutating func add(_ other: FieldCounts) {
        title &+= other.title
        heading &+= other.heading
        body &+= other.body
    }
}
