public import QuarryChunking
public import QuarryCore
public import QuarryIndex
public import QuarryReaders
public import QuarryRetrieval
public import QuarryRetrievalQA
import QuarryTransformers

/// Documents in one file, with search by words and by meaning, and answers with citations.
///
///     let corpus = try await Corpus.open(at: "notes.quarry")
///     try await corpus.index(["notes"])
///     let answer = try await corpus.answer("Who signs the lease?")
///
/// Open one `Corpus` per file and process. Any number of tasks may use it at once. Each search sees one snapshot.
public struct Corpus: Sendable {
    /// The models, readers and legs of a corpus. ``chunking`` and the embedding model cannot change after the file is
    /// created.
    public struct Configuration: Sendable {
        /// The embedding model.
        public enum Embedding: Sendable {
            /// A model of `LocalModelCatalog`, installed in ``Configuration/modelFolder``.
            case local(String)
            /// No model: documents are found by their words alone.
            case wordsOnly
            /// A model of your own, and a counter that counts tokens as it does.
            case custom(any Embedder, any TokenCounter)
        }

        /// Whether the file is only read, as for a copy that other processes share. It must exist then. The default is
        /// false.
        public var isReadOnly = false
        /// The default is nil: the model of the file, or `multilingual-e5-small` for a new file.
        public var embedding: Embedding?
        /// The folder of local models. The default is `~/.cache/quarry/models`.
        public var modelFolder = "~/.cache/quarry/models"
        /// Writes answers. The default is nil: answers are sentences quoted from the documents.
        public var languageModel: (any LanguageModel)?
        /// Re-ranks the best passages. The default is nil.
        public var reranker: (any Reranker)?
        /// Chooses the sentences of an answer. The default is nil: the fitted model of the reader.
        public var questionAnswering: (any QuestionAnsweringModel)?
        /// The readers by format, to register your own. The default is nil: those for the reading options of the file.
        public var readers: ReaderRegistry?
        /// How a new file cuts documents. The default is nil: by structure, 300 tokens, at most 400.
        public var chunking: IndexSettings.Chunking?
        /// The chunkers by strategy; register your own.
        public var chunkers = ChunkerRegistry()
        /// Additional legs. A leg replaces the file's leg of the same name.
        public var legs: [any Leg] = []
        /// How to search. Hybrid search, the default, is by words alone in a corpus without vectors.
        public var retrieval = RetrievalOptions()

        public init() {}
    }

    /// The index file.
    public let file: CorpusIndex
    public let configuration: Configuration
    private let embedder: (any Embedder)?
    /// Comparing sentences embeds dozens of them for each question: not with a model that may be remote.
    var comparingEmbedder: (any Embedder)? { embedder?.fingerprint.provider == "local" ? embedder : nil }
    private let counter: any TokenCounter

    /// Opens the corpus at `path`, or creates it unless the configuration is read-only.
    ///
    /// - Throws: `CorpusError` if the file is not an index, is damaged, or was built with another model or chunking;
    ///   `ModelStoreError` if a local model is not installed.
    public static func open(
        at path: String, configuration: Configuration = Configuration()
    ) async throws -> Corpus {
        if configuration.isReadOnly {
            let file = try CorpusIndex.open(at: path, readOnly: true)
            return try Corpus(file, configuration, try Self.model(configuration, for: file.settings, at: path))
        }
        let existing = try CorpusIndex.existing(at: path)
        let model = try Self.model(configuration, for: existing?.settings, at: path)
        let settings = try Self.settings(configuration, model?.embedder)
        if let existing {
            if let chunking = configuration.chunking { try existing.check(chunking) }
            return try Corpus(existing, configuration, model)
        }
        return try Corpus(CorpusIndex.openOrCreate(at: path, settings: settings), configuration, model)
    }

    /// A corpus in memory. It is deleted with the last copy of the value.
    ///
    /// - Throws: The errors of ``open(at:configuration:)``.
    public static func inMemory(configuration: Configuration = Configuration()) async throws -> Corpus {
        let model = try Self.model(configuration, for: nil, at: "memory")
        return try Corpus(
            CorpusIndex.inMemory(settings: try Self.settings(configuration, model?.embedder)), configuration, model)
    }

    private init(_ file: CorpusIndex, _ configuration: Configuration, _ model: Model?) throws {
        if let model { try file.check(model.embedder) }
        self.file = file
        self.configuration = configuration
        embedder = model?.embedder
        counter = model?.counter ?? WordCounter()
    }

    private struct Model {
        var embedder: any Embedder
        var counter: any TokenCounter
    }

    private static func settings(
        _ configuration: Configuration, _ embedder: (any Embedder)?
    ) throws -> IndexSettings {
        let chunking = configuration.chunking ?? IndexSettings.Chunking()
        _ = try chunking.chunker(configuration.chunkers, counter: WordCounter(), embedder: embedder)
        let options = configuration.readers?.options ?? ReadingOptions()
        let reading = options == ReadingOptions() ? nil : options
        guard let fingerprint = embedder?.fingerprint else {
            return IndexSettings(chunking: chunking, embedding: nil, reading: reading)
        }
        return IndexSettings(
            chunking: chunking.fitting(modelOf: fingerprint.maximumTokens), embedding: fingerprint, reading: reading)
    }

