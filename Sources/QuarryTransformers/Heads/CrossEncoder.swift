import Foundation
public import QuarryCore

/// Re-ranks passages on this machine with a cross-encoder: a model that reads question and passage together.
///
/// ```swift
/// let reranker = try CrossEncoder(modelDirectory: "models/ms-marco-MiniLM-L6-v2")
/// let ranked = try await reranker.rerank(hits, for: AnalyzedQuery("Who signs the lease?"))
/// ```
///
/// Its scores replace the hits' own. They are comparable only within one list.
public struct CrossEncoder: Reranker {
    /// 64 bits of a sample of the weights, of the tokenizer and of the model's shape, in hexadecimal.
    public let revision: String
    private let classifier: PairClassifier
    private let scoring: Scoring

    private enum Scoring {
        /// The only logit.
        case logit
        /// The sigmoid of the only logit.
        case sigmoid
        /// The probability of the second of two labels.
        case secondLabel
    }

    /// Loads `BertForSequenceClassification`, or that of RoBERTa, CamemBERT or XLM-RoBERTa.
    ///
    /// The folder has the Hugging Face layout: `config.json`, `tokenizer.json`, `model.safetensors`, and if present
    /// `tokenizer_config.json` for the longest input. A longer pair is cut, the longer text first. With one label, the
    /// score is the sigmoid of its logit, or the logit itself if `config.json` names the activation `Identity`. With two
    /// labels, it is the probability of the second.
    ///
    /// - Throws: ``TransformerError`` with the file and its problem; of the code `unsupported` for three labels or more.
    public init(modelDirectory: String) throws(TransformerError) {
        let folder = try ModelFolder(
            directory: URL(filePath: modelDirectory).standardizedFileURL.path(percentEncoded: false))
        let settings = try HeadSettings(folder)
        switch settings.labels.count {
        case 1: scoring = settings.usesSigmoid ?? true ? .sigmoid : .logit
        case 2: scoring = .secondLabel
        default:
            throw TransformerError(
                .unsupported,
                "The model has \(settings.labels.count) labels (\(settings.labels.prefix(5).joined(separator: ", "))); "
                    + "a re-ranker has one, or two of which the second means relevant.",
                path: "\(folder.directory)/config.json")
        }
        classifier = try PairClassifier(folder, settings)
        revision = String(folder.contentDigest.value, radix: 16)
    }

    /// Candidates by the model's score, best first; ties keep their order. The model reads title and headings before
    /// each text.
    ///
    /// - Throws: ``TransformerError`` of the code `notFinite`, or `CancellationError`.
    @concurrent
    public func rerank(_ candidates: [ScoredChunk], for query: AnalyzedQuery) async throws -> [ScoredChunk] {
        try await scores(of: candidates.map(\.textUnderHeadings), for: query.text).ranking(candidates)
    }

    /// A score for each passage.
    package func scores(of passages: [String], for question: String) async throws -> [Double] {
        try await classifier.logits(of: passages.map { (question, $0) }).map { logits in
            switch scoring {
            case .logit: Double(logits[0])
            case .sigmoid: 1 / (1 + exp(-Double(logits[0])))
            case .secondLabel: 1 / (1 + exp(Double(logits[0]) - Double(logits[1])))
            }
        }
    }
}
