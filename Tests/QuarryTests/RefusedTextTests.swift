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

    @Test func `a document without a vector is quarantined, the rest is indexed`() async throws {
        let corpus = try TestCorpus()
        try corpus.write("A note on granite.", to: "a.txt")
        try corpus.write("An endless note.", to: "b.txt")
        let report = try await indexer(corpus, ShortEmbedder(.malformedReply)).index([.path(corpus.documentsPath)])
        #expect(report.quarantined.map(\.source) == ["docs/b.txt"])
        #expect(report.quarantined.map(\.reason) == [.refusedByModel])
        #expect(try corpus.open().summary().vectors == 1)
        #expect(try corpus.open().problems().isEmpty)
    }

    /// Refuses whole requests, and does not say for which text.
    private final class StrictEmbedder: Embedder {
        private let letters = LetterEmbedder()
        private let refuses: @Sendable ([String]) -> Bool
        private let count = Mutex((texts: 0, requests: 0))

        init(refusing refuses: @escaping @Sendable ([String]) -> Bool) { self.refuses = refuses }

        var fingerprint: EmbeddingFingerprint { letters.fingerprint }
        var counted: (texts: Int, requests: Int) { count.withLock { $0 } }

        func embed(_ texts: [String], as role: EmbeddingRole) async throws -> EmbeddingBatch {
            count.withLock { $0.requests += 1 }
            if refuses(texts) { throw ProviderError(.requestRefused, "Status 400: disallowed content.") }
            count.withLock { $0.texts += texts.count }
            return try await letters.embed(texts, as: role)
        }
    }

    private func corpus(of count: Int) throws -> TestCorpus {
        let corpus = try TestCorpus()
        for number in 1...count { try corpus.write("Note \(number) tells of granite.", to: "\(1000 + number).txt") }
        return corpus
    }

    @Test func `a text that a provider refuses is found, quarantined and not asked for again, the rest is indexed`()
        async throws
    {
        let corpus = try corpus(of: 150)
        for number in [1007, 1100, 1149] { try corpus.write("A forbidden note, \(number).", to: "\(number).txt") }
        let embedder = StrictEmbedder { $0.contains { $0.contains("forbidden") } }
        let inputs = [IndexInput.path(corpus.documentsPath)]
        for isFirst in [true, false] {
            let report = try await Indexer(corpus.open(), embedder: embedder, counter: WordCounter()).index(inputs)
            #expect(Set(report.quarantined.map(\.source)) == ["docs/1007.txt", "docs/1100.txt", "docs/1149.txt"])
            #expect(report.quarantined.allSatisfy { $0.message.contains("disallowed content") })
            #expect(report.documents == (isFirst ? 147 : 0) && report.embeddedChunks == (isFirst ? 147 : 0))
        }
        #expect(embedder.counted.texts == 147)
        #expect(embedder.counted.requests < 40)
        #expect(try corpus.open().summary().vectors == 147)
        #expect(try corpus.open().problems().isEmpty)
    }

    @Test func `requests that hold too many texts are made smaller`() async throws {
        let corpus = try corpus(of: 100)
        let embedder = StrictEmbedder { $0.count > 16 }
        let report = try await Indexer(corpus.open(), embedder: embedder, counter: WordCounter())
            .index([.path(corpus.documentsPath)])
        #expect(report.quarantined.isEmpty && report.documents == 100 && report.embeddedChunks == 100)
        #expect(embedder.counted.texts == 100)
    }

    @Test(arguments: [ProviderError.Code.requestRefused, .malformedReply])
    func `a model that takes nothing ends the run, and nothing is quarantined`(code: ProviderError.Code) async throws {
        let corpus = try corpus(of: 20)
        let failing = FailingEmbedder(code)
        let error = await #expect(throws: ProviderError.self) {
            try await Indexer(corpus.open(), embedder: failing, counter: WordCounter())
                .index([.path(corpus.documentsPath)])
        }
        #expect(error?.code == code)
        if code == .malformedReply { #expect(error?.message.hasPrefix("docs/1001.txt: ") == true) }
        #expect(try corpus.open().summary().quarantined.isEmpty)
        #expect(try corpus.open().summary().documents == 0)
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
