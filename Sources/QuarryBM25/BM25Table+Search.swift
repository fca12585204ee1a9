package import GRDB
package import QuarryCore

extension BM25Table {
    /// The best chunks for the terms of a query, best first, in the order of `ScoredID.precedes(_:_:)`.
    ///
    /// The score of a chunk is the sum, over the query's terms, of the formula of ``BM25Parameters/Variant``. Fields are
    /// combined before saturation: `tf` and `length` are weighted sums over the fields (Robertson, Zaragoza and Taylor, 2004,
    /// “Simple BM25 extension to multiple weighted fields”). `n` is the number of chunks with the term in any field. A
    /// term with several forms is scored as one: `n` counts the chunks with any form, and `tf` is the count of the most
    /// frequent form in the chunk. A repeated term of the query counts as often as it occurs, each time by its
    /// weight. The sum is taken in byte order of the terms, so that the order of the words in a question does not change
    /// the result.
    ///
    /// - `mask`: Limits the search to these chunks; the statistics still cover all chunks.
    /// - Throws: ``BM25Error``.
    /// - Complexity: O(chunks + postings of the terms), because nothing is kept: see ``BM25Cache``.
    package static func search(
        in db: Database, terms: [QueryTerm], limit: Int, mask: ChunkMask? = nil,
        parameters: BM25Parameters = BM25Parameters()
    ) throws -> [ScoredID] {
        try BM25Cache(limit: 0).question(terms, in: db, parameters: parameters).best(limit, among: mask)
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
