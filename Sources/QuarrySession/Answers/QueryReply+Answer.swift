import QuarryCore
package import QuarryRetrievalQA

extension QueryReply {
    /// Adds an answer to the hits.
    package mutating func add(_ result: Answer) {
        answer = result.text
        refused = result.isRefused
        refusalReason = result.refusal?.explanation
        draft = result.draft
        support = result.support
        unsupported = result.unsupported
        sentences = result.sentences.map { Sentence($0, of: result) }
        usage = result.usage ?? (result.wasGenerated ? nil : TokenUsage(input: 0, output: 0))
        finish = result.finish?.name
        switches = result.switches.isEmpty ? nil : result.switches
        hop = result.hop
        citations = result.citations.map { Citation($0) }
        if case .model = result.generator { cached = result.isCached }
        generator = Generator(result.generator)
    }
}

extension Answer {
    /// Whether a language model was used.
    fileprivate var wasGenerated: Bool {
        guard case .model = generator else { return false }
        return switch refusal {
        case .noPassages, .nothingMatchesFilter, .lowSupport, .noRoom: false
        case nil, .declinedByModel, .emptyReply, .unsupported: true
        }
    }
}

extension RefusalReason {
    /// The reason, for people.
    package var explanation: String {
        switch self {
        case .noPassages: "No passage matches the question."
        case .nothingMatchesFilter: "No document matches the filter."
        case .lowSupport(let support, let threshold):
            "I found no sentence that clearly answers this (confidence \(Self.percent(support, .down)), needed \(Self.percent(threshold, .up)))."
        case .declinedByModel: "The model found no answer in the passages."
        case .emptyReply: "The model wrote nothing."
        case .unsupported: "What the model wrote is not supported by the documents."
        case .noRoom(let budget): "No passage fits into a prompt of \(budget) tokens."
        }
    }

    /// Rounds to whole percent in a direction, so that a support below its threshold does not look equal to it.
    private static func percent(_ share: Double, _ rule: FloatingPointRoundingRule) -> String {
        // Without the last digits, by which 0.28 * 100 is more than 28.
        "\(Int(((share * 1e8).rounded() / 1e6).rounded(rule))) %"
    }
}

extension FinishReason {
    fileprivate var name: String {
        switch self {
        case .stop: "stop"
        case .length: "length"
        case .contentFilter: "content_filter"
        case .other(let reason): reason
        }
    }
}
