import QuarryCore
import QuarryIndex
import QuarryRetrieval
import Testing

struct CorrectionTests {
    private func corpus() async throws -> TestCorpus {
        let corpus = try TestCorpus()
        try corpus.write("# Letters\n\nThe tenant receives the keys. Receipts are kept.\n", to: "letters.md")
        try corpus.write("# Письма\n\nПривет соседям из Москвы. Щука плавает, погода хорошая.\n", to: "письма.md")
        try await corpus.index()
        return corpus
    }

    private func search(_ question: String, in corpus: TestCorpus, corrects: Bool = true) async throws -> Retrieval {
        try await corpus.open().retriever(embedder: nil, options: RetrievalOptions(mode: .bm25, corrects: corrects))
            .retrieve(Query(question), limit: 10)
    }

    @Test func `a word that no document has is searched for as another one too, which is said`() async throws {
        let corpus = try await corpus()
        let cases: [(String, WordCorrection)] = [
            ("ghbdtn", WordCorrection("ghbdtn", replacement: "привет", reason: .layout)),
            ("ghbdtn, xyz", WordCorrection("ghbdtn", replacement: "привет", reason: .layout)),
            ("луны", WordCorrection("луны", replacement: "keys", reason: .layout)),
            ("Moskva?", WordCorrection("Moskva", replacement: "москва", reason: .transliteration)),
            ("shchuka", WordCorrection("shchuka", replacement: "щука", reason: .transliteration)),
            ("who recieves it", WordCorrection("recieves", replacement: "receives", reason: .spelling)),
            ("прпвет", WordCorrection("прпвет", replacement: "привет", reason: .spelling)),
        ]
        for (question, correction) in cases {
            let found = try await search(question, in: corpus)
            #expect(found.corrections.first == correction, "\(question)")
            #expect(found.hits.count == 1, "\(question)")
            #expect(
                found.warnings.first
                    == "No document has “\(correction.word)”; searched for “\(correction.replacement)” as well.")
            let exact = try await search(question, in: corpus, corrects: false)
            #expect(exact.corrections.isEmpty && exact.hits.isEmpty)
        }
    }

    @Test func `words that documents have, short words and names with digits are not corrected`() async throws {
        let corpus = try await corpus()
        for question in [
            "receives keys", "the kezs", "recei7es", "of the", "zebra xylophone", "receives*", "recieves~2",
        ] {
            #expect(try await search(question, in: corpus).corrections.isEmpty, "\(question)")
        }
    }

    @Test func `another word is no correction, though its stem is near`() async throws {
        let corpus = try TestCorpus()
        try corpus.write("# Cats\n\nThe cats leave; percy leaves the vanity. They are resident.\n", to: "cats.md")
        try corpus.write("# Коты\n\nКот спит. Коты и кота. За домом форт, в нём дорожки.\n", to: "коты.md")
        try await corpus.index()
        for question in ["lease", "mercy", "sanity", "Besides", "котла", "борту", "защите"] {
            #expect(try await search(question, in: corpus).corrections.isEmpty, "\(question)")
        }
        for (question, replacement) in [
            ("vanitty", "vanity"), ("дорожкки", "дорожки"), ("reesident", "resident"),
        ] {
            let found = try await search(question, in: corpus).corrections.map(\.replacement)
            #expect(found == [replacement], "\(question)")
        }
    }

    @Test func `the vector of a corrected question is that of the corrected text`() async throws {
        let corpus = try await corpus()
        func vector(_ question: String, corrects: Bool = true) async throws -> QueryVector? {
            try await corpus.open().retriever(embedder: corpus.embedder, options: RetrievalOptions(corrects: corrects))
                .retrieve(Query(question), limit: 10).vector
        }
        #expect(try await vector("who recieves, ghbdtn?") == vector("who receives, привет?"))
        #expect(
            try await vector("who recieves it?", corrects: false) != vector("who receives it?"))
    }

    @Test func `a replacement counts less than a word of the question`() async throws {
        let corpus = try await corpus()
        let written = try await search("receives", in: corpus).hits.first?.score
        let corrected = try await search("recieves", in: corpus).hits.first?.score
        #expect(try #require(corrected) == (try #require(written)) / 2)
    }
}
