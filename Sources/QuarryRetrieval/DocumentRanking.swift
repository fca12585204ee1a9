public import QuarryCore

/// A document with the score of its best passage.
public struct ScoredDocument: Sendable, Hashable {
    public var id: String
    public var score: Double

    public init(id: String, score: Double) {
        self.id = id
        self.score = score
    }
}

extension HybridRetriever {
    /// The best documents for a question, each by its best passage.
    ///
    /// Neither neighbours nor duplicates are joined here: a document counts once anyway, and each of several equal
    /// documents has its own place in the ranking. The search depth doubles until it finds enough documents or all of
    /// them.
    public func documents(for query: Query, limit: Int) async throws -> [ScoredDocument] {
        let query = try await prepared(query)
        var options = options
        (options.mergesNeighbours, options.groupsDuplicates, options.window) = (false, false, nil)
        options.hitsPerDocument = nil
        return try await corpus.withSnapshot { [options] snapshot in
            var depth = max(limit * 2, 100)
            while true {
                let hits = try await search(query, limit: depth, options: options, in: snapshot).hits
                var seen: Set<String> = []
                let documents = hits.compactMap { hit in
                    seen.insert(hit.chunk.documentID).inserted
                        ? ScoredDocument(id: hit.chunk.documentID, score: hit.score) : nil
                }
                if documents.count >= limit || hits.count < depth || depth >= 10_000 {
                    return Array(documents.prefix(limit))
                }
                depth *= 2
            }
        }
    }
}
