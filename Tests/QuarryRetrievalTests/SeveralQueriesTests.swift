import QuarryCore
import QuarryRetrieval
import Testing

private func id(_ number: Int64) -> ChunkID { ChunkID(number) }

/// Finds what a table says of the text of a question.
private struct TextLeg: Leg {
    var name: LegName { .bm25 }
    var scoreFloor: Double { 0 }
    var tables: [String: [ChunkID: Float]]

    func best(for query: AnalyzedQuery, limit: Int, among mask: ChunkMask?) async throws -> [ScoredID] {
        let hits = (tables[query.text] ?? [:]).filter { mask?.contains($0.key) ?? true }
        return Array(hits.map { ScoredID(id: $0, score: $1) }.sorted(by: ScoredID.precedes).prefix(limit))
    }

    func scores(of ids: [ChunkID], for query: AnalyzedQuery) async throws -> [ScoredID] {
        ids.compactMap { id in tables["all " + query.text]?[id].map { ScoredID(id: id, score: $0) } }
    }
}

struct SeveralQueriesTests {
    private let library = Library([
        .init(name: "a", text: "alder"), .init(name: "b", text: "birch"), .init(name: "c", text: "cedar"),
        .init(name: "d", text: "dogwood"),
    ]) { _ in nil }
    private let leg = TextLeg(tables: [
        "tree": [id(1): 3, id(2): 2], "wood": [id(3): 9, id(2): 8], "plank": [id(2): 1, id(3): 0.5],
        "all tree": [id(3): 0.25],
    ])

    private func retriever(_ options: RetrievalOptions = RetrievalOptions()) -> HybridRetriever {
        HybridRetriever(library, legs: [leg], options: options)
    }

    @Test func `what several texts find comes before what one finds, by reciprocal rank`() async throws {
        let found = try await retriever().retrieve(Query("tree"), with: [Query("wood"), Query("plank")], limit: 5)
        #expect(found.hits.map(\.chunk.text) == ["birch", "cedar", "alder"])
        // (61/62 + 61/62 + 1) / 3, (1 + 61/62) / 3 and 1 / 3.
        let scores: [Double] = [(61.0 / 62 * 2 + 1) / 3, (1 + 61.0 / 62) / 3, 1.0 / 3]
        for (hit, score) in zip(found.hits, scores) { #expect(abs(hit.score - score) < 1e-9) }
    }

    @Test func `the scores of the legs and the terms are those of the question`() async throws {
        let found = try await retriever().retrieve(Query("tree"), with: [Query("wood")], limit: 5)
        let legs = Dictionary(uniqueKeysWithValues: found.hits.map { ($0.chunk.text, $0.legs[.bm25]) })
        #expect(legs["birch"] == LegScore(rank: 2, score: 2))
        #expect(legs["cedar"] == LegScore(rank: nil, score: 0.25))
        #expect(found.terms == ["tree"])
    }

    @Test func `the filter of the question and its minimum scores hold for all`() async throws {
        let filtered = try await retriever().retrieve(
            Query("tree", filter: .equals("id", "c")), with: [Query("wood")], limit: 5)
        #expect(filtered.hits.map(\.chunk.text) == ["cedar"])
        let scored = try await retriever(RetrievalOptions(minimumScores: [.bm25: 1]))
            .retrieve(Query("tree"), with: [Query("wood")], limit: 5)
        #expect(scored.hits.map(\.chunk.text) == ["birch", "alder"])
    }

    @Test func `without other texts a search is as ever`() async throws {
        let plain = try await retriever().retrieve(Query("tree"), limit: 5)
        #expect(try await retriever().retrieve(Query("tree"), with: [], limit: 5) == plain)
        #expect(plain.hits.map(\.score) == [3, 2])
    }

    @Test func `what only a deeper search finds follows`() async throws {
        let options = RetrievalOptions(depth: 1, mergesNeighbours: false)
        let found = try await retriever(options).retrieve(Query("tree"), with: [Query("wood")], limit: 5)
        #expect(found.hits.map(\.chunk.text) == ["alder", "cedar", "birch"])
        #expect(zip(found.hits, found.hits.dropFirst()).allSatisfy { $0.score >= $1.score })
    }

    @Test func `a text without words is refused`() async throws {
        await #expect(throws: QuestionError.self) {
            try await retriever().retrieve(Query("tree"), with: [Query("…")], limit: 5)
        }
    }
}
