import Quarry
import QuarryCore
import QuarryProviders
import QuarryTesting
import Synchronization
import Testing

/// Texts that a model does not take.
struct RefusedTextTests {
    /// Takes no text with the word “endless”, as a server whose limit is not known beforehand.
    private final class ShortEmbedder: Embedder {
        private let letters = LetterEmbedder()
        private let code: ProviderError.Code
        private let count = Mutex(0)

        init(_ code: ProviderError.Code = .inputTooLong) { self.code = code }

        var fingerprint: EmbeddingFingerprint { letters.fingerprint }
        /// Texts that were told of.
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

    @Test func `a document with a text that is too long for the model is quarantined, the rest is indexed`()
        async throws
    {
        let corpus = try TestCorpus()
        for number in 1...150 { try corpus.write("Note \(number) tells of granite.", to: "\(1000 + number).txt") }
        for number in [1007, 1149] { try corpus.write("An endless note on granite.", to: "\(number).txt") }
        try corpus.write(
            "{\"_id\": \"fine\", \"text\": \"A record.\"}\n{\"_id\": \"long\", \"text\": \"An endless record.\"}\n",
            to: "records.jsonl")
        let inputs = [IndexInput.path(corpus.documentsPath)]
        let embedder = ShortEmbedder()
        for isFirst in [true, false] {
            let report = try await indexer(corpus, embedder).index(inputs)
            let places = report.quarantined.map { "\($0.source):\($0.line ?? 0)" }
            #expect(Set(places) == ["docs/1007.txt:1", "docs/1149.txt:1", "docs/records.jsonl:2"])
            #expect(report.quarantined.allSatisfy { $0.reason == .refusedByModel })
            #expect(report.documents == (isFirst ? 149 : 0))
            #expect(report.chunks == (isFirst ? 149 : 0))
            #expect(report.embeddedChunks == (isFirst ? 149 : 0))
        }
        #expect(embedder.billed == 149)
        #expect(try corpus.open().summary().vectors == 149)
        #expect(try corpus.open().problems().isEmpty)

        // What was indexed before is out of date.
        try corpus.write("Note 1 tells of an endless river.", to: "1001.txt")
        // What can be embedded now is.
        try corpus.write("A short note on slate.", to: "1007.txt")
        let changed = try await indexer(corpus, embedder).index(inputs)
        #expect(changed.documents == 1)
        #expect(changed.quarantined.map(\.source).contains("docs/1001.txt"))
        #expect(try await corpus.documents(with: "slate") == ["docs/1007.txt"])
        #expect(try await !corpus.documents(with: "granite").contains("docs/1001.txt"))
        #expect(try corpus.open().problems().isEmpty)
    }

    @Test func `a vector that is no vector ends the run, and its document is named`() async throws {
        let corpus = try TestCorpus()
        try corpus.write("A note on granite.", to: "a.txt")
        try corpus.write("An endless note.", to: "b.txt")
        let error = await #expect(throws: ProviderError.self) {
            try await indexer(corpus, ShortEmbedder(.malformedReply)).index([.path(corpus.documentsPath)])
        }
        #expect(error?.message == "docs/b.txt: Text 1 is not taken.")
    }
}
