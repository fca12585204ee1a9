import Foundation
import QuarryChunking
import QuarryCore
import QuarryIndex
import QuarryReaders
import QuarryRetrieval
import QuarryTestSupport
import Synchronization
import Testing

struct IndexingTests {
    @Test func `the progress of a file with many documents follows its documents`() async throws {
        let corpus = try TestCorpus()
        let records = (1...600).map { "{\"_id\": \"\($0)\", \"text\": \"Record \($0) on subject \($0 * 13).\"}" }
        try corpus.write(records.joined(separator: "\n"), to: "records.jsonl")
        let seen = Mutex([IndexingProgress]())
        _ = try await corpus.indexer().index([.path(corpus.documentsPath)]) { progress in
            seen.withLock { $0.append(progress) }
        }
        let progress = seen.withLock { $0 }
        let first = try #require(progress.first)
        #expect(first.documents < 300 && first.bytes < first.totalBytes / 2)
        #expect(progress.map(\.bytes) == progress.map(\.bytes).sorted())
        #expect(progress.last?.bytes == first.totalBytes)
    }

    @Test func `a second run reads and embeds nothing`() async throws {
        let corpus = try TestCorpus()
        try corpus.write("The lease is signed by the tenant.", to: "lease.md")
        try corpus.write("Договор подписывает арендатор.", to: "dogovor.txt")
        let first = try await corpus.index()
        #expect(first.sources.new == 2)
        #expect(first.embeddedChunks == 2)

        let second = try await corpus.index()
        #expect(second.sources.unchanged == 2)
        #expect(second.isEmpty)
        #expect(corpus.embedder.passages == 2)
    }

    @Test func `an edit embeds only the chunks it touched`() async throws {
        let corpus = try TestCorpus()
        let sections = (1...20).map {
            "# Part \($0)\n\nThis part number \($0) speaks of subject \($0 * 17) and nothing else.\n"
        }
        try corpus.write(sections.joined(separator: "\n"), to: "book.md")
        let first = try await corpus.index()
        #expect(first.chunks >= 10)

        let edited = sections.joined(separator: "\n").replacingOccurrences(of: "subject 170 ", with: "another subject ")
        try corpus.write(edited, to: "book.md")
        let second = try await corpus.index()
        #expect(second.sources.changed == 1)
        #expect((1...2).contains(second.embeddedChunks))
        #expect(try await corpus.index().isEmpty)
        #expect(try corpus.open().problems().isEmpty)
    }

