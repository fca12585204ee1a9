import QuarryCore
import QuarryRetrievalQA
import Testing

private let lease = """
    # Lease of the studio

    The landlord is Maria Orlova. The tenant is Peter Finch.
    The monthly rent is 740 euros, due on the fifth day of each month.
    The lease began on 1 March 2023 and ends on 28 February 2026.
    Pets are allowed only with written consent of the landlord.
    """

private let garden = """
    Apple trees are pruned in late winter. Roses need feeding twice a year.
    The hedge along the road is cut in August.
    """

private let hits = [hit(1, lease, source: "lease.md"), hit(2, garden, source: "garden.md")]

struct RetrievalQATests {
    @Test(arguments: [
        ("How much is the monthly rent?", "The monthly rent is 740 euros, due on the fifth day of each month.", 4),
        ("Who is the landlord of the studio?", "The landlord is Maria Orlova.", 3),
        ("When is the hedge along the road cut?", "The hedge along the road is cut in August.", 2),
    ])
    func `the offline answer is the sentence that answers, quoted with its place`(
        question: String, quote: String, line: Int
    ) async throws {
        let answer = try await RetrievalQA(retriever: ListRetriever(hits: hits)).answer(question)
        #expect(!answer.isRefused && answer.generator == .extractive && answer.prompt == nil)
        let citation = try #require(answer.citations.first { $0.quote == quote })
        #expect(citation.location.lines == line...line)
        let source = Array((citation.location.source == "lease.md" ? lease : garden).utf8)
        #expect(String(decoding: source[citation.location.bytes], as: UTF8.self) == quote)
        #expect(citation.range == citation.location.bytes)
        #expect(answer.text.contains("\(quote) [\(citation.marker)]"))
        #expect(answer.unsupported.isEmpty)
    }

    @Test func `an unrelated question is refused in its language, and no model is called`()
        async throws
    {
        let chain = RetrievalQA(retriever: ListRetriever(hits: hits), model: ForbiddenLanguageModel())
        let answer = try await chain.answer("Какова высота горы Эверест над уровнем моря?")
        #expect(answer.text == "В документах нет ответа на этот вопрос.")
        guard case .lowSupport(let support, let threshold) = answer.refusal else {
            Issue.record("refused because of \(String(describing: answer.refusal))")
            return
        }
        #expect(support < threshold && support == answer.support)
        #expect(answer.citations.isEmpty && answer.usage == nil)
    }

    @Test func `a sentence that several passages have is quoted once, with its other places`() async throws {
        let rent = "The monthly rent is 740 euros."
        let hits = [
            hit(1, rent + " It is due on the fifth.", source: "lease.md"),
            hit(2, "A summary.\n\nThe monthly rent\nis 740 euros. Peter pays it.", source: "summary.md"),
            hit(3, "The yearly rent is 8880 euros. " + rent, source: "books.md"),
        ]
        let answer = try await RetrievalQA(retriever: ListRetriever(hits: hits)).answer("How much is the monthly rent?")
        let citation = try #require(answer.citations.first { $0.quote.hasSuffix("740 euros.") })
        #expect(answer.citations.count { $0.quote.hasSuffix("740 euros.") } == 1)
        let places = [citation.location] + citation.alsoIn.map(\.location)
        #expect(Set(places.map(\.description)) == ["lease.md:1", "summary.md:3-4", "books.md:1"])
        #expect(citation.alsoIn.allSatisfy { $0.documentID == $0.location.source })
    }

    @Test func `a quote has the places of its passage's duplicates`() async throws {
        var found = hits[0]
        let copy = hit(9, lease.replacing("\n", with: "\n\n"), source: "copy.md")
        found.duplicates = [Duplicate(id: copy.id, passage: copy.passage, range: 0..<lease.utf8.count)]
        let offline = try await RetrievalQA(retriever: ListRetriever(hits: [found])).answer("Who is the landlord?")
        #expect(offline.citations.map(\.location.description) == ["lease.md:3"])
        #expect(offline.citations.map { $0.alsoIn.map(\.location.description) } == [["copy.md:5"]])
        let model = FixedLanguageModel(pieces: ["The rent is 740 euros a month [1]."])
        let written = try await RetrievalQA(retriever: ListRetriever(hits: [found]), model: model)
            .answer("How much is the monthly rent of the studio?")
        #expect(written.citations.map { $0.alsoIn.map(\.location.description) } == [["copy.md:7"]])
    }

    @Test func `a search without hits is a refusal`() async throws {
        let answer = try await RetrievalQA(retriever: ListRetriever(hits: [])).answer("Who?")
        #expect(answer.refusal == .noPassages && answer.text == "The documents do not answer this question.")
    }

