import Foundation
import QuarryChunking
import QuarryIndex
import QuarryRetrieval
import QuarryCore
import QuarryProviders
import QuarryReaders
import QuarryTestSupport
import Synchronization
import Testing

/// Recordings and pictures in an index.
struct ModelReaderTests {
    /// Hears what the bytes of a recording spell.
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

        /// Names of what was read, in order.
        var heard: [String] { state.withLock { $0.heard.sorted() } }
        /// The most that were read at once.
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

    @Test func `a recording is passed over until there is a model for it, and read once`() async throws {
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

    @Test func `what a model read stays in a run without it, also where it changed or moved`() async throws {
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

    @Test func `a recording that was named and has no model is quarantined`() async throws {
        let corpus = try corpus()
        let report = try await corpus.index(["docs/talk.mp3"])
        #expect(report.quarantined.map(\.reason) == [.needsModel])
        try await indexer(corpus, Listener()).index([.path(corpus.folder.path("docs/talk.mp3"))])
        #expect(try corpus.open().summary().quarantined.isEmpty)
        #expect(try await corpus.index(["docs/talk.mp3"]).isEmpty)
    }

    @Test func `a plan asks no model, and says how much there is to read`() async throws {
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

    @Test func `one that a model cannot read is asked for again, the rest goes on`() async throws {
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

    /// Makes nothing of recordings, and counts how often it is asked.
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

    @Test func `what a model withholds stays in quarantine, until another model is asked`() async throws {
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
        // What was read is not read again, whoever reads.
        #expect(try await indexer(corpus, first).index(docs(corpus)).isEmpty)
        #expect(first.count == 1 && hearing.heard == ["docs/talk.mp3"])
        #expect(try corpus.open().problems().isEmpty)
    }

    @Test func `a withheld recording whose time changed is left to its model, and asked for of another at once`()
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

    @Test func `what would befall every source ends the run, with all that was read in place`() async throws {
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
    func `what ends the run begins nothing more, and keeps what is under way`(code: ProviderError.Code) async throws {
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

    @Test func `no reader is asked for more at once than it takes`() async throws {
        let corpus = try corpus()
        for number in 1...4 { try corpus.write("Talk number \(number).", to: "\(number).wav") }
        for number in 1...4 { try corpus.write("Picture number \(number).", to: "\(number).png") }
        let (eager, careful) = (Listener(concurrency: 8), Listener(concurrency: 1, pathExtensions: ["png"]))
        try await indexer(corpus, eager, careful).index(docs(corpus))
        #expect(careful.most == 1 && careful.heard.count == 4)
    }

    @Test func `an index that a failed run left empty takes other settings`() async throws {
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
