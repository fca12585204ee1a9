import Foundation
import Quarry
import QuarryTestSupport
import QuarryTesting
import Testing

/// The first ten minutes with the library.
struct CorpusTests {
    private func configuration() -> Corpus.Configuration {
        var configuration = Corpus.Configuration()
        configuration.embedding = .custom(LetterEmbedder(), WordCounter())
        return configuration
    }

    private let notes = [
        Document(id: "boat", title: "The boat", text: "The boat is moored at pier seven.", metadata: ["year": 2025]),
        Document(id: "gate", text: "Ключи от ворот у соседа Геннадия Петровича.", metadata: ["year": 2026]),
    ]

    @Test func `documents made in memory are found, listed, replaced and removed`() async throws {
        let corpus = try await Corpus.inMemory(configuration: configuration())
        #expect(try await corpus.index(notes).documents == 2)
        #expect(try await corpus.search("pier", mode: .bm25).hits.map(\.chunk.documentID) == ["boat"])
        #expect(try await corpus.search("ключ от ворот").hits.first?.chunk.documentID == "gate")
        let listed = try await corpus.documents(matching: .equals("year", 2026))
        #expect(listed.map(\.id) == ["gate"] && listed.map(\.language) == ["ru"])
        #expect(try await corpus.documents().map(\.title) == ["The boat", nil])

        #expect(try await corpus.index(notes).isEmpty)
        try await corpus.index([Document(id: "boat", text: "The boat was sold.")])
        #expect(try await corpus.search("pier", mode: .bm25).hits.isEmpty)
        #expect(try await corpus.remove(["boat", "absent"]) == 1)
        #expect(try await corpus.documents().map(\.id) == ["gate"])
        #expect(try corpus.file.problems().isEmpty)
    }

    @Test func `a citation is verified later, without the corpus`() async throws {
        let folder = try TemporaryFolder()
        let text = "# Lease\n\nThe lease is signed by the tenant, Mrs Ilves.\n"
        try folder.write(text, to: "notes/lease.md")
        let corpus = try await Corpus.inMemory(configuration: configuration())
        try await corpus.index([folder.path("notes")])
        let citation = try #require(try await corpus.answer("Who signs the lease?").citations.first)
        #expect(citation.location.path == folder.path("notes/lease.md"))
        let verifier = CitationVerifier()
        #expect(try await verifier.verify(citation).status == .valid)
        try folder.write(text.replacing("Lease\n", with: "Lease\n\nOf 2026.\n"), to: "notes/lease.md")
        let moved = try await verifier.verify(citation)
        #expect(moved.status == .moved && moved.location?.lines == 5...5 && moved.isSourceChanged)
        try folder.write(text.replacing("Ilves", with: "Orr"), to: "notes/lease.md")
        #expect(try await verifier.verify(citation).status == .changed)
        try folder.remove("notes/lease.md")
        #expect(try await verifier.verify(citation).status == .gone)
    }

    @Test func `a citation of a file in a mail names that file, and is verified in it`() async throws {
        let folder = try TemporaryFolder()
        func mail(_ tenant: String) -> String {
            """
            Subject: Papers
            Content-Type: multipart/mixed; boundary=b

            --b

            Here they are.
            --b
            Content-Disposition: attachment; filename=lease.md

            # Lease

            The lease is signed by the tenant, \(tenant).
            --b--
            """
        }
        try folder.write(mail("Mrs Ilves"), to: "mail/papers.eml")
        let corpus = try await Corpus.inMemory(configuration: configuration())
        try await corpus.index([folder.path("mail")])
        let citation = try #require(try await corpus.answer("Who signs the lease?").citations.first)
        #expect(citation.documentID == "mail/papers.eml/lease.md" && citation.location.source == "mail/papers.eml")
        #expect("\(citation.location)" == "mail/papers.eml/lease.md:3")
        #expect(citation.location.path == folder.path("mail/papers.eml"))
        let check = try await CitationVerifier().verify(citation)
        #expect(check.status == .valid && check.location?.member == "lease.md")
        try folder.write(mail("Mr Orr"), to: "mail/papers.eml")
        #expect(try await CitationVerifier().verify(citation).status == .changed)
    }

    @Test func `a file is opened again with what it was made with`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("# Lease\n\nThe lease is signed by the tenant, Mrs Ilves.\n", to: "notes/lease.md")
        let path = folder.path("notes.quarry")
        try await Corpus.open(at: path, configuration: configuration()).index([folder.path("notes")])
        let corpus = try await Corpus.open(at: path, configuration: configuration())
        let answer = try await corpus.answer("Who signs the lease?")
        #expect(answer.text.contains("Mrs Ilves"))
        #expect("\(try #require(answer.citations.first?.location))" == "notes/lease.md:3")
        var events: [String] = []
        for try await event in try corpus.stream("Who signs the lease?") {
            if case .finished(let last) = event { events.append(last.text) }
        }
        #expect(events == [answer.text])

