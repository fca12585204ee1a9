import Foundation
import Quarry
import QuarrySession

/// An index opened for questions, with its models and settings.
struct QuerySession: Sendable {
    let index: CorpusIndex
    let retriever: HybridRetriever
    let filter: Filter?
    /// Whether a language model writes the answers.
    let isGenerating: Bool
    /// Counts the tokens and the cost of the models.
    let ledger: SpendingLedger
    private let assembler: StuffAssembler
    private let similar: SimilarAnswers?
    private let qa: RetrievalQA
    private let loadMilliseconds: Double

    private let isQuiet: Bool

    /// - Parameters:
    ///   - answers: Whether to answer questions. Otherwise no language model is opened.
    ///   - showsPieces: Whether pieces of an answer are shown as they arrive. If not, an incomplete reply is replaced
    ///     by the next model's.
    init(
        path: String, search: SearchOptions, answering: AnsweringOptions, service: ServiceOptions, answers: Bool = true,
        showsPieces: Bool = false, isQuiet: Bool = false
    ) async throws {
        self.isQuiet = isQuiet
        let start = ContinuousClock.now
        index = try CorpusIndex.open(at: path, readOnly: true)
        let options = search.options(for: index)
        var flags = SettingFlags()
        flags.llm = Setting(answering.modelNames, flag: "--llm")
        flags.rerank = Setting(search.reranker, flag: "--rerank")
        let settings = try service.settings(flags)
        let services = service.services(settings, isQuiet: isQuiet)
        ledger = services.ledger
        let opened =
            options.mode == .bm25 ? nil : try await services.embedder(for: index.settings, override: search.model)
        let reranker =
            if let name = settings.rerank?.value { try await services.reranker(name) } else { nil as (any Reranker)? }
        retriever = try index.retriever(
            embedder: opened?.embedder, rerankers: search.rerankers(model: reranker), bm25: search.bm25,
            options: options)
        filter = search.filter
        var generator = AnswerGenerator.extractive
        var similar: SimilarAnswers?
        if answers, !answering.extractive, let names = settings.llm?.value {
            let store = Self.store(settings)
            let revision = try await index.withSnapshot { try await $0.revision() }
            let caching = store.map { ReplyCaching(cache: $0, indexState: revision, onFailure: Self.noteUnkept) }
            var policy = FallbackPolicy()
            policy.holdsTextBack = !showsPieces
            generator = .model(
                try await services.languageModel(names, cache: caching, policy: policy), answering.assembler)
            if let store, let threshold = settings.semanticThreshold.value, opened != nil {
                similar = SimilarAnswers(
                    store: store, threshold: threshold,
                    scope: [
                        revision, "\(names)", "\(options)", "\(search.bm25)", "\(search.rerank)",
                        "\(search.rerankDepth)", "\(settings.rerank?.value ?? "")", "\(search.filters)",
                        "\(search.k ?? 5)", "\(answering.budget)", "\(answering.answerTokens)",
                        "\(answering.threshold.map { "\($0)" } ?? "")", "\(answering.compareSentences)",
                    ])
            }
        }
        self.similar = similar
        isGenerating = if case .model = generator { true } else { false }
        assembler = answering.assembler
        // Comparing sentences needs some twenty embeddings per question, so paid models are not used for it.
        let compares = answering.compareSentences && opened?.provider?.runsOnThisMachine != false
        qa = RetrievalQA(
            retriever: retriever, generator: generator,
            reader: ExtractiveReader(
                embedder: compares ? opened?.embedder : nil, threshold: answering.threshold, gate: answering.threshold),
            options: .init(limit: search.k ?? 5, maximumTokens: answering.answerTokens))
        loadMilliseconds = start.milliseconds
    }

    /// The cache of replies; nil if the settings turn it off or it cannot be opened.
    private static func store(_ settings: Settings) -> AnswerStore? {
        guard settings.cacheAnswers.value else { return nil }
        do {
            return try AnswerStore(path: settings.answerStorePath, maximumBytes: settings.cacheMegabytes.value << 20)
        } catch {
            noteUnkept(error)
            return nil
        }
    }

    @Sendable private static func noteUnkept(_ error: any Error) {
        Console.note("warning: replies are not cached: \(Console.message(of: error))")
    }

    func retrieve(_ question: String, id: String? = nil, limit: Int) async throws -> QueryReply {
        let start = ContinuousClock.now
        let retrieval = try await retriever.retrieve(Query(question, filter: filter), limit: limit)
        var timings = QueryReply.Timings()
        timings.load = loadMilliseconds
        timings.retrieve = start.milliseconds
        timings.total = timings.load + timings.retrieve
        return QueryReply(
            id: id, question: question, mode: retriever.options.mode, retrieval: retrieval, timings: timings)
    }

    /// - Parameter onText: Called with each piece of the answer as it arrives.
    func answer(
        _ question: String, id: String? = nil, onText: (String) throws -> Void = { _ in }
    ) async throws -> QueryReply {
        let start = ContinuousClock.now
        var timings = QueryReply.Timings()
        timings.load = loadMilliseconds
        var query = Query(question, filter: filter)
        if similar != nil { query = try await retriever.prepared(query) }
        if let vector = query.vector, var known = try await similar?.reply(to: question, vector: vector),
            let earlier = known.similarQuestion
        {
            known.id = id
            known.timings = timings
            known.timings.total = timings.load + start.milliseconds
            if !isQuiet {
                Console.note(
                    "note: this is the cached answer to “\(earlier.question)” (similarity \(Format.decimal(earlier.similarity, digits: 3)))"
                )
            }
            return known
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
            id: id, question: question, mode: retriever.options.mode, retrieval: retrieval, timings: timings)
        if finished.finish == .length {
            reply.warnings.append(
                "The reply was cut off at the limit of \(qa.options.maximumTokens) tokens. Raise --answer-tokens for the rest."
            )
        }
        if finished.finish == .contentFilter {
            reply.warnings.append("The provider's content filter withheld the rest of the reply.")
        }
        if finished.refusal == .emptyReply {
            reply.warnings.append("The model wrote nothing. Ask again, or use another model.")
        }
        reply.add(finished)
        do {
            if let vector = query.vector { try await similar?.keep(reply, vector: vector) }
        } catch let error as AnswerStoreError {
            Self.noteUnkept(error)
        }
        return reply
    }

    func prompt(for question: String) async throws -> AssembledPrompt {
        try await qa.prompt(for: question, filter: filter, assembler: assembler)
    }
}

extension ContinuousClock.Instant {
    /// Milliseconds since this instant.
    var milliseconds: Double { (ContinuousClock.now - self) / .milliseconds(1) }
}
