import QuarryCore

extension RetrievalQA {
    /// The answer that a model's reply is, checked against the passages of its prompt.
    ///
    /// - `name`: Of the model, unless another one took over.
    func checked(
        _ reply: Reply, to question: String, by name: String, prompt: AssembledPrompt, support: Double,
        hits: [ScoredChunk]
    ) throws -> Answer {
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
            generator: .model(reply.switches.last?.to ?? name), switches: reply.switches, usage: reply.usage,
            finish: reply.finish, support: support, sentences: result.sentences, hits: hits,
            prompt: prompt)
        answer.isCached = reply.isCached
        return answer
    }

    /// A model's reply to a prompt. Its pieces and markers are reported as they come.
    func collect(
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