        let unnamed = await #expect(throws: CorpusError.self) { try await Corpus.open(at: path) }
        #expect(unnamed?.code == .otherModel)
        var wordsOnly = Corpus.Configuration()
        wordsOnly.embedding = .wordsOnly
        #expect(try await Corpus.open(at: path, configuration: wordsOnly).search("lease").hits.count == 1)
    }

    @Test func `a read-only corpus is searched, not written and not created`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("notes.quarry")
        var readOnly = configuration()
        readOnly.isReadOnly = true
        let missing = await #expect(throws: CorpusError.self) {
            try await Corpus.open(at: path, configuration: readOnly)
        }
        #expect(missing?.code == .missing && !FileManager.default.fileExists(atPath: path))
        try await Corpus.open(at: path, configuration: configuration()).index(notes)
        let corpus = try await Corpus.open(at: path, configuration: readOnly)
        #expect(try await corpus.search("pier", mode: .bm25).hits.count == 1)
        await #expect(throws: CorpusError.self) { try await corpus.index([Document(id: "a", text: "A text.")]) }
    }

    @Test func `words alone need no model`() async throws {
        var configuration = Corpus.Configuration()
        configuration.embedding = .wordsOnly
        let corpus = try await Corpus.inMemory(configuration: configuration)
        try await corpus.index(notes)
        #expect(try await corpus.search("boat").hits.map(\.chunk.documentID) == ["boat"])
        #expect(try await corpus.answer("Where is the boat moored?").text.contains("pier seven"))
    }

    /// Puts the newest documents first.
    private struct NewestFirst: Leg {
        let name: LegName = "newest"
        let scoreFloor = 0.0
        let years: [ChunkID: Double]

        func best(for query: AnalyzedQuery, limit: Int, among mask: ChunkMask?) async throws -> [ScoredID] {
            let all = years.filter { mask?.contains($0.key) ?? true }.map {
                ScoredID(id: $0.key, score: Float($0.value))
            }
            return Array(all.sorted(by: ScoredID.precedes).prefix(limit))
        }

        func scores(of ids: [ChunkID], for query: AnalyzedQuery) async throws -> [ScoredID] {
            ids.compactMap { id in years[id].map { ScoredID(id: id, score: Float($0)) } }
        }
    }

    /// Reads files of lines `id = text`.
    private struct PropertyReader: Reader {
        let pathExtensions: Set<String> = ["properties"]
        let version = "properties/1"

        func read(_ source: Source) async throws -> ReadResult {
            let lines = String(decoding: source.bytes, as: UTF8.self).split(separator: "\n")
            return ReadResult(
                documents: lines.map { line in
                    let parts = line.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
                    return Document(id: parts[0], text: parts[1])
                })
        }
    }

    /// Makes one chunk of a document.
    private struct WholeDocument: Chunker {
        func chunks(of document: Document) -> [Chunk] {
            [
                Chunk(
                    documentID: document.id, ordinal: 0, range: 0..<document.text.utf8.count, text: document.text,
                    tokenCount: 1)
            ]
        }
    }

    @Test func `a leg, a reader and a chunker of one's own enter as values`() async throws {
        var configuration = configuration()
        var readers = ReaderRegistry()
        readers.register(PropertyReader())
        configuration.readers = readers
        configuration.chunkers.register("whole") { _, _, _ in WholeDocument() }
        configuration.chunking = .init(strategy: "whole")
        let folder = try TemporaryFolder()
        try folder.write("colour = red as a lighthouse\nshape = round as a buoy\n", to: "notes/a.properties")
        let path = folder.path("notes.quarry")
        let corpus = try await Corpus.open(at: path, configuration: configuration)
        try await corpus.index([folder.path("notes")])
        try await corpus.index(notes)
        let documents = try await corpus.documents()
        #expect(documents.map(\.id) == ["boat", "colour", "gate", "shape"])
        #expect(documents.allSatisfy { $0.chunks.count == 1 })

        var years: [ChunkID: Double] = [:]
        for document in documents {
            guard case .number(let year) = document.metadata["year"] else { continue }
            for chunk in document.chunks { years[chunk] = year }
        }
        configuration.legs = [NewestFirst(years: years)]
        configuration.retrieval = RetrievalOptions(
            fusion: .convex(weights: ["newest": 1, .vector: 0, .bm25: 0], normalization: .minMax))
        let newest = try await Corpus.open(at: path, configuration: configuration)
        let hits = try await newest.search("a boat at a gate").hits
        #expect(hits.first?.chunk.documentID == "gate" && hits.first?.legs["newest"]?.rank == 1)
        #expect(hits.first { $0.chunk.documentID == "boat" }?.legs["newest"]?.rank == 2)
    }
}
