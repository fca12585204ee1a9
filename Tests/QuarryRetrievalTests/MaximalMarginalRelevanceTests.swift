import QuarryCore
import QuarryRetrieval
import Testing

struct MaximalMarginalRelevanceTests {
    private let hits = (0..<3).map { index in
        ScoredChunk(
            id: ChunkID(Int64(index)),
            chunk: Chunk(documentID: "d\(index)", ordinal: 0, range: 0..<1, text: "x", tokenCount: 1),
            location: SourceLocation(source: "d", bytes: 0..<1, lines: 1...1), score: 1 - Double(index) * 0.1)
    }
    /// The first two are the same; the third is another.
    private let vectors = EmbeddingBatch(values: [1, 0, 1, 0, 0, 1], dimension: 2)

    @Test func `relevance alone keeps the order`() {
        #expect(MaximalMarginalRelevance(lambda: 1).select(hits, vectors: vectors, limit: 3) == hits)
    }

    @Test func `variety puts a duplicate last`() {
        let picked = MaximalMarginalRelevance(lambda: 0.5).select(hits, vectors: vectors, limit: 3)
        #expect(picked.map(\.chunk.documentID) == ["d0", "d2", "d1"])
        #expect(MaximalMarginalRelevance(lambda: 0.5).select(hits, vectors: vectors, limit: 2).count == 2)
    }
}
