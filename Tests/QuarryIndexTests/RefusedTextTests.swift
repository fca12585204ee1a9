import QuarryChunking
import QuarryCore
import QuarryIndex
import QuarryProviders
import QuarryReaders
import QuarryRetrieval
import QuarryTesting
import Synchronization
import Testing

/// Texts that a model rejects.
struct RefusedTextTests {
    /// Rejects texts with the word “endless”, like a server with an unknown limit.
    private final class ShortEmbedder: Embedder {
        private let letters = LetterEmbedder()
        private let code: ProviderError.Code
        private let count = Mutex(0)

        init(_ code: ProviderError.Code = .inputTooLong) { self.code = code }

        var fingerprint: EmbeddingFingerprint { letters.fingerprint }
        /// Texts that were reported.
        var billed: Int { count.withLock { $0 } }

        func embed(_ texts: [String], as role: EmbeddingRole) async throws -> EmbeddingBatch {
            try await embed(texts, as: role) { _ in }
        }

        func embed(
            _ texts: [String], as role: EmbeddingRole, onPart: @Sendable (EmbeddedPart) throws -> Void
        ) async throws -> EmbeddingBatch {
            for (position, text) in texts.enumerated() {
                if text.contains("endless") {
                    var error = ProviderError(code, "Text \(position) is not taken.")
                    error.position = position
                    throw error
                }
                count.withLock { $0 += 1 }
                try onPart(EmbeddedPart(positions: [position], vectors: try await letters.embed([text], as: role)))
            }
            return try await letters.embed(texts, as: role)
        }
    }

    private func indexer(_ corpus: TestCorpus, _ embedder: ShortEmbedder) throws -> Indexer {
        try Indexer(corpus.open(), embedder: embedder, counter: WordCounter())
    }

    @Test func `a text that is too long for the model has no vector and is found by its words`() async throws {
        let corpus = try TestCorpus()
        for number in 1...150 { try corpus.write("Note \(number) tells of granite.", to: "\(1000 + number).txt") }
        for number in [1007, 1149] { try corpus.write("An endless note on granite, \(number).", to: "\(number).txt") }
        try corpus.write(
            "{\"_id\": \"fine\", \"text\": \"A record.\"}\n{\"_id\": \"long\", \"text\": \"An endless record.\"}\n",
            to: "records.jsonl")
        let inputs = [IndexInput.path(corpus.documentsPath)]
        let embedder = ShortEmbedder()
        let report = try await indexer(corpus, embedder).index(inputs)
        #expect(report.quarantined.isEmpty && report.documents == 152 && report.embeddedChunks == 149)
        let places = report.warnings.map { "\($0.source):\($0.line ?? 0)" }
        #expect(Set(places) == ["docs/1007.txt:1", "docs/1149.txt:1", "docs/records.jsonl:2"])
        #expect(report.warnings.allSatisfy { $0.reason == .refusedByModel })
        #expect(try await corpus.documents(with: "endless") == ["docs/1007.txt", "docs/1149.txt", "long"])
        // It is not asked for again.
        #expect(try await indexer(corpus, embedder).index(inputs).isEmpty)
        #expect(try await indexer(corpus, embedder).plan(inputs).embeddedChunks == 0)
        #expect(embedder.billed == 149)
        let found = try await corpus.open().retriever(embedder: corpus.embedder).retrieve(Query("granite"), limit: 3)
        #expect(found.hits.count == 3 && found.warnings.isEmpty)
        let summary = try corpus.open().summary()
        #expect(summary.vectors == 149 && summary.chunks == 152 && summary.refusedTexts == 3)
        #expect(try corpus.open().problems().isEmpty)

        try corpus.write("Note 1 tells of an endless river.", to: "1001.txt")
        try corpus.write("A short note on slate.", to: "1007.txt")
        let changed = try await indexer(corpus, embedder).index(inputs)
        #expect(changed.documents == 2 && changed.embeddedChunks == 1)
        #expect(changed.warnings.map(\.source) == ["docs/1001.txt"])
        #expect(try await corpus.documents(with: "slate") == ["docs/1007.txt"])
        #expect(try await !corpus.documents(with: "granite").contains("docs/1001.txt"))
        #expect(try corpus.open().summary().refusedTexts == 3)
        #expect(try corpus.open().problems().isEmpty)
    }

    @Test func `a text without a valid vector is found by its words`() async throws {
        let corpus = try TestCorpus()
        try corpus.write("A note on granite.", to: "a.txt")
        try corpus.write("An endless note.", to: "b.txt")
        let report = try await indexer(corpus, ShortEmbedder(.malformedReply)).index([.path(corpus.documentsPath)])
        #expect(report.warnings.map(\.source) == ["docs/b.txt"] && report.warnings.map(\.reason) == [.refusedByModel])
        #expect(try corpus.open().summary().vectors == 1)
        #expect(try await corpus.documents(with: "endless") == ["docs/b.txt"])
        #expect(try corpus.open().problems().isEmpty)
    }

    @Test(arguments: [ProviderError.Code.requestRefused, .malformedReply])
    func `a model that rejects everything ends the run after the words are committed`(code: ProviderError.Code)
        async throws
    {
        let corpus = try TestCorpus()
        for number in 1...20 { try corpus.write("Note \(number) tells of granite.", to: "\(1000 + number).txt") }
        let failing = FailingEmbedder(code)
        let error = await #expect(throws: ProviderError.self) {
            try await Indexer(corpus.open(), embedder: failing, counter: WordCounter())
                .index([.path(corpus.documentsPath)])
        }
        #expect(error?.code == code)
        if code == .malformedReply { #expect(error?.message.hasPrefix("docs/1001.txt: ") == true) }
        let summary = try corpus.open().summary()
        #expect(summary.quarantined.isEmpty && summary.refusedTexts == 0 && summary.vectors == 0)
        #expect(summary.documents == 20)
        #expect(try await corpus.documents(with: "granite").count == 20)
        // The next run makes the vectors.
        #expect(try await corpus.index().embeddedChunks == 20)
    }

    private struct FailingEmbedder: Embedder {
        private let letters = LetterEmbedder()
        private let code: ProviderError.Code

        init(_ code: ProviderError.Code) { self.code = code }

        var fingerprint: EmbeddingFingerprint { letters.fingerprint }

        func embed(_ texts: [String], as role: EmbeddingRole) async throws -> EmbeddingBatch {
            var error = ProviderError(code, "No.")
            if code == .malformedReply { error.position = 0 }
            throw error
        }
    }
}
