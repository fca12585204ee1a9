import QuarryCore
import QuarryRetrievalQA
import Testing

struct LanguageTests {
    private func hit(_ id: Int64, _ text: String, language: String?) -> ScoredChunk {
        ScoredChunk(
            id: ChunkID(id),
            passage: Passage(
                chunk: Chunk(
                    documentID: "d\(id)", ordinal: 0, range: 0..<text.utf8.count, text: text, tokenCount: 1),
                language: language, source: "d\(id)"),
            score: 1)
    }

    private static let houses = "Die Häuser am Hafen sind zwölf Meter hoch. Der Bahnhof liegt weit draußen."

    @Test func `words of a passage and of its question are stemmed by the passage's language`() async throws {
        let question = "Wie hoch ist ein Haus am Hafen?"
        let german = try await ExtractiveReader().rank(
            question, in: Retrieval(hits: [hit(1, Self.houses, language: "de")]))
        let unknown = try await ExtractiveReader().rank(
            question, in: Retrieval(hits: [hit(1, Self.houses, language: nil)]))
        let best = try #require(german.first)
        #expect(best.sentence.text.hasPrefix("Die Häuser"))
        #expect(best.features.coverage > (unknown.first?.features.coverage ?? 1))
    }

    @Test func `a generated sentence is supported by another form of its words`() async throws {
        func support(_ language: String?) async throws -> Double? {
            let chain = RetrievalQA(
                retriever: ListRetriever(hits: [hit(1, Self.houses, language: language)]),
                model: FixedLanguageModel(pieces: ["Haus am Hafen: zwölf Meter hoch."]),
                reader: ExtractiveReader(gate: 0))
            let answer = try await chain.answer("Wie hoch ist ein Haus am Hafen?")
            return answer.sentences.first?.support
        }
        let german = try #require(try await support("de"))
        let unknown = try await support(nil) ?? 0
        #expect(unknown < german)
    }

    @Test func `a question has the language of its words, or that of most passages`() {
        let analysis = TextAnalysis()
        let hits = [
            hit(1, "eins", language: "de"), hit(2, "one", language: "en"), hit(3, "two", language: "en"),
            hit(4, "три", language: "ru"), hit(5, "…", language: nil),
        ]
        #expect(analysis.languages(of: "Wer hat die Häuser am Hafen gebaut?", among: hits) == ["de", "ru"])
        #expect(analysis.languages(of: "Hafen", among: hits) == ["en", "ru"])
        #expect(analysis.languages(of: "Hafen", among: []).isEmpty)
    }
}
