import Foundation
import GRDB
import QuarryChunking
import QuarryCore
import QuarryIndex
import QuarryReaders
import QuarryRetrieval
import QuarryTestSupport
import QuarryTesting
import Synchronization
import Testing

/// Vectors of another model beside the live ones.
struct GenerationTests {
    private struct Stop: Error {}

    /// Another model, which stops after a number of texts.
    private final class OtherModel: Embedder {
        let fingerprint = LetterEmbedder(dimension: 48).fingerprint
        let preferredCount = 8
        private let limit: Int
        private let counted = Mutex(0)
        private let onText: @Sendable () async throws -> Void

        init(limit: Int = .max, onText: @escaping @Sendable () async throws -> Void = {}) {
            self.limit = limit
            self.onText = onText
        }

        var passages: Int { counted.withLock { $0 } }

        func embed(_ texts: [String], as role: EmbeddingRole) async throws -> EmbeddingBatch {
            try await embed(texts, as: role) { _ in }
        }

        func embed(
            _ texts: [String], as role: EmbeddingRole, onPart: @Sendable (EmbeddedPart) throws -> Void
        ) async throws -> EmbeddingBatch {
            var values: [Float] = []
            for (position, text) in texts.enumerated() {
                if role == .passage {
                    try await onText()
                    guard passages < limit else { throw Stop() }
                    counted.withLock { $0 += 1 }
                }
                let vector = try await LetterEmbedder(dimension: 48).embed([text], as: role)
                try onPart(EmbeddedPart(positions: [position], vectors: vector))
                values += vector.values
            }
            return EmbeddingBatch(values: values, dimension: dimension)
        }
    }

    private let corpus: TestCorpus

    init() async throws {
        corpus = try TestCorpus()
        for number in 1...40 { try corpus.write("Note \(number) tells of item \(number * 13).", to: "\(number).md") }
        try await corpus.index()
    }

    @discardableResult
    private func build(_ model: OtherModel, switches: Bool = true) async throws -> IndexingReport {
        let index = try CorpusIndex.open(at: corpus.indexPath).generation(of: model)
        return try await Indexer(index, embedder: model, counter: WordCounter())
            .index([.path(corpus.documentsPath)], switches: switches)
    }

    private func open(_ generation: Int64? = nil) throws -> CorpusIndex {
        try CorpusIndex.open(at: corpus.indexPath, readOnly: true, generation: generation)
    }

    private func ids(_ index: CorpusIndex, _ embedder: any Embedder) async throws -> [ChunkID] {
        let options = RetrievalOptions(mode: .vector, mergesNeighbours: false)
        let retriever = try index.retriever(embedder: embedder, options: options)
        return try await retriever.retrieve(Query("item 91"), limit: 5).hits.map(\.id)
    }

    @Test func `another model builds its own vectors, switches when they are complete, and reads no file again`()
        async throws
    {
        let model = OtherModel()
        let report = try await build(model)
        #expect(report.documents == 0 && report.sources.unchanged == 40 && report.embeddedChunks == 40)
        #expect(report.switchedTo == 2)
        #expect(report.generations.map(\.number) == [1, 2] && report.generations.map(\.isLive) == [false, true])
        #expect(report.generations.allSatisfy { $0.vectors == 40 && $0.missing == 0 && $0.bytes > 0 })
        #expect(try open().settings.embedding == model.fingerprint)
        #expect(try open().problems() == [])
        // The answers are those of an index that was made with the model.
        let folder = try TemporaryFolder()
        let fresh = try CorpusIndex.openOrCreate(
            at: folder.path("fresh.quarry"),
            settings: IndexSettings(chunking: .init(target: 40, maximum: 60), embedding: model.fingerprint))
        _ = try await Indexer(fresh, embedder: model, counter: WordCounter()).index([.path(corpus.documentsPath)])
        #expect(try await ids(open(), model) == ids(fresh, model))
        #expect(try await ids(open(1), corpus.embedder) != [])
    }

    @Test func `questions are answered from the live generation while another one is built`() async throws {
        let (live, before) = (try open(), try await ids(open(), corpus.embedder))
        let (path, embedder) = (corpus.indexPath, corpus.embedder)
        let asked = Mutex<[[ChunkID]]>([])
        let model = OtherModel {
            let options = RetrievalOptions(mode: .vector, mergesNeighbours: false)
            for index in [live, try CorpusIndex.open(at: path, readOnly: true)] {
                let found = try await index.retriever(embedder: embedder, options: options)
                    .retrieve(Query("item 91"), limit: 5).hits.map(\.id)
                asked.withLock { $0.append(found) }
            }
        }
        try await build(model)
        #expect(asked.withLock { $0.count == 80 && $0.allSatisfy { $0 == before } })
    }

