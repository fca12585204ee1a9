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
    /// The number of hits taken from each leg before fusion. The default is 100.
    ///
    /// It is the same for every limit, so a larger limit returns the same hits first. What is found only deeper, if more
    /// hits are asked for than these or if duplicates fill the depth, follows. The search stops at 10,000 hits of a leg,
    /// or twice the limit.
    public var depth: Int
    /// The lambda of maximal marginal relevance, from 0 (diversity only) to 1 (relevance only). The default is nil: no
    /// diversity.
    public var diversity: Double?
    /// Whether adjacent hits of one document become one hit. The default is true.
    public var mergesNeighbours: Bool
    /// Whether passages with the same words become one hit, the best of them, with the others as its
    /// ``ScoredChunk/duplicates``. The default is true.
    public var groupsDuplicates: Bool
    /// What is read around a hit. Hits whose windows meet become one hit, also without ``mergesNeighbours``. The default
    /// is nil: nothing.
    public var window: Window?
    /// The most hits of one document; further ones are left out. The default is nil: any number.
    public var hitsPerDocument: Int?
    /// The lowest score of a hit in a leg: a cosine for the vector leg, a sum of BM25 for the lexical one. A hit that a
    /// leg with a minimum has no score for is left out. The default is none.
    public var minimumScores: [LegName: Double]
    /// Whether a similar word of the documents is searched for too if no document has a word of the question. The reply
    /// names both. The default is true.
    public var corrects: Bool

    public init(
        mode: Mode = .hybrid, fusion: Fusion = RetrievalOptions.defaultFusion, depth: Int = 100,
        diversity: Double? = nil, mergesNeighbours: Bool = true, groupsDuplicates: Bool = true, window: Window? = nil,
        hitsPerDocument: Int? = nil, minimumScores: [LegName: Double] = [:], corrects: Bool = true
    ) {
        self.mode = mode
        self.fusion = fusion
        self.depth = depth
        self.diversity = diversity
        self.mergesNeighbours = mergesNeighbours
        self.groupsDuplicates = groupsDuplicates
        self.window = window
        self.hitsPerDocument = hitsPerDocument
        self.minimumScores = minimumScores
        self.corrects = corrects
    }

    /// Six tenths for the vector leg, and z-scores. On 14 judged collections of one language, this was at or above the
    /// better leg on all but one, where it was 0.002 of nDCG@10 below; min-max with three quarters lost 0.043 there.
    public static let defaultFusion = Fusion.convex(alpha: 0.6, normalization: .zScore)
}

/// A re-ranker and the number of candidates it receives.
public struct RerankingStage: Sendable {
    public var reranker: any Reranker
    /// How many of the best candidates are re-ranked; nil means ``RetrievalOptions/depth``. The rest follow in their
    /// order, with scores below the new ones.
    public var depth: Int?

    public init(_ reranker: any Reranker, depth: Int? = nil) {
        self.reranker = reranker
        self.depth = depth
    }
}
