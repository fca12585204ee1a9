import Foundation
public import QuarryCore
import QuarryLinearAlgebra
import QuarryText

/// Embeds texts on this machine with a BERT-family encoder (MiniLM, E5, BGE, XLM-RoBERTa …).
///
/// ```swift
/// let embedder = try TransformerEmbedder(modelDirectory: "models/all-MiniLM-L6-v2")
/// let vectors = try await embedder.embed(["A lease runs for a year."], as: .passage)
/// ```
///
/// A vector depends only on its text, not on the order or number of texts in the call, except for rounding below 1e-5.
/// The same call on the same machine gives the same bytes. Copies share one set of weights.
public struct TransformerEmbedder: Embedder {
    public let fingerprint: EmbeddingFingerprint
    /// Counts tokens with this model's tokenizer, for a chunker.
    public var tokenCounter: any TokenCounter { tokenizer }
    /// Known for the models of ``LocalModelCatalog``, by name.
    public var languages: [String]? { LocalModelCatalog.model(named: fingerprint.model)?.languages }

    private let tokenizer: any Tokenizer
    private let encoder: BatchEncoder
    private let pooling: Pooling

    /// Loads a model. It takes about a tenth of a second, because the weights are rearranged for fast products.
    ///
    /// `modelDirectory` is a folder in the Hugging Face layout, a folder with an `E5S1` container (`e5-small-q4.bin`),
    /// or the path of such a container. The required files of the layout are `config.json`, `tokenizer.json` and
    /// `model.safetensors`. Optional files are `modules.json`, `1_Pooling/config.json` (mean is the default),
    /// `sentence_bert_config.json` (length) and `config_sentence_transformers.json` (prefixes). The length in
    /// `tokenizer.json` is ignored.
    ///
    /// Prefixes come from the parameters or from the model's prompts. Without either, a model of the E5 family gets
    /// `query: ` and `passage: `, any other none. A container is of that family. A folder is if `e5`, and not
    /// `instruct`, is a word of its name or of `_name_or_path` in `config.json`.
    ///
    /// Sets the threads of BLAS to 1 for the whole process, because texts are distributed over workers.
    ///
    /// - `name`: The model's name in the fingerprint; the last component of the path by default.
    /// - `revision`: The digest of the model in the fingerprint. By default 64 bits of a sample of the weights, and for
    ///   a folder of the tokenizer and the encoder's shape as well.
    /// - `queryPrefix`: Prepended to every query; the default is described above.
    /// - `passagePrefix`: Prepended to every passage; the default is described above.
    /// - `maximumTokens`: A lower limit than the model's, including special tokens.
    /// - `workers`: The number of concurrent batches; the number of active cores by default.
    /// - Throws: ``TransformerError`` with the file and its problem.
    public init(
        modelDirectory: String, name: String? = nil, revision: String? = nil, queryPrefix: String? = nil,
        passagePrefix: String? = nil, maximumTokens: Int? = nil, workers: Int? = nil
    ) throws(TransformerError) {
        let path = URL(filePath: modelDirectory).standardizedFileURL
        let model = try LoadedModel(path: path.path(percentEncoded: false))
        let workers = workers ?? ProcessInfo.processInfo.activeProcessorCount
        guard workers >= 1 else {
            throw TransformerError(.invalidArgument, "The number of workers is \(workers); it must be at least 1.")
        }
        let longest = maximumTokens ?? model.maximumTokens
        guard 2...model.maximumTokens ~= longest else {
            throw TransformerError(
                .invalidArgument,
                "maximumTokens is \(longest); the permitted range of this model is 2 to \(model.maximumTokens).",
                path: modelDirectory)
        }
        BLAS.setThreadCount(1)
        tokenizer = model.tokenizer
        pooling = model.pooling
        encoder = BatchEncoder(Encoder(weights: model.weights), maximumTokens: longest, workers: workers)
        fingerprint = EmbeddingFingerprint(
            provider: "local", model: name ?? path.lastPathComponent,
            revision: revision ?? String(model.contentDigest.value, radix: 16),
            dimension: model.weights.configuration.hiddenSize,
            queryPrefix: queryPrefix ?? model.queryPrefix, passagePrefix: passagePrefix ?? model.passagePrefix,
            pooling: model.pooling.rawValue, normalized: true, maximumTokens: longest)
    }

    /// One unit vector for each text, in order. Equal texts are computed once.
    ///
    /// Runs on its own threads; a cancelled task ends after the current batches.
    public func embed(_ texts: [String], as role: EmbeddingRole) async throws -> EmbeddingBatch {
        try await embed(texts, as: role) { _ in }
    }

    /// Embeds texts and reports each batch of some hundred tokens.
    @concurrent
    public func embed(
        _ texts: [String], as role: EmbeddingRole, onPart: @Sendable (EmbeddedPart) throws -> Void
    ) async throws -> EmbeddingBatch {
        let prefix = role == .query ? fingerprint.queryPrefix : fingerprint.passagePrefix
        let (distinct, rows) = ExactText.distinct(texts)
        let tokens = try await tokenize(distinct, prefix: prefix)
        var places = [[Int]](repeating: [], count: distinct.count)
        for (text, row) in rows.enumerated() { places[row].append(text) }
        let width = dimension
        let pooling = pooling
        let vectors = try await encoder.outputs(
            of: tokens,
            onBatch: { batch, vectors in
                var part = EmbeddedPart(positions: [], vectors: EmbeddingBatch(values: [], dimension: width))
                for (row, text) in batch.texts.enumerated() {
                    for place in places[text] {
                        part.positions.append(place)
                        part.vectors.append(contentsOf: EmbeddingBatch(values: vectors[row], dimension: width))
                    }
                }
                try onPart(part)
            },
            head: { try pooling.vector(of: $0, length: $1, hidden: width) })
        var values: [Float] = []
        values.reserveCapacity(texts.count * width)
        for row in rows { values += vectors[row] }
        return EmbeddingBatch(values: values, dimension: width)
    }

    private func tokenize(_ texts: [String], prefix: String) async throws -> [TokenSequence] {
        let (tokenizer, maximum, step) = (tokenizer, fingerprint.maximumTokens, 64)
        let parts = try await encoder.executor.concurrentMap(count: (texts.count + step - 1) / step) { part in
            texts[part * step..<min(texts.count, (part + 1) * step)].map {
                TokenSequence(tokenizer.encode(prefix + $0, maximum: maximum))
            }
        }
        return Array(parts.joined())
    }
}
