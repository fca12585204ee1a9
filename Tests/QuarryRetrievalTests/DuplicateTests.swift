import QuarryCore
import QuarryRetrieval
import Testing

/// Passages with the same words are one hit.
struct DuplicateTests {
    private let terms = "Boats moor at the east quay."
    private let tides = "High tide is at noon."

    private func find(
        _ library: Library, limit: Int, filter: Filter? = nil, rerankers: [RerankingStage] = [],
        options: RetrievalOptions = RetrievalOptions()
    ) async throws -> [ScoredChunk] {
        try await HybridRetriever(library, rerankers: rerankers, options: options)
            .retrieve(Query("boats", filter: filter), limit: limit).hits
    }

    private func harbour(copies: Int) -> Library {
        var books = (1...copies).map { Library.Book(name: "copy\($0)", text: terms) }
        books.append(.init(name: "tides", text: tides))
        return Library(books) { [terms] in $0.text == terms ? 2 : 1 }
    }

    @Test func `the same passage of several documents takes one place, and the others are listed`() async throws {
        let hits = try await find(harbour(copies: 4), limit: 3)
        #expect(hits.map(\.chunk.documentID) == ["copy1", "tides"])
        #expect(hits[0].duplicates.map(\.passage.chunk.documentID) == ["copy2", "copy3", "copy4"])
        #expect(hits[0].duplicates.allSatisfy { $0.range == 0..<terms.utf8.count })
        #expect(hits[1].duplicates.isEmpty)
    }

    @Test func `the best of the same passages is shown, then the one that was stored first`() async throws {
        let books = ["a", "b", "c"].map { Library.Book(name: $0, text: terms) }
        let hits = try await find(Library(books) { $0.documentID == "b" ? 2 : 1 }, limit: 3)
        #expect(hits.map(\.chunk.documentID) == ["b"])
        #expect(hits[0].duplicates.map(\.passage.chunk.documentID) == ["a", "c"])
    }

    @Test(arguments: [
        "Boats  moor\nat the east\u{A0}quay.", "Boats moor at the east quay.\n",
    ])
    func `passages that differ in white space alone are the same`(other: String) async throws {
        let books = [Library.Book(name: "a", text: terms), .init(name: "b", text: other)]
        let hits = try await find(Library(books) { _ in 1 }, limit: 2)
        #expect(hits.count == 1 && hits[0].duplicates.count == 1)
    }

    @Test(arguments: [
        "Boats moor at the west quay.", "Boats do not moor at the east quay.", "Boats moor at the East quay.",
        "Boats moor at the east quay?", "Boats moor at the east quay. 1", "Boats moor at theeast quay.",
    ])
    func `passages that differ in a character are different`(other: String) async throws {
        let books = [Library.Book(name: "a", text: terms), .init(name: "b", text: other)]
        #expect(try await find(Library(books) { _ in 1 }, limit: 2).count == 2)
    }

    @Test func `duplicates that fill the depth do not hide other documents`() async throws {
        let library = harbour(copies: 500)
        let hits = try await find(library, limit: 2)
        #expect(hits.map(\.chunk.documentID) == ["copy1", "tides"])
        #expect(hits[0].duplicates.count == 100)
        #expect(library.depths == [100, 400, 1_600])
    }

    @Test func `a search without duplicates goes deeper only for more hits than its depth`() async throws {
        let books = (1...300).map { Library.Book(name: "\($0)", text: "Text \($0).") }
        let library = Library(books) { _ in 1 }
        #expect(try await find(library, limit: 50).count == 50)
        #expect(library.depths == [100])
        #expect(try await find(library, limit: 200).count == 200)
        #expect(library.depths == [100, 100, 400])
    }

    @Test func `a filter holds for the other places too`() async throws {
        let hits = try await find(harbour(copies: 3), limit: 3, filter: .equals("id", "copy2"))
        #expect(hits.map(\.chunk.documentID) == ["copy2"] && hits[0].duplicates.isEmpty)
    }

    @Test func `a re-ranker reads each text once`() async throws {
        let counting = CountingReranker()
        let hits = try await find(harbour(copies: 9), limit: 5, rerankers: [RerankingStage(counting)])
        #expect(hits.map(\.chunk.documentID) == ["tides", "copy1"])
        #expect(hits[1].duplicates.count == 8)
    }

    @Test func `documents with the same text are each ranked`() async throws {
        let documents = try await HybridRetriever(harbour(copies: 3)).documents(for: Query("boats"), limit: 10)
        #expect(documents.map(\.id) == ["copy1", "copy2", "copy3", "tides"])
    }

    @Test func `every passage is a hit of its own if duplicates are not grouped`() async throws {
        let hits = try await find(
            harbour(copies: 3), limit: 10, options: RetrievalOptions(groupsDuplicates: false))
        #expect(hits.count == 4 && hits.allSatisfy { $0.duplicates.isEmpty })
    }

    @Test func `joined neighbours have the joined neighbours of their copies as duplicates`() async throws {
        let whole = "One way in.\n\nTwo ways out.\n\nThree rules."
        let books = [
            Library.Book(name: "a", text: whole), .init(name: "b", text: whole),
            .init(name: "c", text: "Two ways out."),
        ]
        let hits = try await find(Library(books) { _ in 1 }, limit: 5)
        #expect(hits.map(\.chunk.text) == [whole])
        #expect(hits[0].duplicates.map(\.passage.chunk.documentID) == ["b", "c"])
        #expect(hits[0].duplicates.map(\.passage.chunk.text) == [whole, "Two ways out."])
        #expect(hits[0].duplicates.map(\.range) == [0..<whole.utf8.count, 13..<26])
        // A quote of the first paragraph is in b alone, one of the second in both.
        #expect(hits[0].otherPlaces(of: 0..<7).map(\.location.description) == ["b:1"])
        #expect(hits[0].otherPlaces(of: 13..<21).map(\.location.description) == ["b:3", "c:1"])
        #expect(hits[0].otherPlaces(of: 13..<21).map(\.location.bytes) == [13..<21, 0..<8])
    }
}

private struct CountingReranker: Reranker {
    func rerank(_ candidates: [ScoredChunk], for query: AnalyzedQuery) async throws -> [ScoredChunk] {
        #expect(Set(candidates.map(\.chunk.text)).count == candidates.count)
        // A re-ranker may make hits of its own.
        return candidates.reversed().map { ScoredChunk(id: $0.id, passage: $0.passage, score: 1) }
    }
}
