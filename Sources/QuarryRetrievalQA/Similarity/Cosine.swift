/// The cosine of two rows; 0 where one of them is zero.
func cosine(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Double {
    var product = 0.0
    var squareA = 0.0
    var squareB = 0.0
    for (x, y) in zip(a, b) {
        product += Double(x) * Double(y)
        squareA += Double(x) * Double(x)
        squareB += Double(y) * Double(y)
    }
    let scale = (squareA * squareB).squareRoot()
    return scale > 0 ? product / scale : 0
}

/// Values in standard deviations from their mean; all 0 if they are equal.
func standardized(_ values: [Double]) -> [Double] {
    guard !values.isEmpty else { return [] }
    let mean = values.reduce(0, +) / Double(values.count)
    let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
    return values.map { deviation > 0 ? ($0 - mean) / deviation : 0 }
}