    @Test func `a deleted document leaves no data in any leg`() async throws {
        let corpus = try TestCorpus()
        try corpus.write("Zanzibar has cloves.", to: "a/zanzibar.md")
        try corpus.write("Iceland has glaciers.", to: "iceland.md")
        try await corpus.index()
        #expect(try await corpus.search("Zanzibar", mode: .bm25).count == 1)

        try corpus.folder.remove("docs/a/zanzibar.md")
        let report = try await corpus.index()
        #expect(report.sources.deleted == 1)
        #expect(report.deletedDocuments == 1)
        #expect(try await corpus.search("Zanzibar", mode: .bm25).isEmpty)
        #expect(try await corpus.search("Zanzibar", mode: .vector).map(\.chunk.documentID) == ["docs/iceland.md"])
        #expect(try corpus.open().problems().isEmpty)
        #expect(try corpus.open().summary().vectors == 1)
        for file in ["test.quarry", "test.quarry-wal"] {
            let bytes = (try? Data(contentsOf: corpus.folder.url.appendingPathComponent(file))) ?? Data()
            if file == "test.quarry" { #expect(bytes.range(of: Data("cloves".utf8)) == nil) }
        }
    }

    @Test func `a moved file keeps its chunks and vectors`() async throws {
        let corpus = try TestCorpus()
        try corpus.write("The ferry leaves at noon from the northern pier.", to: "ferry.md")
        try await corpus.index()
        try corpus.folder.move("docs/ferry.md", to: "docs/travel/ferry.md")
        let report = try await corpus.index()
        #expect(report.sources.moved == 1)
        #expect(report.sources.new + report.sources.deleted == 0)
        #expect(report.embeddedChunks == 0)
        let hits = try await corpus.search("ferry")
        #expect(hits.map(\.chunk.documentID) == ["docs/travel/ferry.md"])
        #expect(hits.first?.location.source == "docs/travel/ferry.md")
    }

    @Test func `a plan reports changes and makes none`() async throws {
        let corpus = try TestCorpus()
        try corpus.write("One apple.", to: "one.md")
        try corpus.write("Two pears.", to: "two.md")
        try await corpus.index()
        try corpus.write("Two pears and a plum.", to: "two.md")
        try corpus.write("Three figs.", to: "three.md")
        try corpus.folder.remove("docs/one.md")

        let plan = try await corpus.indexer().plan([.path(corpus.documentsPath)])
        #expect(plan.sources.new == 1)
        #expect(plan.sources.changed == 1)
        #expect(plan.sources.deleted == 1)
        #expect(plan.embeddedChunks == 2)
        #expect(plan.embeddedTokens > 0)
        #expect(corpus.embedder.passages == 2)
        #expect(try await corpus.search("figs", mode: .bm25).isEmpty)

        let report = try await corpus.index()
        #expect(report.sources == plan.sources)
        #expect(report.embeddedTokens == plan.embeddedTokens)
    }

    @Test func `one changed line of a JSONL file embeds one record`() async throws {
        let corpus = try TestCorpus()
        var lines = (1...50).map {
            #"{"_id": "r\#($0)", "title": "Record \#($0)", "text": "Subject \#($0 * 31) in full."}"#
        }
        try corpus.write(lines.joined(separator: "\n"), to: "records.jsonl")
        try await corpus.index()
        lines[24] = #"{"_id": "r25", "title": "Record 25", "text": "Something quite different."}"#
        lines.remove(at: 3)
        try corpus.write(lines.joined(separator: "\n"), to: "records.jsonl")
        let report = try await corpus.index()
        #expect(report.embeddedChunks == 1)
        #expect(report.deletedDocuments == 1)
        #expect(report.unchangedDocuments == 48)
        let hits = try await corpus.search("Subject \(50 * 31)", mode: .bm25)
        #expect(hits.first?.chunk.documentID == "r50")
        #expect(hits.first?.location.lines == 49...49)
        #expect(try corpus.open().problems().isEmpty)
    }

    @Test func `a bad file is quarantined by name and the rest is indexed`() async throws {
        let corpus = try TestCorpus()
        try corpus.write("Good words.", to: "good.md")
        try corpus.folder.write([0, 1, 2, 0xFF, 0, 7], to: "docs/bad.txt")
        try corpus.write("{\"_id\": \"a\", \"text\": \"Fine.\"}\n{broken\n", to: "records.jsonl")
        let report = try await corpus.index()
        #expect(report.documents == 2)
        #expect(Set(report.quarantined.map(\.source)) == ["docs/bad.txt", "docs/records.jsonl"])
        #expect(report.quarantined.contains { $0.source == "docs/records.jsonl" && $0.line == 2 })

        let again = try await corpus.index()
        #expect(Set(again.quarantined.map(\.source)) == ["docs/bad.txt", "docs/records.jsonl"])
        try corpus.write("Now it is text.", to: "bad.txt")
        try corpus.write("{\"_id\": \"a\", \"text\": \"Fine.\"}\n", to: "records.jsonl")
        #expect(try await corpus.index().quarantined.isEmpty)
    }

    @Test func `a damaged text file without an extension is quarantined`() async throws {
        let corpus = try TestCorpus()
        let bytes = Array("Прочти меня: паром отходит в полдень.\n".utf8)
        for name in ["README", "NOTICE"] { try corpus.folder.write(bytes + Array(name.utf8), to: "docs/" + name) }
        try corpus.folder.write([0, 1, 0, 2], to: "docs/blob")
        let first = try await corpus.index()
        #expect(first.documents == 2)
        #expect(first.passedOver.map(\.source) == ["docs/blob"])

        try corpus.folder.write(bytes + [0xFF], to: "docs/README")
        try corpus.folder.write(bytes + [0, 0], to: "docs/NOTICE")
        for _ in 1...2 {
            let report = try await corpus.index()
            #expect(report.quarantined.map(\.source).sorted() == ["docs/NOTICE", "docs/README"])
            #expect(Set(report.quarantined.map(\.reason)) == [.binary, .undecodable])
            #expect(report.passedOver.map(\.source) == ["docs/blob"])
        }
    }

    @Test func `names that are canonically equivalent are two documents`() async throws {
        let corpus = try TestCorpus()
        try corpus.write("One lease.", to: "caf\u{E9}.md")
        try corpus.write("Two leases.", to: "cafe\u{301}.md")
        // Some file systems treat the two as one.
        guard try FileManager.default.contentsOfDirectory(atPath: corpus.documentsPath).count == 2 else { return }
        #expect(try await corpus.index().documents == 2)
        let second = try await corpus.index()
        #expect(second.sources.unchanged == 2)
        #expect(second.isEmpty && second.quarantined.isEmpty)
    }

    @Test func `a broken line of an ignore file is a warning of the run`() async throws {
        let corpus = try TestCorpus()
        try corpus.write("Words.", to: "a.md")
        try corpus.write("[a\n", to: ".gitignore")
        #expect(try await corpus.index().warnings.map(\.description).first?.hasPrefix("docs/.gitignore:1: ") == true)
    }

    @Test func `the same id in two files is refused with both names`() async throws {
        let corpus = try TestCorpus()
        try corpus.write(#"{"_id": "same", "text": "First."}"#, to: "a.jsonl")
        try corpus.write(#"{"_id": "same", "text": "Second."}"#, to: "b.jsonl")
        let report = try await corpus.index()
        #expect(report.quarantined.count == 1)
        #expect(report.quarantined.first?.source == "docs/b.jsonl")
        #expect(report.quarantined.first?.message.contains("docs/a.jsonl") == true)
    }

    @Test func `of two inputs with the same name the first is indexed`() async throws {
        let corpus = try TestCorpus()
        let inputs = ["first", "second"].map { word in
            IndexInput.bytes(Array("{\"_id\": \"\(word)\", \"text\": \"A \(word) note.\"}\n".utf8), name: "x.jsonl")
        }
        for _ in 1...2 {
            let report = try await corpus.indexer().index(inputs)
            #expect(report.quarantined.map(\.source) == ["x.jsonl"])
            #expect(report.quarantined.first?.message.contains("Only the first was indexed") == true)
            #expect(try await corpus.documents(with: "note") == ["first"])
        }
    }

    @Test func `a record may move from one file to another`() async throws {
        let corpus = try TestCorpus()
        let record = #"{"_id": "wanderer", "text": "I wander."}"#
        let other = #"{"_id": "stays", "text": "I stay."}"#
        for (first, second) in [("a", "b"), ("b", "a")] {
            try corpus.write("\(record)\n\(other)", to: "\(first).jsonl")
            try corpus.write(#"{"_id": "else", "text": "Else."}"#, to: "\(second).jsonl")
            try await corpus.index()
            try corpus.write(other, to: "\(first).jsonl")
            try corpus.write("{\"_id\": \"else\", \"text\": \"Else.\"}\n\(record)", to: "\(second).jsonl")
            let report = try await corpus.index()
            #expect(report.quarantined.isEmpty)
            let hits = try await corpus.search("wander", mode: .bm25)
            #expect(hits.map(\.location.source) == ["docs/\(second).jsonl"])
            try corpus.folder.remove("docs/a.jsonl")
            try corpus.folder.remove("docs/b.jsonl")
            try await corpus.index()
        }
    }

    @Test func `a long title does not exceed the chunk maximum, and is found by its last word`() async throws {
        let corpus = try TestCorpus()
        let title = (1...200).map { "word\($0)" }.joined(separator: " ")
        let text = (1...300).map { "stone\($0)" }.joined(separator: " ")
        try corpus.write("{\"_id\": \"long\", \"title\": \"\(title)\", \"text\": \"\(text)\"}\n", to: "a.jsonl")
        try await corpus.index()
        let hits = try await corpus.search("word200", mode: .bm25, limit: 100)
        #expect(hits.count >= 5)
        for hit in hits {
            #expect(hit.chunk.tokenCount <= 60)
            #expect(hit.chunk.contextualText.hasPrefix("word1 word2 "))
        }
    }

    @Test func `an index built with another model is refused`() async throws {
        let corpus = try TestCorpus()
        try corpus.write("Words.", to: "a.md")
        try await corpus.index()
        let other = OtherEmbedder()
        let error = #expect(throws: CorpusError.self) {
            try Indexer(corpus.open(), embedder: other, counter: WordCounter())
        }
        #expect(error?.code == .otherModel)
        #expect(throws: CorpusError.self) { try corpus.open().retriever(embedder: other) }
    }

    @Test func `inputs that do not exist are listed`() async throws {
        let corpus = try TestCorpus()
        let missing = corpus.folder.path("nowhere")
        await #expect { try await corpus.indexer().index([.path(missing)]) } throws: { "\($0)".contains(missing) }
    }

    @Test func `text without a file is indexed under its name`() async throws {
        let corpus = try TestCorpus()
        let report = try await corpus.indexer().index([
            .bytes(Array("# Note\n\nRemember the milk.".utf8), name: "stdin.md")
        ])
        #expect(report.documents == 1)
        let hits = try await corpus.search("milk", mode: .bm25)
        #expect(hits.first?.location.source == "stdin.md")
        #expect(hits.first?.chunk.headings == ["Note"])
    }
}

/// Another model with the same dimension, which a check of the dimension alone would accept.
private struct OtherEmbedder: Embedder {
    var fingerprint: EmbeddingFingerprint {
        var fingerprint = CountingEmbedder().fingerprint
        fingerprint.model = "other"
        return fingerprint
    }

    func embed(_ texts: [String], as role: EmbeddingRole) async throws -> EmbeddingBatch {
        EmbeddingBatch(values: texts.flatMap { _ in [Float](repeating: 1, count: dimension) }, dimension: dimension)
    }
}
