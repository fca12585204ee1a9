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

/// Only one run at a time works on an index.
@Suite(.timeLimit(.minutes(30)))
struct IndexingLockTests {
    /// Embeds nothing until it is released.
    private final class HeldEmbedder: Embedder {
        private let letters = LetterEmbedder()
        private let state = Mutex((isLet: false, hasBegun: false))

        var fingerprint: EmbeddingFingerprint { letters.fingerprint }
        var hasBegun: Bool { state.withLock { $0.hasBegun } }

        func letGo() { state.withLock { $0.isLet = true } }

        func embed(_ texts: [String], as role: EmbeddingRole) async throws -> EmbeddingBatch {
            state.withLock { $0.hasBegun = true }
            while !state.withLock({ $0.isLet }) { try await Task.sleep(for: .milliseconds(5)) }
            return try await letters.embed(texts, as: role)
        }
    }

    /// A run over the folder `first` that does not end until it is released.
    private func held(
        _ corpus: TestCorpus
    ) async throws -> (embedder: HeldEmbedder, run: Task<IndexingReport, any Error>) {
        let embedder = HeldEmbedder()
        let indexer = try Indexer(corpus.open(), embedder: embedder, counter: WordCounter())
        let path = corpus.folder.path("first")
        let run = Task { try await indexer.index([.path(path)]) }
        while !embedder.hasBegun { try await Task.sleep(for: .milliseconds(5)) }
        return (embedder, run)
    }

    @Test func `the second of two concurrent runs waits, and reports the ids that are taken`() async throws {
        let corpus = try TestCorpus()
        try corpus.folder.write(#"{"_id": "a", "text": "A lighthouse on the cape."}"#, to: "first/notes.jsonl")
        try corpus.folder.write(
            """
            {"_id": "a", "text": "An observatory on the hill."}
            {"_id": "b", "text": "A windmill by the lake."}
            """, to: "second/notes.jsonl")
        let (embedder, run) = try await held(corpus)
        let waited = Mutex<[Int32?]>([])
        let report = try await corpus.indexer().index(
            [.path(corpus.folder.path("second"))],
            onWait: { process in
                waited.withLock { $0.append(process) }
                embedder.letGo()
            })
        #expect(waited.withLock { $0 } == [ProcessInfo.processInfo.processIdentifier])
        #expect(try await run.value.documents == 1)
        #expect(report.documents == 1)
        #expect(report.quarantined.map(\.reason) == [.duplicateID])
        #expect(try await corpus.documents(with: "lighthouse") == ["a"])
        #expect(try await corpus.documents(with: "windmill") == ["b"])
        #expect(try corpus.open().problems().isEmpty)
        // When the first source gives up the id, the second gets it.
        try corpus.folder.remove("first/notes.jsonl")
        try await corpus.index(["first", "second"])
        #expect(try await corpus.documents(with: "observatory") == ["a"])
    }

    @Test func `a waiting run can be cancelled, and a plan does not wait`() async throws {
        let corpus = try TestCorpus()
        try corpus.folder.write("A lighthouse on the cape.", to: "first/a.txt")
        try corpus.folder.write("A windmill by the lake.", to: "second/b.txt")
        let (embedder, run) = try await held(corpus)
        let (indexer, path) = (try corpus.indexer(), corpus.folder.path("second"))
        #expect(try await indexer.plan([.path(path)]).documents == 1)
        let hasWaited = Mutex(false)
        let waiting = Task {
            try await indexer.index([.path(path)], onWait: { _ in hasWaited.withLock { $0 = true } })
        }
        while !hasWaited.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        embedder.letGo()
        _ = try await run.value
        #expect(try corpus.open().summary().documents == 1)
    }

    @Test func `the lock file is removed after the run, and a stale one does not block`() async throws {
        let corpus = try TestCorpus()
        try corpus.write("A lighthouse on the cape.", to: "a.txt")
        _ = try corpus.open()
        let lock = corpus.indexPath + "-lock"
        // As a killed process leaves it.
        try Data("4711\n".utf8).write(to: URL(fileURLWithPath: lock))
        let waited = Mutex(false)
        let report = try await corpus.indexer().index(
            [.path(corpus.documentsPath)], onWait: { _ in waited.withLock { $0 = true } })
        #expect(report.documents == 1 && !waited.withLock { $0 })
        #expect(!FileManager.default.fileExists(atPath: lock))
    }

    @Test func `an index that was made again with other settings takes no documents of a run that opened it before`()
        async throws
    {
        let corpus = try TestCorpus()
        try corpus.write("A lighthouse on the cape.", to: "a.txt")
        let indexer = try corpus.indexer()
        _ = try CorpusIndex.openOrCreate(at: corpus.indexPath, settings: IndexSettings(embedding: nil))
        let error = await #expect(throws: CorpusError.self) {
            try await indexer.index([.path(corpus.documentsPath)])
        }
        #expect(error?.code == .otherModel)
        #expect(try CorpusIndex.open(at: corpus.indexPath).summary().documents == 0)
    }

    @Test func `two paths of an index share its lock`() async throws {
        let corpus = try TestCorpus()
        try corpus.folder.write("A lighthouse on the cape.", to: "first/a.txt")
        let link = corpus.folder.path("link.quarry")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: corpus.indexPath)
        let (embedder, run) = try await held(corpus)
        let indexer = try Indexer(CorpusIndex.open(at: link), embedder: LetterEmbedder(), counter: WordCounter())
        let report = try await indexer.index(
            [.path(corpus.folder.path("first"))], onWait: { _ in embedder.letGo() })
        #expect(try await run.value.documents == 1)
        #expect(report.isEmpty && report.sources.unchanged == 1)
    }

    @Test func `a link at the path of the lock is not followed`() async throws {
        let corpus = try TestCorpus()
        try corpus.write("A lighthouse on the cape.", to: "a.txt")
        _ = try corpus.open()
        try corpus.folder.write("precious", to: "other")
        try FileManager.default.createSymbolicLink(
            atPath: corpus.indexPath + "-lock", withDestinationPath: corpus.folder.path("other"))
        let error = await #expect(throws: CorpusError.self) { try await corpus.index() }
        #expect(error?.message.contains("test.quarry-lock") == true)
        #expect(try String(contentsOfFile: corpus.folder.path("other"), encoding: .utf8) == "precious")
    }
}
