import Foundation
import QuarryBM25
import QuarryCore
import QuarryTestSupport

/// BM25 directly from its definition, over chunks in a dictionary.
struct BruteForce {
    var chunks: [Int64: BM25Fields] = [:]

    func search(_ terms: [String], _ parameters: BM25Parameters, mask: ChunkMask? = nil) -> [Int64: Double] {
        let weights = parameters.weights
        func length(_ fields: BM25Fields) -> Double {
            weights.title * Double(fields.title.count) + weights.heading * Double(fields.heading.count)
                + weights.body * Double(fields.body.count)
        }
        func frequency(_ term: String, _ fields: BM25Fields) -> Double {
            func count(_ terms: [String]) -> Double { Double(terms.filter { $0 == term }.count) }
            return weights.title * count(fields.title) + weights.heading * count(fields.heading)
                + weights.body * count(fields.body)
        }
        let average = chunks.values.map(length).reduce(0, +) / Double(chunks.count)
        var scores: [Int64: Double] = [:]
        for term in terms {
            let n = Double(chunks.values.filter { ($0.title + $0.heading + $0.body).contains(term) }.count)
            let idf = log(1 + (Double(chunks.count) - n + 0.5) / (n + 0.5))
            for (id, fields) in chunks where mask?.contains(ChunkID(id)) ?? true {
                let tf = frequency(term, fields)
                guard tf > 0 else { continue }
                let norm = parameters.k1 * (1 - parameters.b + parameters.b * length(fields) / average)
                scores[id, default: 0] += idf * tf / (tf + norm)
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
        return "t\(Int(exp(place * log(Double(vocabularySize)))))"
    }

    mutating func terms(_ counts: ClosedRange<Int>) -> [String] {
        (0..<Int.random(in: counts, using: &generator)).map { _ in term() }
    }

    mutating func fields() -> BM25Fields {
        BM25Fields(title: terms(0...2), heading: terms(0...3), body: terms(0...20))
    }
}
