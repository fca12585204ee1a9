import Quarry
import QuarryCore
import Testing

struct RetrievalTests {
    private func corpus() async throws -> TestCorpus {
        let corpus = try TestCorpus()
        let rows = (1...40).map { number in
            """
            {"_id": "d\(number)", "title": "Harbour \(number)", "text": "The harbour number \(number) has a crane and \
            \(number) berths.", "metadata": {"owner": "\(number % 2 == 0 ? "north" : "south")", "year": \(2000 + number), \
            "tags": ["sea", "t\(number % 5)"]}}
            """
        }
        try corpus.write(rows.joined(separator: "\n"), to: "harbours.jsonl")
        try await corpus.index()
        return corpus
    }

    @Test(arguments: RetrievalOptions.Mode.allCases)
    func `a filter holds in every leg`(mode: RetrievalOptions.Mode) async throws {
        let corpus = try await corpus()
        let filters: [(Filter, Int)] = [
            (.equals("owner", "north"), 20), (.equals("tags", "t3"), 8), (.equals("id", "d7"), 1),
            (.between("year", from: 2010, through: 2015), 6), (.isIn("owner", ["north", "south"]), 40),
            (.all([.equals("owner", "south"), .between("year", from: nil, through: 2003)]), 2),
            (.not(.equals("owner", "south")), 20), (.hasPrefix("title", "Harbour 4"), 2), (.exists("nothing"), 0),
            (.any([.equals("id", "d1"), .equals("id", "d2")]), 2), (.equals("owner", "' OR 1=1 --"), 0),
        ]
        for (filter, expected) in filters {
            let hits = try await corpus.search("harbour crane berths", mode: mode, filter: filter, limit: 100)
            #expect(hits.count == expected, "\(filter)")
        }
    }