    private func generated(_ pieces: String..., unsupported: UnsupportedSentences = .drop) async throws -> Answer {
        let model = FixedLanguageModel(pieces: pieces, usage: TokenUsage(input: 90, output: 9))
        let chain = RetrievalQA(
            retriever: ListRetriever(hits: hits), model: model, options: .init(unsupported: unsupported))
        return try await chain.answer("How much is the monthly rent of the studio?")
    }

    @Test func `markers of the model are kept with the best quote`() async throws {
        let answer = try await generated("The rent is 740 euros a mo", "nth [", "1]", ".")
        #expect(answer.text == "The rent is 740 euros a month [1].")
        #expect(answer.citations.map(\.marker) == [1])
        #expect(answer.citations.map(\.quote) == ["The monthly rent is 740 euros, due on the fifth day of each month."])
        #expect(answer.citations.map(\.location.lines) == [4...4])
        #expect(answer.generator == .model("fixed") && answer.usage == TokenUsage(input: 90, output: 9))
        #expect(answer.sentences.map(\.isAttributed) == [false] && answer.unsupported.isEmpty)
    }

    @Test func `a model that exceeds its limit is stopped`() async throws {
        let model = FixedLanguageModel(
            pieces: Array(repeating: "The rent is 740 euros [1]. ", count: 500), usage: TokenUsage(input: 90, output: 9)
        )
        let chain = RetrievalQA(
            retriever: ListRetriever(hits: hits), model: model, options: .init(maximumTokens: 10))
        let answer = try await chain.answer("How much is the monthly rent of the studio?")
        #expect(answer.finish == .length)
        #expect((600..<700).contains(answer.text.utf8.count))
    }

    @Test func `an answer says whether its reply comes from the cache`() async throws {
        for pieces in [["The rent is 740 euros a month [1]."], []] {
            for isCached in [false, true] {
                let model = FixedLanguageModel(pieces: pieces, isCached: isCached)
                let chain = RetrievalQA(retriever: ListRetriever(hits: hits), model: model)
                #expect(try await chain.answer("How much is the monthly rent of the studio?").isCached == isCached)
            }
        }
    }

    @Test func `a sentence without a marker gets one, and impossible numbers are removed`() async throws {
        let answer = try await generated("The monthly rent is 740 euros. [7] The hedge is cut in August [2, 9].")
        #expect(answer.text == "The monthly rent is 740 euros [1]. The hedge is cut in August [2].")
        #expect(answer.sentences.map(\.isAttributed) == [true, false])
        #expect(answer.citations.map(\.marker) == [1, 2])
    }

    @Test func `figures that are in no cited passage are flagged`() async throws {
        let answer = try await generated("The landlord is Maria Orlova [1]. The monthly rent is 760 euros [1].")
        #expect(answer.text == "The landlord is Maria Orlova [1].")
        #expect(answer.sentences.map(\.unsupportedFacts) == [[], ["760 euros"]])
        #expect(answer.sentences.map(\.kind) == [.supported, .contradicted])
        #expect(answer.unsupported == ["The monthly rent is 760 euros."])
    }

    @Test func `a sentence without support is taken out and named`() async throws {
        let answer = try await generated("The rent is 740 euros. Volcanoes shape distant islands.")
        #expect(answer.text == "The rent is 740 euros [1].")
        #expect(answer.unsupported == ["Volcanoes shape distant islands."])
    }

    @Test func `a marker that its sentence does not deserve is removed`() async throws {
        let answer = try await generated(
            "The rent is 740 euros [1]. Volcanoes shape distant islands [2].", unsupported: .mark)
        #expect(answer.text == "The rent is 740 euros [1]. Volcanoes shape distant islands.")
        #expect(answer.sentences.map(\.markers) == [[1], []] && answer.citations.map(\.marker) == [1])
    }

    @Test func `a list of sources that a model invents cites nothing`() async throws {
        let answer = try await generated("The rent is 740 euros [1].\n\n[2] deed.md:7: “Volcanoes shape islands”")
        #expect(answer.text == "The rent is 740 euros [1].")
        #expect(answer.citations.map(\.marker) == [1] && answer.unsupported.count == 1)
    }

    @Test(arguments: [
        ("[１]", "[1]"), ("【1】", "[1]"), ("[^1]", "[1]"), ("［1］", "[1]"), ("[1] [1-60] [-2] [0001]", "[1]"),
        ("[1, 1]", "[1]"), ("[1] `[9]", "[1]"), ("[1\u{200B}]", "[1]"), ("[1]. Compare [1999]", "[1]. Compare ⟦1999⟧"),
    ])
    func `odd markers are read, removed or set apart`(written: String, shown: String) async throws {
        let answer = try await generated("The monthly rent is 740 euros \(written)", unsupported: .mark)
        #expect(answer.text.hasPrefix("The monthly rent is 740 euros \(shown)"), "\(answer.text) \(answer.draft ?? "")")
        #expect(!answer.text.contains("[9]"), "\(answer.text)")
    }

