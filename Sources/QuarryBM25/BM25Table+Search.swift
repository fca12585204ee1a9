import Foundation
package import GRDB
package import QuarryCore
import QuarrySQLite

extension BM25Table {
    /// The best chunks for the terms of a query, best first, in the order of `ScoredID.precedes(_:_:)`.
    ///
    /// The score of a chunk is the sum, over the query's terms, of `idf · tf / (tf + k1 · (1 − b + b · length /
    /// average))` with `idf = ln(1 + (N − n + 0.5) / (n + 0.5))`, as in Lucene since version 8. Fields are combined
    /// before saturation: `tf` and `length` are weighted sums over the fields (Robertson, Zaragoza and Taylor, 2004,
    /// “Simple BM25 extension to multiple weighted fields”). `n` is the number of chunks with the term in any field. A
    /// term with several forms is scored as one: `n` counts the chunks with any form, and `tf` is the count of the most
    /// frequent form in the chunk. A repeated term of the query counts as often as it occurs, each time by its
    /// weight. The sum is taken in byte order of the terms, so that the order of the words in a question does not change
    /// the result.
    ///
    /// - `mask`: Limits the search to these chunks; the statistics still cover all chunks.
    /// - Throws: ``BM25Error``.
    /// - Complexity: O(chunks + postings of the terms).
    package static func search(
        in db: Database, terms: [QueryTerm], limit: Int, mask: ChunkMask? = nil,
        parameters: BM25Parameters = BM25Parameters()
    ) throws -> [ScoredID] {
        guard limit > 0 else {
            try parameters.validate()
            return []
        }
        return try scores(in: db, terms: terms, mask: mask, parameters: parameters).best(limit)
    }

    /// The scores of all chunks for the terms of a query, for repeated use.
    ///
    /// - `mask`: Limits the search to these chunks; the statistics still cover all chunks.
    /// - Throws: ``BM25Error``.
    /// - Complexity: O(chunks + postings of the terms).
    package static func scores(
        in db: Database, terms: [QueryTerm], mask: ChunkMask? = nil, parameters: BM25Parameters = BM25Parameters()
    ) throws -> ScoreAccumulator {
        try parameters.validate()
        guard !terms.isEmpty else { return ScoreAccumulator() }
        let statistics = try statistics(in: db)
        var scores = try ScoreAccumulator(db, statistics: statistics, parameters: parameters)
        for term in merged(terms) {
            let forms = try postings(of: term.forms, in: db)
            for form in forms where form.count > statistics.chunks {
                throw BM25Error.damaged(
                    place: "the totals",
                    reason: "they count \(statistics.chunks) chunks, but the term “\(form.term)” has \(form.count)")
            }
            if forms.count == 1 {
                let weight = term.weight * idf(chunksWithTerm: forms[0].count, chunks: statistics.chunks)
                try scores.add(forms[0], weight: weight, weights: parameters.weights, mask: mask)
            } else if !forms.isEmpty {
                try scores.add(forms, weight: term.weight, chunks: statistics.chunks, parameters.weights, mask: mask)
            }
        }
        return scores
    }

    /// The postings of those forms of a term that are in the index.
    static func postings(of forms: [String], in db: Database) throws -> [StoredPostings] {
        try forms.compactMap { form in
            try number(of: form, in: db).map { try StoredPostings(of: $0, term: form, in: db) }
        }
    }

    static func idf(chunksWithTerm count: Int, chunks: Int) -> Double {
        log1p((Double(chunks - count) + 0.5) / (Double(count) + 0.5))
    }

    /// The distinct terms in byte order of their forms, with the sums of their weights.
    static func merged(_ terms: [QueryTerm]) -> [QueryTerm] {
        var weights: [[String]: Double] = [:]
        for term in terms { weights[term.forms, default: 0] += term.weight }
        return weights.map { QueryTerm(forms: $0.key, weight: $0.value) }.sorted { a, b in
            a.forms.lexicographicallyPrecedes(b.forms) { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        }
    }
}

/// The blocks of one term, as stored.
struct StoredPostings {
    let term: String
    private(set) var blocks: [(first: Int64, data: Data)] = []
    /// The number of chunks with the term.
    private(set) var count = 0

    init(of number: Int64, term: String, in db: Database) throws {
        self.term = term
        let statement = try db.cachedStatement(
            sql: "SELECT first, data FROM bm25_postings WHERE term = ? ORDER BY first")
        let rows = try Row.fetchCursor(statement, arguments: [number])
        while let row = try rows.next() {
            let row = StoredRow(row, of: "bm25_postings")
            let (first, data) = try reading { (try row.integer(0), try row.blob(1)) }
            blocks.append((first, data))
            count += try read(data, first) { bytes throws(Malformation) in try PostingReader(first: first, bytes).count
            }
        }
    }

    func forEach(_ body: (Posting) -> Void) throws {
        for (first, data) in blocks {
            try read(data, first) { bytes throws(Malformation) in
                var reader = try PostingReader(first: first, bytes)
                while let posting = try reader.next() { body(posting) }
            }
        }
    }

