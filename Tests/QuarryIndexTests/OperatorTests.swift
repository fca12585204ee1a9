import GRDB
import QuarryCore
import QuarryIndex
import QuarryRetrieval
import Testing

/// The operators of a question, in an index.
struct OperatorTests {
    private func corpus() async throws -> TestCorpus {
        let corpus = try TestCorpus()
        try corpus.write("# Harbour rules\n\nShips that fail fast leave the harbour at noon.\n", to: "rules.md")
        try corpus.write(
            "# Harbour draft\n\nA draft: ships fail, and fast ones fail more. Registration is open.\n", to: "draft.md")
        try corpus.write(
            "# Notes\n\n## Mooring\n\nA harbour registrar registers ships by parseFile.\n", to: "old/notes.md")
        try corpus.write("# Порт\n\nКорабли стоят в порту, пока идёт регистрация.\n", to: "порт.md")
        try await corpus.index()
        return corpus
    }

    private func search(
        _ question: String, in corpus: TestCorpus, mode: RetrievalOptions.Mode = .bm25, filter: Filter? = nil
    ) async throws -> Retrieval {
        let options = RetrievalOptions(mode: mode, mergesNeighbours: false)
        return try await corpus.open().retriever(embedder: corpus.embedder, options: options)
            .retrieve(Query(question, filter: filter), limit: 100)
    }

    private func documents(_ retrieval: Retrieval) -> Set<String> { Set(retrieval.hits.map(\.passage.source)) }

    @Test func `a query with its operators does not read them from its text`() async throws {
        let corpus = try await corpus()
        let retriever = try corpus.open().retriever(
            embedder: nil, options: RetrievalOptions(mode: .bm25, mergesNeighbours: false))
        let literal = Query("ships -draft", expression: QueryExpression(text: "ships -draft"))
        let found = try await retriever.retrieve(literal, limit: 100)
        #expect(documents(found).contains("docs/draft.md") && found.expression == nil)
        let excluded = Query(
            "ships", expression: QueryExpression(text: "ships", clauses: [.init(.excluded, .word, "draft")]))
        #expect(!documents(try await retriever.retrieve(excluded, limit: 100)).contains("docs/draft.md"))
    }

    @Test(arguments: RetrievalOptions.Mode.allCases)
    func `operators hold for every leg`(mode: RetrievalOptions.Mode) async throws {
        let corpus = try await corpus()
        let cases: [(String, Set<String>)] = [
            ("ships -draft", ["docs/rules.md", "docs/old/notes.md", "docs/порт.md"]),
            ("ships +harbour -\"fail fast\"", ["docs/draft.md", "docs/old/notes.md"]),
            ("ships \"fail fast\"", ["docs/rules.md"]),
            ("ships +\"failing fast\"", ["docs/rules.md"]),
            ("ships title:draft", ["docs/draft.md"]),
            ("ships heading:mooring", ["docs/old/notes.md"]),
            ("ships body:draft", ["docs/draft.md"]),
            ("ships name:OLD/", ["docs/old/notes.md"]),
            ("ships -name:порт -name:notes", ["docs/rules.md", "docs/draft.md"]),
            ("ships registr*", ["docs/draft.md", "docs/old/notes.md"]),
            ("корабли +рег*", ["docs/порт.md"]),
            ("ships harbuor~1 -draft", ["docs/rules.md", "docs/old/notes.md"]),
            ("ships +parsefile", ["docs/old/notes.md"]),
            ("ships +file", ["docs/old/notes.md"]),
            ("ships +harbour +registrar", ["docs/old/notes.md"]),
            ("ships +zebra", []),
            ("ships -harbour -порт", []),
        ]
        for (question, expected) in cases {
            let found = try await search(question, in: corpus, mode: mode)
            // A search by words finds only what has one of them.
            let missing = mode == .bm25 ? Set(["docs/порт.md"]) : []
            let isRussian = question.hasPrefix("к")
            #expect(documents(found) == (isRussian ? expected : expected.subtracting(missing)), "\(question)")
            #expect(found.expression != nil)
        }
    }

    @Test func `a phrase that no passage has is said, and its words are searched for`() async throws {
        let corpus = try await corpus()
        let found = try await search("\"harbour noon\" ships", in: corpus)
        #expect(documents(found).contains("docs/rules.md"))
        #expect(found.warnings == ["No passage holds “harbour noon”; its words count as any others."])
        let required = try await search("+\"harbour noon\" ships", in: corpus)
        #expect(required.hits.isEmpty && required.warnings == ["No passage holds “harbour noon”."])
        let contrary = try await search("ships +draft -draft", in: corpus)
        #expect(contrary.warnings == ["No passage holds “draft” and meets the other conditions."])
    }

    @Test func `what looks like an operator and is searched for as text is said`() async throws {
        let corpus = try await corpus()
        let found = try await search("Which ships -draft fail -240?", in: corpus)
        #expect(found.warnings.first == "Searched for as text, not as operators: “-draft”, “-240”.")
        #expect(found.expression == nil && documents(found).contains("docs/draft.md"))
        let sentence = try await search("Which ships \"fail fast\" at +noon?", in: corpus)
        #expect(documents(sentence) == ["docs/rules.md"] && sentence.warnings.isEmpty)
    }

    @Test func `an excluded phrase lets no passage through that was not read`() async throws {
        let corpus = try TestCorpus()
        let lines = (1...5_020).map { number in
            let text = number % 10 == 0 ? "fast ships fail number \(number)" : "ships fail fast number \(number)"
            return "{\"id\": \"\(number)\", \"text\": \"\(text)\"}"
        }
        try corpus.write(lines.joined(separator: "\n"), to: "many.jsonl")
        try await corpus.index()
        let found = try await corpus.open().retriever(
            embedder: nil, options: RetrievalOptions(mode: .bm25, depth: 6_000, mergesNeighbours: false)
        ).retrieve(Query("ships -\"fail fast\""), limit: 6_000)
        #expect(found.hits.count > 400 && found.hits.allSatisfy { !$0.chunk.text.contains("fail fast") })
        #expect(
            found.warnings == [
                "5020 passages have the words of “fail fast”; the best 5000 of them were read, and the others are left out too."
            ])
    }

    @Test func `a name that was changed in the file is damage, not a name`() async throws {
        let corpus = try await corpus()
        try await DatabaseQueue(path: corpus.indexPath).writeWithoutTransaction {
            try $0.execute(sql: "UPDATE sources SET name = 'docs/other.md' WHERE name LIKE '%draft%'")
        }
        await #expect(throws: CorpusError.self) { try await search("ships name:rules", in: corpus) }
    }

    @Test func `operators and a filter hold together`() async throws {
        let corpus = try await corpus()
        let filter = Filter.isIn("title", ["Harbour rules", "Harbour draft"])
        #expect(documents(try await search("ships -draft", in: corpus, filter: filter)) == ["docs/rules.md"])
        let none = try await search("ships +mooring", in: corpus, filter: filter)
        #expect(none.hits.isEmpty && !none.filterMatchesNothing)
    }

    @Test func `the operators of a question are neither embedded nor ranked by`() async throws {
        let corpus = try await corpus()
        let marked = try await search("harbour \"fail fast\" -zebra", in: corpus, mode: .hybrid)
        let plain = try await search("harbour fail fast", in: corpus, mode: .hybrid)
        #expect(marked.vector == plain.vector && marked.terms == plain.terms)
        #expect(plain.expression == nil)
    }
}
