func cosine(_ a: some Sequence<Float>, _ b: some Sequence<Double>) -> Double {
    var (product, first, second) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) {
        product += Double(x) * y
        first += Double(x) * Double(x)
        second += y * y
    }
    return product / (first * second).squareRoot()
}
