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
}
