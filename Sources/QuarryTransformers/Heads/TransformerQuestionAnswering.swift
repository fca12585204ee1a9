import Foundation
public import QuarryCore

/// Finds answers on this machine with an extractive question-answering model, fine-tuned on data such as SQuAD 2.
///
/// ```swift
/// let model = try TransformerQuestionAnswering(modelDirectory: "models/xlm-roberta-base-squad2")
/// let reader = ExtractiveReader(questionAnswering: model)
/// ```
public struct TransformerQuestionAnswering: QuestionAnsweringModel {
    /// 64 bits of a sample of the weights, of the tokenizer and of the model's shape, in hexadecimal.
    public let revision: String
    private let pairs: PairEncoder
    /// Two outputs: the start and the end of the answer.
    private let head: HeadLayer

    /// Tokens of a window, as in training. The settings below are those of BERT's program for SQuAD 2.
    private static let windowTokens = 384
    private static let questionTokens = 64
    private static let overlapTokens = 128
    private static let answerTokens = 30
    /// A passage is read up to this many tokens.
    private static let passageTokens = 16_384

    /// Loads `BertForQuestionAnswering`, or that of RoBERTa, CamemBERT or XLM-RoBERTa.
    ///
    /// The folder has the Hugging Face layout: `config.json`, `tokenizer.json`, `model.safetensors`, and if present
    /// `tokenizer_config.json` for the longest input.
    ///
    /// - Throws: ``TransformerError`` with the file and its problem.
    public init(modelDirectory: String) throws(TransformerError) {
        let folder = try ModelFolder(
            directory: URL(filePath: modelDirectory).standardizedFileURL.path(percentEncoded: false))
        head = try HeadLayer("qa_outputs", outputs: 2, in: folder)
        pairs = try PairEncoder(
            folder, maximumTokens: min(try HeadSettings(folder).maximumTokens, Self.windowTokens))
        revision = String(folder.contentDigest.value, radix: 16)
    }

    /// The margin of each piece: the best span that begins in it, minus the lowest null score of the passage's windows.
    ///
    /// Scores are sums of a start and an end logit (Devlin et al., "BERT", 2019, section 4.3). A long passage is read in
    /// windows that overlap. A piece beyond 16,384 tokens of its passage, or without a token, has the lowest margin of
    /// the passage.
    ///
    /// - Throws: ``TransformerError`` of the code `notFinite`, or `CancellationError`.
    @concurrent
    public func answerLogOdds(for question: String, in passages: [[String]]) async throws -> [[Double]] {
        let (pairs, head) = (pairs, head)
        let asked = pairs.tokenizer.contentIDs(
            of: question, limit: min(Self.questionTokens, (pairs.maximumTokens - pairs.template.specialCount) / 2))
        let windows = try await pairs.encoder.executor.concurrentMap(count: passages.count) { passage in
            Self.windows(of: passages[passage], passage: passage, after: asked, pairs)
        }.flatMap { $0 }
        let logits = try await pairs.encoder.outputs(of: windows.map(\.tokens)) { tokens, length in
            let logits = head.outputs(of: tokens, rows: length)
            guard logits.allSatisfy(\.isFinite) else {
                throw TransformerError(.notFinite, "The model's logits are not finite; its weights are damaged.")
            }
            return logits
        }
        var best = passages.map { [Double?](repeating: nil, count: $0.count) }
        var null = [Double](repeating: .infinity, count: passages.count)
        for (window, logits) in zip(windows, logits) {
            null[window.passage] = min(null[window.passage], Double(logits[0]) + Double(logits[1]))
            for (index, piece) in window.pieces.enumerated() {
                let start = window.start + index
                let end = min(start + Self.answerTokens, window.start + window.pieces.count)
                let score = Double(logits[2 * start]) + Double((start..<end).map { logits[2 * $0 + 1] }.max() ?? 0)
                best[window.passage][piece] = max(best[window.passage][piece] ?? -.infinity, score)
            }
        }
        return zip(best, null).map { scores, null in
            let lowest = scores.compactMap { $0 }.min()
            // Without a token there is neither a span nor a null score: the lowest margin is then that of no answer.
            return scores.map { score in (score ?? lowest).map { $0 - null } ?? -Self.noAnswer }
        }
    }

    /// The log-odds against an answer in a passage without text.
    private static let noAnswer = 20.0

    private struct Window: Sendable {
        var passage: Int
        var tokens: TokenSequence
        /// The index of the passage's first token.
        var start: Int
        /// The piece of each token of the passage.
        var pieces: [Int]
    }

    private static func windows(
        of pieces: [String], passage: Int, after question: [Int32], _ pairs: PairEncoder
    ) -> [Window] {
        var ids: [Int32] = []
        var owners: [Int] = []
        for (index, piece) in pieces.enumerated() {
            ids += pairs.tokenizer.contentIDs(of: piece, limit: passageTokens - ids.count)
            owners += [Int](repeating: index, count: ids.count - owners.count)
        }
        let width = pairs.maximumTokens - pairs.template.specialCount - question.count
        let overlap = min(overlapTokens, width / 2)
        var windows: [Window] = []
        var first = 0
        while first < ids.count {
            let range = first..<min(first + width, ids.count)
            windows.append(
                Window(
                    passage: passage, tokens: pairs.template.wrap(question, ids[range]),
                    start: pairs.template.secondStart(after: question.count), pieces: Array(owners[range])))
            if range.upperBound == ids.count { break }
            first += width - overlap
        }
        return windows
    }
}
