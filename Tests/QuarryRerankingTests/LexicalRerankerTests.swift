import QuarryCore
import QuarryReranking
import Testing

struct LexicalRerankerTests {
    private func hit(_ text: String, id: Int64, score: Double = 0.5, cosine: Double? = nil, headings: [String] = [])
        -> ScoredChunk
    {
        ScoredChunk(
            id: ChunkID(id),
            passage: Passage(
                chunk: Chunk(
                    documentID: "d\(id)", ordinal: 0, range: 0..<text.utf8.count, text: text, headings: headings,
                    tokenCount: 1),
                source: "d"),
            score: score,
            legs: cosine.map { [.vector: LegScore(rank: 1, score: $0)] } ?? [:])
    }

    private let reranker = LexicalReranker { text, _ in text.lowercased().split { !$0.isLetter }.map(String.init) }

    private func question(_ text: String) -> AnalyzedQuery {
        AnalyzedQuery(text, terms: text.split(separator: " ").map { QueryTerm(String($0)) })
    }

    @Test func `among equals the passage with more of the question's words is first`() {
        let order = reranker.rerank(
            [hit("the harbour", id: 1), hit("the harbour crane", id: 2)], for: question("harbour crane"))
        #expect(order.map(\.id.rawValue) == [2, 1])
    }

    @Test func `words close together beat words far apart`() {
        let order = reranker.rerank(
            [hit("harbour a b c d e f g h crane", id: 1), hit("a b c d e f g h harbour crane", id: 2)],
            for: question("harbour crane"))
        #expect(order.map(\.id.rawValue) == [2, 1])
    }

    @Test func `headings affect the score`() {
        let order = reranker.rerank(
            [hit("open daily", id: 1), hit("open daily", id: 2, headings: ["Museum"])], for: question("museum open"))
        #expect(order.map(\.id.rawValue) == [2, 1])
    }

    @Test func `a much better dense score is not overruled by words`() {
        let order = reranker.rerank(
            [
                hit("nothing in common", id: 1, score: 0.9, cosine: 0.9),
                hit("harbour crane", id: 2, score: 0.1, cosine: 0.2),
            ],
            for: question("harbour crane"))
        #expect(order.map(\.id.rawValue) == [1, 2])
    }

    @Test func `a passage's terms are those of its language`() {
        let reranker = LexicalReranker { text, language in
            text.lowercased().split(separator: " ").map { $0 == "häuser" && language == "de" ? "haus" : String($0) }
        }
        var german = hit("rote häuser", id: 2)
        german.passage.language = "de"
        #expect(
            reranker.rerank([hit("rote häuser", id: 1), german], for: question("haus")).map(\.id.rawValue) == [2, 1])
    }

    @Test func `it never adds or removes a candidate`() {
        let hits = (1...20).map { hit("word\($0) harbour", id: $0, score: Double($0) / 20) }
        #expect(Set(reranker.rerank(hits, for: question("harbour")).map(\.id)) == Set(hits.map(\.id)))
        #expect(reranker.rerank([], for: question("harbour")).isEmpty)
        #expect(reranker.rerank(hits, for: question("")) == hits)
    }
}
