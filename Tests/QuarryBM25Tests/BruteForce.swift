import Foundation
import QuarryBM25
import QuarryCore
import QuarryTestSupport

/// BM25 directly from its definition, over chunks in a dictionary.
struct BruteForce {
    var chunks: [Int64: BM25Fields] = [:]

    func search(_ terms: [QueryTerm], _ parameters: BM25Parameters, mask: ChunkMask? = nil) -> [Int64: Double] {
        let weights = parameters.weights
        func length(_ fields: BM25Fields) -> Double {
            func count(_ terms: [String]) -> Double { Double(terms.filter { !$0.hasPrefix("\u{1}") }.count) }
            return weights.title * count(fields.title) + weights.heading * count(fields.heading)
                + weights.body * count(fields.body)
        }
        func frequency(_ form: String, _ fields: BM25Fields) -> Double {
            func count(_ terms: [String]) -> Double { Double(terms.filter { $0 == form }.count) }
            return weights.title * count(fields.title) + weights.heading * count(fields.heading)
                + weights.body * count(fields.body)
        }
        let average = chunks.values.map(length).reduce(0, +) / Double(chunks.count)
        var scores: [Int64: Double] = [:]
        for term in terms {
            let n = Double(
                chunks.values.filter { !Set($0.title + $0.heading + $0.body).isDisjoint(with: term.forms) }.count)
            let idf = log(1 + (Double(chunks.count) - n + 0.5) / (n + 0.5))
            for (id, fields) in chunks where mask?.contains(ChunkID(id)) ?? true {
                let tf = term.forms.map { frequency($0, fields) }.max() ?? 0
                guard tf > 0 else { continue }
                let norm = parameters.k1 * (1 - parameters.b + parameters.b * length(fields) / average)
                scores[id, default: 0] += term.weight * idf * tf / (tf + norm)
            }
        }
        return scores
    }
}

/// Random chunks over a vocabulary in which few terms are frequent and most are rare.
struct RandomChunks {
    var generator: SeededGenerator
    var vocabularySize = 400

    mutating func term() -> String {
        let place = Double.random(in: 0..<1, using: &generator)
        let mark = Int.random(in: 0..<8, using: &generator) == 0 ? "\u{1}" : ""
        return "\(mark)t\(Int(exp(place * log(Double(vocabularySize)))))"
    }

    mutating func terms(_ counts: ClosedRange<Int>) -> [String] {
        (0..<Int.random(in: counts, using: &generator)).map { _ in term() }
    }

    /// Words with one to three forms.
    mutating func question(_ counts: ClosedRange<Int>) -> [QueryTerm] {
        (0..<Int.random(in: counts, using: &generator)).map { _ in
            QueryTerm(forms: terms(1...3), weight: [0.25, 0.5, 1].randomElement(using: &generator) ?? 1)
        }
    }

    mutating func fields() -> BM25Fields {
        BM25Fields(title: terms(0...2), heading: terms(0...3), body: terms(0...20))
    }
}
