import Foundation
import QuarryChunking
import QuarryCore
import QuarryIndex
import QuarryProviders
import QuarryReaders
import QuarryRetrieval
import QuarryTestSupport
import Synchronization
import Testing

/// Recordings and pictures in an index.
struct ModelReaderTests {
    /// A fake transcriber: the bytes of a recording are its text.
    private final class Listener: ModelReader {
        let version = "listener/1"
        let pathExtensions: Set<String>
        let concurrency: Int
        let identity: String?
        private let state = Mutex((heard: [String](), inside: 0, most: 0))
        private let failure: @Sendable (String) -> (any Error)?
        private let delay: @Sendable (String) -> Duration

        init(
            concurrency: Int = 2, pathExtensions: Set<String> = ["mp3", "wav"], identity: String? = nil,
            failure: @escaping @Sendable (String) -> (any Error)? = { _ in nil },
            delay: @escaping @Sendable (String) -> Duration = { _ in .milliseconds(30) }
        ) {
            self.concurrency = concurrency
            self.delay = delay
            self.identity = identity
            self.pathExtensions = pathExtensions
            self.failure = failure
        }

        func work(on source: Source) -> ModelWork? { nil }

        /// The names of the sources read, in order.
        var heard: [String] { state.withLock { $0.heard.sorted() } }
        /// The maximum number of concurrent reads.
        var most: Int { state.withLock { $0.most } }

        func read(_ source: Source) async throws -> ReadResult {
            state.withLock { state in
                state.heard.append(source.id)
                state.inside += 1
                state.most = max(state.most, state.inside)
            }
            defer { state.withLock { $0.inside -= 1 } }
            try await Task.sleep(for: delay(source.id))
            if let failure = failure(source.id) { throw failure }
            return PlainTextReader().read(source)
        }
    }

    private func indexer(_ corpus: TestCorpus, _ readers: any ModelReader...) throws -> Indexer {
        var registry = ReaderRegistry()
        for reader in readers { registry.register(reader) }
        return try Indexer(corpus.open(), embedder: corpus.embedder, counter: WordCounter(), readers: registry)
    }

    private func corpus() throws -> TestCorpus {
        let corpus = try TestCorpus()
        try corpus.write("A note on lighthouses.", to: "a.md")
        try corpus.write("The speaker praises windmills.", to: "talk.mp3")
        return corpus
    }

    private func docs(_ corpus: TestCorpus) -> [IndexInput] { [.path(corpus.documentsPath)] }

    @Test func `a recording is skipped until there is a model, and read once`() async throws {
        let corpus = try corpus()
        #expect(try await corpus.index().sources.skipped == 1)
        let listener = Listener()
        let report = try await indexer(corpus, listener).index(docs(corpus))
        #expect(report.sources.new == 1 && report.sources.unchanged == 1 && report.modelReads.files == 1)
        #expect(try await corpus.documents(with: "windmills") == ["docs/talk.mp3"])
        #expect(try await indexer(corpus, listener).index(docs(corpus)).isEmpty)
        #expect(listener.heard == ["docs/talk.mp3"])
        #expect(try corpus.open().problems().isEmpty)
    }

    @Test func `text from a model stays in a run without the model, even if the file changed or moved`() async throws {
        let corpus = try corpus()
        try await indexer(corpus, Listener()).index(docs(corpus))
        #expect(try await corpus.index().isEmpty)
        try corpus.folder.remove("docs/talk.mp3")
        try corpus.write("The speaker praises windmills.", to: "moved.mp3")
        #expect(try await corpus.index().sources.moved == 1)
        #expect(try await corpus.documents(with: "windmills") == ["docs/moved.mp3"])
        try corpus.write("The speaker praises water mills.", to: "moved.mp3")
        let report = try await corpus.index()
        #expect(report.warnings.map(\.source) == ["docs/moved.mp3"] && report.sources.unchanged == 2)
        #expect(try await corpus.documents(with: "windmills") == ["docs/moved.mp3"])
        let listener = Listener()
        #expect(try await indexer(corpus, listener).index(docs(corpus)).sources.changed == 1)
        #expect(try await corpus.documents(with: "windmills").isEmpty)
        try corpus.folder.remove("docs/moved.mp3")
        #expect(try await corpus.index().sources.deleted == 1)
        #expect(try await corpus.documents(with: "mills").isEmpty)
    }