    @Test(arguments: [
        ("![rent](https://evil.test/x.png?d=secret)", "rent (https://evil.test/x.png?d=secret)"),
        ("[rent](https://evil.test \"t\")", "rent (https://evil.test \"t\")"), ("![rent](x)", "rent (x)"),
        ("[2](//evil.test)", "(//evil.test)"), ("[rent](java&#115;cript:x)", "rent (java&#115;cript:x)"),
        ("<img alt=rent src='https://evil.test/'>", "‹img alt=rent src='https://evil.test/'>"),
        ("<img\nsrc=x>", "‹img\nsrc=x>"), ("<a/href=x>rent</a>", "‹a/href=x>rent</a>"),
        ("<script>x</script>", "‹script>x</script>"), ("<https://evil.test>", "‹https://evil.test>"),
        ("![rent][r]\n\n[r]: https://evil.test", "[rent][r]\n\n⟦r⟧: https://evil.test"),
        ("rents[n](month) and List<Rent>", "rents[n](month) and List<Rent>"),
    ])
    func `links, pictures and HTML of a reply are text`(written: String, shown: String) async throws {
        let answer = try await generated("The monthly rent is 740 euros [1].\n\n\(written)", unsupported: .mark)
        let text = answer.text.replacing(" [1]", with: "")
        #expect(text.filter { $0 != " " }.contains(shown.filter { $0 != " " }), "\(answer.text)")
    }

    @Test func `characters that hide or reorder a reply are removed`() async throws {
        let answer = try await generated("The monthly rent is\u{202E} 740 \u{2066}euros\u{200B} [1].")
        #expect(answer.text == "The monthly rent is 740 euros [1].")
    }

    @Test(arguments: [
        "The monthly rent is not 740 euros [1].", "The rent of 740 euros isn't due on the fifth day of each month.",
    ])
    func `a reply that denies what its passage says is refused`(text: String) async throws {
        #expect(try await generated(text).refusal == .unsupported)
    }

    @Test func `a marker of the document is told apart from those of the answer`() async throws {
        let note = hit(1, "The ferry leaves the north pier at seven [3].", source: "ferry.md")
        let answer = try await RetrievalQA(retriever: ListRetriever(hits: [note])).answer(
            "When does the ferry leave the north pier?")
        #expect(answer.text == "The ferry leaves the north pier at seven ⟦3⟧. [1]")
        #expect(answer.citations.map(\.quote) == ["The ferry leaves the north pier at seven [3]."])
    }

    @Test func `a model that declines or writes nothing causes a refusal`() async throws {
        #expect(try await generated("The documents do not", " answer this question.").refusal == .declinedByModel)
        #expect(try await generated("\n").refusal == .emptyReply)
    }

    @Test(arguments: [
        "Volcanoes shape distant islands.", "Volcanoes shape distant islands [1].", "# Volcanoes shape islands [1]",
        "The monthly rent is 760 euros [1].", "Certainly!", "| volcano | island |\n|---|---|",
    ])
    func `a reply without a supported sentence is refused and kept as a draft`(text: String)
        async throws
    {
        let answer = try await generated(text)
        #expect(answer.refusal == .unsupported)
        #expect(answer.text == "The documents do not answer this question.")
        #expect(answer.draft == text)
        #expect(answer.citations.isEmpty && answer.usage == TokenUsage(input: 90, output: 9))
    }

    @Test(arguments: ["740 euros", "740", "Maria Orlova.", "It is 740 euros.", "# The monthly rent is 740 euros"])
    func `a short answer without a marker is an answer`(text: String) async throws {
        let answer = try await generated(text)
        #expect(!answer.isRefused && answer.draft == nil)
        #expect(answer.sentences.map(\.isAttributed) == [true])
        #expect(answer.citations.map(\.marker) == [1])
    }

    @Test func `a statement written as a heading is checked like any other`() async throws {
        let answer = try await generated("# Volcanoes shape islands\n\nThe monthly rent is 740 euros [1].")
        #expect(answer.unsupported == ["Volcanoes shape islands"])
    }

    @Test func `an answer in another language than its passage is kept with its sentences flagged`() async throws {
        let answer = try await generated("Арендная плата составляет 740 евро в месяц [1].")
        #expect(!answer.isRefused && answer.unsupported.count == 1)
        #expect(try await generated("Арендная плата составляет 760 евро в месяц [1].").refusal == .unsupported)
        #expect(try await generated("Вулканы меняют далёкие острова.").refusal == .unsupported)
    }

