import Foundation
import QuarryChunking
import QuarryCore
import QuarryIndex
import QuarryReaders
import QuarryRetrieval
import QuarryTesting
import Synchronization
import Testing

/// Reading and embedding overlap.
struct PipelinedIndexingTests {
    /// The texts seen so far.
    private final class Meeting: Sendable {
        private let texts = Mutex<Set<String>>([])

        func add(_ text: String) { texts.withLock { _ = $0.insert(text) } }

        /// Waits for a text that contains a word.
        /// - Returns: Whether it arrived within half a minute.
        func meets(_ word: String) async throws -> Bool {
            for _ in 0..<3000 {
                if texts.withLock({ $0.contains { $0.contains(word) } }) { return true }
                try await Task.sleep(for: .milliseconds(10))
            }
            return false
        }
    }

    private struct WatchedCounter: TokenCounter {
        let meeting: Meeting

        func tokenCount(of text: String) -> Int {
            meeting.add(text)
            return WordCounter().tokenCount(of: text)
        }
    }

    /// Embeds its first texts only after other texts were read.
    private final class WaitingEmbedder: Embedder {
        private let letters = LetterEmbedder()
        private let meeting: Meeting
        private let word: String
        private let outcome = Mutex<Bool?>(nil)
        private let cancellation = Mutex(false)
        private let question = Mutex(false)

        init(until word: String, of meeting: Meeting) { (self.word, self.meeting) = (word, meeting) }

        var fingerprint: EmbeddingFingerprint { letters.fingerprint }
        /// Whether other texts were read while the first were being embedded; nil before that.
        var hasMet: Bool? { outcome.withLock { $0 } }

        var isCancelled: Bool { cancellation.withLock { $0 } }
        var isAsked: Bool { question.withLock { $0 } }

        func embed(_ texts: [String], as role: EmbeddingRole) async throws -> EmbeddingBatch {
            question.withLock { $0 = true }
            if hasMet == nil {
                do {
                    let met = try await meeting.meets(word)
                    outcome.withLock { $0 = met }
                } catch {
                    cancellation.withLock { $0 = true }
                    throw error
                }
            }
            return try await letters.embed(texts, as: role)
        }
    }

    @Test func `documents are read and found by their words while the first texts are embedded`() async throws {
        let corpus = try TestCorpus()
        for number in 1...200 { try corpus.write("Note \(number) tells of item \(number * 13).", to: "\(number).txt") }
        try corpus.write("The last note tells of a zeppelin.", to: "z.txt")
        let meeting = Meeting()
        let embedder = WaitingEmbedder(until: "zeppelin", of: meeting)
        let report = try await Indexer(corpus.open(), embedder: embedder, counter: WatchedCounter(meeting: meeting))
            .index([.path(corpus.documentsPath)])
        #expect(embedder.hasMet == true)
        #expect(report.documents == 201)
        #expect(try corpus.open().problems().isEmpty)
    }

    @Test func `documents are found by their words before there are vectors`() async throws {
        let corpus = try TestCorpus()
        for number in 1...20 { try corpus.write("Note \(number) tells of a zeppelin.", to: "\(number).txt") }
        let (meeting, path) = (Meeting(), corpus.documentsPath)
        let embedder = WaitingEmbedder(until: "open", of: meeting)
        let run = Task {
            try await Indexer(corpus.open(), embedder: embedder, counter: WordCounter()).index([.path(path)])
        }
        var found: Set<String> = []
        for _ in 0..<3000 where found.count < 20 {
            try await Task.sleep(for: .milliseconds(10))
            found = try await corpus.documents(with: "zeppelin")
        }
        #expect(found.count == 20 && embedder.hasMet == nil)
        #expect(try corpus.open().summary().vectors == 0)
        meeting.add("open")
        #expect(try await run.value.embeddedChunks == 20)
        #expect(try corpus.open().summary().vectors == 20)
    }

    @Test func `a cancelled run cancels the embedder and leaves a whole index`() async throws {
        let corpus = try TestCorpus()
        for number in 1...200 {
            try corpus.write("Note number \(number) tells of a lighthouse.", to: "\(1000 + number).txt")
        }
        let (meeting, path) = (Meeting(), corpus.documentsPath)
        let embedder = WaitingEmbedder(until: "what no file says", of: meeting)
        let run = Task {
            try await Indexer(corpus.open(), embedder: embedder, counter: WordCounter()).index([.path(path)])
        }
        for _ in 0..<3000 where !embedder.isAsked { try await Task.sleep(for: .milliseconds(10)) }
        run.cancel()
        await #expect(throws: CancellationError.self) { try await run.value }
        #expect(embedder.hasMet == nil && embedder.isCancelled)
        #expect(try corpus.open().problems().isEmpty)
        try await corpus.index()
        #expect(try corpus.open().summary().vectors == 200)
    }
}
