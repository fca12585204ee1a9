import QuarryCore

/// The steps of a chain before its answer is checked as a whole, and what they cost.
struct ChainSteps {
    enum Outcome {
        /// The last prompt, which is still to be sent.
        case ask(AssembledPrompt)
        /// The answer, why its model stopped if that is known, and the prompt whose passages its markers refer to.
        case written(String, FinishReason?, AssembledPrompt)
        /// No passage gave an answer; with what a model wrote without support.
        case refused(RefusalReason, draft: String?, AssembledPrompt?)
    }

    let question: String
    let model: any LanguageModel
    let assembler: StuffAssembler
    let options: RetrievalQA.Options
    let check: SupportCheck
    private(set) var usages: [TokenUsage?] = []
    private(set) var switches: [ModelSwitch] = []
    private var lastPrompt: AssembledPrompt?
    /// Passages that no prompt had room for.
    private var omitted: [DroppedPassage] = []
    private var rejected: String?

    init(
        question: String, model: any LanguageModel, assembler: StuffAssembler, options: RetrievalQA.Options,
        check: SupportCheck
    ) {
        self.question = question
        self.model = model
        self.assembler = assembler
        self.options = options
        self.check = check
    }

    /// The tokens so far; nil if a server did not report them, or no request was sent.
    var usage: TokenUsage? { usages.isEmpty ? nil : TokenUsage.sum(usages) }

    /// A checked reply about passages.
    private struct Step {
        var result: SupportCheck.Result
        var finish: FinishReason?
        var prompt: AssembledPrompt

        /// The sentences that have support, with their markers.
        var supported: [AnswerSentence] { result.sentences.filter { !$0.markers.isEmpty } }
        var text: String {
            supported.map { "\($0.text) \($0.markers.map { "[\($0)]" }.joined())" }.joined(separator: " ")
        }
    }

    /// Sends a prompt and checks the reply. Nil if the model declines, or nothing of the reply has support.
    ///
    /// - `passages`: What the markers refer to, if the prompt shows only a part of it.
    private mutating func step(_ prompt: AssembledPrompt, over passages: [ScoredChunk]? = nil) async throws -> Step? {
        var prompt = prompt
        if let passages { prompt.used = passages }
        lastPrompt = prompt
        let reply = try await model.reply(
            to: prompt.messages, maximumTokens: options.maximumTokens, temperature: options.temperature,
            seed: options.seed)
        usages.append(reply.usage)
        switches += reply.switches.filter { !switches.contains($0) }
        let refusal = try (assembler.prompts ?? PromptSet.matching(question)).refusal
        guard Reply.refusalReason(of: reply.text, refusalSentence: refusal, passages: prompt.used.count) == nil else {
            return nil
        }
        let result = check.check(
            reply.text, question: question, against: prompt.used,
            besides: Reply.opens(reply.text, with: refusal) ? refusal : "", unsupported: options.unsupported)
        guard result.isGrounded else {
            rejected = reply.text
            return nil
        }
        return Step(result: result, finish: reply.finish, prompt: prompt)
    }

    /// Why there is no answer: nothing fitted into a prompt, nothing had support, or the model declined.
    private var refusal: Outcome {
        let prompt = lastPrompt.map(listingOmitted)
        if let rejected { return .refused(.unsupported, draft: rejected, prompt) }
        return .refused(usages.isEmpty ? .noRoom(budget: assembler.budget) : .declinedByModel, draft: nil, prompt)
    }

    /// A prompt whose report names the passages that no prompt had room for.
    private func listingOmitted(_ prompt: AssembledPrompt) -> AssembledPrompt {
        var prompt = prompt
        prompt.dropped += omitted.filter { passage in !prompt.dropped.contains { $0.id == passage.id } }
        return prompt
    }

    /// Whether a prompt has a passage. One that had no room for it is listed.
    private mutating func holdsPassage(_ prompt: AssembledPrompt) -> Bool {
        if prompt.used.isEmpty { omitted += prompt.dropped }
        return !prompt.used.isEmpty
    }

