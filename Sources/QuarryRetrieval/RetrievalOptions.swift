public import QuarryCore

/// How a corpus is searched.
public struct RetrievalOptions: Sendable, Hashable {
    public enum Mode: String, Sendable, Hashable, Codable, CaseIterable {
        /// By all legs.
        case hybrid
        case vector
        case bm25

        func includes(_ leg: LegName) -> Bool { self == .hybrid || leg.rawValue == rawValue }
    }

    /// The default is hybrid.
    public var mode: Mode
    public var fusion: Fusion
    /// Hits taken from each leg before fusion. The default is 100.
    public var depth: Int
    /// Maximal marginal relevance: 1 is relevance alone, 0 diversity alone, nil leaves the order as it is. The default is nil.
    public var diversity: Double?
    /// Whether adjacent hits of one document become one hit. The default is true.
    public var mergesNeighbours: Bool

    public init(
        mode: Mode = .hybrid, fusion: Fusion = RetrievalOptions.defaultFusion, depth: Int = 100,
        diversity: Double? = nil, mergesNeighbours: Bool = true
    ) {
        self.mode = mode
        self.fusion = fusion
        self.depth = depth
        self.diversity = diversity
        self.mergesNeighbours = mergesNeighbours
    }

    /// Three quarters of the vector leg: of the shares tried in steps of a tenth, those around it put hybrid search above
    /// both legs on SciFact with MiniLM and on Russian Wikipedia paragraphs with E5.
    public static let defaultFusion = Fusion.convex(alpha: 0.75, normalization: .minMax)
}

/// A re-ranker and how many of the best candidates it is shown.
public struct RerankingStage: Sendable {
    public var reranker: any Reranker
    /// nil for all. Candidates beyond it are left out: their scores are not comparable with the new ones.
    public var depth: Int?

    public init(_ reranker: any Reranker, depth: Int? = nil) {
        self.reranker = reranker
        self.depth = depth
    }
}
