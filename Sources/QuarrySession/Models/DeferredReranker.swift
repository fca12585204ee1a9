import QuarryCore
import QuarryProviders

/// A re-ranking model that is opened by its first request, so that a server that is down leaves the order of the search.
struct DeferredReranker: Reranker {
    private let opened = AsyncLazy<any Reranker>()
    private let open: @Sendable () async throws -> any Reranker

    /// - Parameter open: Called until it returns a re-ranker.
    init(open: @escaping @Sendable () async throws -> any Reranker) { self.open = open }

    func rerank(_ candidates: [ScoredChunk], for query: AnalyzedQuery) async throws -> [ScoredChunk] {
        try await opened.value(open).rerank(candidates, for: query)
    }
}
