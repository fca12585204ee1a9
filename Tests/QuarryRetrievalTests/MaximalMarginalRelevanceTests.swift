import QuarryRetrieval
import Testing

struct MaximalMarginalRelevanceTests {
    private let scores = [1, 0.9, 0.8]
    /// The first two are equal; the third is different.
    private let vectors: [[Float]?] = [[1, 0], [1, 0], [0, 1]]

    @Test func `relevance alone keeps the order`() {
        #expect(MaximalMarginalRelevance(lambda: 1).select(scores, vectors: vectors, limit: 3) == [0, 1, 2])
    }

    @Test func `diversity ranks a duplicate last`() {
        #expect(MaximalMarginalRelevance(lambda: 0.5).select(scores, vectors: vectors, limit: 3) == [0, 2, 1])
        #expect(MaximalMarginalRelevance(lambda: 0.5).select(scores, vectors: vectors, limit: 2) == [0, 2])
    }

    @Test func `a candidate without a vector is ranked by its relevance`() {
        #expect(
            MaximalMarginalRelevance(lambda: 0.5).select(scores, vectors: [[1, 0], nil, [1, 0]], limit: 3) == [0, 1, 2])
    }
}