    mutating func refine(_ hits: [ScoredChunk]) async throws -> Outcome {
        var refining = assembler
        refining.prompts = try PromptSet.refinement(for: question)
        var read: [ScoredChunk] = []
        var best: Step?
        for hit in hits {
            let number = read.count + 1
            let prompt =
                if let best {
                    try refining.assemble(
                        question: question, passages: [PromptPassage(hit: hit)], firstNumber: number, draft: best.text)
                } else {
                    try assembler.assemble(
                        question: question, passages: [PromptPassage(hit: hit)], firstNumber: number)
                }
            guard holdsPassage(prompt) else { continue }
            read.append(hit)
            if let step = try await step(prompt, over: read), !step.text.isEmpty { best = step }
        }
        guard var best else { return refusal }
        best.prompt.used = read
        return .written(best.text, best.finish, listingOmitted(best.prompt))
    }

    mutating func mapReduce(_ hits: [ScoredChunk]) async throws -> Outcome {
        var noting = assembler
        noting.prompts = try PromptSet.notes(for: question)
        var notes: [PromptPassage] = []
        for hit in hits {
            let prompt = try noting.assemble(question: question, hits: [hit])
            guard holdsPassage(prompt), let step = try await step(prompt) else { continue }
            let text = step.supported.map(\.text).joined(separator: "\n")
            if !text.isEmpty { notes.append(PromptPassage(note: text, on: hit)) }
        }
        guard !notes.isEmpty else { return refusal }
        return .ask(listingOmitted(try assembler.assemble(question: question, passages: notes)))
    }

    /// Passages, or answers from them, that a prompt of ``tree(_:)`` puts together.
    static let treeWidth = 3

    mutating func tree(_ hits: [ScoredChunk]) async throws -> Outcome {
        var groups = hits.map { [PromptPassage(hit: $0)] }
        var shrinks = true
        while groups.count > Self.treeWidth, shrinks {
            let answers = try await answers(to: groups)
            shrinks = answers.count < groups.count
            groups = answers
        }
        guard !groups.isEmpty else { return refusal }
        let last = try assembler.assemble(question: question, passages: groups.flatMap { $0 })
        return .ask(listingOmitted(last))
    }

    /// The supported sentences of one answer for each few groups, as many as fit into a prompt.
    private mutating func answers(to groups: [[PromptPassage]]) async throws -> [[PromptPassage]] {
        var answers: [[PromptPassage]] = []
        var rest = groups[...]
        while !rest.isEmpty {
            var count = min(Self.treeWidth, rest.count)
            var prompt = try assembler.assemble(question: question, passages: rest.prefix(count).flatMap { $0 })
            while count > 1, prompt.dropped.contains(where: { $0.reason == .overBudget }) {
                count -= 1
                prompt = try assembler.assemble(question: question, passages: rest.prefix(count).flatMap { $0 })
            }
            rest = rest.dropFirst(count)
            guard holdsPassage(prompt), let step = try await step(prompt) else { continue }
            let notes = step.supported.map { sentence in
                PromptPassage(note: sentence.text, on: step.prompt.used[sentence.markers[0] - 1])
            }
            if !notes.isEmpty { answers.append(notes) }
        }
        return answers
    }

    mutating func mapRerank(_ hits: [ScoredChunk]) async throws -> Outcome {
        var best: (step: Step, score: Double)?
        for hit in hits {
            let prompt = try assembler.assemble(question: question, hits: [hit])
            guard holdsPassage(prompt), let step = try await step(prompt) else { continue }
            // The check of the engine decides, not a score that the model gives itself.
            let sentences = step.result.sentences
            let score =
                sentences.reduce(0) { $0 + ($1.markers.isEmpty ? 0 : $1.support) } / Double(max(1, sentences.count))
            if score > best?.score ?? -1 { best = (step, score) }
        }
        guard let best else { return refusal }
        return .written(best.step.result.text, best.step.finish, listingOmitted(best.step.prompt))
    }
}
