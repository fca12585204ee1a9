package import Quarry

/// How a session searches and answers.
package struct QueryOptions: Sendable {
    /// Nil for hybrid search, or for a search by words alone if the index has no vectors. The default is nil.
    package var mode: RetrievalOptions.Mode?
    package var fusion = RetrievalOptions.defaultFusion
    /// Hits taken from each leg before fusion. The default is 100.
    package var depth = 100
    /// Trades relevance for variety, from 1 (relevance alone) to 0. The default is nil, which leaves the order as it is.
    package var diversity: Double?
    /// Whether adjacent passages of one document are joined. The default is true.
    package var mergesNeighbours = true
    package var bm25 = BM25Parameters()
    /// Whether ``LexicalReranker`` reorders the passages, before a model does. The default is false.
    package var reranksByWords = false
    /// Passages that the re-ranking model of the settings is shown. The default is 50.
    package var rerankDepth = 50
    package var filter: Filter?
    /// The embedding model of the index, if it is now found elsewhere: a folder or the address of a server.
    package var model: String?

    /// Whether the language models of the settings write the answers. The default is true. Without one, answers are quotes.
    package var generates = true
    /// Whether the pieces of an answer are shown as they are written. The default is false: then a model that breaks off
    /// gives way to the next one of its chain.
    package var streams = false
    /// Passages to answer from. The default is 5.
    package var limit = 5
    /// Tokens of a prompt. The default is 3,000.
    package var promptTokens = 3_000
    /// Tokens of a generated answer. The default is 512.
    package var answerTokens = 512
    /// The minimum support of an answer, from 0 to 1. The default is nil, which means the reader's own.
    package var threshold: Double?
    /// Whether a local embedding model compares sentences with the question. The default is true.
    package var comparesSentences = true

    package init() {}

    func retrieval(mode: RetrievalOptions.Mode) -> RetrievalOptions {
        RetrievalOptions(
            mode: mode, fusion: fusion, depth: depth, diversity: diversity, mergesNeighbours: mergesNeighbours)
    }
}
