import Foundation
import QuarryCore

/// What a candidate's words and scores say, each from 0 to 1.
public struct LexicalFeatures: Sendable, Hashable {
    /// The incoming score between the lowest and the highest of the list; 1 where all are equal.
    public var fused: Double
    /// The vector leg's score likewise; a candidate that the leg did not find counts as the lowest it found. 0 where
    /// the leg found none.
    public var dense: Double
    /// The share of the query's terms that the text has, weighted by idf over the candidates. Terms that no candidate
    /// has do not count.
    public var coverage: Double
    /// How close together the query's terms stand: the number of distinct ones in the text over the length of the
    /// shortest stretch that has them all, times their share. 0 below two terms.
    public var proximity: Double
    /// As `coverage`, of the headings and the document's title.
    public var heading: Double

    static func all(
        of candidates: [ScoredChunk], for query: String, terms: (String) -> [String]
    ) -> [LexicalFeatures] {
        let vocabulary = QueryTerms(terms(query))
        let bodies = candidates.map { vocabulary.occurrences(in: terms($0.chunk.text)) }
        let headings = candidates.map { candidate in
            let titles = candidate.chunk.headings + [candidate.documentTitle].compactMap { $0 }
            return vocabulary.occurrences(in: titles.flatMap(terms))
        }
        let idf = vocabulary.idf(over: zip(bodies, headings).map { Set($0.map(\.term)).union($1.map(\.term)) })
        let fused = scaled(candidates.map(\.score))
        let denseScores = candidates.compactMap { $0.legs[.vector]?.score }
        let lowest = denseScores.min() ?? 0
        let dense = scaled(candidates.map { $0.legs[.vector]?.score ?? lowest })
        return candidates.indices.map { index in
            LexicalFeatures(
                fused: fused[index], dense: denseScores.isEmpty ? 0 : dense[index],
                coverage: share(of: Set(bodies[index].map(\.term)), idf: idf),
                proximity: proximity(bodies[index], termsInPlay: idf.count { $0 > 0 }),
                heading: share(of: Set(headings[index].map(\.term)), idf: idf))
        }
    }

    private static func scaled(_ scores: [Double]) -> [Double] {
        guard let low = scores.min(), let high = scores.max(), high > low else { return scores.map { _ in 1 } }
        return scores.map { ($0 - low) / (high - low) }
    }

    private static func share(of terms: Set<Int>, idf: [Double]) -> Double {
        let total = idf.reduce(0, +)
        guard total > 0 else { return 0 }
        return idf.indices.reduce(0) { terms.contains($1) ? $0 + idf[$1] : $0 } / total
    }

    private static func proximity(_ occurrences: [QueryTerms.Occurrence], termsInPlay: Int) -> Double {
        let distinct = Set(occurrences.map(\.term)).count
        guard distinct > 1, termsInPlay > 1 else { return 0 }
        let window = shortestWindow(over: occurrences, distinct: distinct)
        return Double(distinct) / Double(max(window, distinct)) * Double(distinct) / Double(termsInPlay)
    }

    /// Length in terms of the shortest stretch that holds every distinct term.
    /// - Complexity: O(occurrences).
    private static func shortestWindow(over occurrences: [QueryTerms.Occurrence], distinct: Int) -> Int {
        var counts: [Int: Int] = [:]
        var first = 0
        var shortest = Int.max
        for last in occurrences.indices {
            counts[occurrences[last].term, default: 0] += 1
            while counts.count == distinct {
                shortest = min(shortest, occurrences[last].position - occurrences[first].position + 1)
                let term = occurrences[first].term
                counts[term] = (counts[term] ?? 0) > 1 ? (counts[term] ?? 0) - 1 : nil
                first += 1
            }
        }
        return shortest
    }
}

/// The distinct terms of a query, numbered.
struct QueryTerms {
    struct Occurrence {
        var term: Int
        /// Index among the terms of the text.
        var position: Int
    }

    private var numbers: [String: Int] = [:]

    init(_ terms: [String]) {
        for term in terms where numbers[term] == nil { numbers[term] = numbers.count }
    }

    func occurrences(in terms: [String]) -> [Occurrence] {
        terms.enumerated().compactMap { position, term in
            numbers[term].map { Occurrence(term: $0, position: position) }
        }
    }

    /// ln(1 + (n − df + ½) / (df + ½)) for each term, as BM25's; 0 for a term that no candidate has.
    func idf(over candidates: [Set<Int>]) -> [Double] {
        var frequencies = Array(repeating: 0, count: numbers.count)
        for terms in candidates { for term in terms { frequencies[term] += 1 } }
        let count = Double(candidates.count)
        return frequencies.map { frequency in
            frequency == 0 ? 0 : log1p((count - Double(frequency) + 0.5) / (Double(frequency) + 0.5))
        }
    }
}
