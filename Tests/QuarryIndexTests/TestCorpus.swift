import Foundation
import QuarryChunking
import QuarryCore
import QuarryIndex
import QuarryReaders
import QuarryRetrieval
import QuarryTestSupport
import QuarryTesting
import Synchronization

/// A folder of documents and its index, built with the letter embedder.
struct TestCorpus {
    let folder: TemporaryFolder
    let embedder = CountingEmbedder()

    init() throws { folder = try TemporaryFolder() }

    var indexPath: String { folder.path("test.quarry") }
    var documentsPath: String { folder.path("docs") }

    func write(_ text: String, to name: String) throws { try folder.write(text, to: "docs/" + name) }

    func open() throws -> CorpusIndex {
        try CorpusIndex.openOrCreate(
            at: indexPath,
            settings: IndexSettings(
                chunking: .init(target: 40, maximum: 60), embedding: embedder.fingerprint))
    }

    func indexer() throws -> Indexer { try Indexer(open(), embedder: embedder, counter: WordCounter()) }

    @discardableResult
    func index(options: InputOptions = InputOptions()) async throws -> IndexingReport {
        try await indexer().index([.path(documentsPath)], options: options)
    }

    /// Indexes files and folders. Paths are relative to ``folder``.
    @discardableResult
    func index(_ names: [String], options: InputOptions = InputOptions()) async throws -> IndexingReport {
        try await indexer().index(names.map { .path(folder.path($0)) }, options: options)
    }

    /// The documents that contain a word.
    func documents(with word: String) async throws -> Set<String> {
        Set(try await search(word, mode: .bm25, limit: 100).map(\.chunk.documentID))
    }

    func search(
        _ text: String, mode: RetrievalOptions.Mode = .hybrid, filter: Filter? = nil, limit: Int = 10
    ) async throws -> [ScoredChunk] {
        try await open().retriever(
            embedder: embedder, options: RetrievalOptions(mode: mode, mergesNeighbours: false)
        ).retrieve(Query(text, filter: filter), limit: limit).hits
    }
}

/// The letter embedder with a count of its texts.
final class CountingEmbedder: Embedder {
    private let letters = LetterEmbedder()
    private let counted = Mutex(0)

    var fingerprint: EmbeddingFingerprint { letters.fingerprint }
    /// Passages embedded so far.
    var passages: Int { counted.withLock { $0 } }

    func embed(_ texts: [String], as role: EmbeddingRole) async throws -> EmbeddingBatch {
        if role == .passage { counted.withLock { $0 += texts.count } }
        return try await letters.embed(texts, as: role)
    }
}
