/// The shape of a BERT-family encoder.
package struct EncoderConfiguration: Sendable, Hashable {
    package var hiddenSize: Int
    package var layerCount: Int
    package var headCount: Int
    /// Width of the feed-forward layer.
    package var intermediateSize: Int
    package var vocabularySize: Int
    /// Rows of the position table.
    package var positionCount: Int
    package var tokenTypeCount: Int
    package var layerNormEpsilon: Float
    /// Row of the first token's position: 0 for BERT, `padding_idx + 1` for RoBERTa and XLM-RoBERTa.
    package var firstPosition: Int

    package var headSize: Int { hiddenSize / headCount }
    /// The longest input, special tokens included.
    package var maximumTokens: Int { positionCount - firstPosition }

    package init(
        hiddenSize: Int, layerCount: Int, headCount: Int, intermediateSize: Int, vocabularySize: Int,
        positionCount: Int, tokenTypeCount: Int, layerNormEpsilon: Float, firstPosition: Int
    ) {
        self.hiddenSize = hiddenSize
        self.layerCount = layerCount
        self.headCount = headCount
        self.intermediateSize = intermediateSize
        self.vocabularySize = vocabularySize
        self.positionCount = positionCount
        self.tokenTypeCount = tokenTypeCount
        self.layerNormEpsilon = layerNormEpsilon
        self.firstPosition = firstPosition
    }

    /// Adds everything that affects vectors to a digest.
    func add(to digest: inout ContentDigest) {
        for number in [
            hiddenSize, layerCount, headCount, intermediateSize, vocabularySize, positionCount, tokenTypeCount,
            firstPosition, Int(layerNormEpsilon.bitPattern),
        ] {
            digest.add(number)
        }
    }

    /// Rejects impossible shapes, so that products of these numbers cannot overflow.
    func validate(path: String) throws(TransformerError) {
        let bounds: [(String, Int, ClosedRange<Int>)] = [
            ("hidden size", hiddenSize, 1...16_384), ("number of layers", layerCount, 1...1_024),
            ("number of heads", headCount, 1...1_024), ("intermediate size", intermediateSize, 1...131_072),
            ("vocabulary size", vocabularySize, 1...16_777_216), ("number of positions", positionCount, 1...16_384),
            ("number of token types", tokenTypeCount, 1...1_024), ("first position", firstPosition, 0...1_024),
            ("longest input", maximumTokens, 2...16_384),
        ]
        for (name, value, range) in bounds where !range.contains(value) {
            throw TransformerError(
                .malformed, "The \(name) is \(value), outside \(range.lowerBound) to \(range.upperBound).", path: path)
        }
        guard hiddenSize.isMultiple(of: headCount) else {
            throw TransformerError(
                .malformed, "The hidden size \(hiddenSize) is not a multiple of the number of heads, \(headCount).",
                path: path)
        }
        guard layerNormEpsilon >= 0, layerNormEpsilon < 1 else {
            throw TransformerError(
                .malformed, "The layer norm epsilon is \(layerNormEpsilon), outside 0 to 1.", path: path)
        }
    }
}
