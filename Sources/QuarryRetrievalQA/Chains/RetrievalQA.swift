public import QuarryCore

/// Answers questions from retrieved passages, with citations that the engine makes and checks.
///
/// The reader estimates whether the retrieved passages hold the answer. If they may, the answer is either quoted by the
/// reader or written by a language model. A model's text is checked against the passages in its prompt. Refusals and
/// citations never depend on the model's cooperation.
public struct RetrievalQA: Sendable {
    public struct Options: Sendable, Hashable {
        /// Passages to retrieve. The default is 5.
        public var limit: Int
        /// The maximum length of a model's reply, in tokens. The default is 512.
        public var maximumTokens: Int
        /// The model's temperature. The default is 0.
        public var temperature: Double
        public var seed: Int?
        /// The minimum support of a generated sentence, from 0 to 1. The default is 0.5.
        public var sentenceSupport: Double
        /// What happens to sentences of a model that no passage supports. The default is to take them out.
        public var unsupported: UnsupportedSentences
        /// How a model reads the passages. The default is ``Chain/stuff``.
        public var chain: Chain
        /// The most searches, one after the other, for a question whose parts no single passage holds: 1 or 2. The second one
        /// asks with a name that the first one found, and counts only if both fit together. The default is 2.
        public var maximumHops: Int

        public init(
            limit: Int = 5, maximumTokens: Int = 512, temperature: Double = 0, seed: Int? = nil,
            sentenceSupport: Double = 0.5, unsupported: UnsupportedSentences = .drop, chain: Chain = .stuff,
            maximumHops: Int = 2
        ) {
            self.limit = limit
            self.maximumTokens = maximumTokens
            self.temperature = temperature
            self.seed = seed
            self.sentenceSupport = sentenceSupport
            self.unsupported = unsupported
            self.chain = chain
            self.maximumHops = maximumHops
        }
    }

    public var retriever: any Retriever
    public var generator: AnswerGenerator
    public var reader: ExtractiveReader
    public var options: Options

    public init(
        retriever: any Retriever, generator: AnswerGenerator = .extractive,
        reader: ExtractiveReader = ExtractiveReader(), options: Options = Options()
    ) {
        self.retriever = retriever
        self.generator = generator
        self.reader = reader
        self.options = options
    }

    /// Creates a chain with answers written by a language model.
    ///
    /// - `assembler`: Makes the prompt. Its budget and the longest reply together must fit the model's window.
    public init(
        retriever: any Retriever, model: any LanguageModel, assembler: StuffAssembler = StuffAssembler(),
        reader: ExtractiveReader = ExtractiveReader(), options: Options = Options()
    ) {
        self.init(retriever: retriever, generator: .model(model, assembler), reader: reader, options: options)
    }

    /// The answer to a question, or a refusal with its reason.
    ///
    /// - Throws: The errors of the retriever, the embedder and the model; ``PromptError`` if the prompt's budget is too
    ///   small for the question.
    public func answer(_ question: String, filter: Filter? = nil) async throws -> Answer {
        try await run(Query(question, filter: filter)) { _ in }
    }

    /// Streams the events of ``answer(_:filter:)``. Cancelling the consuming task stops the model.
    ///
    /// - Parameter query: The question, with its vector if already computed.
    public func stream(_ query: Query) -> AsyncThrowingStream<AnswerEvent, any Error> {
        AsyncThrowingStream { continuation in
            let task = Task {
                do {
                    let answer = try await run(query) { continuation.yield($0) }
                    continuation.yield(.finished(answer))
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    /// The prompt for a model, with the cost of each part; the first one of a chain with several. Nothing is generated.
    ///
    /// - Throws: The errors of the retriever; ``PromptError`` if the budget is too small for the question.
    public func prompt(
        for question: String, filter: Filter? = nil, assembler: StuffAssembler? = nil
    ) async throws -> AssembledPrompt {
        let asked = Query(BareQuestion(question).text, filter: filter)
        let retrieval = try await retriever.retrieve(asked, limit: options.limit)
        var used = assembler ?? StuffAssembler()
        if assembler == nil, case .model(_, let own) = generator { used = own }
        return try firstPrompt(
            of: retrieval.expression?.text ?? question, hits: retrieval.hits, assembler: used)
    }

    private func run(_ query: Query, report: (AnswerEvent) -> Void) async throws -> Answer {
        let withoutCourtesy = BareQuestion(query.text).text
        let asked = withoutCourtesy == query.text ? query : Query(withoutCourtesy, filter: query.filter)
        let retrieval = try await retriever.retrieve(asked, limit: options.limit)
        var hits = retrieval.hits
        // Operators are for the search: they are no words of the question.
        let bare = retrieval.expression?.text ?? withoutCourtesy
        let question = retrieval.expression?.text ?? query.text
        report(.retrieved(retrieval))
        guard !hits.isEmpty else {
            let reason = retrieval.filterMatchesNothing ? RefusalReason.nothingMatchesFilter : .noPassages
            return try refusal(question, reason, support: 0, hits: hits)
        }
        var (extraction, ranked) = try await reader.reading(bare, in: retrieval)
        let second = try await secondHop(asked, after: retrieval, extraction, ranked)
        if let second {
            (hits, extraction) = (second.retrieval.hits, second.extraction)
            report(.retrieved(second.retrieval))
        }
        var answer = try await answer(question, from: hits, extraction, report: report)
        answer.hop = second?.hop
        return answer
    }

    private func answer(
        _ question: String, from hits: [ScoredChunk], _ extraction: Extraction, report: (AnswerEvent) -> Void
    ) async throws -> Answer {
        let isModel = if case .model = generator { true } else { false }
        let threshold = isModel ? extraction.gate : extraction.threshold
        guard isModel ? extraction.isWorthAsking : extraction.isSupported else {
            let reason = RefusalReason.lowSupport(support: extraction.support, threshold: threshold)
            return try refusal(question, reason, support: extraction.support, hits: hits)
        }
        switch generator {
        case .extractive:
            let answer = quoted(question, extraction, hits: hits)
            report(.text(answer.text))
            for citation in answer.citations {
                if let hit = hits.first(where: { $0.id == citation.chunk }) {
                    report(.cited(marker: citation.marker, hit))
                }
            }
            return answer
        case .model(let model, let assembler):
            return try await written(
                question, by: model, assembler, support: extraction.support, hits: hits, report: report)
        }
    }

    func refusal(
        _ question: String, _ reason: RefusalReason, support: Double, hits: [ScoredChunk], draft: String? = nil,
        usage: TokenUsage? = nil, finish: FinishReason? = nil, switches: [ModelSwitch] = [],
        prompt: AssembledPrompt? = nil
    ) throws -> Answer {
        Answer(
            question: question, text: try sentence(of: reason, for: question), refusal: reason, draft: draft,
            generator: switches.last.map { .model($0.to) } ?? generator.generator, switches: switches, usage: usage,
            finish: finish, support: support, hits: hits, prompt: prompt)
    }

    private func sentence(of reason: RefusalReason, for question: String) throws(PromptError) -> String {
        guard reason == .nothingMatchesFilter else { return try refusalSentence(for: question) }
        return switch QuestionLanguage(of: question) {
        case .english: "No document matches the filter."
        case .russian: "Под фильтр не подходит ни один документ."
        }
    }

    func refusalSentence(for question: String) throws(PromptError) -> String {
        if case .model(_, let assembler) = generator, let prompts = assembler.prompts { return prompts.refusal }
        return try PromptSet.matching(question).refusal
    }
}
