/// The length of chunks in tokens of the chunker's counter, including breadcrumb and repeated table header.
public struct ChunkLength: Sendable, Hashable, Codable {
    /// The smallest target that leaves room for text beside a breadcrumb and a table header.
    public static let minimumTarget = 8

    /// Adjacent pieces are merged up to this length. The default is 300.
    public var target: Int
    /// The maximum length, which only a single Unicode scalar can exceed. The default is 400.
    public var maximum: Int
    /// Upper bound of the text that a chunk repeats from the previous one, in whole pieces. The default is 0.
    public var overlap: Int

    public init(target: Int = 300, maximum: Int = 400, overlap: Int = 0) {
        self.target = target
        self.maximum = maximum
        self.overlap = overlap
    }

    /// Shorter chunks are joined to a neighbour if possible: 15 % of the target.
    var tiny: Int { target / 100 * 15 + target % 100 * 15 / 100 }

    /// The maximum length of the breadcrumb of headings: a quarter of the target.
    var breadcrumb: Int { target / 4 }

    /// The maximum length of a repeated table header: half of the target.
    var tableHeader: Int { target / 2 }

    func validated() throws(ChunkingError) -> ChunkLength {
        guard target >= Self.minimumTarget else {
            throw .targetTooSmall(target: target, minimum: Self.minimumTarget)
        }
        guard maximum >= target else { throw .maximumBelowTarget(maximum: maximum, target: target) }
        guard overlap >= 0 else { throw .overlapNegative(overlap) }
        guard overlap <= target / 2 else { throw .overlapTooLong(overlap: overlap, target: target) }
        return self
    }

    /// A shorter length with the same proportions, for text whose token counts do not add up.
    func scaled(by factor: Double) -> ChunkLength {
        ChunkLength(
            target: max(1, Int(Double(target) * factor)), maximum: max(1, Int(Double(maximum) * factor)),
            overlap: Int(Double(overlap) * factor))
    }
}
