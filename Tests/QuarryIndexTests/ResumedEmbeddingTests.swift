import Foundation
import QuarryChunking
import QuarryCore
import QuarryIndex
import QuarryReaders
import QuarryRetrieval
import QuarryTestSupport
import QuarryTesting
import Synchronization
import Testing

struct ResumedEmbeddingTests {
    private struct Refusal: Error {}

    /// Embeds in requests of four texts, and fails one of them.
    private final class PartwiseEmbedder: Embedder {
        let preferredCount = 64
        private let letters = LetterEmbedder()
        private let state: Mutex<(requests: Int, texts: Int)> = Mutex((0, 0))
        private let refusedRequest: Int?

        init(refusing request: Int? = nil) { refusedRequest = request }

        var fingerprint: EmbeddingFingerprint { letters.fingerprint }
        /// Texts of successful requests.
        var billed: Int { state.withLock { $0.texts } }

        func embed(_ texts: [String], as role: EmbeddingRole) async throws -> EmbeddingBatch {
            try await embed(texts, as: role) { _ in }
        }

        func embed(
            _ texts: [String], as role: EmbeddingRole, onPart: @Sendable (EmbeddedPart) throws -> Void
        ) async throws -> EmbeddingBatch {
            var values: [Float] = []
            for start in stride(from: 0, to: texts.count, by: 4) {
                let part = Array(start..<min(start + 4, texts.count))
                let request = state.withLock { state in
                    state.requests += 1
                    return state.requests
                }
                if request == refusedRequest { throw Refusal() }
                let vectors = try await letters.embed(part.map { texts[$0] }, as: role)
                state.withLock { $0.texts += part.count }
                try onPart(EmbeddedPart(positions: part, vectors: vectors))
                values += vectors.values
            }
            return EmbeddingBatch(values: values, dimension: dimension)
        }
    }

    // A batch has 128 chunks.
    @Test(arguments: [(1, 40), (2, 40), (5, 40), (9, 40), (36, 300), (70, 300)])
    func `after an interrupted run the next run pays only for the rest`(refused: Int, notes: Int) async throws {
        let corpus = try TestCorpus()
        for number in 1...notes { try corpus.write("Note \(number) tells of item \(number * 13).", to: "\(number).md") }
        let failing = PartwiseEmbedder(refusing: refused)
        await #expect(throws: Refusal.self) {
            try await Indexer(corpus.open(), embedder: failing, counter: WordCounter())
                .index([.path(corpus.documentsPath)])
        }
        #expect(failing.billed == (refused - 1) * 4)

        let second = PartwiseEmbedder()
        let plan = try await Indexer(corpus.open(), embedder: second, counter: WordCounter())
            .plan([.path(corpus.documentsPath)])
        #expect(plan.embeddedChunks == notes - failing.billed)
        let report = try await Indexer(corpus.open(), embedder: second, counter: WordCounter())
            .index([.path(corpus.documentsPath)])
        // Their words were committed by the first run.
        #expect(report.documents == 0 && report.embeddedChunks == notes - failing.billed)
        #expect(failing.billed + second.billed == notes)
        #expect(try corpus.open().problems().isEmpty)
        #expect(try corpus.open().summary().vectors == notes)
    }

    @Test(arguments: [12, 300])
    func `a text that occurs many times is embedded once`(count: Int) async throws {
        let corpus = try TestCorpus()
        for number in 1...count { try corpus.write("The same words in every file.", to: "\(number).txt") }
        let embedder = PartwiseEmbedder()
        let indexer = try Indexer(corpus.open(), embedder: embedder, counter: WordCounter())
        #expect(try await indexer.plan([.path(corpus.documentsPath)]).embeddedChunks == 1)
        let report = try await indexer.index([.path(corpus.documentsPath)])
        #expect(report.chunks == count)
        #expect(report.embeddedChunks == 1)
        #expect(embedder.billed == 1)
        #expect(try corpus.open().summary().vectors == count)
    }

    @Test func `progress is reported while a batch is embedded`() async throws {
        let corpus = try TestCorpus()
        for number in 1...400 { try corpus.write("Note \(number) tells of item \(number * 13).", to: "\(number).md") }
        let told = Mutex([Int]())
        try await Indexer(corpus.open(), embedder: PartwiseEmbedder(), counter: WordCounter())
            .index([.path(corpus.documentsPath)]) { progress in told.withLock { $0.append(progress.embeddedChunks) } }
        let counts = told.withLock { $0 }
        #expect(counts.count > 5)
        #expect(counts == counts.sorted())
        #expect(counts.last == 400)
    }

    /// Writes 300 notes, which are more than one batch.
    private func write(_ corpus: TestCorpus, name: (Int) -> String) throws {
        for number in 0..<300 {
            try corpus.write("Note \(number) tells of item \(number * 13).", to: name(number))
        }
    }

    @Test func `texts that move across batches are not embedded again`() async throws {
        let corpus = try TestCorpus()
        try write(corpus) { "\($0 / 150)/\(1000 + $0 % 150).txt" }
        try await corpus.index()
        let before = corpus.embedder.passages
        #expect(before == 300)
        // Two folders swap names.
        try write(corpus) { "\(1 - $0 / 150)/\(1000 + $0 % 150).txt" }
        #expect(try await corpus.indexer().plan([.path(corpus.documentsPath)]).embeddedChunks == 0)
        let swapped = try await corpus.index()
        #expect(swapped.documents == 300 && swapped.embeddedChunks == 0)
        // Logs are rotated: each takes the name of the one before it, against the order of reading.
        try write(corpus) { number in "\((number + 299) % 300 / 150)/\(1000 + (number + 299) % 300 % 150).txt" }
        #expect(try await corpus.index().embeddedChunks == 0)
        try write(corpus) { "\($0 / 150)/\(1000 + $0 % 150).txt" }
        #expect(try await corpus.index().embeddedChunks == 0)
        #expect(corpus.embedder.passages == before)
        let index = try corpus.open()
        #expect(try index.problems().isEmpty)
        #expect(try index.summary().vectors == 300)
    }

    @Test func `a plan counts a text without a vector as long as one document keeps it`() async throws {
        let corpus = try TestCorpus()
        for name in ["a", "b"] { try corpus.write("The same words in both.", to: "\(name).txt") }
        await #expect(throws: Refusal.self) {
            try await Indexer(corpus.open(), embedder: PartwiseEmbedder(refusing: 1), counter: WordCounter())
                .index([.path(corpus.documentsPath)])
        }
        try corpus.folder.remove("docs/a.txt")
        let plan = try await corpus.indexer().plan([.path(corpus.documentsPath)])
        #expect(plan.embeddedChunks == 1 && plan.deletedDocuments == 1)
        #expect(try await corpus.index().embeddedChunks == 1)
    }
}
