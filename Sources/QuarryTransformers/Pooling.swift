import QuarryLinearAlgebra

/// How the vectors of a text's tokens are combined.
enum Pooling: String, Sendable {
    case mean
    /// The first token's vector.
    case cls

    /// The unit vector (hidden) of a text from the vectors (length, hidden) of its tokens.
    ///
    /// - Throws: ``TransformerError`` of the code `notFinite`.
    func vector(of tokens: UnsafePointer<Float>, length: Int, hidden: Int) throws(TransformerError) -> [Float] {
        var vector = [Float](repeating: 0, count: hidden)
        Kernels.meanOfRows(tokens, rows: self == .cls ? 1 : length, columns: hidden, into: &vector)
        let norm = Kernels.l2Normalize(&vector, count: hidden)
        guard norm.isFinite, norm > 0 else {
            throw TransformerError(
                .notFinite, "The model's vector for \(length) tokens has length \(norm); its weights are damaged.")
        }
        return vector
    }
}
