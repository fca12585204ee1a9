/// The percentile bootstrap (Efron 1979): how much the mean varies between samples of queries.
public struct Bootstrap: Sendable, Hashable {
    /// The number of resamples. The default is 1000.
    public var samples: Int
    /// The share of the resampled means in the interval. The default is 0.95.
    public var confidence: Double
    public var seed: UInt64

    public init(samples: Int = 1000, confidence: Double = 0.95, seed: UInt64 = 0) {
        self.samples = samples
        self.confidence = confidence
        self.seed = seed
    }

    /// The confidence interval. It is deterministic, and it is the mean alone without values or samples.
    /// - Complexity: O(samples · values).
    public func interval(ofMeanOf values: [Double]) -> (lower: Double, upper: Double) {
        guard let first = values.first else { return (0, 0) }
        let mean = values.reduce(0, +) / Double(values.count)
        guard values.count > 1, samples > 0 else { return values.count == 1 ? (first, first) : (mean, mean) }
        var random = SplitMix64(seed: seed)
        let means = (0..<samples).map { _ in
            var sum = 0.0
            for _ in values.indices { sum += values[random.index(below: values.count)] }
            return sum / Double(values.count)
        }.sorted()
        let tail = (1 - min(max(0, confidence), 1)) / 2
        let last = Double(samples - 1)
        return (means[Int((tail * last).rounded(.down))], means[Int(((1 - tail) * last).rounded(.up))])
    }
}

/// Whether one system is better than another on the same queries.
public struct PairedComparison: Sendable, Hashable {
    /// The mean of first minus second.
    public var difference: Double
    /// The probability of at least this difference by chance, in either direction.
    public var pValue: Double
    /// The number of queries that both reports have. Others are ignored.
    public var queries: Int
    /// The numbers of queries on which the first is better, and worse.
    public var wins: Int
    public var losses: Int

    /// Fisher's paired randomisation test, two-sided (Smucker, Allan and Carterette, CIKM 2007).
    ///
    /// The signs of the per-query differences are flipped at random.
    /// p = (1 + flips with a mean at least as far from 0) / (1 + flips).
    /// - Complexity: O(flips · queries).
    public init(_ first: MetricReport, _ second: MetricReport, flips: Int = 10_000, seed: UInt64 = 0) {
        let common = first.perQuery.keys.filter { second.perQuery[$0] != nil }.sorted(by: precedesByScalars)
        let differences = common.map { (first.perQuery[$0] ?? 0) - (second.perQuery[$0] ?? 0) }
        let sum = differences.reduce(0, +)
        queries = common.count
        difference = common.isEmpty ? 0 : sum / Double(common.count)
        wins = differences.count { $0 > 0 }
        losses = differences.count { $0 < 0 }
        var random = SplitMix64(seed: seed)
        var asFar = 0
        // The order of a sum changes its last bits.
        let threshold = abs(sum) * (1 - 1e-12)
        for _ in 0..<max(0, flips) {
            var flipped = 0.0
            var bits: UInt64 = 0
            for (index, value) in differences.enumerated() {
                if index.isMultiple(of: 64) { bits = random.next() }
                flipped += bits & 1 == 0 ? value : -value
                bits >>= 1
            }
            if abs(flipped) >= threshold { asFar += 1 }
        }
        pValue = Double(1 + asFar) / Double(1 + max(0, flips))
    }
}

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// An index below `count`. The bias is under count / 2⁶⁴.
    mutating func index(below count: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(count)).high) }
}
