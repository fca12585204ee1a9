import Foundation
import QuarryLinearAlgebra

/// An encoder that reads two texts together, for a head on top of it.
struct PairEncoder: Sendable {
    let tokenizer: any Tokenizer
    let template: PairTemplate
    let encoder: BatchEncoder
    /// Special tokens included.
    let maximumTokens: Int

    /// The smallest number of tokens that leaves something of both texts.
    private static let shortest = 8

    /// Sets the threads of BLAS to 1 for the whole process, because texts are distributed over workers.
    init(_ folder: ModelFolder, maximumTokens: Int) throws(TransformerError) {
        guard let template = folder.tokenizer.template.pair else {
            throw TransformerError(
                .unsupported, "The post-processor has no template for two texts that Quarry supports.",
                path: "\(folder.directory)/tokenizer.json")
        }
        guard maximumTokens >= Self.shortest + template.specialCount else {
            throw TransformerError(
                .malformed,
                "The longest input is \(maximumTokens) tokens; two texts need at least "
                    + "\(Self.shortest + template.specialCount).", path: folder.directory)
        }
        BLAS.setThreadCount(1)
        tokenizer = folder.tokenizer
        self.template = template
        self.maximumTokens = maximumTokens
        encoder = BatchEncoder(
            Encoder(weights: folder.weights), maximumTokens: maximumTokens,
            workers: ProcessInfo.processInfo.activeProcessorCount)
    }
}

/// A model with a classifier that reads two texts together.
struct PairClassifier: Sendable {
    private let pairs: PairEncoder
    private let head: ClassificationHead

    init(_ folder: ModelFolder, _ settings: HeadSettings) throws(TransformerError) {
        head = try ClassificationHead(labels: settings.labels.count, in: folder)
        pairs = try PairEncoder(folder, maximumTokens: settings.maximumTokens)
    }

    /// A logit for each label, for each pair.
    func logits(of texts: [(first: String, second: String)]) async throws -> [[Float]] {
        let (pairs, head) = (pairs, head)
        let tokens = try await pairs.encoder.executor.concurrentMap(count: texts.count) { index in
            pairs.tokenizer.encode(
                texts[index].first, texts[index].second, in: pairs.template, maximum: pairs.maximumTokens)
        }
        return try await pairs.encoder.outputs(of: tokens) { tokens, _ in try head.logits(of: tokens) }
    }
}
