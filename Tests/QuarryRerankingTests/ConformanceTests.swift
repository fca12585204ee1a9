import QuarryCore
import QuarryReranking
import QuarryTesting
import Testing

struct ConformanceTests {
    private static let weights: [LexicalReranker.Weights] = [
        .init(), .init(score: 0, cosine: 0, coverage: 1, proximity: 0, headings: 0),
        .init(score: 0, cosine: 1, coverage: 0, proximity: 0, headings: 0),
    ]

    @Test(arguments: weights)
    func `the lexical re-ranker conforms`(weights: LexicalReranker.Weights) async throws {
        try await verifyReranker(
            LexicalReranker(weights: weights) { text, _ in text.lowercased().split { !$0.isLetter }.map(String.init) })
    }

    @Test func `it conforms if no text has a term`() async throws {
        try await verifyReranker(LexicalReranker { _, _ in [] })
    }
}
