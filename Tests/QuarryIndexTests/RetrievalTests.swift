import GRDB
import QuarryChunking
import QuarryCore
import QuarryIndex
import QuarryReaders
import QuarryRetrieval
import QuarryTestSupport
import QuarryVectorIndex
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
    func `a filter applies to every leg`(mode: RetrievalOptions.Mode) async throws {
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

    @Test func `each hit has the rank and score of each leg`() async throws {
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
        await #expect(throws: QuestionError.hasNoWords) { try await corpus.search(text) }
    }

    @Test func `a question of ten megabytes is refused with its size`() async throws {
        let corpus = try await corpus()
        let text = String(repeating: "harbour ", count: 1_300_000)
        await #expect { try await corpus.search(text) } throws: { "\($0)".contains("10400000") }
    }

    @Test func `control characters in a question are harmless`() async throws {
        let corpus = try await corpus()
        let hits = try await corpus.search("harbour\u{0}\u{7}\u{1B}[31m 17")
        #expect(!hits.isEmpty)
    }

    @Test func `a search sees the last commit`() async throws {
        let corpus = try await corpus()
        let index = try corpus.open()
        let retriever = try index.retriever(embedder: corpus.embedder)
        #expect(
            try await retriever.retrieve(Query("submarine pens"), limit: 50).hits.allSatisfy {
                $0.chunk.documentID != "new"
            }
        )
        try corpus.write(#"{"_id": "new", "text": "Submarine pens are hidden here."}"#, to: "new.jsonl")
        try await Indexer(index, embedder: corpus.embedder, counter: WordCounter()).index([.path(corpus.documentsPath)])
        #expect(try await retriever.retrieve(Query("submarine pens"), limit: 50).hits.first?.chunk.documentID == "new")
    }

    @Test func `neighbouring hits are joined with the text between them`() async throws {
        let corpus = try TestCorpus()
        let text = (1...12).map {
            "Paragraph \($0) tells of the kingfisher and its nest number \($0), at some length, so that two of them do not fit one chunk of the index with ease, which takes a good many more words than one would think."
        }
        try corpus.write(text.joined(separator: "\n\n"), to: "bird.txt")
        try await corpus.index()
        let hits = try await corpus.open().retriever(
            embedder: corpus.embedder, options: RetrievalOptions(mergesNeighbours: true)
        ).retrieve(Query("kingfisher nest"), limit: 3).hits
        let source = text.joined(separator: "\n\n")
        let best = try #require(hits.first)
        #expect(best.chunk.text.utf8.count > 250)
        #expect(source.contains(best.chunk.text))
        let start = source.utf8.index(source.utf8.startIndex, offsetBy: best.chunk.range.lowerBound)
        #expect(source[start...].hasPrefix(best.chunk.text))
    }

    /// Twelve neighbouring passages with the best scores, and five documents with low scores.
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
    func `the requested number of hits is found even if neighbours are joined`(options: RetrievalOptions) async throws {
        let corpus = try await ponds()
        let retriever = try corpus.open().retriever(embedder: corpus.embedder, options: options)
        for limit in 1...4 {
            let hits = try await retriever.retrieve(Query("kingfisher nest"), limit: limit).hits
            #expect(hits.count == limit, "\(limit)")
            #expect(try await retriever.retrieve(Query("kingfisher nest"), limit: limit).hits == hits)
        }
        #expect(try await retriever.retrieve(Query("kingfisher nest"), limit: 0).hits.isEmpty)
    }

    @Test func `documents are ranked without joining their passages`() async throws {
        let corpus = try await ponds()
        let retriever = try corpus.open().retriever(embedder: nil, options: RetrievalOptions(mode: .bm25))
        let documents = try await retriever.documents(for: Query("kingfisher nest"), limit: 6)
        #expect(documents.first?.id == "docs/bank.txt" && documents.count == 6)
    }

    @Test func `a quote is located in the version of its document that was searched`() async throws {
        let corpus = try await ponds()
        let index = try corpus.open()
        let retriever = try index.retriever(embedder: nil, options: RetrievalOptions(mode: .bm25))
        let hits = try await retriever.retrieve(Query("kingfisher mill"), limit: 6).hits
        let joined = try #require(hits.first { $0.chunk.documentID == "docs/bank.txt" })
        let mill = try #require(hits.first { $0.chunk.documentID == "docs/mill1.txt" })
        let end = joined.chunk.text.utf8.count
        #expect(joined.location(of: (end - 5)..<end).bytes.upperBound == joined.location.bytes.upperBound)
        #expect(mill.location(of: 2..<12).bytes == 2..<12)
        let digest = try ContentHash(ofFileAt: corpus.folder.path("docs/mill1.txt"))
        #expect(mill.passage.sourceDigest == digest)

        try corpus.write("New first words.\n\n\(mill.chunk.text)", to: "mill1.txt")
        try await Indexer(index, embedder: corpus.embedder, counter: WordCounter()).index([.path(corpus.documentsPath)])
        let again = try await retriever.retrieve(Query("kingfisher mill"), limit: 6).hits
        let moved = try #require(again.first { $0.chunk.documentID == "docs/mill1.txt" })
        // The earlier hit still has the position in the file version with its digest.
        #expect(mill.location(of: 2..<12).bytes == 2..<12 && mill.passage.sourceDigest == digest)
        #expect(moved.passage.sourceDigest != digest)
    }

    @Test func `a search sees the state at the start of its snapshot`() async throws {
        let corpus = try await corpus()
        let index = try corpus.open()
        try await index.withSnapshot { snapshot in
            let before = try await snapshot.revision()
            try corpus.write(#"{"_id": "new", "text": "Submarine pens are hidden here."}"#, to: "new.jsonl")
            try await Indexer(index, embedder: corpus.embedder, counter: WordCounter())
                .index([.path(corpus.documentsPath)])
            #expect(try await snapshot.revision() == before)
            let question = AnalyzedQuery("submarine", terms: ["submarin"])
            for leg in snapshot.legs where leg.name == .bm25 {
                #expect(try await leg.best(for: question, limit: 3, among: nil).isEmpty)
            }
        }
        #expect(try await corpus.search("submarine", mode: .bm25).count == 1)
    }

    @Test func `more searches than there are connections wait for each other`() async throws {
        let corpus = try await corpus()
        let index = try corpus.open()
        let retriever = try index.retriever(embedder: corpus.embedder)
        let expected = try await retriever.retrieve(Query("harbour 17"), limit: 3)
        try await withThrowingTaskGroup(of: Retrieval.self) { group in
            for _ in 0..<40 { group.addTask { try await retriever.retrieve(Query("harbour 17"), limit: 3) } }
            for try await found in group { #expect(found == expected) }
        }
    }

    @Test func `while vectors are missing, a search uses words and reports how many vectors there are`() async throws {
        let corpus = try await corpus()
        let index = try corpus.open()
        try await DatabaseQueue(path: corpus.indexPath).write { db in
            try VectorTable.remove((21...40).map { ChunkID($0) }, in: db)
        }
        let retriever = try index.retriever(embedder: corpus.embedder)
        let half = try await retriever.retrieve(Query("harbour number 37"), limit: 5)
        #expect(half.warnings.contains { $0.contains("vectors: 20 of 40 passages") }, "\(half.warnings)")
        #expect(half.hits.first?.chunk.documentID == "d37")
        #expect(half.hits.first?.legs.keys.sorted() == [.bm25])

        try await DatabaseQueue(path: corpus.indexPath).write { db in
            try VectorTable.remove((1...20).map { ChunkID($0) }, in: db)
        }
        let none = try await retriever.retrieve(Query("harbour number 7"), limit: 5)
        #expect(none.warnings.contains { $0.contains("vectors: 0 of 40 passages") }, "\(none.warnings)")
        #expect(none.hits.first?.chunk.documentID == "d7")
    }

    /// A leg with its own data: finds documents by year.
    private struct YearLeg: Leg {
        let name: LegName = "year"
        let scoreFloor = 0.0
        let years: [ChunkID: Int]

        func best(for query: AnalyzedQuery, limit: Int, among mask: ChunkMask?) async throws -> [ScoredID] {
            let ids = years.keys.filter { mask?.contains($0) ?? true }
            return Array(try await scores(of: ids, for: query).filter { $0.score > 0 }.prefix(limit))
        }

        func scores(of ids: [ChunkID], for query: AnalyzedQuery) async throws -> [ScoredID] {
            ids.compactMap { id in
                years[id].map { ScoredID(id: id, score: query.text.contains("\($0)") ? 1 : 0) }
            }.sorted(by: ScoredID.precedes)
        }
    }

    @Test func `a corpus is searched with a custom leg`() async throws {
        let corpus = try await corpus()
        let leg = YearLeg(years: Dictionary(uniqueKeysWithValues: (1...40).map { (ChunkID(Int64($0)), 2000 + $0) }))
        let retriever = try corpus.open().retriever(embedder: corpus.embedder, legs: [leg])
        let hits = try await retriever.retrieve(Query("Which harbour opened in 2023?"), limit: 3).hits
        #expect(hits.first?.chunk.documentID == "d23")
        #expect(hits.first?.legs["year"] == LegScore(rank: 1, score: 1))
        let filtered = try await retriever.retrieve(
            Query("Which harbour opened in 2023?", filter: .equals("owner", "north")), limit: 3
        ).hits
        #expect(filtered.allSatisfy { $0.legs["year"] == nil })
    }

    @Test(arguments: [
        "UPDATE chunks SET start = -1", "UPDATE chunks SET \"end\" = 9223372036854775807",
        "UPDATE chunks SET text = x'FF'",
        "UPDATE chunks SET headings = '9:short'", "UPDATE chunks SET headings = 'x'",
        "UPDATE chunks SET tokens = 'many'",
        "UPDATE documents SET source_map = x''", "UPDATE chunks SET separator = x'FFFF'",
    ])
    func `a damaged row is an error, not a crash`(damage: String) async throws {
        let corpus = try await corpus()
        try await DatabaseQueue(path: corpus.indexPath).write { db in
            // Strict tables keep other types out; whoever writes a file by hand is not bound by them.
            try db.execute(
                sql: """
                    PRAGMA writable_schema = ON;
                    UPDATE sqlite_schema SET sql = replace(sql, ') STRICT', ')') WHERE name = 'chunks';
                    PRAGMA writable_schema = RESET;
                    """)
            try db.execute(sql: damage)
        }
        do {
            _ = try await corpus.search("harbour", mode: .bm25)
        } catch let error as CorpusError {
            #expect(error.code == .damaged)
        }
    }
}
