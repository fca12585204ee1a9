import QuarryCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension ExtractiveReader {
    /// Even odds: the threshold of the model's own evaluation on SQuAD 2. It is not fitted.
    static let answerThreshold = 0.5
    /// A language model may find what the best span does not say alone. It is not fitted.
    static let answerGate = 0.1

    static func probability(ofLogOdds logOdds: Double) -> Double { 1 / (1 + exp(-logOdds)) }

    /// The candidates, best first by the model; ties in hit and text order.
    ///
    /// The model reads each passage in pieces between the bounds of its candidates. A candidate has the log-odds of its
    /// best piece.
    func rank(
        _ candidates: [SentenceCandidate], for question: String, in hits: [ScoredChunk],
        by model: any QuestionAnsweringModel
    ) async throws -> [RankedSentence] {
        guard !candidates.isEmpty else { return [] }
        let texts = hits.map { Array($0.chunk.text.utf8) }
        var bounds = texts.map { Set([0, $0.count]) }
        for candidate in candidates {
            bounds[candidate.hit].formUnion([candidate.range.lowerBound, candidate.range.upperBound])
        }
        let starts = bounds.map { $0.sorted() }
        let pieces = zip(texts, starts).map { text, starts in
            zip(starts, starts.dropFirst()).map { String(decoding: text[$0..<$1], as: UTF8.self) }
        }
        let logOdds = try await model.answerLogOdds(for: question, in: pieces)
        guard logOdds.map(\.count) == pieces.map(\.count), logOdds.allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
            throw QuestionAnsweringError()
        }
        let scores = candidates.map { candidate in
            zip(starts[candidate.hit], logOdds[candidate.hit])
                .filter { candidate.range.contains($0.0) }.map(\.1).max() ?? -.greatestFiniteMagnitude
        }
        let probabilities = SupportModel.softmax(scores)
        return Self.bestFirst(Array(candidates.indices), of: candidates, by: scores).map {
            candidates[$0].ranked(probability: probabilities[$0], logOdds: scores[$0])
        }
    }
}
