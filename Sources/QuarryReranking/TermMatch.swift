import Foundation
import QuarryCore

/// The distinct words of a question, by the terms that match them.
struct QuestionWords {
    private var weights: [Double] = []
    private var words: [String: [Int]] = [:]

    init(_ terms: [QueryTerm]) {
        var known: Set<[String]> = []
        for term in terms where known.insert(term.forms).inserted {
            for form in term.forms { words[form, default: []].append(weights.count) }
            weights.append(term.weight)
        }
    }

    var isEmpty: Bool { weights.isEmpty }

    /// The places in a text where a word occurs, in text order. A term can match several words.
    func matches(in text: [String]) -> [(position: Int, word: Int)] {
        text.enumerated().flatMap { position, term in (words[term] ?? []).map { (position, $0) } }
    }

    /// The weight of each word: its inverse document frequency over the candidates, times its weight in the question.
    /// - Parameter candidates: The words of each candidate.
    func weights(over candidates: [Set<Int>]) -> [Double] {
        let count = Double(candidates.count)
        return weights.enumerated().map { word, weight in
            let holders = Double(candidates.count { $0.contains(word) })
            return weight * log1p((count - holders + 0.5) / (holders + 0.5))
        }
    }
}

/// Which of a question's words are in a text, and how close together.
struct TermMatch {
    /// Sum of the weights of the matched words.
    private(set) var weight = 0.0
    /// Distinct matched words divided by the length of the shortest window with all of them, in 0...1; 0 for fewer than
    /// two.
    private(set) var proximity = 0.0

    /// - Complexity: O(matches).
    init(_ matches: [(position: Int, word: Int)], weights: [Double]) {
        let held = Set(matches.map(\.word))
        weight = held.sorted().reduce(0) { $0 + weights[$1] }
        guard held.count > 1 else { return }

        var counts: [Int: Int] = [:]
        var start = 0
        var shortest = Int.max
        for match in matches {
            counts[match.word, default: 0] += 1
            while counts.count == held.count {
                let first = matches[start]
                shortest = min(shortest, match.position - first.position + 1)
                let count = (counts[first.word] ?? 1) - 1
                counts[first.word] = count == 0 ? nil : count
                start += 1
            }
        }
        proximity = Double(held.count) / Double(max(shortest, held.count))
    }
}
