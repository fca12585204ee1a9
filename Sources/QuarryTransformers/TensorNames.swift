/// The names of an encoder's tensors in a file.
struct TensorNames: Sendable {
    /// A matrix with its bias, or the two vectors of a layer norm.
    struct Pair: Sendable {
        var weight: String
        var bias: String
    }

    struct Layer: Sendable {
        var query: Pair
        var key: Pair
        var value: Pair
        var attentionOutput: Pair
        var attentionNorm: Pair
        var intermediate: Pair
        var output: Pair
        var outputNorm: Pair
    }

    var wordEmbeddings: String
    var positionEmbeddings: String
    var tokenTypeEmbeddings: String
    var embeddingNorm: Pair
    var layers: [Layer]

    /// The names that Hugging Face's BERT and XLM-RoBERTa share, after `prefix` (often empty, `bert.` or `roberta.`).
    static func huggingFace(prefix: String, layerCount: Int) -> TensorNames {
        func pair(_ name: String) -> Pair { Pair(weight: "\(name).weight", bias: "\(name).bias") }
        return TensorNames(
            wordEmbeddings: "\(prefix)embeddings.word_embeddings.weight",
            positionEmbeddings: "\(prefix)embeddings.position_embeddings.weight",
            tokenTypeEmbeddings: "\(prefix)embeddings.token_type_embeddings.weight",
            embeddingNorm: pair("\(prefix)embeddings.LayerNorm"),
            layers: (0..<layerCount).map { index in
                let layer = "\(prefix)encoder.layer.\(index)"
                return Layer(
                    query: pair("\(layer).attention.self.query"), key: pair("\(layer).attention.self.key"),
                    value: pair("\(layer).attention.self.value"),
                    attentionOutput: pair("\(layer).attention.output.dense"),
                    attentionNorm: pair("\(layer).attention.output.LayerNorm"),
                    intermediate: pair("\(layer).intermediate.dense"), output: pair("\(layer).output.dense"),
                    outputNorm: pair("\(layer).output.LayerNorm"))
            })
    }

    /// The names inside an `E5S1` container.
    static func e5Container(layerCount: Int) -> TensorNames {
        func pair(_ name: String) -> Pair { Pair(weight: "\(name).w", bias: "\(name).b") }
        return TensorNames(
            wordEmbeddings: "emb.word", positionEmbeddings: "emb.pos", tokenTypeEmbeddings: "emb.type",
            embeddingNorm: pair("emb.ln"),
            layers: (0..<layerCount).map { index in
                Layer(
                    query: pair("l\(index).q"), key: pair("l\(index).k"), value: pair("l\(index).v"),
                    attentionOutput: pair("l\(index).ao"), attentionNorm: pair("l\(index).aln"),
                    intermediate: pair("l\(index).fi"), output: pair("l\(index).fo"),
                    outputNorm: pair("l\(index).oln"))
            })
    }

    /// Every tensor except the word embeddings, with its rows and columns; a vector has one row.
    func shapes(_ configuration: EncoderConfiguration) -> [(name: String, rows: Int, columns: Int)] {
        let (hidden, wide) = (configuration.hiddenSize, configuration.intermediateSize)
        func dense(_ pair: Pair, _ inputs: Int, _ outputs: Int) -> [(name: String, rows: Int, columns: Int)] {
            [(pair.weight, outputs, inputs), (pair.bias, 1, outputs)]
        }
        func norm(_ pair: Pair) -> [(name: String, rows: Int, columns: Int)] {
            [(pair.weight, 1, hidden), (pair.bias, 1, hidden)]
        }
        return [
            (positionEmbeddings, configuration.positionCount, hidden),
            (tokenTypeEmbeddings, configuration.tokenTypeCount, hidden),
        ] + norm(embeddingNorm)
            + layers.flatMap { layer in
                [layer.query, layer.key, layer.value, layer.attentionOutput].flatMap { dense($0, hidden, hidden) }
                    + dense(layer.intermediate, hidden, wide) + dense(layer.output, wide, hidden)
                    + norm(layer.attentionNorm) + norm(layer.outputNorm)
            }
    }
}
