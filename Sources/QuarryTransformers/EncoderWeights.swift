import Dispatch
import QuarryLinearAlgebra

/// The weights of an encoder in the layout for its matrix products. Immutable after initialisation.
final class EncoderWeights: @unchecked Sendable {
    // Unchecked: every pointer is into `arena` or a read-only mapping, both held here and never written again.

    /// y = x · weight + bias.
    struct Dense {
        /// (inputs, outputs): the transpose of the layout in files, because OpenBLAS multiplies it faster, especially
        /// for short inputs.
        var weight: UnsafePointer<Float>
        /// (outputs)
        var bias: UnsafePointer<Float>
        var inputs: Int
        var outputs: Int
    }

    struct LayerNorm {
        /// (hidden) each.
        var weight: UnsafePointer<Float>
        var bias: UnsafePointer<Float>
    }

    struct Layer {
        /// (hidden, 3 · hidden): query, key, value side by side.
        var queryKeyValue: Dense
        var attentionOutput: Dense
        var attentionNorm: LayerNorm
        var intermediate: Dense
        var output: Dense
        var outputNorm: LayerNorm
    }

    let configuration: EncoderConfiguration
    /// (vocabulary, hidden), as stored; rows are widened on demand.
    let wordEmbeddings: StoredTensor
    /// (longest input, hidden): position plus token type 0.
    let positionEmbeddings: UnsafePointer<Float>
    /// (hidden): token type 1 minus type 0; nil for a model with one type.
    let secondTypeStep: UnsafePointer<Float>?
    let embeddingNorm: LayerNorm
    let layers: [Layer]
    private let arena: FloatArena
    private let file: MappedFile

    /// Reads, widens and transposes all matrices except the word embeddings, on all cores.
    init(
        configuration: EncoderConfiguration, names: TensorNames, source: some TensorSource, file: MappedFile
    ) throws(TransformerError) {
        try configuration.validate(path: file.path)
        self.configuration = configuration
        self.file = file
        let hidden = configuration.hiddenSize
        wordEmbeddings = try source.tensor(
            names.wordEmbeddings, rows: configuration.vocabularySize, columns: hidden)
        try Self.check(names, configuration, source, file)
        let loader = try WeightLoader(configuration: configuration, source: source)
        (positionEmbeddings, secondTypeStep) = try loader.positions(names)
        embeddingNorm = try loader.norm(names.embeddingNorm)
        var layers: [Layer] = []
        for layer in names.layers {
            layers.append(
                Layer(
                    queryKeyValue: try loader.dense([layer.query, layer.key, layer.value], hidden, hidden),
                    attentionOutput: try loader.dense([layer.attentionOutput], hidden, hidden),
                    attentionNorm: try loader.norm(layer.attentionNorm),
                    intermediate: try loader.dense([layer.intermediate], hidden, configuration.intermediateSize),
                    output: try loader.dense([layer.output], configuration.intermediateSize, hidden),
                    outputNorm: try loader.norm(layer.outputNorm)))
        }
        self.layers = layers
        arena = loader.arena
        loader.run()
    }

    /// Finds every tensor before memory is allocated, so that a forged shape cannot request more than the file
    /// contains.
    private static func check(
        _ names: TensorNames, _ configuration: EncoderConfiguration, _ source: some TensorSource, _ file: MappedFile
    ) throws(TransformerError) {
        var byteCount = 0
        for (name, rows, columns) in names.shapes(configuration) {
            byteCount += try source.tensor(name, rows: rows, columns: columns).byteCount
            guard byteCount <= file.bytes.count else {
                throw TransformerError(
                    .malformed, "Tensors overlap: those up to \(name) have more bytes than the file.", path: file.path)
            }
        }
    }
}

/// Reserves memory for tensors in an arena; ``run()`` then fills them, in parallel.
private final class WeightLoader<Source: TensorSource> {
    let arena: FloatArena
    private let configuration: EncoderConfiguration
    private let source: Source
    private var jobs: [TransposeJob] = []

