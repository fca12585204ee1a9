import QuarryLinearAlgebra

/// A BERT-family encoder from token ids to one vector for each token.
///
/// Post-norm transformer with absolute positions and the exact GELU, as in Devlin et al., "BERT" (2019). The tokens of
/// a batch are one matrix, so padding costs nothing; only attention is computed for each text.
struct Encoder: Sendable {
    let weights: EncoderWeights

    private var configuration: EncoderConfiguration { weights.configuration }

    /// Leaves the vectors of all tokens (tokens, hidden) in `scratch.hidden`, in the order of `batch.texts`.
    ///
    /// - Precondition: `scratch` was made for at least as many tokens; every text has a token, and no more than the
    ///   model's positions; every id is in the vocabulary.
    func encode(_ batch: TokenBatch, of texts: [TokenSequence], scratch: EncoderScratch) {
        embed(batch, of: texts, scratch)
        for layer in weights.layers {
            attend(batch, of: texts, layer, scratch)
            feedForward(layer, scratch, tokens: batch.tokenCount)
        }
    }

    private func embed(_ batch: TokenBatch, of texts: [TokenSequence], _ scratch: EncoderScratch) {
        let hidden = configuration.hiddenSize
        var row = scratch.hidden
        for text in batch.texts {
            let sequence = texts[text]
            for (position, id) in sequence.ids.enumerated() {
                weights.wordEmbeddings.read(rows: Int(id), count: 1, into: row)
                Kernels.addBias(weights.positionEmbeddings + position * hidden, to: row, rows: 1, columns: hidden)
                if position >= sequence.secondTypeStart, let step = weights.secondTypeStep {
                    Kernels.addBias(step, to: row, rows: 1, columns: hidden)
                }
                row += hidden
            }
        }
        Kernels.layerNorm(
            scratch.hidden, weight: weights.embeddingNorm.weight, bias: weights.embeddingNorm.bias,
            rows: batch.tokenCount, columns: hidden, epsilon: configuration.layerNormEpsilon)
    }

    /// hidden = norm(hidden + attention(hidden)).
    private func attend(
        _ batch: TokenBatch, of texts: [TokenSequence], _ layer: EncoderWeights.Layer, _ scratch: EncoderScratch
    ) {
        let (hidden, headSize, tokens) = (configuration.hiddenSize, configuration.headSize, batch.tokenCount)
        multiply(scratch.hidden, layer.queryKeyValue, into: scratch.queryKeyValue, tokens: tokens)
        Kernels.addBias(
            layer.queryKeyValue.bias, to: scratch.queryKeyValue, rows: tokens, columns: 3 * hidden)
        var first = 0
        for text in batch.texts {
            for head in 0..<configuration.headCount {
                attend(
                    scratch.queryKeyValue + first * 3 * hidden + head * headSize, length: texts[text].ids.count,
                    scratch,
                    into: scratch.context + first * hidden + head * headSize)
            }
            first += texts[text].ids.count
        }
        multiply(scratch.context, layer.attentionOutput, into: scratch.update, tokens: tokens)
        addAndNormalize(scratch, layer.attentionOutput.bias, layer.attentionNorm, tokens: tokens)
    }

    /// One head of one text: context (length, head) = softmax(query · keyᵀ / √head) · value.
    ///
    /// - `query`: The head's first query; its keys and values follow at offsets of `hidden` and 2 · `hidden` floats.
    private func attend(
        _ query: UnsafePointer<Float>, length: Int, _ scratch: EncoderScratch,
        into context: UnsafeMutablePointer<Float>
    ) {
        let (hidden, headSize) = (configuration.hiddenSize, configuration.headSize)
        for row in stride(from: 0, to: length, by: EncoderScratch.attentionRows) {
            let count = min(EncoderScratch.attentionRows, length - row)
            BLAS.gemm(
                query + row * 3 * hidden, query + hidden, into: scratch.attention, m: count, n: length, k: headSize,
                aStride: 3 * hidden, bStride: 3 * hidden)
            Kernels.softmax(scratch.attention, rows: count, columns: length, scale: 1 / Float(headSize).squareRoot())
            BLAS.gemmUntransposed(
                scratch.attention, query + 2 * hidden, into: context + row * hidden, m: count, n: headSize, k: length,
                bStride: 3 * hidden, cStride: hidden)
        }
    }

    /// hidden = norm(hidden + output(gelu(intermediate(hidden)))).
    private func feedForward(_ layer: EncoderWeights.Layer, _ scratch: EncoderScratch, tokens: Int) {
        multiply(scratch.hidden, layer.intermediate, into: scratch.intermediate, tokens: tokens)
        Kernels.addBiasGELU(
            layer.intermediate.bias, to: scratch.intermediate, rows: tokens, columns: layer.intermediate.outputs)
        multiply(scratch.intermediate, layer.output, into: scratch.update, tokens: tokens)
        addAndNormalize(scratch, layer.output.bias, layer.outputNorm, tokens: tokens)
    }

    /// Without the bias, which the next kernel adds.
    private func multiply(
        _ x: UnsafePointer<Float>, _ dense: EncoderWeights.Dense, into y: UnsafeMutablePointer<Float>, tokens: Int
    ) {
        BLAS.gemmUntransposed(x, dense.weight, into: y, m: tokens, n: dense.outputs, k: dense.inputs)
    }

    private func addAndNormalize(
        _ scratch: EncoderScratch, _ bias: UnsafePointer<Float>, _ norm: EncoderWeights.LayerNorm, tokens: Int
    ) {
        Kernels.addLayerNorm(
            scratch.hidden, update: scratch.update, updateBias: bias, weight: norm.weight, bias: norm.bias,
            rows: tokens, columns: configuration.hiddenSize, epsilon: configuration.layerNormEpsilon)
    }
}
