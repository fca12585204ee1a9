import Foundation
import GRDB
import QuarryCore
import QuarrySQLite
import QuarryText

extension BM25Table {
    /// The chunks that have any form of a word, in a field or anywhere.
    ///
    /// - Complexity: O(chunks with the forms).
    static func chunks(with word: QueryTerm, in field: QueryExpression.Field?, in db: Database) throws -> ChunkMask {
        let format = try totals(in: db).format
        var mask = ChunkMask()
        for form in word.forms {
            guard let postings = try StoredPostings(of: form, in: db, format: format) else { continue }
            try postings.forEach { posting throws(Malformation) in
                guard (0...ChunkID.maximum).contains(posting.chunk) else {
                    throw Malformation("no chunk has the id \(posting.chunk)")
                }
                let isThere =
                    switch field {
                    case nil: true
                    case .title: posting.counts.title > 0
                    case .heading: posting.counts.heading > 0
                    case .body: posting.counts.body > 0
                    case .name: false
                    }
                if isThere { mask.insert(ChunkID(posting.chunk)) }
            }
        }
        return mask
    }

    /// The terms that begin with any of the texts, those with the longest postings first.
    static func terms(startingWith prefixes: [String], limit: Int, in db: Database) throws -> [String] {
        let sizes = try sizes(in: db)
        var found: [String: Int] = [:]
        for prefix in prefixes {
            let start = Data(prefix.utf8)
            // No UTF-8 text has the byte 0xFF.
            let arguments: StatementArguments = [start, start + [0xFF], limit]
            let sql = "\(sizes) WHERE term >= ? AND term < ? GROUP BY term ORDER BY size DESC, term LIMIT ?"
            let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
            while let row = try rows.next() {
                let row = StoredRow(row, of: "bm25_postings")
                let (term, size) = try reading { (try row.blob(0), try row.count(1)) }
                found[String(decoding: term, as: UTF8.self)] = size
            }
        }
        let ordered = found.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
        return ordered.prefix(max(0, limit)).map(\.key)
    }

    /// The terms at most so many edits from one of the texts: closest first, then those with the longest postings.
    /// Other spellings, which begin with U+0001, are omitted, and so are the texts themselves.
    ///
    /// - Complexity: O(all terms).
    static func terms(near texts: [String], edits: Int, limit: Int, in db: Database) throws -> [String] {
        let targets = texts.filter { $0.utf8.first != Analyzer.additionalMark }.map {
            TermDistance(to: $0, limit: edits)
        }
        guard !targets.isEmpty, limit > 0 else { return [] }
        var distances: [String: Int] = [:]
        let statement = try DirectStatement("SELECT term FROM bm25_terms", of: "bm25_terms", in: db)
        try statement.run { row in
            let term = try reading { try row.blob(0) }
            guard term.first != Analyzer.additionalMark else { return }
            for target in targets {
                guard let distance = target.distance(of: term), distance > 0 else { continue }
                let text = String(decoding: term, as: UTF8.self)
                distances[text] = min(distance, distances[text] ?? .max)
            }
        }
        for text in texts { distances[text] = nil }
        var sizes: [String: Int] = [:]
        let sizeOf = try db.cachedStatement(sql: "\(try self.sizes(in: db)) WHERE term = ? GROUP BY term")
        for term in distances.keys {
            // A term of the list may have no postings.
            guard let row = try Row.fetchOne(sizeOf, arguments: [Data(term.utf8)]) else { continue }
            sizes[term] = try reading { try StoredRow(row, of: "bm25_postings").count(1) }
        }
        let ordered = sizes.sorted { a, b in
            let (near, other) = (distances[a.key] ?? 0, distances[b.key] ?? 0)
            if near != other { return near < other }
            return a.value != b.value ? a.value > b.value : a.key < b.key
        }
        return ordered.prefix(limit).map(\.key)
    }

    /// The start of a statement that gives terms with the size of their postings, an estimate of how many there are.
    private static func sizes(in db: Database) throws -> String {
        let postings =
            try totals(in: db).format == .first
            ? "(SELECT bm25_terms.term, data FROM bm25_terms JOIN bm25_postings ON bm25_postings.term = bm25_terms.id)"
            : "bm25_postings"
        return "SELECT term, sum(length(data)) AS size FROM \(postings)"
    }
}