    @Test func `a recording that is an input and has no model is quarantined`() async throws {
        let corpus = try corpus()
        let report = try await corpus.index(["docs/talk.mp3"])
        #expect(report.quarantined.map(\.reason) == [.needsModel])
        try await indexer(corpus, Listener()).index([.path(corpus.folder.path("docs/talk.mp3"))])
        #expect(try corpus.open().summary().quarantined.isEmpty)
        #expect(try await corpus.index(["docs/talk.mp3"]).isEmpty)
    }

    @Test func `a plan uses no model, and reports the amount to read`() async throws {
        let corpus = try corpus()
        let listener = Listener()
        let plan = try await indexer(corpus, listener).plan(docs(corpus))
        #expect(plan.modelReads.files == 1 && plan.modelReads.bytes == 30 && plan.sources.new == 2)
        #expect(listener.heard.isEmpty)
        try await indexer(corpus, listener).index(docs(corpus))
        try corpus.write("The speaker praises water mills.", to: "talk.mp3")
        let next = try await indexer(corpus, listener).plan(docs(corpus))
        #expect(next.modelReads.files == 1 && next.sources.changed == 1 && next.deletedDocuments == 0)
    }

    @Test func `a recording that a model cannot read is tried again, and the rest is indexed`() async throws {
        let corpus = try corpus()
        for number in 1...6 { try corpus.write("Talk number \(number).", to: "\(number).wav") }
        let broken = Listener(
            concurrency: 3,
            failure: { $0 == "docs/3.wav" ? ProviderError(.requestRefused, "It cannot be decoded.") : nil },
            delay: { _ in .milliseconds(300) })
        let report = try await indexer(corpus, broken).index(docs(corpus))
        #expect(report.quarantined.map(\.source) == ["docs/3.wav"])
        #expect(report.quarantined.first?.message.contains("cannot be decoded") == true)
        #expect(report.modelReads.files == 6)
        #expect((2...3).contains(broken.most))
        #expect(try corpus.open().summary().quarantined.count == 1)
        let sound = Listener()
        #expect(try await indexer(corpus, sound).index(docs(corpus)).quarantined.isEmpty)
        #expect(sound.heard == ["docs/3.wav"])
        #expect(try corpus.open().summary().quarantined.isEmpty)
    }

    /// Rejects all recordings, and counts its calls.
    private final class Refuser: ModelReader {
        let version = "listener/1"
        let concurrency = 1

        func work(on source: Source) -> ModelWork? { nil }

        let pathExtensions: Set<String> = ["mp3"]
        let identity: String?
        private let asked = Mutex(0)

        init(_ identity: String) { self.identity = identity }

        var count: Int { asked.withLock { $0 } }

        func read(_ source: Source) async throws -> ReadResult {
            asked.withLock { $0 += 1 }
            let rejection = Rejection(
                source: source.id, reason: .withheldByModel, message: "\(identity ?? "") would not.", model: identity)
            return ReadResult(rejected: [rejection])
        }
    }

    @Test func `a refusal of a model stays in quarantine until there is another model`() async throws {
        let corpus = try corpus()
        let (first, second) = (Refuser("first"), Refuser("second"))
        for _ in 1...3 {
            let report = try await indexer(corpus, first).index(docs(corpus))
            #expect(report.quarantined.map(\.source) == ["docs/talk.mp3"])
            #expect(report.quarantined.map(\.reason) == [.withheldByModel])
            #expect(report.quarantined.map(\.model) == ["first"])
        }
        #expect(first.count == 1)
        #expect(try await corpus.index().quarantined.map(\.model) == ["first"])
        #expect(try corpus.open().summary().quarantined.map(\.model) == ["first"])
        let plan = try await indexer(corpus, second).plan(docs(corpus))
        #expect(plan.modelReads.files == 1 && second.count == 0)
        #expect(try await indexer(corpus, second).index(docs(corpus)).quarantined.map(\.model) == ["second"])
        #expect(second.count == 1)
        let listener = Listener()
        #expect(try await indexer(corpus, listener).index(docs(corpus)).quarantined.map(\.model) == ["second"])
        #expect(listener.heard.isEmpty)
        let hearing = Listener(identity: "third")
        #expect(try await indexer(corpus, hearing).index(docs(corpus)).quarantined.isEmpty)
        #expect(try await corpus.documents(with: "windmills") == ["docs/talk.mp3"])
        // A source that was read is not read again by any model.
        #expect(try await indexer(corpus, first).index(docs(corpus)).isEmpty)
        #expect(first.count == 1 && hearing.heard == ["docs/talk.mp3"])
        #expect(try corpus.open().problems().isEmpty)
    }