    @Test func `a stopped run leaves the live generation, and the next one pays only for the rest`() async throws {
        await #expect(throws: Stop.self) { try await build(OtherModel(limit: 17)) }
        let listed = try await open().generations()
        #expect(listed.map(\.isLive) == [true, false] && listed.map(\.missing) == [0, 40 - listed[1].vectors])
        #expect(listed[1].vectors == 17)
        let refused = await #expect(throws: CorpusError.self) {
            try await CorpusIndex.open(at: corpus.indexPath).switchGeneration(to: 2)
        }
        #expect(refused?.code == .incompleteGeneration && refused?.message.contains("23 chunks") == true)
        #expect(try open().generation == 1)
        let rest = OtherModel()
        let index = try CorpusIndex.open(at: corpus.indexPath).generation(of: rest)
        let plan = try await Indexer(index, embedder: rest, counter: WordCounter()).plan([.path(corpus.documentsPath)])
        #expect(plan.embeddedChunks == 23)
        #expect(try await build(rest).switchedTo == 2)
        #expect(rest.passages == 23)
        #expect(try open().problems() == [])
    }

    @Test func `a plan for another model counts all texts and begins no generation`() async throws {
        let model = OtherModel()
        let index = try open().generation(of: model)
        let plan = try await Indexer(index, embedder: model, counter: WordCounter()).plan([.path(corpus.documentsPath)])
        #expect(plan.embeddedChunks == 40 && plan.documents == 0 && model.passages == 0)
        #expect(try await open().generations().count == 1)
        let asked = #expect(throws: CorpusError.self) { try index.retriever(embedder: model) }
        #expect(asked?.code == .noVectors)
    }

    @Test func `a switch is one step back and forth, and an index that is open keeps its generation`() async throws {
        let model = OtherModel()
        #expect(try await build(model, switches: false).switchedTo == nil)
        let (live, pinned) = (try open(), try open(1))
        let before = try await ids(live, corpus.embedder)
        let writer = try CorpusIndex.open(at: corpus.indexPath)
        #expect(try await writer.switchGeneration(to: 2) == 1)
        #expect(try await ids(live, corpus.embedder) == before)
        #expect(try await ids(pinned, corpus.embedder) == before)
        let indexer = try Indexer(writer, embedder: corpus.embedder, counter: WordCounter())
        let run = await #expect(throws: CorpusError.self) { try await indexer.index([.path(corpus.documentsPath)]) }
        #expect(run?.code == .switched && run?.message.contains("generation 2") == true)
        // A question in the vectors of another model is refused.
        let other = #expect(throws: CorpusError.self) { try open().retriever(embedder: corpus.embedder) }
        #expect(other?.code == .otherModel)
        #expect(try await CorpusIndex.open(at: corpus.indexPath).switchGeneration(to: 1) == 2)
        #expect(try await ids(open(), corpus.embedder) == before)
        #expect(try await ids(live, corpus.embedder) == before)
    }

    @Test func `questions are answered while generations are switched, until theirs is dropped`() async throws {
        try await build(OtherModel(), switches: false)
        let (path, embedder) = (corpus.indexPath, corpus.embedder)
        let (live, before) = (try open(), try await ids(open(), embedder))
        let isOver = Mutex(false)
        async let switches: Int = {
            var count = 0
            while !isOver.withLock({ $0 }) {
                let writer = try CorpusIndex.open(at: path)
                _ = try await writer.switchGeneration(to: Int64(2 - count % 2))
                count += 1
            }
            return count
        }()
        for _ in 0..<60 {
            #expect(try await ids(live, embedder) == before)
            // Opened for the generation that is live at the moment, whose model the question then needs.
            let index = try open()
            let model: any Embedder = index.generation == 1 ? embedder : OtherModel()
            #expect(try await ids(index, model).count == 5)
        }
        isOver.withLock { $0 = true }
        #expect(try await switches > 5)
        let writer = try CorpusIndex.open(at: path)
        _ = try await writer.switchGeneration(to: 2)
        _ = try await writer.dropGeneration(1)
        let gone = await #expect(throws: CorpusError.self) { try await ids(live, embedder) }
        #expect(gone?.code == .switched && gone?.message.contains("generation 2") == true)
    }

    @Test func `each run commits its first vectors at once, so that short runs come to an end`() async throws {
        // Each run is stopped after two of its 40 texts.
        for round in 1...3 {
            await #expect(throws: CancellationError.self) {
                let run = Mutex<Task<Void, any Error>?>(nil)
                let path = corpus.indexPath
                let model = OtherModel {
                    let vectors = try await CorpusIndex.open(at: path, readOnly: true).generations().last?.vectors
                    if vectors == round { run.withLock { $0?.cancel() } }
                    try Task.checkCancellation()
                }
                let task = Task { _ = try await build(model) }
                run.withLock { $0 = task }
                try await task.value
            }
            #expect(try await open().generations().last?.vectors ?? 0 >= round)
        }
    }

    @Test func `an ordinary run keeps the live generation complete and says that the other one is behind`() async throws
    {
        try await build(OtherModel(), switches: false)
        try corpus.write("A new note on item 7000.", to: "new.md")
        try corpus.folder.remove("docs/3.md")
        // The same text in another file costs no vector in any generation.
        try corpus.write("Note 5 tells of item 65.", to: "copy.md")
        let report = try await corpus.index()
        #expect(report.embeddedChunks == 1)
        #expect(report.generations.map(\.vectors) == [41, 40] && report.generations.map(\.missing) == [0, 1])
        let writer = try CorpusIndex.open(at: corpus.indexPath)
        #expect(try await writer.switchGeneration(to: 2, acceptsMissing: true) == 1)
        let model = OtherModel()
        let later = try Indexer(CorpusIndex.open(at: corpus.indexPath), embedder: model, counter: WordCounter())
        #expect(try await later.index([.path(corpus.documentsPath)]).embeddedChunks == 1)
        #expect(try open().problems() == [])
    }

    @Test func `a replaced document keeps the vectors of its unchanged texts in every generation`() async throws {
        let long = (1...30).map { "Sentence \($0) of the long note names slate \($0 * 7)." }
        try corpus.write(long.joined(separator: " "), to: "long.txt")
        try await corpus.index()
        try await build(OtherModel(), switches: false)
        try corpus.write((long + ["A last one."]).joined(separator: " "), to: "long.txt")
        let report = try await corpus.index()
        #expect(report.embeddedChunks > 0 && report.chunks > report.embeddedChunks)
        #expect(report.generations.map(\.missing) == [0, report.embeddedChunks])
    }

    @Test func `a dropped generation gives its space back, and its number is not used again`() async throws {
        try await build(OtherModel())
        let index = try CorpusIndex.open(at: corpus.indexPath)
        let pinned = try open(1)
        let live = await #expect(throws: CorpusError.self) { try await index.dropGeneration(2) }
        #expect(live?.code == .input)
        let unknown = await #expect(throws: CorpusError.self) { try await index.dropGeneration(3) }
        #expect(unknown?.code == .noGeneration && unknown?.message.contains("It has 1, 2.") == true)
        #expect(try await index.dropGeneration(1) > 0)
        let gone = await #expect(throws: CorpusError.self) { try await ids(pinned, corpus.embedder) }
        #expect(gone?.code == .noGeneration)
        #expect(throws: CorpusError.self) { try open(1) }
        #expect(try await index.generations().map(\.number) == [2])
        #expect(try index.problems() == [])
        let first = try CorpusIndex.open(at: corpus.indexPath).generation(of: corpus.embedder)
        let report = try await Indexer(first, embedder: corpus.embedder, counter: WordCounter())
            .index([.path(corpus.documentsPath)])
        #expect(report.switchedTo == 3 && report.generations.map(\.number) == [2, 3])
        _ = try await CorpusIndex.open(at: corpus.indexPath).dropGeneration(2)
        #expect(try await open().generations().map(\.number) == [3])
    }

    @Test func `an index without vectors gets its first generation the same way`() async throws {
        let path = corpus.folder.path("words.quarry")
        let words = try CorpusIndex.openOrCreate(at: path, settings: IndexSettings(embedding: nil))
        _ = try await Indexer(words, embedder: nil, counter: WordCounter()).index([.path(corpus.documentsPath)])
        #expect(words.generation == nil)
        #expect(try await words.generations().isEmpty)
        let model = OtherModel()
        let index = try CorpusIndex.open(at: path).generation(of: model)
        let report = try await Indexer(index, embedder: model, counter: WordCounter())
            .index([.path(corpus.documentsPath)])
        #expect(report.switchedTo == 1 && report.documents == 0 && report.embeddedChunks == 40)
        let opened = try CorpusIndex.open(at: path)
        #expect(opened.generation == 1 && opened.settings.embedding == model.fingerprint)
        #expect(try opened.problems() == [])
        #expect(try await ids(opened, model).count == 5)
    }

    @Test(arguments: [5, 7])
    func `a file of an earlier version is read as it is, and has one generation when it is written`(version: Int)
        async throws
    {
        let before = try await ids(open(), corpus.embedder)
        try await DatabaseQueue(path: corpus.indexPath).write { try restoreIndexVersion(version, in: $0) }
        let old = try open()
        #expect(old.generation == 1 && old.settings.embedding == corpus.embedder.fingerprint)
        #expect(try await ids(old, corpus.embedder) == before)
        #expect(try old.problems() == [])
        #expect(throws: CorpusError.self) { try open(2) }
        try await build(OtherModel())
        #expect(try await open().generations().map(\.vectors) == [40, 40])
        #expect(try await ids(open(1), corpus.embedder) == before)
    }

    @Test func `a copy has all generations`() async throws {
        try await build(OtherModel())
        let copy = corpus.folder.path("copy.quarry")
        try await open().backUp(to: copy)
        #expect(try await CorpusIndex.open(at: copy, readOnly: true).generations() == open().generations())
    }
}
