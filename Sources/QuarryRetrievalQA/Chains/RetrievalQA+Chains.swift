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
            case .tree: try await steps.tree(hits)
            }
        switch outcome {
        case .ask(let prompt) where prompt.used.isEmpty:
            return try refused(.noRoom(budget: assembler.budget), prompt: prompt)
        case .refused(let reason, let draft, let prompt):
            return try refused(reason, draft: draft, prompt: prompt)
        case .ask(let prompt):
            let reply = try await collect(from: model, prompt: prompt, report: report)
            var answer = try checked(
                reply, to: question, by: model.name, prompt: prompt, support: support, hits: hits)
            answer.usage = TokenUsage.sum(steps.usages + [answer.usage])
            answer.switches = steps.switches + answer.switches
            return answer
        case .written(let text, let finish, let prompt):
            let reply = Reply(text: text, finish: finish, usage: steps.usage, switches: steps.switches)
            report(.text(text))
            for number in CitationMarkerParser.markers(in: text).flatMap(\.numbers)
            where prompt.used.indices.contains(number - 1) {
                report(.cited(marker: number, prompt.used[number - 1]))
            }
            return try checked(reply, to: question, by: model.name, prompt: prompt, support: support, hits: hits)
        }
    }

    /// The prompt that a chain sends first.
    func firstPrompt(
        of question: String, hits: [ScoredChunk], assembler: StuffAssembler
    ) throws(PromptError) -> AssembledPrompt {
        var assembler = assembler
        if options.chain == .mapReduce { assembler.prompts = try PromptSet.notes(for: question) }
        let first =
            switch options.chain {
            case .stuff: hits
            case .refine, .mapReduce, .mapRerank: Array(hits.prefix(1))
            case .tree: Array(hits.prefix(ChainSteps.treeWidth))
            }
        return try assembler.assemble(question: question, hits: first)
    }
}