    func read<Value>(
        _ data: Data, _ first: Int64, _ body: (UnsafeRawBufferPointer) throws(Malformation) -> Value
    ) throws -> Value {
        do {
            return try data.withUnsafeBytes { try body($0) }
        } catch let malformation as Malformation {
            throw BM25Error.damaged(place: "the term “\(term)”, block \(first)", reason: malformation.reason)
        }
    }
}

/// Accumulates the scores of one search, for all chunks of the index.
///
/// Arrays cover only the slots of existing length blocks, so deleted ids need little memory. A file of scattered ids is
/// rejected before it takes far more memory than its own size.
package struct ScoreAccumulator: Sendable {
    /// Numbers of the length blocks, ascending; block `i` has the slots from `i << LengthBlock.shift`.
    private var numbers: [Int64] = []
    /// `k1 · (1 − b + b · length / average)`; negative for an id without a chunk.
    private var norms: [Double] = []
    private var scores: [Double] = []
    /// The highest frequency so far of the forms of one term, −1 for none; empty until a term has several forms.
    private var frequencies: [Double] = []

    /// Each slot takes 16 bytes.
    private static let freeSlots = 1 << 24
    private static let slotsPerChunk = 8

    /// Creates the empty result of a query without terms.
    init() {}

    init(_ db: Database, statistics: BM25Statistics, parameters: BM25Parameters) throws {
        let average = statistics.averageLength(parameters.weights)
        let floor = parameters.k1 * (1 - parameters.b)
        let slope = average > 0 ? parameters.k1 * parameters.b / average : 0
        var (numbers, norms): ([Int64], [Double]) = ([], [])
        var chunks = 0
        try LengthStore(db: db).forEachBlock { number, block in
            let start = norms.count
            chunks += block.entries.count
            guard start < Self.freeSlots || start / Self.slotsPerChunk < chunks else {
                throw BM25Error.damaged(
                    place: "the chunk lengths, block \(number)", reason: "the ids are too far apart")
            }
            numbers.append(number)
            norms.append(contentsOf: repeatElement(-1, count: LengthBlock.width))
            for entry in block.entries {
                norms[start + entry.slot] = floor + slope * parameters.weights.weighted(entry.lengths)
            }
        }
        self.numbers = numbers
        self.norms = norms
        scores = Array(repeating: 0, count: norms.count)
    }

    /// Adds the scores of a term with one form.
    mutating func add(
        _ postings: StoredPostings, weight: Double, weights: BM25Parameters.FieldWeights, mask: ChunkMask?
    ) throws {
        try forEachPosting(of: postings, weights: weights) { this, slot, chunk, frequency in
            if let mask, !mask.contains(ChunkID(chunk)) { return }
            if frequency > 0 { this.scores[slot] += weight * (frequency / (frequency + this.norms[slot])) }
        }
    }

    /// Adds the scores of a term with several forms, as if all were one with the highest frequency of any.
    mutating func add(
        _ forms: [StoredPostings], weight: Double, chunks: Int, _ weights: BM25Parameters.FieldWeights,
        mask: ChunkMask?
    ) throws {
        if frequencies.isEmpty { frequencies = Array(repeating: -1, count: norms.count) }
        var found: [(slot: Int, chunk: Int64)] = []
        for form in forms {
            try forEachPosting(of: form, weights: weights) { this, slot, chunk, frequency in
                if this.frequencies[slot] < 0 { found.append((slot, chunk)) }
                this.frequencies[slot] = max(this.frequencies[slot], frequency)
            }
        }
        let weight = weight * BM25Table.idf(chunksWithTerm: found.count, chunks: chunks)
        for (slot, chunk) in found {
            let frequency = frequencies[slot]
            frequencies[slot] = -1
            if let mask, !mask.contains(ChunkID(chunk)) { continue }
            if frequency > 0 { scores[slot] += weight * (frequency / (frequency + norms[slot])) }
        }
    }

    @inline(__always)
    private mutating func forEachPosting(
        of postings: StoredPostings, weights: BM25Parameters.FieldWeights,
        _ body: (inout ScoreAccumulator, _ slot: Int, _ chunk: Int64, _ frequency: Double) -> Void
    ) throws {
        var block = 0
        for (first, data) in postings.blocks {
            try postings.read(data, first) { bytes throws(Malformation) in
                var reader = try PostingReader(first: first, bytes)
                while let posting = try reader.next() {
                    let number = posting.chunk >> LengthBlock.shift
                    while block < numbers.count, numbers[block] < number { block += 1 }
                    let slot = block << Int(LengthBlock.shift) | Int(posting.chunk) & (LengthBlock.width - 1)
                    guard block < numbers.count, numbers[block] == number, norms[slot] >= 0 else {
                        throw Malformation("chunk \(posting.chunk) has no length")
                    }
                    body(&self, slot, posting.chunk, weights.weighted(posting.counts))
                }
            }
        }
    }

    /// The best chunks, best first, in the order of `ScoredID.precedes(_:_:)`. Chunks without a score are omitted.
    package func best(_ limit: Int) -> [ScoredID] {
        var best = BestHits(limit: limit)
        for (block, number) in numbers.enumerated() {
            let start = block << Int(LengthBlock.shift)
            for slot in start..<start + LengthBlock.width where scores[slot] > 0 {
                let id = ChunkID((number << LengthBlock.shift) + Int64(slot - start))
                best.insert(ScoredID(id: id, score: Float(scores[slot])))
            }
        }
        return best.sorted()
    }

    /// The scores of the given chunks that are in the index, 0 without a common term, in the order of
    /// `ScoredID.precedes(_:_:)`.
    ///
    /// - Complexity: O(ids · log ids).
    package func scores(of ids: some Sequence<ChunkID>) -> [ScoredID] {
        ids.compactMap { id in
            score(of: id).map { ScoredID(id: id, score: Float($0)) }
        }.sorted(by: ScoredID.precedes)
    }

    private func score(of id: ChunkID) -> Double? {
        let number = id.rawValue >> LengthBlock.shift
        var (low, high) = (0, numbers.count)
        while low < high {
            let middle = (low + high) / 2
            if numbers[middle] < number { low = middle + 1 } else { high = middle }
        }
        guard low < numbers.count, numbers[low] == number else { return nil }
        let slot = low << Int(LengthBlock.shift) | Int(id.rawValue) & (LengthBlock.width - 1)
        return norms[slot] >= 0 ? scores[slot] : nil
    }
}
