package import QuarryCore

/// The text and events of a model's reply.
struct Reply {
    var text = ""
    var finish: FinishReason?
    var usage: TokenUsage?
    var switches: [ModelSwitch] = []
    var isCached = false

    /// Far above the average of any text. A model that writes more ignores its token limit.
    static let maximumBytesPerToken = 64

    /// Why a reply is not an answer: it is blank, or it only repeats the refusal sentence.
    ///
    /// - `passages`: The number of passages in the prompt. A longer reply that cites one of them is an answer, even if
    ///   it begins with the refusal sentence.
    static func refusalReason(of text: String, refusalSentence: String, passages: Int) -> RefusalReason? {
        let words = SurfaceWord.words(of: text)
        if words.isEmpty { return .emptyReply }
        let refusing = SurfaceWord.words(of: refusalSentence)
        // A model may repeat the sentence or add a polite word or two.
        guard opens(text, with: refusalSentence), words.count <= 2 * refusing.count + 4 else { return nil }
        let cites = CitationMarkerParser.markers(in: text).flatMap(\.numbers).contains { $0 >= 1 && $0 <= passages }
        let addsWords = words.dropFirst(refusing.count).contains { !$0.isNumber }
        return cites && addsWords ? nil : .declinedByModel
    }

    /// Whether a text begins with the words of the refusal sentence.
    static func opens(_ text: String, with refusalSentence: String) -> Bool {
        SurfaceWord.words(of: text).map(\.folded).starts(with: SurfaceWord.words(of: refusalSentence).map(\.folded))
    }
}

extension LanguageModel {
    /// The whole reply to a request, without thoughts. A model that exceeds the limit by far is stopped.
    ///
    /// - Parameters:
    ///   - isPlain: Whether markup is made harmless. JSON is read as it is.
    ///   - onText: Called with each piece that is certainly no thought.
    /// - Throws: The errors of the model.
    func reply(
        to messages: [Message], maximumTokens: Int, temperature: Double = 0, seed: Int? = nil, isPlain: Bool = true,
        onText: (String) -> Void = { _ in }
    ) async throws -> Reply {
        var reply = Reply()
        var thoughts = ThoughtFilter()
        var received = 0
        let product = maximumTokens.multipliedReportingOverflow(by: Reply.maximumBytesPerToken)
        let bound = product.overflow ? .max : product.partialValue
        let request = GenerationRequest(
            messages: messages, maximumTokens: maximumTokens, temperature: temperature, seed: seed)
        reading: for try await event in generate(request) {
            switch event {
            case .text(let piece):
                received += piece.utf8.count
                onText(thoughts.consume(piece))
                if received > bound {
                    reply.finish = .length
                    break reading
                }
            case .switched(let from, let to, let reason):
                reply.switches.append(ModelSwitch(from: from, to: to, reason: reason))
            case .cached: reply.isCached = true
            case .finished(let reason, let usage):
                reply.finish = reason
                reply.usage = usage
            }
        }
        onText(thoughts.finish())
        try Task.checkCancellation()
        reply.text = isPlain ? PlainReply(thoughts.text).text : thoughts.text
        return reply
    }
}

extension TokenUsage {
    /// The usage of several calls. Nil if a call did not report its own: a part is not the sum.
    package static func sum(_ usages: [TokenUsage?]) -> TokenUsage? {
        var sum = TokenUsage(input: 0, output: 0)
        for usage in usages {
            guard let usage else { return nil }
            sum = TokenUsage(
                input: sum.input + usage.input, output: sum.output + usage.output,
                cachedInput: sum.cachedInput + usage.cachedInput)
        }
        return sum
    }
}
