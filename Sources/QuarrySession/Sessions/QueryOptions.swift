package import Quarry

/// How a session searches and answers.
package struct QueryOptions: Sendable, Encodable {
    /// How to search. The default is nil: hybrid search, or search by words only if the index has no vectors.
    package var mode: RetrievalOptions.Mode?
    /// The generation of vectors to search. The default is nil: the live one.
    package var generation: Int64?
    /// How the legs are combined. The default is nil: as the settings say.
    package var fusion: Fusion?
    /// Hits taken from each leg before fusion. The default is 100.
    package var depth = 100
    /// The lambda of maximal marginal relevance, from 1 (relevance only) to 0 (diversity only). The default is nil: no
    /// diversity.
    package var diversity: Double?
    /// Whether adjacent passages of one document are joined. The default is true.
    package var mergesNeighbours = true
    /// What is read around a passage. The default is nil: as the settings say.
    package var window: RetrievalOptions.Window?
    /// The most passages of one document. The default is nil: any number.
    package var passagesPerDocument: Int?
    /// The lowest score of a passage in a leg. The default is none.
    package var minimumScores: [LegName: Double] = [:]
    package var bm25 = BM25Parameters()
    /// Whether a similar word is searched for too if no document has a word of the question. The default is true.
    package var corrects = true
    /// What a language model of the settings writes to search for beside the question. The default is nil: nothing.
    package var transform: QueryTransform?
    /// The number of passages sent to the re-ranking model of the settings. The default is 50.
    package var rerankDepth = 50
    package var filter: Filter?
    /// The new location of the index's embedding model, if it moved: a folder or the address of a server.
    package var model: String?

    /// Whether the language models of the settings write the answers. The default is true. Without one, answers are quotes.
    package var generates = true
    /// Whether pieces of an answer are shown as they arrive. The default is false: then the next model of the chain
    /// replaces an incomplete answer.
    package var streams = false
    /// Passages to answer from. The default is 5.
    package var limit = 5
    /// How a language model reads the passages. The default is all in one prompt.
    package var chain = Chain.stuff
    /// The most searches for a question whose parts no single passage holds, 1 or 2. The default is 2.
    package var maximumHops = 2
    /// The texts of the prompt. The default is the engine's own.
    package var prompt = PromptTexts.preset(.standard)
    /// Tokens of a prompt. The default is 3,000.
    package var promptTokens = 3_000
    /// Tokens of a generated answer. The default is 512.
    package var answerTokens = 512
    /// The minimum support of an answer, from 0 to 1. The default is nil, which means the reader's own.
    package var threshold: Double?
    /// What happens to sentences of a model that no passage supports. The default is to take them out.
    package var unsupported = UnsupportedSentences.drop
    /// Whether a local embedding model compares sentences with the question. The default is true.
    package var comparesSentences = true

    package init() {}

    /// The options that change an answer: not where the model is found, nor how the answer is shown. A new option counts
    /// until it is left out here.
    func concerningAnswers(mode: RetrievalOptions.Mode) -> QueryOptions {
        var options = self
        (options.mode, options.model, options.streams) = (mode, nil, false)
        return options
    }

    func retrieval(mode: RetrievalOptions.Mode) -> RetrievalOptions {
        RetrievalOptions(
            mode: mode, fusion: fusion ?? RetrievalOptions.defaultFusion, depth: depth, diversity: diversity,
            mergesNeighbours: mergesNeighbours,
            window: window, hitsPerDocument: passagesPerDocument, minimumScores: minimumScores,
            corrects: corrects)
    }
}

/// Everything besides the question and the index that an answer of language models depends on.
package struct AnswerConditions: Sendable, Encodable {
    package var options: QueryOptions
    /// With their providers: later, a name can refer to another address.
    package var models: [ModelReference]
    package var reranker: ModelReference?
    /// The digests of the local models that re-rank and read; nil for none.
    package var localModels: [String?]

    package init(
        options: QueryOptions, models: [ModelReference], reranker: ModelReference? = nil, localModels: [String?] = []
    ) {
        self.options = options
        self.models = models
        self.reranker = reranker
        self.localModels = localModels
    }
}
