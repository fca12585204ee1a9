import Foundation
import QuarryLinearAlgebra

/// A linear layer of a head: y = weight · x + bias.
struct HeadLayer: Sendable {
    /// (outputs, inputs), row-major.
    let weight: [Float]
    /// (outputs)
    let bias: [Float]

    /// Reads `name.weight` and `name.bias`.
    ///
    /// - Throws: ``TransformerError`` with the tensor that is missing or has another shape or type.
    init(_ name: String, outputs: Int, in folder: ModelFolder) throws(TransformerError) {
        let inputs = folder.weights.configuration.hiddenSize
        weight = try folder.tensors.tensor("\(name).weight", rows: outputs, columns: inputs).values
        bias = try folder.tensors.tensor("\(name).bias", rows: 1, columns: outputs).values
    }

    /// The outputs (rows, outputs) for inputs (rows, inputs).
    func outputs(of x: UnsafePointer<Float>, rows: Int) -> [Float] {
        let count = bias.count
        var y = [Float](repeating: 0, count: rows * count)
        BLAS.gemm(x, weight, into: &y, m: rows, n: count, k: weight.count / count)
        Kernels.addBias(bias, to: &y, rows: rows, columns: count)
        return y
    }
}

/// The layers between the first token's vector and the logits of a classifier.
struct ClassificationHead: Sendable {
    private let dense: HeadLayer
    private let output: HeadLayer

    /// Finds the head of BERT (its pooler and `classifier`) or of RoBERTa and XLM-RoBERTa (two layers of `classifier`).
    init(labels: Int, in folder: ModelFolder) throws(TransformerError) {
        let hidden = folder.weights.configuration.hiddenSize
        if folder.tensors.names.contains("classifier.out_proj.weight") {
            dense = try HeadLayer("classifier.dense", outputs: hidden, in: folder)
            output = try HeadLayer("classifier.out_proj", outputs: labels, in: folder)
        } else {
            dense = try HeadLayer("\(folder.prefix)pooler.dense", outputs: hidden, in: folder)
            output = try HeadLayer("classifier", outputs: labels, in: folder)
        }
    }

    /// A logit for each label.
    ///
    /// - Throws: ``TransformerError`` of the code `notFinite`.
    func logits(of firstToken: UnsafePointer<Float>) throws(TransformerError) -> [Float] {
        let pooled = dense.outputs(of: firstToken, rows: 1).map { tanh($0) }
        let logits = output.outputs(of: pooled, rows: 1)
        guard logits.allSatisfy(\.isFinite) else {
            throw TransformerError(.notFinite, "The model's logits are \(logits); its weights are damaged.")
        }
        return logits
    }
}
