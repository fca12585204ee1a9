/// SplitMix64, so that every run sees the same numbers.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func floats(_ count: Int, in range: ClosedRange<Float> = -1...1) -> [Float] {
        (0..<count).map { _ in Float.random(in: range, using: &self) }
    }
}

func cosine(_ a: some Sequence<Float>, _ b: some Sequence<Double>) -> Double {
    var (product, first, second) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) {
        product += Double(x) * y
        first += Double(x) * Double(x)
        second += y * y
    }
    return product / (first * second).squareRoot()
}
