package import Quarry
import QuarryTransformers

/// An index opened for questions, with its models and settings.
package struct QuerySession: Sendable {
    package let index: CorpusIndex
    package let retriever: HybridRetriever
    package let options: QueryOptions
    /// Whether a language model writes the answers.
    package let isGenerating: Bool
    /// Counts the tokens and the cost of the models.
    package let ledger: SpendingLedger
    let embedder: (any Embedder)?
    /// The embedding model, if sentences may be compared with it.
    let comparingEmbedder: (any Embedder)?
    let generator: AnswerGenerator
    /// What is searched for beside a question, and the model that writes it.
    let transform: (kind: QueryTransform, model: any LanguageModel)?
    private let rerankers: [RerankingStage]
    private let similar: SimilarAnswers?
    private let onUnkept: @Sendable (any Error) -> Void
    private let qa: RetrievalQA
    private let loadMilliseconds: Double

    /// - Parameters:
    ///   - path: An index file.
    ///   - settings: The models for re-ranking, reading and generation, and whether to cache answers.
    ///   - services: Opens the models.
    ///   - onUnkept: Called when an answer cannot be cached. The answer itself is not affected.
    /// - Throws: ``CorpusError`` if the index cannot be opened or has no vectors for the mode, or if a transform has no
    ///   language model or no vectors to search; and the errors of `services`.
    package init(
        path: String, settings: Settings, services: ModelServices, options: QueryOptions = QueryOptions(),
        onUnkept: @escaping @Sendable (any Error) -> Void = { _ in }
    ) async throws {
        let start = ContinuousClock.now
        var options = options
        options.window = options.window ?? settings.window?.value
        options.fusion = options.fusion ?? settings.fusion?.value ?? RetrievalOptions.defaultFusion
        self.options = options
        self.onUnkept = onUnkept
        ledger = services.ledger
        index = try CorpusIndex.open(at: path, readOnly: true, generation: options.generation)
        let mode = options.mode ?? (index.settings.embedding == nil ? .bm25 : .hybrid)
        let opened =
            mode == .bm25 ? nil : try await services.embedder(for: index.settings, override: options.model)
        embedder = opened?.embedder
        var rerankers: [RerankingStage] = []
        var openedReranker: ModelServices.OpenedReranker?
        if let name = settings.rerank?.value {
            let model = try await services.reranker(name)
            rerankers.append(RerankingStage(model.reranker, depth: options.rerankDepth))
            openedReranker = model
        }
        self.rerankers = rerankers
        let reader = try settings.readerModel.map { try TransformerQuestionAnswering(modelDirectory: $0.value) }
        retriever = try index.retriever(
            embedder: embedder, rerankers: rerankers, bm25: options.bm25, options: options.retrieval(mode: mode))
        if options.transform == .hyde, mode == .bm25 {
            throw CorpusError(
                .input, "The transform hyde compares vectors, and the search of \(index.path) is by words only.")
        }
        var generator = AnswerGenerator.extractive
        var transform: (QueryTransform, any LanguageModel)?
        var similar: SimilarAnswers?
        if options.generates || options.transform != nil, let names = settings.llm?.value {
            let store = Self.store(settings, onUnkept)
            let revision = try await Self.revision(of: index)
            let caching = store.map { ReplyCaching(cache: $0, indexState: revision, onFailure: onUnkept) }
            var policy = FallbackPolicy()
            policy.holdsTextBack = !options.streams
            let model = try await services.languageModel(names, cache: caching, policy: policy)
            transform = options.transform.map { ($0, model) }
            if options.generates { generator = .model(model, options.prompt.assembler(budget: options.promptTokens)) }
            if options.generates, let store, let threshold = settings.semanticThreshold.value, opened != nil {
                similar = try SimilarAnswers(
                    store: store, threshold: threshold,
                    conditions: AnswerConditions(
                        options: options.concerningAnswers(mode: mode),
                        models: names.map { try services.reference($0) },
                        reranker: openedReranker?.reference,
                        localModels: [openedReranker?.revision, reader?.revision]))
            }
        }
        if let wanted = options.transform, transform == nil {
            throw CorpusError(.input, "The transform \(wanted.rawValue) needs a language model, and none is set.")
        }
        self.transform = transform
        self.similar = similar
        self.generator = generator
        isGenerating = if case .model = generator { true } else { false }
        // Comparing sentences needs some twenty embeddings per question, so paid models are not used for it.
        let compares = options.comparesSentences && opened?.provider?.runsOnThisMachine != false
        comparingEmbedder = compares ? embedder : nil
        qa = RetrievalQA(
            retriever: retriever, generator: generator,
            reader: ExtractiveReader(
                embedder: comparingEmbedder, questionAnswering: reader, threshold: options.threshold,
                gate: options.threshold),
            options: .init(
                limit: options.limit, maximumTokens: options.answerTokens, unsupported: options.unsupported,
                chain: options.chain, maximumHops: options.maximumHops))
        loadMilliseconds = start.milliseconds
    }

    private static func revision(of index: CorpusIndex) async throws -> String {
        try await index.withSnapshot { try await $0.revision() }
    }

    /// The cache of replies; nil if the settings turn it off or it cannot be opened.
    private static func store(_ settings: Settings, _ onUnkept: (any Error) -> Void) -> AnswerStore? {
        guard settings.cacheAnswers.value else { return nil }
        do {
            return try AnswerStore(path: settings.answerStorePath, maximumBytes: settings.cacheMegabytes.value << 20)
        } catch {
            onUnkept(error)
            return nil
        }
    }

    /// A retriever for another mode, otherwise equal to that of the session.
    ///
    /// - Throws: ``CorpusError`` for a mode that needs vectors, if the session searches by words only.
    package func retriever(mode: RetrievalOptions.Mode) throws -> HybridRetriever {
        try index.retriever(
            embedder: embedder, rerankers: rerankers, bm25: options.bm25, options: options.retrieval(mode: mode))
    }

    /// A question, searched for under the filter of the session.
    func query(_ question: String) -> Query { Query(question, filter: options.filter) }

    /// The passages found for a question, without an answer.
    package func retrieve(_ question: String, id: String? = nil, limit: Int) async throws -> QueryReply {
        let start = ContinuousClock.now
        var query = query(question)
        if transform != nil { query = try await retriever.prepared(query) }
        let transformed = try await transformed(query)
        let retrieval = try await retriever.retrieve(query, with: transformed?.searches ?? [], limit: limit)
        var timings = QueryReply.Timings()
        timings.load = loadMilliseconds
        timings.retrieve = start.milliseconds
        timings.total = timings.load + timings.retrieve
        var reply = QueryReply(
            id: id, question: question, mode: retriever.options.mode, fusion: retriever.options.fusion,
            retrieval: retrieval, timings: timings)
        if let transformed { reply.add(transformed.written) }
        try await describeSources(of: &reply)
        return reply
    }

    /// The answer to a question. ``QueryReply/similarQuestion`` names an earlier question whose answer it is.
    ///
    /// - Parameter onText: Called with each piece of the answer as it arrives.
    package func answer(
        _ question: String, id: String? = nil, onText: (String) throws -> Void = { _ in }
    ) async throws -> QueryReply {
        let start = ContinuousClock.now
        var timings = QueryReply.Timings()
        timings.load = loadMilliseconds
        var query = self.query(question)
        // The vector of a question says nothing of its operators.
        let similar = QueryExpression(question).clauses.isEmpty ? similar : nil
        let revision = similar == nil ? nil : try await Self.revision(of: index)
        if similar != nil || transform != nil { query = try await retriever.prepared(query) }
        if let revision, let vector = query.vector,
            var known = try await similar?.reply(to: question, vector: vector, revision: revision)
        {
            known.id = id
            known.timings = timings
            known.timings.total = timings.load + start.milliseconds
            try await describeSources(of: &known)
            return known
        }
        var qa = qa
        let transformed = try await transformed(query)
        if let transformed {
            qa.retriever = TransformedRetriever(
                retriever: retriever, question: BareQuestion(query.text).text, searches: transformed.searches)
        }
        var retrieval = Retrieval()
        var finished: Answer?
        for try await event in qa.stream(query) {
            switch event {
            case .retrieved(let found):
                retrieval = found
                timings.retrieve = start.milliseconds
            case .text(let piece): try onText(piece)
            case .cited: break
            case .finished(let answer): finished = answer
            }
        }
        try Task.checkCancellation()
        timings.answer = start.milliseconds - timings.retrieve
        timings.total = timings.load + start.milliseconds
        guard let finished else { throw CancellationError() }
        var reply = QueryReply(
            id: id, question: question, mode: retriever.options.mode, fusion: retriever.options.fusion,
            retrieval: retrieval, timings: timings)
        if finished.finish == .length {
            reply.warnings.append(
                "The reply was cut off at the limit of \(qa.options.maximumTokens) tokens.")
        }
        if finished.finish == .contentFilter {
            reply.warnings.append("The provider's content filter withheld the rest of the reply.")
        }
        if finished.refusal == .emptyReply {
            reply.warnings.append("The model wrote nothing. Ask again, or use another model.")
        }
        reply.add(finished)
        if let transformed { reply.add(transformed.written) }
        if isGenerating { reply.chain = options.chain }
        reply.prompt = finished.prompt?.template
        do {
            // Another process may have changed the index meanwhile. A revision never returns, so both are of one state.
            if let revision, let vector = query.vector, try await Self.revision(of: index) == revision {
                try await similar?.keep(reply, vector: vector, revision: revision)
            }
        } catch let error as AnswerStoreError {
            onUnkept(error)
        }
        try await describeSources(of: &reply)
        return reply
    }

    /// Says of each hit and citation whether its source changed since it was indexed, and of a reply without hits
    /// whether the index is empty.
    private func describeSources(of reply: inout QueryReply) async throws {
        guard !reply.hits.isEmpty else {
            if try await index.hasNoDocuments() { reply.markEmptyIndex() }
            return
        }
        reply.mark(try await index.changes(ofSources: reply.sources))
    }

    /// The prompt for a language model. No request is sent.
    package func prompt(for question: String) async throws -> AssembledPrompt {
        try await qa.prompt(
            for: question, filter: options.filter, assembler: options.prompt.assembler(budget: options.promptTokens))
    }
}

extension ContinuousClock.Instant {
    /// Milliseconds since this instant.
    var milliseconds: Double { (ContinuousClock.now - self) / .milliseconds(1) }
}
