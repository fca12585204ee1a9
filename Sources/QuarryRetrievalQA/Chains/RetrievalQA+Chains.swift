import QuarryCore

extension RetrievalQA {
    /// An answer that a model writes by the chain of the options.
    func written(
        _ question: String, by model: any LanguageModel, _ assembler: StuffAssembler, support: Double,
        hits: [ScoredChunk], report: (AnswerEvent) -> Void
    ) async throws -> Answer {
        var steps = ChainSteps(
            question: question, model: model, assembler: assembler, options: options,
            check: SupportCheck(analysis: reader.analysis, threshold: options.sentenceSupport))
        func refused(_ reason: RefusalReason, draft: String? = nil, prompt: AssembledPrompt? = nil) throws -> Answer {
            try refusal(
                question, reason, support: support, hits: hits, draft: draft, usage: steps.usage,
                switches: steps.switches, prompt: prompt)
        }
        let outcome: ChainSteps.Outcome =
            switch options.chain {
            case .stuff: .ask(try assembler.assemble(question: question, hits: hits))
            case .refine: try await steps.refine(hits)
            case .mapReduce: try await steps.mapReduce(hits)
            case .mapRerank: try await steps.mapRerank(hits)
            }
        switch outcome {
        case .ask(let prompt) where prompt.used.isEmpty:
            return try refused(.noRoom(budget: assembler.budget), prompt: prompt)
        case .refused(let reason, let draft, let prompt):
            return try refused(reason, draft: draft, prompt: prompt)
        case .ask(let prompt):
            var answer = try await generated(
                question, by: model, prompt: prompt, support: support, hits: hits, report: report)
            answer.usage = TokenUsage.sum(steps.usages + [answer.usage])
            answer.switches = steps.switches + answer.switches
            return answer
        case .written(let text, let finish, let prompt):
            let reply = WrittenReply(
                name: steps.switches.last?.to ?? model.name, text: text, finish: finish, usage: steps.usage)
            var answer = try await generated(
                question, by: reply, prompt: prompt, support: support, hits: hits, report: report)
            answer.switches = steps.switches
            return answer
        }
    }

    /// The prompts that a chain sends first: one, or one for each passage.
    func firstPrompts(
        of question: String, hits: [ScoredChunk], assembler: StuffAssembler
    ) throws(PromptError) -> [AssembledPrompt] {
        switch options.chain {
        case .stuff: return [try assembler.assemble(question: question, hits: hits)]
        case .refine: return [try assembler.assemble(question: question, hits: Array(hits.prefix(1)))]
        case .mapReduce, .mapRerank:
            var assembler = assembler
            if options.chain == .mapReduce { assembler.prompts = try PromptSet.notes(for: question) }
            var prompts: [AssembledPrompt] = []
            for hit in hits { prompts.append(try assembler.assemble(question: question, hits: [hit])) }
            return prompts
        }
    }
}

/// The text of an earlier request, checked as any other.
private struct WrittenReply: LanguageModel {
    var name: String
    var text: String
    var finish: FinishReason
    var usage: TokenUsage?

    func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error> {
        AsyncThrowingStream { continuation in
            continuation.yield(.text(text))
            continuation.yield(.finished(finish, usage))
            continuation.finish()
        }
    }
}
