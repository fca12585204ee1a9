import QuarryCore
import QuarryRetrievalQA
import QuarryTesting
import Testing

private let harbour = """
    # The harbour of Vell

    The harbour of Vell was built in 1861 to load slate from the quarries above the town.
    Slate from the quarries was loaded in the harbour until the railway reached the town in 1902.
    What happened next?
    The town holds a market on Saturdays.
    Today the harbour serves yachts and the ferry to the islands:

    - a kiosk
    - the ferry to the islands, twice a day

    | year | ships |
    |------|-------|
    | 1900 | 412   |
    """

private let ferry = """
    The ferry to the islands leaves the harbour of Vell at nine and at four.
    The harbour of Vell was built in 1861 to load slate from the quarries above the town.
    In winter the ferry to the islands leaves once a day.
    """

private let passages = [hit(1, harbour, source: "harbour.md"), hit(2, ferry, source: "ferry.md")]

struct SummarizerTests {
    @Test(arguments: [false, true])
    func `a summary has whole statements of the documents, each with its place, and none twice`(byMeaning: Bool)
        async throws
    {
        let summarizer = Summarizer(embedder: byMeaning ? LetterEmbedder() : nil)
        let summary = try await summarizer.summarize(passages, sentences: 3)
        #expect(summary.sentences.count == 3 && summary.generator == .extractive)
        #expect(summary.sentences.map(\.markers) == [[1], [2], [3]])
        #expect(Set(summary.sentences.map(\.rank)) == [1, 2, 3])
        #expect(Set(summary.sentences.map(\.text)).count == 3)
        for (sentence, citation) in zip(summary.sentences, summary.citations) {
            let source = Array((citation.documentID == "harbour.md" ? harbour : ferry).utf8)
            #expect(String(decoding: source[citation.location.bytes], as: UTF8.self) == citation.quote)
            #expect(citation.quote.hasPrefix(sentence.text.prefix(20)) && sentence.text.hasSuffix("."))
        }
        #expect(summary.sentences.contains { $0.text.contains("slate") })
        let places = summary.citations.map { ($0.documentID == "harbour.md" ? 0 : 1_000) + $0.range.lowerBound }
        #expect(places == places.sorted())
    }

    @Test func `headings, questions, introductions and table rows are not sentences of a summary`() async throws {
        let summary = try await Summarizer().summarize(passages, sentences: 100)
        #expect(summary.sentences.count == summary.candidates)
        for sentence in summary.sentences {
            #expect(!sentence.text.hasSuffix("?") && !sentence.text.hasSuffix(":") && !sentence.text.contains("|"))
        }
        #expect(summary.sentences.count { $0.text.contains("1861") } == 1)
    }

    @Test func `the first key point is what most sentences speak of`() async throws {
        let text = """
            The museum opens at ten. Tickets to the museum cost four euros. Children visit the museum without tickets. \
            A dog barked in the lane all night. Tickets are sold at the door of the museum.
            """
        let summary = try await Summarizer().summarize([hit(1, text)], sentences: 2)
        #expect(summary.keyPoints.first?.text.contains("museum") == true)
        #expect(!summary.keyPoints.contains { $0.text.contains("dog") })
    }

    @Test func `a document without sentences has an empty summary that says so`() async throws {
        let summary = try await Summarizer().summarize([hit(1, "# Boats\n\n| a | b |\n|---|---|")])
        #expect(summary.sentences.isEmpty && summary.warnings.count == 1)
        #expect(try await Summarizer().summarize([]).sentences.isEmpty)
    }

    @Test func `of tables and chats, rows and what people say are summarized`() async throws {
        let table = "| boat | length |\n|---|---|\n| Swift | 6 m |\n| Heron | 8 m |"
        let rows = try await Summarizer().summarize([hit(1, table)])
        #expect(rows.sentences.map(\.text) == ["boat: Swift; length: 6 m", "boat: Heron; length: 8 m"])
        #expect(rows.citations.map(\.quote) == ["| Swift | 6 m |", "| Heron | 8 m |"])
        let chat = "Nora: the oars are in the shed\n\nPiet: I take the canoe on Sunday"
        #expect(try await Summarizer().summarize([hit(1, chat)]).sentences.count == 2)
    }

