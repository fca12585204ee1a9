import QuarryCore
import QuarryRetrieval
import Testing

@Suite struct MaximalMarginalRelevanceTests {
    let candidates = EmbeddingBatch(values: [1, 0, 2, 0.02, 0.6, 0.8, 0, 0], dimension: 2)

    @Test func `variety puts a near copy behind something else`() {
        let query: [Float] = [1, 0.2]
        #expect(MaximalMarginalRelevance(lambda: 1).select(4, from: candidates, for: query) == [1, 0, 2, 3])
        #expect(MaximalMarginalRelevance(lambda: 0.5).select(3, from: candidates, for: query) == [1, 2, 3])
        #expect(
            MaximalMarginalRelevance(lambda: 0.6).select(2, from: candidates, relevance: [1, 0.9, 0.8, -1]) == [0, 2])
    }

    @Test func `limits beyond the candidates and below one are met`() {
        #expect(MaximalMarginalRelevance().select(9, from: candidates, for: [1, 0]).count == 4)
        #expect(MaximalMarginalRelevance().select(0, from: candidates, for: [1, 0]) == [])
        #expect(MaximalMarginalRelevance(lambda: 7).lambda == 1)
    }
}