    init(configuration: EncoderConfiguration, source: Source) throws(TransformerError) {
        self.configuration = configuration
        self.source = source
        let (hidden, wide) = (configuration.hiddenSize, configuration.intermediateSize)
        let norm = [hidden, hidden]
        let layer =
            [3 * hidden * hidden, 3 * hidden, hidden * hidden, hidden, hidden * wide, wide, wide * hidden, hidden]
            + norm + norm
        arena = FloatArena(
            pieces: [configuration.maximumTokens * hidden, hidden] + norm
                + (0..<configuration.layerCount).flatMap { _ in layer })
    }

    /// Matrices (outputs, inputs) side by side, transposed.
    func dense(
        _ names: [TensorNames.Pair], _ inputs: Int, _ outputs: Int
    ) throws(TransformerError) -> EncoderWeights.Dense {
        let width = names.count * outputs
        let weight = arena.take(inputs * width)
        let bias = arena.take(width)
        for (index, name) in names.enumerated() {
            let tensor = try source.tensor(name.weight, rows: outputs, columns: inputs)
            let step = 64
            for first in stride(from: 0, to: outputs, by: step) {
                jobs.append(
                    TransposeJob(
                        tensor: tensor, firstRow: first, rowCount: min(step, outputs - first),
                        destination: weight + index * outputs + first, destinationStride: width))
            }
            try place(name.bias, count: outputs, at: bias + index * outputs)
        }
        return EncoderWeights.Dense(weight: weight, bias: bias, inputs: inputs, outputs: width)
    }

    func norm(_ name: TensorNames.Pair) throws(TransformerError) -> EncoderWeights.LayerNorm {
        EncoderWeights.LayerNorm(weight: try vector(name.weight), bias: try vector(name.bias))
    }

    private func vector(_ name: String) throws(TransformerError) -> UnsafePointer<Float> {
        let values = arena.take(configuration.hiddenSize)
        try place(name, count: configuration.hiddenSize, at: values)
        return UnsafePointer(values)
    }

    /// A vector is one row that becomes one column. It is written by a job as well, because the first write to a huge
    /// page includes clearing it.
    private func place(
        _ name: String, count: Int, at destination: UnsafeMutablePointer<Float>
    ) throws(TransformerError) {
        jobs.append(
            TransposeJob(
                tensor: try source.tensor(name, rows: 1, columns: count), firstRow: 0, rowCount: 1,
                destination: destination, destinationStride: 1))
    }

    /// Positions (longest input, hidden) with token type 0, and the step from it to type 1 (hidden), if there is one.
    func positions(
        _ names: TensorNames
    ) throws(TransformerError) -> (positions: UnsafePointer<Float>, secondTypeStep: UnsafePointer<Float>?) {
        let hidden = configuration.hiddenSize
        let positions = try source.tensor(
            names.positionEmbeddings, rows: configuration.positionCount, columns: hidden)
        let types = try source.tensor(
            names.tokenTypeEmbeddings, rows: configuration.tokenTypeCount, columns: hidden)
        let (first, second) = (types.row(0), types.rows > 1 ? types.row(1) : nil)
        let values = arena.take(configuration.maximumTokens * hidden)
        positions.read(rows: configuration.firstPosition, count: configuration.maximumTokens, into: values)
        Kernels.addBias(first, to: values, rows: configuration.maximumTokens, columns: hidden)
        let step = second.map { second in
            let step = arena.take(hidden)
            for column in 0..<hidden { step[column] = second[column] - first[column] }
            return UnsafePointer(step)
        }
        return (UnsafePointer(values), step)
    }

    func run() {
        let jobs = jobs
        DispatchQueue.concurrentPerform(iterations: jobs.count) { jobs[$0].run() }
    }
}

/// Rows of a stored matrix, to be widened and written as columns.
private struct TransposeJob: @unchecked Sendable {
    // Unchecked: no two jobs write the same floats.
    let tensor: StoredTensor
    let firstRow: Int
    let rowCount: Int
    let destination: UnsafeMutablePointer<Float>
    let destinationStride: Int

    func run() {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: rowCount * tensor.columns) { rows in
            guard let rows = rows.baseAddress else { return }
            tensor.read(rows: firstRow, count: rowCount, into: rows)
            Kernels.transpose(
                rows, rows: rowCount, columns: tensor.columns, into: destination, outStride: destinationStride)
        }
    }
}
