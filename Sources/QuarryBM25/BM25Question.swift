package import QuarryCore

/// A question over one state of an index: the postings of its terms, and their weights.
package struct BM25Question: Sendable {
    struct Clause: Sendable {
        var postings: ScoredPostings
        /// The weight of the term in the question times that of the term in the index.
        var weight: Double
    }

    let lengths: ChunkLengths?
    /// In byte order of the terms: the order in which scores are added up.
    private(set) var clauses: [Clause] = []

    /// A question without terms.
    init() { lengths = nil }

    init(lengths: ChunkLengths) { self.lengths = lengths }

    mutating func add(_ postings: ScoredPostings, weight: Double) {
        clauses.append(Clause(postings: postings, weight: weight))
    }

    /// The best chunks, best first, in the order of `ScoredID.precedes(_:_:)`. Chunks without a score are omitted.
    ///
    /// - `mask`: Limits the search to these chunks.
    package func best(_ limit: Int, among mask: ChunkMask? = nil) -> [ScoredID] {
        guard limit > 0, let lengths, !clauses.isEmpty else { return [] }
        let postings = clauses.reduce(0) { $0 + $1.postings.count }
        // Bounds need weights that only add. To take most of the chunks, all are scored.
        guard limit < postings / 8, clauses.allSatisfy({ $0.weight > 0 && $0.weight < 1e30 }) else {
            return bestOfAll(limit, among: mask)
        }
        var search = PrunedSearch(clauses, lengths: lengths, limit: limit, mask: mask)
        return search.run()
    }

    /// The result of ``best(_:among:)`` by its definition: every posting is added up.
    ///
    /// - Complexity: O(chunks + postings), time and memory.
    package func bestOfAll(_ limit: Int, among mask: ChunkMask? = nil) -> [ScoredID] {
        guard limit > 0, let lengths else { return [] }
        var scores: [Double] = Array(repeating: 0, count: lengths.slots)
        for clause in clauses {
            for (slot, saturation) in zip(clause.postings.slots, clause.postings.saturations) {
                scores[Int(slot)] += clause.weight * Double(saturation)
            }
        }
        var best = BestHits(limit: limit)
        for slot in scores.indices where scores[slot] > 0 {
            let id = lengths.id(at: slot)
            if let mask, !mask.contains(id) { continue }
            best.insert(ScoredID(id: id, score: Float(scores[slot])))
        }
        return best.sorted()
    }

    /// The scores of the given chunks that are in the index, 0 without a common term, in the order of
    /// `ScoredID.precedes(_:_:)`.
    ///
    /// - Complexity: O(ids · (terms · log postings + log ids)).
    package func scores(of ids: some Sequence<ChunkID>) -> [ScoredID] {
        guard let lengths else { return [] }
        return ids.compactMap { id -> ScoredID? in
            guard id.rawValue >= 0, let slot = lengths.slot(of: id.rawValue) else { return nil }
            var score = 0.0
            for clause in clauses {
                if let saturation = clause.postings.saturation(of: UInt32(slot)) {
                    score += clause.weight * Double(saturation)
                }
            }
            return ScoredID(id: id, score: Float(score))
        }.sorted(by: ScoredID.precedes)
    }
}