    @Test(arguments: [
        "The documents do not answer this question directly, but the monthly rent is 740 euros [1].",
        "The documents do not answer this question. The monthly rent is 740 euros [1].",
    ])
    func `a reply that begins as a refusal and then cites a passage is an answer`(text: String) async throws {
        let answer = try await generated(text)
        #expect(!answer.isRefused && answer.text == text)
        #expect(answer.citations.map(\.marker) == [1])
    }

    @Test func `the refusal sentence with a marker is also a refusal`() async throws {
        #expect(try await generated("The documents do not answer this question [1].").refusal == .declinedByModel)
        #expect(
            try await generated("The documents do not answer this question [1]. Volcanoes shape islands.").refusal
                == .unsupported)
    }

    @Test func `a stream reports the hits, the text, the citations, and the answer last`() async throws {
        let model = FixedLanguageModel(pieces: ["The rent is 740 euros [", "1", "]", " [8]."])
        let chain = RetrievalQA(retriever: ListRetriever(hits: hits), model: model)
        var events: [AnswerEvent] = []
        for try await event in chain.stream(Query("How much is the monthly rent of the studio?")) {
            events.append(event)
        }
        #expect(events.first == .retrieved(Retrieval(hits: hits)))
        let texts = events.compactMap { if case .text(let piece) = $0 { piece } else { nil } }
        #expect(texts.joined() == model.pieces.joined())
        let cited = events.compactMap {
            if case .cited(let marker, let hit) = $0 { "\(marker) \(hit.id.rawValue)" } else { nil }
        }
        #expect(cited == ["1 1"])
        guard case .finished(let answer) = events.last else {
            Issue.record("the stream ended with \(String(describing: events.last))")
            return
        }
        #expect(answer.text == "The rent is 740 euros [1].")
    }

    @Test func `an error of the model reaches the caller`() async {
        let chain = RetrievalQA(retriever: ListRetriever(hits: hits), model: ForbiddenLanguageModel())
        await #expect(throws: UnexpectedCall.self) { try await chain.answer("How much is the monthly rent?") }
    }

    @Test func `a dry run shows the prompt without calling the model`() async throws {
        let chain = RetrievalQA(retriever: ListRetriever(hits: hits), model: ForbiddenLanguageModel())
        let prompt = try await chain.prompt(for: "How much is the rent?")
        #expect(prompt.used == hits && prompt.messages.count == 2)
        #expect(prompt.messages[1].content.hasSuffix("Question: How much is the rent?"))
    }

    @Test func `a quote of cleaned text is located by the hit alone`() async throws {
        var cleaned = hit(1, lease, source: "lease.md")
        let count = lease.utf8.count
        // Each byte of text came from two bytes of the source, as in UTF-16.
        cleaned.passage.sourceMap = SourceMap(
            segments: [.init(clean: 0, source: 2, cleanUnit: 1, sourceUnit: 2, count: count)],
            lineStarts: SourceMap.lineStarts(in: lease.utf8).map { 2 + 2 * $0 })
        cleaned.passage.sourceDigest = ContentHash(of: "the file")
        let answer = try await RetrievalQA(retriever: ListRetriever(hits: [cleaned])).answer(
            "How much is the monthly rent?")
        let citation = try #require(answer.citations.first { $0.quote.hasPrefix("The monthly rent is 740") })
        #expect(citation.location.lines == 4...4)
        #expect(citation.location.bytes == (2 + 2 * citation.range.lowerBound)..<(2 + 2 * citation.range.upperBound))
        #expect(citation.quoteDigest == ContentHash(of: citation.quote))
        #expect(citation.sourceDigest == ContentHash(of: "the file"))
    }

    @Test func `the reason for a refusal can be a filter without matches`() async throws {
        struct Nothing: Retriever {
            func retrieve(_ query: Query, limit: Int) async throws -> Retrieval {
                Retrieval(filterMatchesNothing: true)
            }
        }
        #expect(try await RetrievalQA(retriever: Nothing()).answer("Who?").refusal == .nothingMatchesFilter)
    }

    @Test func `the vector that a retriever embedded is not embedded again`() async throws {
        let embedder = RoleCountingEmbedder()
        struct Searcher: Retriever {
            var embedder: RoleCountingEmbedder

            func retrieve(_ query: Query, limit: Int) async throws -> Retrieval {
                let vector = try await embedder.embed([query.text], as: .query)[0]
                return Retrieval(hits: hits, vector: QueryVector(Array(vector), by: embedder.fingerprint))
            }
        }
        let chain = RetrievalQA(
            retriever: Searcher(embedder: embedder), reader: ExtractiveReader(embedder: embedder, threshold: 0))
        _ = try await chain.answer("How much is the monthly rent?")
        #expect(embedder.questions == 1)
    }
}
