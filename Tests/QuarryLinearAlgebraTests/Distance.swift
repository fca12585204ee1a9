/// The largest absolute difference.
func distance(_ a: [Float], _ b: [Double]) -> Double {
    zip(a, b).reduce(a.count == b.count ? 0 : .infinity) { max($0, abs(Double($1.0) - $1.1)) }
}
