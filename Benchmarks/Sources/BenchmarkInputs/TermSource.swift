/// Draws terms as often as Zipf's law says of natural language: the term of rank r with a share of 1/r.
public struct TermSource {
    private let cumulative: [Double]
    private var generator: SeededGenerator

    public init(vocabulary: Int, seed: UInt64) {
        var sum = 0.0
        cumulative = (1...vocabulary).map { rank in
            sum += 1 / Double(rank)
            return sum
        }
        generator = SeededGenerator(seed: seed)
    }

    /// - Parameter skipping: Ranks at the top that are not drawn, as stop words are not asked for.
    public mutating func terms(_ count: Int, skipping: Int = 0) -> [String] {
        let least = skipping == 0 ? 0 : cumulative[skipping - 1]
        return (0..<count).map { _ in
            let target = Double.random(in: least..<(cumulative.last ?? 1), using: &generator)
            return "w\(rank(of: target))"
        }
    }

    private func rank(of target: Double) -> Int {
        var (low, high) = (0, cumulative.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if cumulative[middle] <= target { low = middle + 1 } else { high = middle }
        }
        return low + 1
    }
}
