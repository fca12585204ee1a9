import Foundation
import Quarry

/// How well the check of answers tells supported texts from others, on texts that people judged.
package struct VerificationEvaluation: Sendable, Encodable {
    /// A text with the passages that it was written from.
    package struct Sample: Sendable {
        package var id: String
        package var question: String
        package var contexts: [String]
        package var response: String
        package var isSupported: Bool
    }

    /// Counts and rates at one threshold.
    package struct Rates: Sendable, Encodable {
        /// The mean of the two rates below.
        package var balancedAccuracy: Double
        /// The share of supported texts that are found supported.
        package var supportedFound: Double
        /// The share of other texts that are found unsupported.
        package var unsupportedFound: Double

        init(_ outcomes: [(found: Bool, label: Bool)]) {
            func rate(_ label: Bool) -> Double {
                let all = outcomes.filter { $0.label == label }
                return all.isEmpty ? 0 : Double(all.count { $0.found == label }) / Double(all.count)
            }
            (supportedFound, unsupportedFound) = (rate(true), rate(false))
            balancedAccuracy = (supportedFound + unsupportedFound) / 2
        }
    }

    package var samples: Int
    package var supported: Int
    /// As answers are checked: a text is supported if each of its sentences is.
    package var check: Rates
    /// The half of the texts that did not choose the threshold, with the threshold that is best on the other half.
    package var checkWithFittedThreshold: Rates
    package var fittedThreshold: Double
    /// The same with the share of a text's words that stand in its passages, for comparison.
    package var overlapWithFittedThreshold: Rates

    package init(_ samples: [Sample], threshold: Double = 0.5) {
        let check = SupportCheck(threshold: threshold)
        var found: [(support: Double, overlap: Double, isSupported: Bool)] = []
        for sample in samples {
            let passages = sample.contexts.enumerated().map { Self.passage($0.element, number: $0.offset) }
            let result = check.check(sample.response, question: sample.question, against: passages, unsupported: .mark)
            let isSupported = result.isGrounded && result.sentences.allSatisfy(\.isSupported)
            let support = result.sentences.map(\.support).min() ?? 0
            found.append(
                (result.isGrounded ? support : min(support, threshold * 0.99), Self.overlap(sample), isSupported))
        }
        let labels = samples.map(\.isSupported)
        let isHeldOut = samples.map { Self.hash($0.id) % 2 == 1 }
        self.samples = samples.count
        supported = labels.count { $0 }
        self.check = Rates(zip(found, labels).map { ($0.isSupported, $1) })
        func fitted(_ scores: [Double]) -> (threshold: Double, rates: Rates) {
            let fitting = scores.indices.filter { !isHeldOut[$0] }
            let best = Set(fitting.map { (scores[$0] * 100).rounded() / 100 }).sorted().max { first, second in
                func accuracy(_ threshold: Double) -> Double {
                    Rates(fitting.map { (scores[$0] >= threshold, labels[$0]) }).balancedAccuracy
                }
                return accuracy(first) < accuracy(second)
            }
            let rest = scores.indices.filter { isHeldOut[$0] }
            let chosen = best ?? threshold
            return (chosen, Rates(rest.map { (scores[$0] >= chosen, labels[$0]) }))
        }
        (fittedThreshold, checkWithFittedThreshold) = fitted(found.map(\.support))
        overlapWithFittedThreshold = fitted(found.map(\.overlap)).rates
    }

    private static func passage(_ text: String, number: Int) -> ScoredChunk {
        let name = "passage \(number + 1)"
        return ScoredChunk(
            id: ChunkID(Int64(number)),
            passage: Passage(
                chunk: Chunk(documentID: name, ordinal: number, range: 0..<text.utf8.count, text: text, tokenCount: 0),
                language: TextAnalysis().language(of: text), source: name),
            score: 1)
    }

    /// The share of the words of a text that stand in its passages.
    private static func overlap(_ sample: Sample) -> Double {
        func words(_ text: String) -> [Substring] {
            text.lowercased().split { !$0.isLetter && !$0.isNumber }
        }
        let held = Set(sample.contexts.flatMap(words))
        let own = words(sample.response)
        return own.isEmpty ? 0 : Double(own.count { held.contains($0) }) / Double(own.count)
    }

    /// FNV-1a, so that the halves are the same everywhere.
    private static func hash(_ id: String) -> UInt64 {
        id.utf8.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
    }
}

extension VerificationEvaluation.Sample {
    /// Reads JSON Lines of `contexts` (or one `context`), `response`, `label`, and perhaps `id` and `question`. A line with
    /// `right_answer` and `hallucinated_answer` in place of the last two is two samples.
    ///
    /// - Parameter supported: The labels of supported texts, in lower case.
    /// - Throws: ``VerificationError`` for a line that is no such object.
    package static func read(_ bytes: [UInt8], name: String, supported: Set<String>) throws -> [Self] {
        var samples: [Self] = []
        for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            guard !line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) else { continue }
            let place = "\(name):\(index + 1)"
            guard let row = try? JSONDecoder().decode(Row.self, from: Data(line)) else {
                throw VerificationError("\(place): The line is no JSON object with “contexts”, “response” and “label”.")
            }
            let id = row.id ?? String(index + 1)
            let contexts = row.contexts ?? [row.context].compactMap { $0 }
            func sample(_ response: String, _ isSupported: Bool) -> Self {
                Self(
                    id: id, question: row.question ?? "", contexts: contexts, response: response,
                    isSupported: isSupported)
            }
            if let response = row.response, let label = row.label {
                samples.append(sample(response, supported.contains(label.text.lowercased())))
            } else if let right = row.rightAnswer, let wrong = row.hallucinatedAnswer {
                samples += [sample(right, true), sample(wrong, false)]
            } else {
                throw VerificationError("\(place): The line has no “response” with a “label”.")
            }
        }
        return samples
    }

    private struct Row: Decodable {
        var id: String?
        var question: String?
        var contexts: [String]?
        var context: String?
        var response: String?
        var label: Label?
        var rightAnswer: String?
        var hallucinatedAnswer: String?

        enum CodingKeys: String, CodingKey {
            case id, question, contexts, context, response, label
            case rightAnswer = "right_answer"
            case hallucinatedAnswer = "hallucinated_answer"
        }
    }

    /// A label as a text, a number or a truth value.
    private struct Label: Decodable {
        var text: String

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let flag = try? value.decode(Bool.self) {
                text = flag ? "true" : "false"
            } else if let number = try? value.decode(Int.self) {
                text = String(number)
            } else {
                text = try value.decode(String.self)
            }
        }
    }
}
