import QuarryCore
import QuarryReranking
import Testing

private func candidate(
    _ id: Int64, _ text: String, score: Double, headings: [String] = [], title: String? = nil, cosine: Double? = nil
) -> ScoredChunk {
    ScoredChunk(
        id: ChunkID(id),
        chunk: Chunk(
            documentID: "d", ordinal: Int(id), range: 0..<text.utf8.count, text: text, headings: headings,
            tokenCount: 1),
        documentTitle: title, location: SourceLocation(source: "d", bytes: 0..<text.utf8.count, lines: 1...1),
        score: score, legs: cosine.map { [.vector: LegScore(rank: 1, score: $0)] } ?? [:])
}

private let words: @Sendable (String) -> [String] = { $0.lowercased().split(separator: " ").map(String.init) }

@Suite struct LexicalRerankerTests {
    @Test func `features are shares of what the candidates offer`() {
        let candidates = [
            candidate(1, "granite is hard", score: 3, headings: ["Granite"], cosine: 0.9),
            candidate(2, "hard and grey as granite", score: 2, title: "Hard stones", cosine: 0.5),
            candidate(3, "sand", score: 1),
        ]
        let features = LexicalReranker(terms: words).features(of: candidates, for: "hard granite unseen")
        #expect(features.map(\.fused) == [1, 0.5, 0])
        #expect(features.map(\.dense) == [1, 0, 0])
        #expect(features.map(\.coverage) == [1, 1, 0])
        #expect(features.map(\.proximity) == [2.0 / 3, 2.0 / 5, 0])
        #expect(features.map(\.heading) == [0.5, 0.5, 0])
    }

    @Test func `rare terms weigh more`() {
        let candidates = [
            candidate(1, "stone quarry", score: 1), candidate(2, "stone basalt", score: 1),
            candidate(3, "stone", score: 1),
        ]
        let features = LexicalReranker(terms: words).features(of: candidates, for: "stone basalt")
        // idf over three: stone ln(1 + 0.5/3.5), basalt ln(1 + 2.5/1.5).
        #expect(abs(features[0].coverage - 0.13353 / (0.13353 + 0.98083)) < 1e-4)
        #expect(features[1].coverage == 1)
    }

    @Test func `words decide between candidates that the search holds equal`() async throws {
        let candidates = [
            candidate(1, "sand and gravel", score: 1), candidate(2, "granite that is very hard", score: 1),
            candidate(3, "hard granite", score: 1),
        ]
        let ranked = try await LexicalReranker(terms: words).rerank(candidates, for: "hard granite")
        #expect(ranked.map(\.id.rawValue) == [3, 2, 1])
        #expect(zip(ranked, ranked.dropFirst()).allSatisfy { $0.score >= $1.score })
        #expect(ranked.allSatisfy { (0...1).contains($0.score) })
    }

    @Test func `a clear verdict of the search outweighs words`() {
        let candidates = [
            candidate(1, "sand", score: 1, cosine: 0.9), candidate(2, "hard granite", score: 0, cosine: 0.2),
        ]
        let ranked = LexicalReranker(terms: words).ranked(candidates, for: "hard granite")
        #expect(ranked.map(\.id.rawValue) == [1, 2])
    }

    @Test func `the kept top stays, with scores that fall`() {
        let candidates = (1...4).map { candidate($0, $0 == 4 ? "hard granite" : "sand", score: 1) }
        let reranker = LexicalReranker(keepTop: 2, terms: words)
        let ranked = reranker.ranked(candidates, for: "hard granite")
        #expect(ranked.map(\.id.rawValue) == [1, 2, 4, 3])
        #expect(zip(ranked, ranked.dropFirst()).allSatisfy { $0.score >= $1.score })
    }

    @Test func `nothing is added, lost or reordered without reason`() {
        let candidates = (1...5).map { candidate($0, "sand", score: 2) }
        let reranker = LexicalReranker(terms: words)
        #expect(reranker.ranked(candidates, for: "").map(\.id) == candidates.map(\.id))
        #expect(reranker.ranked([], for: "hard") == [])
        let weightless = LexicalReranker(
            weights: .init(fused: 0, dense: 0, coverage: 0, proximity: 0, heading: 0), terms: words)
        #expect(weightless.ranked(candidates, for: "sand").map(\.id) == candidates.map(\.id))
    }
}
