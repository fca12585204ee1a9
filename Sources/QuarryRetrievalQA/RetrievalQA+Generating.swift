import QuarryCore

extension RetrievalQA {
    /// An answer written by a model, checked against the passages of its prompt.
    func generated(
        _ question: String, by model: any LanguageModel, prompt: AssembledPrompt, support: Double,
        hits: [ScoredChunk], report: (AnswerEvent) -> Void
    ) async throws -> Answer {
        let reply = try await collect(from: model, prompt: prompt, report: report)
        let refusalSentence = try refusalSentence(for: question)
        func refused(_ reason: RefusalReason, draft: String? = nil) throws -> Answer {
            var answer = try refusal(
                question, reason, support: support, hits: hits, draft: draft, usage: reply.usage, finish: reply.finish,
                switches: reply.switches, prompt: prompt)
            answer.isCached = reply.isCached
            return answer
        }
        if let reason = Reply.refusalReason(
            of: reply.text, refusalSentence: refusalSentence, passages: prompt.used.count)
        {
            return try refused(reason)
        }
        let check = SupportCheck(analysis: reader.analysis, threshold: options.sentenceSupport)
        let opensWithRefusal = Reply.opens(reply.text, with: refusalSentence)
        let result = check.check(
            reply.text, question: question, against: prompt.used, besides: opensWithRefusal ? refusalSentence : "",
            unsupported: options.unsupported)
        let isRefused =
            options.unsupported == .refuse && result.sentences.contains { !$0.isSupported && $0.markers.isEmpty }
        guard result.isGrounded, !isRefused else {
            var answer = try refused(.unsupported, draft: reply.text)
            answer.sentences = result.sentences.map { sentence in
                var sentence = sentence
                sentence.range = nil
                return sentence
            }
            return answer
        }
        let citations = result.spans.map {
            citation(marker: $0.marker, range: $0.range, in: prompt.used[$0.marker - 1])
        }
        var answer = Answer(
            question: question, text: result.text, citations: citations,
            generator: .model(reply.switches.last?.to ?? model.name), switches: reply.switches, usage: reply.usage,
            finish: reply.finish, support: support, sentences: result.sentences, hits: hits,
            prompt: prompt)
        answer.isCached = reply.isCached
        return answer
    }

    private func collect(
        from model: any LanguageModel, prompt: AssembledPrompt, report: (AnswerEvent) -> Void
    ) async throws -> Reply {
        var parser = CitationMarkerParser()
        func reportMarkers(_ markers: [CitationMarker]) {
            for number in markers.flatMap(\.numbers) where prompt.used.indices.contains(number - 1) {
                report(.cited(marker: number, prompt.used[number - 1]))
            }
        }
        let reply = try await model.reply(
            to: prompt.messages, maximumTokens: options.maximumTokens, temperature: options.temperature,
            seed: options.seed
        ) { piece in
            guard !piece.isEmpty else { return }
            report(.text(piece))
            reportMarkers(parser.consume(piece))
        }
        reportMarkers(parser.finish())
        return reply
    }
}

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
