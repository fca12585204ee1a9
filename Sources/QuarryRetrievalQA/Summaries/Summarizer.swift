public import QuarryCore

/// Summarizes documents in their own sentences. It needs no model.
///
/// LexRank (Erkan and Radev 2004) finds the sentences that most others resemble; maximal marginal relevance chooses among
/// them, so that the summary says nothing twice. Two sentences resemble each other by the cosine of their tf-idf and, with an
/// embedder, of their vectors.
///
///     let summary = try await Summarizer(embedder: embedder).summarize(passages, sentences: 5)
///
/// A whole book takes bounded time: of more than ``maximumCompared`` sentences, the best of each document by tf-idf are
/// compared.
public struct Summarizer: Sendable {
    /// The number of sentences whose vectors are compared with each other. The default is 400.
    public var maximumCompared = 400
    /// The weight of importance against repetition, from 0 to 1. The default is 0.7.
    public var lambda = 0.7
    let embedder: (any Embedder)?
    let analysis = TextAnalysis()

    /// - `embedder`: Embeds up to ``maximumCompared`` sentences of a summary. Nil compares sentences by their words.
    public init(embedder: (any Embedder)? = nil) { self.embedder = embedder }

    /// The most important sentences of passages, in the order of the passages.
    ///
    /// - `passages`: The passages of one document or several, each document in text order.
    /// - `sentences`: The number of sentences, at least 1. Texts with fewer statements have shorter summaries.
    /// - Throws: The errors of the embedder.
    /// - Complexity: O(length of the passages + ``maximumCompared``²).
    public func summarize(_ passages: [ScoredChunk], sentences count: Int = 5) async throws -> Summary {
        let candidates = SummaryCandidates(analysis: analysis).candidates(in: passages)
        let ranked = try await ranked(candidates, of: passages, count: max(1, count))
        let order = ranked.enumerated().sorted {
            ($0.element.passage, $0.element.range.lowerBound) < ($1.element.passage, $1.element.range.lowerBound)
        }
        var summary = Summary(
            sentences: [], citations: [], generator: .extractive, passages: passages.count,
            candidates: candidates.count)
        for (number, (rank, candidate)) in order.enumerated() {
            summary.sentences.append(
                Summary.Sentence(
                    text: NumberBrackets.replacing(in: candidate.text) { "⟦\($0.content)⟧" }, markers: [number + 1],
                    rank: rank + 1, support: 1))
            summary.citations.append(
                Citation(marker: number + 1, range: candidate.range, in: passages[candidate.passage]))
        }
        if candidates.isEmpty { summary.warnings.append("The documents contain no sentence that can be quoted.") }
        return summary
    }

    /// The chosen sentences, most important first.
    func ranked(
        _ all: [SummaryCandidate], of passages: [ScoredChunk], count: Int
    ) async throws -> [SummaryCandidate] {
        guard !all.isEmpty else { return [] }
        var candidates = all
        var vectors = TermVector.vectors(of: all.map(\.terms))
        let limit = max(2, maximumCompared)
        if all.count > limit {
            let kept = best(
                limit, of: all, by: zip(TermVector.lexRank(vectors), all).map { $0 * $1.fitness }, in: passages)
            candidates = kept.map { all[$0] }
            vectors = kept.map { vectors[$0] }
        }
        var graph = SentenceGraph(vectors)
        var ranks = graph.lexRank()
        if let embedder {
            // Vectors alone prefer sentences that say little, words alone miss other wordings.
            graph = SentenceGraph(try await embedder.embed(candidates.map(\.text), as: .passage))
            ranks = zip(ranks, graph.lexRank()).map { ($0 + $1) / 2 }
        }
        let scores = zip(ranks, candidates).map { $0 * $1.fitness }
        return choose(count, scores: scores, graph: graph).map { candidates[$0] }
    }

    /// The positions of the best candidates in text order, with as many of each document as it has, up to an equal share.
    private func best(
        _ limit: Int, of candidates: [SummaryCandidate], by scores: [Double], in passages: [ScoredChunk]
    ) -> [Int] {
        var places: [String: Int] = [:]
        let order = candidates.indices.sorted { scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1 }
        // The n-th best of its document comes before the n+1-th of any other.
        let placed = order.map { index in
            let place = places[passages[candidates[index].passage].chunk.documentID, default: 0]
            places[passages[candidates[index].passage].chunk.documentID] = place + 1
            return (index: index, place: place)
        }
        return placed.enumerated().sorted { ($0.element.place, $0.offset) < ($1.element.place, $1.offset) }
            .prefix(limit).map(\.element.index).sorted()
    }

    /// Maximal marginal relevance (Carbonell and Goldstein 1998): in each round the sentence with the best importance less
    /// its greatest similarity to a chosen one.
    private func choose(_ count: Int, scores: [Double], graph: SentenceGraph) -> [Int] {
        let top = scores.max() ?? 0
        let scale = top > 0 ? 1 / top : 0
        var nearest = [Double](repeating: 0, count: scores.count)
        var rest = Array(scores.indices)
        var chosen: [Int] = []
        while chosen.count < count, !rest.isEmpty {
            var best = 0
            var value = -Double.infinity
            for (place, index) in rest.enumerated() {
                let worth = lambda * scores[index] * scale - (1 - lambda) * nearest[index]
                if worth > value { (best, value) = (place, worth) }
            }
            let index = rest.remove(at: best)
            chosen.append(index)
            for other in rest { nearest[other] = max(nearest[other], graph.similarity(index, other)) }
        }
        return chosen
    }
}