    @Test func `a refused recording with a new time is not sent to its model again, but to another one`()
        async throws
    {
        let corpus = try corpus()
        let (first, second) = (Refuser("first"), Refuser("second"))
        func index(_ reader: Refuser, at time: Double) async throws -> [String?] {
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: time)],
                ofItemAtPath: corpus.folder.path("docs/talk.mp3"))
            return try await indexer(corpus, reader).index(docs(corpus)).quarantined.map(\.model)
        }
        #expect(try await index(first, at: 1_000_000) == ["first"])
        #expect(try await index(first, at: 2_000_000) == ["first"])
        #expect(first.count == 1)
        #expect(try await index(second, at: 3_000_000) == ["second"])
        #expect(second.count == 1)
    }

    @Test func `an error that affects every source ends the run, and committed work stays`() async throws {
        let corpus = try corpus()
        for number in 1...6 { try corpus.write("Talk number \(number).", to: "\(number).wav") }
        let stopped = Listener(concurrency: 1) { name in
            name == "docs/4.wav" ? ProviderError(.budgetExceeded, "Nothing is left.") : nil
        }
        let error = await #expect(throws: ProviderError.self) {
            try await indexer(corpus, stopped).index(docs(corpus))
        }
        #expect(error?.code == .budgetExceeded)
        #expect(try await corpus.documents(with: "talk") == ["docs/1.wav", "docs/2.wav", "docs/3.wav"])
        #expect(try await corpus.documents(with: "lighthouses") == ["docs/a.md"])
        let rest = Listener()
        try await indexer(corpus, rest).index(docs(corpus))
        #expect(rest.heard == ["docs/4.wav", "docs/5.wav", "docs/6.wav", "docs/talk.mp3"])
    }

    @Test(arguments: [ProviderError.Code.budgetExceeded, .unauthorized])
    func `after a fatal error no new reads start, and current ones are kept`(code: ProviderError.Code) async throws {
        let corpus = try corpus()
        for number in 1...6 { try corpus.write("Talk number \(number).", to: "\(number).wav") }
        let stopped = Listener(
            concurrency: 3,
            failure: { $0 == "docs/1.wav" ? ProviderError(code, "Nothing is left.") : nil },
            delay: { $0 == "docs/1.wav" ? .milliseconds(10) : .seconds(5) })
        let error = await #expect(throws: ProviderError.self) {
            try await indexer(corpus, stopped).index(docs(corpus))
        }
        #expect(error?.code == code)
        #expect(stopped.heard == ["docs/1.wav", "docs/2.wav", "docs/3.wav"])
        #expect(try await corpus.documents(with: "talk") == ["docs/2.wav", "docs/3.wav"])
    }

    @Test func `the concurrency limit of a reader is kept`() async throws {
        let corpus = try corpus()
        for number in 1...4 { try corpus.write("Talk number \(number).", to: "\(number).wav") }
        for number in 1...4 { try corpus.write("Picture number \(number).", to: "\(number).png") }
        let (eager, careful) = (Listener(concurrency: 8), Listener(concurrency: 1, pathExtensions: ["png"]))
        try await indexer(corpus, eager, careful).index(docs(corpus))
        #expect(careful.most == 1 && careful.heard.count == 4)
    }

    @Test func `an index that is unused after a failed run accepts other settings`() async throws {
        let corpus = try TestCorpus()
        let first = try CorpusIndex.openOrCreate(at: corpus.indexPath, settings: IndexSettings(embedding: nil))
        #expect(try first.isUnused())
        try corpus.write("A note on lighthouses.", to: "a.md")
        try await corpus.index()
        let index = try corpus.open()
        #expect(index.settings.embedding == corpus.embedder.fingerprint)
        #expect(try !index.isUnused() && index.problems().isEmpty)
        #expect(try await corpus.documents(with: "lighthouses") == ["docs/a.md"])
        #expect(throws: CorpusError.self) {
            try CorpusIndex.openOrCreate(
                at: corpus.indexPath, settings: IndexSettings(chunking: .init(target: 99), embedding: nil))
        }
    }
}