    /// The embedding model; nil for none.
    private static func model(
        _ configuration: Configuration, for settings: IndexSettings?, at path: String
    ) throws -> Model? {
        let embedding: Configuration.Embedding
        if let named = configuration.embedding {
            embedding = named
        } else if let settings {
            switch settings.embedding {
            case nil: embedding = .wordsOnly
            case let stored? where stored.provider == "local": embedding = .local(stored.model)
            case let stored?:
                throw CorpusError(
                    .otherModel,
                    "\(path) was built with the remote model \(settings.modelName ?? stored.model). Open it with that model."
                )
            }
        } else {
            embedding = .local(LocalModelCatalog.defaultModelName)
        }
        switch embedding {
        case .wordsOnly: return nil
        case .custom(let embedder, let counter): return Model(embedder: embedder, counter: counter)
        case .local(let name):
            let embedder = try ModelStore(path: configuration.modelFolder).embedder(name)
            return Model(embedder: embedder, counter: embedder.tokenCounter)
        }
    }

    // MARK: Documents

    private func indexer() throws -> Indexer {
        try Indexer(
            file, embedder: embedder, counter: counter,
            readers: configuration.readers ?? ReaderRegistry(file.settings.reading ?? ReadingOptions()),
            chunkers: configuration.chunkers)
    }

    /// Updates the corpus from files and folders: reads changed files and removes deleted ones.
    ///
    /// - `onProgress`: Called after every commit, one call at a time.
    /// - Returns: The changes, and the files that could not be read.
    /// - Throws: `CorpusError` if no path exists or the file cannot be written, and the errors of the model.
    ///   Committed work stays, and the next call continues.
    @discardableResult
    public func index(
        _ paths: [String], options: InputOptions = InputOptions(),
        onProgress: @escaping @Sendable (IndexingProgress) -> Void = { _ in }
    ) async throws -> IndexingReport {
        try await indexer().index(paths.map { .path($0) }, options: options, onProgress: onProgress)
    }

    /// Adds documents from memory, or replaces those with the same ids.
    @discardableResult
    public func index(_ documents: [Document]) async throws -> IndexingReport {
        try await indexer().index(documents.map { .document($0) })
    }

    /// Removes documents. Unknown ids are ignored. A document of a file returns when the file is indexed after a
    /// change.
    ///
    /// - Returns: The number of removed documents.
    @discardableResult
    public func remove(_ ids: [String]) async throws -> Int { try await file.removeDocuments(ids) }

    /// The documents of the corpus, in the order of their ids.
    ///
    /// - Parameter filter: Only documents that match; nil for all.
    public func documents(matching filter: Filter? = nil) async throws -> [DocumentSummary] {
        try await file.documents(matching: filter)
    }

    // MARK: Questions

    private func retriever(_ mode: RetrievalOptions.Mode?) throws -> HybridRetriever {
        var options = configuration.retrieval
        if let mode { options.mode = mode }
        if embedder == nil, options.mode == .hybrid, configuration.legs.isEmpty { options.mode = .bm25 }
        let stages = configuration.reranker.map { [RerankingStage($0, depth: 50)] } ?? []
        return try file.retriever(
            embedder: embedder, legs: configuration.legs, rerankers: stages, options: options)
    }

    func chain() throws -> RetrievalQA {
        let generator = configuration.languageModel.map { AnswerGenerator.model($0, StuffAssembler()) }
        return RetrievalQA(
            retriever: try retriever(nil), generator: generator ?? .extractive,
            reader: ExtractiveReader(
                embedder: comparingEmbedder, questionAnswering: configuration.questionAnswering))
    }

    /// The best passages for a question.
    ///
    /// - `text`: May have operators such as `-word` and `"a phrase"`, which `QueryExpression` reads.
    /// - `mode`: By words (`bm25`), by meaning (`vector`), or both (`hybrid`); nil for the mode of the configuration.
    /// - `filter`: Only documents that match; nil for all.
    /// - Throws: `QuestionError` for an empty question, `CorpusError`, and the errors of the model.
    public func search(
        _ text: String, limit: Int = 10, mode: RetrievalOptions.Mode? = nil, filter: Filter? = nil
    ) async throws -> Retrieval {
        try await retriever(mode).retrieve(Query(text, filter: filter), limit: limit)
    }

    /// The answer to a question with citations, or a refusal with its reason.
    ///
    /// - Throws: The errors of ``search(_:limit:mode:filter:)`` and of the language model.
    public func answer(_ question: String, filter: Filter? = nil) async throws -> Answer {
        try await chain().answer(question, filter: filter)
    }

    /// The answer as a stream of events. Cancelling the consuming task stops the language model.
    public func stream(
        _ question: String, filter: Filter? = nil
    ) throws -> AsyncThrowingStream<AnswerEvent, any Error> {
        try chain().stream(Query(question, filter: filter))
    }
}
