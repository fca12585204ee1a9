import QuarryCore
import QuarryRetrievalQA
import Testing

private let hits = [
    hit(1, "The bridge of Tarn was opened in 1874. It has nine arches.", source: "bridge.md"),
    hit(2, "The bridge of Tarn was designed by the engineer Lena Holt.", source: "people.md"),
    hit(3, "The bakery of Tarn sells rye bread.", source: "bakery.md"),
]

private let refusal = "The documents do not answer this question."

struct ChainTests {
    private func answer(_ chain: Chain, _ model: any LanguageModel, budget: Int = 3_000) async throws -> Answer {
        try await RetrievalQA(
            retriever: ListRetriever(hits: hits), model: model, assembler: StuffAssembler(budget: budget),
            reader: ExtractiveReader(gate: 0), options: .init(chain: chain)
        ).answer("Who designed the bridge of Tarn, and when was it opened?")
    }

    /// What a careful model says about the passages that a prompt shows, with their numbers.
    private static func facts(in user: String) -> [String] {
        [
            (#"opened in 1874"#, "The bridge of Tarn was opened in 1874"),
            ("Lena Holt", "The bridge of Tarn was designed by Lena Holt"),
        ]
        .compactMap { words, sentence in
            let numbers = user.matches(of: /number="(\d+)"[^>]*>\n([^<]*)/).filter { $0.2.contains(words) }.map(\.1)
            return numbers.first.map { "\(sentence) [\($0)]." }
        }
    }

    @Test func `map-reduce notes each passage, and answers from the notes with the passages' own citations`()
        async throws
    {
        let model = AnsweringModel { request in
            let said = Self.facts(in: request.messages.last?.content ?? "")
            return said.isEmpty ? refusal : said.joined(separator: " ")
        }
        let answer = try await answer(.mapReduce, model)
        #expect(model.requests.count == 4)
        #expect(!answer.isRefused && answer.unsupported.isEmpty)
        #expect(Set(answer.citations.map(\.documentID)) == ["bridge.md", "people.md"])
        #expect(answer.citations.contains { $0.quote == "The bridge of Tarn was opened in 1874." })
        #expect(answer.usage == TokenUsage(input: 40, output: 8))
        let last = try #require(model.requests.last?.messages.last?.content)
        #expect(!last.contains("rye bread"))
    }

    @Test func `a note that its passage does not support goes no further`() async throws {
        let model = AnsweringModel { request in
            let user = request.messages.last?.content ?? ""
            if user.contains("rye bread") { return "The bridge of Tarn was sold for 9000 crowns in 1931 [1]." }
            return user.contains("nine arches") ? "The bridge of Tarn was opened in 1874 [1]." : refusal
        }
        _ = try await answer(.mapReduce, model)
        let last = try #require(model.requests.last?.messages.last?.content)
        #expect(last.contains("opened in 1874") && !last.contains("9000"))
    }

    @Test func `refine shows the answer so far with each further passage, whose number goes on`() async throws {
        let model = AnsweringModel { request in
            let user = request.messages.last?.content ?? ""
            let draft = user.firstMatch(of: /<draft-[0-9a-f]+>\n([^<]*)\n<\/draft/).map { String($0.1) }
            let said = ([draft].compactMap { $0 } + Self.facts(in: user)).joined(separator: " ")
            return said.isEmpty ? refusal : said
        }
        let answer = try await answer(.refine, model)
        #expect(model.requests.count == 3)
        let second = try #require(model.requests[1].messages.last?.content)
        #expect(second.contains("number=\"2\"") && second.contains("opened in 1874. [1]"))
        #expect(answer.text.contains("[1]") && answer.text.contains("[2]"))
        #expect(Set(answer.citations.map(\.documentID)) == ["bridge.md", "people.md"])
    }

    @Test func `tree answers from groups of passages, and then from the answers`() async throws {
        let more = (10..<17).map { hit($0, "The river Ave passes bridge number \($0).", source: "river\($0).md") }
        let model = AnsweringModel { request in
            let said = Self.facts(in: request.messages.last?.content ?? "")
            return said.isEmpty ? refusal : said.joined(separator: " ")
        }
        let answer = try await RetrievalQA(
            retriever: ListRetriever(hits: hits + more), model: model, reader: ExtractiveReader(gate: 0),
            options: .init(limit: 10, chain: .tree)
        ).answer("Who designed the bridge of Tarn, and when was it opened?")
        // Ten passages are four groups, of which one answers.
        #expect(model.requests.count == 5)
        #expect(Set(answer.citations.map(\.documentID)) == ["bridge.md", "people.md"])
        let last = try #require(model.requests.last?.messages.last?.content)
        #expect(last.contains("opened in 1874") && !last.contains("rye bread") && !last.contains("nine arches"))
        #expect(answer.usage == TokenUsage(input: 50, output: 10))
    }

    @Test func `tree sends few passages as one prompt`() async throws {
        let model = AnsweringModel { Self.facts(in: $0.messages.last?.content ?? "").joined(separator: " ") }
        #expect(try await !answer(.tree, model).isRefused)
        #expect(model.requests.count == 1)
    }

    @Test(arguments: [Chain.refine, .mapReduce, .mapRerank])
    func `a passage that fits into no prompt is listed`(chain: Chain) async throws {
        let long = hit(9, String(repeating: "The town of Tarn lies by a slow river. ", count: 400), source: "long.md")
        let model = AnsweringModel { request in
            let said = Self.facts(in: request.messages.last?.content ?? "")
            return said.isEmpty ? refusal : said.joined(separator: " ")
        }
        let answer = try await RetrievalQA(
            retriever: ListRetriever(hits: [long] + hits), model: model, assembler: StuffAssembler(budget: 1_000),
            reader: ExtractiveReader(gate: 0), options: .init(chain: chain)
        ).answer("Who designed the bridge of Tarn, and when was it opened?")
        #expect(!answer.isRefused)
        #expect(answer.prompt?.dropped.map(\.id) == [ChunkID(9)])
        #expect(answer.prompt?.dropped.first?.reason == .overBudget)
    }

    @Test func `a last passage that the model declines leaves the answer so far`() async throws {
        let model = AnsweringModel { request in
            (request.messages.last?.content ?? "").contains("nine arches")
                ? "The bridge of Tarn was opened in 1874 [1]." : refusal
        }
        #expect(try await answer(.refine, model).text.hasPrefix("The bridge of Tarn was opened in 1874"))
    }

    @Test func `map-rerank gives the answer with the best support`() async throws {
        let model = AnsweringModel { request in
            let user = request.messages.last?.content ?? ""
            if user.contains("nine arches") {
                return "The bridge of Tarn was opened with cheerful brass music in 1874 [1]."
            }
            if user.contains("Lena Holt") { return "The bridge of Tarn was designed by the engineer Lena Holt [1]." }
            return refusal
        }
        let answer = try await answer(.mapRerank, model)
        #expect(answer.citations.map(\.documentID) == ["people.md"] && answer.text.contains("Lena Holt"))
        #expect(answer.usage == TokenUsage(input: 30, output: 6))
    }

    @Test(arguments: [Chain.refine, .mapReduce, .mapRerank, .tree])
    func `every chain refuses when no passage answers, or nothing has support`(chain: Chain) async throws {
        let declined = try await answer(chain, AnsweringModel { _ in refusal })
        #expect(declined.refusal == .declinedByModel && declined.text == refusal)
        let invented = try await answer(chain, AnsweringModel { _ in "Otto Wren paid 512 crowns for ferries [1]." })
        #expect(invented.refusal == .unsupported && invented.draft?.contains("Otto Wren") == true)
        let narrow = try await answer(chain, ForbiddenLanguageModel(), budget: 260)
        #expect(narrow.refusal == .noRoom(budget: 260))
    }
}