    @Test func `the same question gives the same hits in the same order`() async throws {
        let corpus = try await corpus()
        let first = try await corpus.search("harbour with berths", limit: 40)
        for _ in 1...5 { #expect(try await corpus.search("harbour with berths", limit: 40) == first) }
    }

    @Test func `each hit says what each leg said of it`() async throws {
        let corpus = try await corpus()
        let hits = try await corpus.search("harbour number 17", limit: 5)
        let best = try #require(hits.first)
        #expect(best.chunk.documentID == "d17")
        #expect(best.legs[.bm25]?.rank == 1)
        #expect(best.legs[.vector] != nil)
        #expect(best.location.lines == 17...17)
    }

    @Test(arguments: ["", "   ", "?!…", "\u{0}\u{1}"])
    func `a question without words is refused`(text: String) async throws {
        let corpus = try await corpus()
        await #expect(throws: CorpusError.self) { try await corpus.search(text) }
    }

    @Test func `a question of ten megabytes is refused with its size`() async throws {
        let corpus = try await corpus()
        let text = String(repeating: "harbour ", count: 1_300_000)
        await #expect { try await corpus.search(text) } throws: { "\($0)".contains("10400000") }
    }

    @Test func `control characters in a question do no harm`() async throws {
        let corpus = try await corpus()
        let hits = try await corpus.search("harbour\u{0}\u{7}\u{1B}[31m 17")
        #expect(!hits.isEmpty)
    }

    @Test func `a search sees what was committed last`() async throws {
        let corpus = try await corpus()
        let index = try corpus.open()
        let retriever = try CorpusRetriever(index, embedder: corpus.embedder)
        #expect(
            try await retriever.retrieve(Query("submarine pens"), limit: 50).allSatisfy { $0.chunk.documentID != "new" }
        )
        try corpus.write(#"{"_id": "new", "text": "Submarine pens are hidden here."}"#, to: "new.jsonl")
        try await Indexer(index, embedder: corpus.embedder, counter: WordCounter()).index([.path(corpus.documentsPath)])
        #expect(try await retriever.retrieve(Query("submarine pens"), limit: 50).first?.chunk.documentID == "new")
    }

    @Test func `neighbouring hits become one with the text between them`() async throws {
        let corpus = try TestCorpus()
        let text = (1...12).map {
            "Paragraph \($0) tells of the kingfisher and its nest number \($0), at some length, so that two of them do not fit one chunk of the index with ease, which takes a good many more words than one would think."
        }
        try corpus.write(text.joined(separator: "\n\n"), to: "bird.txt")
        try await corpus.index()
        let hits = try await CorpusRetriever(
            corpus.open(), embedder: corpus.embedder, options: RetrievalOptions(mergesNeighbours: true)
        ).retrieve(Query("kingfisher nest"), limit: 3)
        let source = text.joined(separator: "\n\n")
        let best = try #require(hits.first)
        #expect(best.chunk.text.utf8.count > 250)
        #expect(source.contains(best.chunk.text))
        let start = source.utf8.index(source.utf8.startIndex, offsetBy: best.chunk.range.lowerBound)
        #expect(source[start...].hasPrefix(best.chunk.text))
    }

    /// Twelve neighbouring passages that match best, and five documents that match a little.
    private func ponds() async throws -> TestCorpus {
        let corpus = try TestCorpus()
        let bank = (1...12).map {
            "The kingfisher and its nest, kingfisher and nest number \($0), are seen from the bench under the old willow at the far end of the pond, where nobody walks before noon and the water is still as glass."
        }
        try corpus.write(bank.joined(separator: "\n\n"), to: "bank.txt")
        for number in 1...5 {
            try corpus.write(
                "A kingfisher was once heard near mill \(number), says the miller, though he was asleep at the time and remembers little of the day, of the weather or of the boats that went by.",
                to: "mill\(number).txt")
        }
        try await corpus.index()
        return corpus
    }

    @Test(arguments: [RetrievalOptions(mode: .bm25), RetrievalOptions(mode: .hybrid, diversity: 0.9)])
    func `as many hits as asked for are found where neighbours join`(options: RetrievalOptions) async throws {
        let corpus = try await ponds()
        let retriever = try CorpusRetriever(corpus.open(), embedder: corpus.embedder, options: options)
        for limit in 1...4 {
            let hits = try await retriever.retrieve(Query("kingfisher nest"), limit: limit)
            #expect(hits.count == limit, "\(limit)")
            #expect(try await retriever.retrieve(Query("kingfisher nest"), limit: limit) == hits)
        }
        #expect(try await retriever.retrieve(Query("kingfisher nest"), limit: 0).isEmpty)
    }

    @Test func `documents are ranked without joining their passages`() async throws {
        let corpus = try await ponds()
        let retriever = try CorpusRetriever(corpus.open(), embedder: nil, options: RetrievalOptions(mode: .bm25))
        let documents = try await retriever.documents(for: Query("kingfisher nest"), limit: 6)
        #expect(documents.first?.id == "docs/bank.txt" && documents.count == 6)
    }

    @Test func `passages are re-ranked by terms of their own language`() async throws {
        let corpus = try TestCorpus()
        try corpus.write(
            "Die Häuser am Hafen stehen dort seit hundert Jahren, und sie sind nicht sehr hoch.", to: "a.txt")
        try corpus.write("Der Bahnhof ist nicht weit von der Stadt, und auch ein Haus ist dort.", to: "b.txt")
        try await corpus.index()
        let hits = try await CorpusRetriever(
            corpus.open(), embedder: nil, options: RetrievalOptions(mode: .bm25, reranks: true)
        ).retrieve(Query("Wo stehen die Häuser am Hafen?"), limit: 2)
        #expect(hits.map(\.language) == ["de", "de"])
        // The best score, and every term of the question.
        let best = try #require(hits.first)
        #expect(best.chunk.documentID == "docs/a.txt" && best.score >= 0.92)
    }

    @Test func `a quote is located in the version of its document that was searched, or not at all`() async throws {
        let corpus = try await ponds()
        let index = try corpus.open()
        let retriever = try CorpusRetriever(index, embedder: nil, options: RetrievalOptions(mode: .bm25))
        let hits = try await retriever.retrieve(Query("kingfisher mill"), limit: 6)
        let joined = try #require(hits.first { $0.chunk.documentID == "docs/bank.txt" })
        let mill = try #require(hits.first { $0.chunk.documentID == "docs/mill1.txt" })
        let end = joined.chunk.text.utf8.count
        #expect(
            try await index.locate((end - 5)..<end, in: joined).location.bytes.upperBound
                == joined.location.bytes.upperBound)
        #expect(try await index.locate(2..<12, in: mill).location.bytes == 2..<12)

        try corpus.write("New first words.\n\n\(mill.chunk.text)", to: "mill1.txt")
        try await Indexer(index, embedder: corpus.embedder, counter: WordCounter()).index([.path(corpus.documentsPath)])
        await #expect { try await index.locate(2..<12, in: mill) } throws: {
            "\($0)" == "docs/mill1.txt was changed in the index while it was quoted. Ask again."
        }
        #expect(try await index.locate(0..<5, in: joined).location.source == "docs/bank.txt")
    }
}
