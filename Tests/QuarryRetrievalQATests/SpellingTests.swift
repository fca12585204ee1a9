import QuarryCore
import QuarryRetrievalQA
import Testing

/// Words that a question and a passage write in different ways.
struct SpellingTests {
    private func hit(_ text: String) -> ScoredChunk {
        ScoredChunk(
            id: ChunkID(1),
            passage: Passage(
                chunk: Chunk(documentID: "d", ordinal: 0, range: 0..<text.utf8.count, text: text, tokenCount: 1),
                language: "en", source: "d"),
            score: 1)
    }

    @Test(arguments: [
        ("When does the heron nest?", "The her**on** nests in March.", "The heron nests in March."),
        ("Where is CO2 stored?", "CO<sub>2</sub> is stored in the cellar.", "CO2 is stored in the cellar."),
        ("Who undid the knot?", "The sailor ~~un~~did the knot.", "The sailor undid the knot."),
        ("What colour is the teapot?", "The tea-pot is painted blue.", "The teapot is painted blue."),
        ("What colour is the tea-pot?", "The teapot is painted blue.", "The tea-pot is painted blue."),
        ("Where is the toolbox?", "The tool\u{AD}box stands in the shed.", "The toolbox stands in the shed."),
    ])
    func `a sentence supports a question that writes its words otherwise`(
        question: String, written: String, plain: String
    ) async throws {
        let other = hit("The gate is closed at night. Nobody sweeps the yard on Sundays.")
        let found = try await ExtractiveReader().rank(question, in: Retrieval(hits: [hit(written), other]))
        let expected = try await ExtractiveReader().rank(question, in: Retrieval(hits: [hit(plain), other]))
        let (best, same) = (try #require(found.first), try #require(expected.first))
        #expect(best.sentence.text == PlainText.of(written))
        #expect(best.features.coverage == same.features.coverage)
        #expect(best.features.matched == same.features.matched)
        #expect(best.features.proximity == same.features.proximity)
        #expect(best.features.missingNames == same.features.missingNames)
    }

    @Test(arguments: [
        ("The heron nests in March. [1]", "The her**on** nests in March."),
        ("The teapot is blue. [1]", "The tea-pot is blue."), ("The tea-pot is blue. [1]", "The teapot is blue."),
    ])
    func `a reply is supported by a passage that writes its words otherwise`(reply: String, passage: String) {
        let result = SupportCheck().check(reply, against: [hit(passage)])
        #expect(result.sentences.map(\.kind) == [.supported])
    }

    @Test(arguments: [
        ("The bridge is **un**safe. [1]", "The bridge is safe."),
        ("The bridge is safe. [1]", "The bridge is **un**safe."),
        ("The heron nests here. [1]", "Her nests here on the roof."),
        ("The address is written here. [1]", "The e-mail is written here."),
    ])
    func `a part of a word is not the word`(reply: String, passage: String) {
        let result = SupportCheck().check(reply, against: [hit(passage)])
        let same = SupportCheck().check(passage + " [1]", against: [hit(passage)])
        #expect((result.sentences.first?.support ?? 1) < 0.9 * (same.sentences.first?.support ?? 0))
    }

    @Test func `the factors of a product are words`() async throws {
        let hits = [hit("The area is width*height of the field."), hit("The gate is closed at night.")]
        let found = try await ExtractiveReader().rank("What is the width?", in: Retrieval(hits: hits))
        #expect(found.first?.sentence.text == "The area is width*height of the field.")
        #expect(found.first?.features.coverage == 1)
    }
}
