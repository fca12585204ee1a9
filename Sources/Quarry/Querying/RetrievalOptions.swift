public import QuarryBM25
import QuarryCore
public import QuarryRetrieval

/// How a corpus is searched.
public struct RetrievalOptions: Sendable, Hashable {
    public enum Mode: String, Sendable, Hashable, Codable, CaseIterable {
        case hybrid
        case vector
        case bm25
    }

    /// The default is hybrid.
    public var mode: Mode
    public var fusion: Fusion
    public var bm25: BM25Parameters
    /// Hits taken from each leg before fusion. The default is 100.
    public var depth: Int
    /// Whether the model-free re-ranker orders the candidates.
    public var reranks: Bool
    /// Candidates that a re-ranking model is shown, if one is given. The default is 50.
    public var rerankDepth: Int
    /// Maximal marginal relevance: 1 is relevance alone, 0 diversity alone, nil leaves the order as it is. The default is nil.
    public var diversity: Double?
    /// Whether adjacent hits of one document become one hit. The default is true.
    public var mergesNeighbours: Bool

    public init(
        mode: Mode = .hybrid, fusion: Fusion = RetrievalOptions.defaultFusion, bm25: BM25Parameters = BM25Parameters(),
        depth: Int = 100, reranks: Bool = false, rerankDepth: Int = 50, diversity: Double? = nil,
        mergesNeighbours: Bool = true
    ) {
        self.mode = mode
        self.fusion = fusion
        self.bm25 = bm25
        self.depth = depth
        self.reranks = reranks
        self.rerankDepth = rerankDepth
        self.diversity = diversity
        self.mergesNeighbours = mergesNeighbours
    }

    /// Three quarters of the vector leg: of the shares tried in steps of a tenth, those around it put hybrid search above
    /// both legs on SciFact with MiniLM and on Russian Wikipedia paragraphs with E5.
    public static let defaultFusion = Fusion.convex(alpha: 0.75, normalization: .minMax)
}