    @Test func `a sentence of a summary is without marks of Markdown`() async throws {
        let text =
            "The **kiln** stands in the [old barn](barn.md) behind `shed_2`. It was bought in 1990 from a school."
        let summary = try await Summarizer().summarize([hit(1, text)])
        #expect(summary.sentences.first?.text == "The kiln stands in the old barn behind shed_2.")
        #expect(summary.citations.first?.quote.contains("**kiln**") == true)
    }

    @Test func `of a long text every document has its share of the compared sentences`() async throws {
        let long = (1...300).map { "The report counts \($0) barrels of tar in the shed by the road." }
        let hits =
            long.enumerated().map { hit(Int64($0.offset), $0.element, source: "long.md") }
            + [hit(1_000, "The lighthouse keeper paints the lantern room every spring.", source: "short.md")]
        var summarizer = Summarizer()
        summarizer.maximumCompared = 10
        let summary = try await summarizer.summarize(hits, sentences: 10)
        #expect(summary.candidates == 301 && summary.sentences.count == 10)
        #expect(summary.citations.contains { $0.documentID == "short.md" })
    }

    @Test func `what a model writes is checked, and what no passage supports is left out`() async throws {
        let model = AnsweringModel { _ in
            "The harbour of Vell was built in 1861 [1]. The harbour was sold to a bank in 1999 [1]."
        }
        let summary = try await Summarizer().summarize(passages, by: model)
        #expect(summary.sentences.map(\.text) == ["The harbour of Vell was built in 1861."])
        #expect(summary.citations.map(\.documentID) == ["harbour.md"])
        #expect(summary.citations.first?.quote.contains("1861") == true)
        #expect(summary.unsupported == ["The harbour was sold to a bank in 1999."])
        #expect(summary.requests == 1 && summary.usage == TokenUsage(input: 10, output: 2))
        #expect(summary.generator == .model("answering"))
    }

    @Test func `a text longer than a prompt is summarized in parts, then the parts`() async throws {
        let hits = (1...12).map { number in
            hit(
                Int64(number), "Ward \(number) of the town has \(number * 10) lamps. " + filler(number),
                source: "\(number).md")
        }
        let model = AnsweringModel { request in
            let user = request.messages.last?.content ?? ""
            // The first sentence of each passage, with its number.
            return user.matches(of: /number="(\d+)"[^>]*>\n(Ward[^.]*)\./).map { "\($0.2) [\($0.1)]." }
                .prefix(3).joined(separator: " ")
        }
        let assembler = StuffAssembler(budget: 700)
        let summary = try await Summarizer().summarize(hits, sentences: 3, by: model, assembler: assembler)
        #expect(summary.requests > 2 && summary.sentences.count == 3)
        #expect(
            model.requests.allSatisfy { request in
                request.messages.reduce(0) { $0 + EstimatedTokenCounter().tokenCount(of: $1.content) + 4 } <= 700
            })
        for sentence in summary.sentences {
            let citation = try #require(summary.citations.first { $0.marker == sentence.markers.first })
            #expect(citation.quote == sentence.text, "the citation is a place of the document, not of a note")
        }
    }

    @Test func `with few requests the passages with the most important sentences are read, and it is said`()
        async throws
    {
        let hits = (1...30).map { hit(Int64($0), "Ward \($0) of the town has \($0 * 10) lamps. " + filler($0)) }
        let model = AnsweringModel { _ in "Nothing [1]." }
        let summary = try await Summarizer().summarize(
            hits, by: model, assembler: StuffAssembler(budget: 700), maximumRequests: 2)
        #expect(summary.passages < 30 && summary.warnings.contains { $0.contains("30 passages") })
        #expect(summary.requests <= 3)
    }

    private func filler(_ number: Int) -> String {
        (1...6).map { "Lamp \($0) of ward \(number) is lit by the warden at dusk and put out at dawn." }
            .joined(separator: " ")
    }
}
