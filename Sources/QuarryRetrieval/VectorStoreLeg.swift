public import QuarryCore

/// A vector store as a leg. It replaces the vectors in the corpus.
public struct VectorStoreLeg: Leg {
    public let name: LegName
    public var scoreFloor: Double { -1 }
    private let store: any VectorStore

    /// - `store`: Holds vectors made by the retriever's embedder, under the ids of the corpus's chunks.
    public init(_ store: any VectorStore, name: LegName = .vector) {
        self.store = store
        self.name = name
    }

    public func best(for query: AnalyzedQuery, limit: Int, among mask: ChunkMask?) async throws -> [ScoredID] {
        guard let vector = query.vector else { return [] }
        return try await store.nearest(to: vector.values, limit: limit, among: mask)
    }

    public func scores(of ids: [ChunkID], for query: AnalyzedQuery) async throws -> [ScoredID] {
        try await best(for: query, limit: ids.count, among: ChunkMask(ids))
    }
}
