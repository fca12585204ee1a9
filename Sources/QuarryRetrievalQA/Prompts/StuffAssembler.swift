public import QuarryCore

/// Puts whole passages, the question and the instructions into one prompt that never exceeds a budget.
///
/// Passages go in by rank. A passage that does not fit is omitted and listed in the report; smaller ones after it are
/// still tried. A marker `[n]` refers to passage *n* of the prompt.
public struct StuffAssembler: Sendable {
    /// The maximum number of tokens of all messages together, excluding replies.
    public var budget: Int
    public var counter: any TokenCounter
    /// Texts to use for every question; nil chooses those of ``preset`` by the question's language.
    public var prompts: PromptSet?
    public var preset = PromptPreset.standard
    /// Tokens that a chat template adds to a message. The default is 4.
    public var tokensPerMessage: Int

    public init(
        budget: Int = 3000, counter: any TokenCounter = EstimatedTokenCounter(), prompts: PromptSet? = nil,
        tokensPerMessage: Int = 4
    ) {
        self.budget = budget
        self.counter = counter
        self.prompts = prompts
        self.tokensPerMessage = tokensPerMessage
    }

    /// - Throws: ``PromptError/budgetTooSmall(budget:needed:)`` if even a prompt without passages does not fit.
    /// - Complexity: every passage is counted once, and the whole prompt once for each passage removed again.
    public func assemble(question: String, hits: [ScoredChunk]) throws(PromptError) -> AssembledPrompt {
        try assemble(question: question, passages: hits.map { PromptPassage(hit: $0) })
    }

    /// A prompt of a step of a chain.
    ///
    /// - `firstNumber`: The number of the first passage.
    /// - `draft`: What an earlier step wrote; it is fenced as passages are.
    func assemble(
        question: String, passages: [PromptPassage], firstNumber: Int = 1, draft: String? = nil
    ) throws(PromptError) -> AssembledPrompt {
        let prompts = if let chosen = self.prompts { chosen } else { try preset.prompts(for: question) }
        let texts = passages.flatMap { [$0.hit.passage.source, $0.text] }
        let fence = Fence(around: [question, draft].compactMap { $0 } + texts)
        let layout = Layout(prompts: prompts, fence: fence, question: question, draft: draft)
        let needed = total(of: layout.messages([]))
        guard needed <= budget else { throw .budgetTooSmall(budget: budget, needed: needed) }

        var used: [(hit: ScoredChunk, text: String, tokens: Int)] = []
        var dropped: [DroppedPassage] = []
        var spent = needed
        var wordings: [Wording: ChunkID] = [:]
        for passage in passages {
            let hit = passage.hit
            let wording = Wording(of: passage.isNote ? passage.text : hit.chunk.contextualText)
            let container = passage.isNote ? nil : used.first { $0.hit.covers(hit) }
            if let other = wordings[wording] ?? container?.hit.id {
                dropped.append(DroppedPassage(id: hit.id, reason: .contained(in: other), tokens: 0))
                continue
            }
            let text = layout.passage(passage, number: firstNumber + used.count)
            let tokens = counter.tokenCount(of: text)
            if spent + tokens <= budget {
                used.append((hit, text, tokens))
                wordings[wording] = hit.id
                spent += tokens
            } else {
                dropped.append(DroppedPassage(id: hit.id, reason: .overBudget, tokens: tokens))
            }
        }
        var messages = layout.messages(used.map(\.text))
        var whole = total(of: messages)
        while whole > budget, let last = used.popLast() {
            dropped.append(DroppedPassage(id: last.hit.id, reason: .overBudget, tokens: last.tokens))
            messages = layout.messages(used.map(\.text))
            whole = total(of: messages)
        }
        return AssembledPrompt(
            messages: messages,
            parts: parts(
                layout: layout, passages: used.map { ($0.hit, $0.tokens) }, firstNumber: firstNumber, whole: whole),
            used: used.map(\.hit), dropped: dropped, tokens: whole, budget: budget, template: prompts.identity)
    }

    private func total(of messages: [Message]) -> Int {
        messages.reduce(0) { $0 + counter.tokenCount(of: $1.content) + tokensPerMessage }
    }

    private func parts(
        layout: Layout, passages: [(ScoredChunk, Int)], firstNumber: Int, whole: Int
    ) -> [PromptPart] {
        var parts = [PromptPart(name: "instructions", tokens: counter.tokenCount(of: layout.system))]
        for (number, (hit, tokens)) in passages.enumerated() {
            let lines = hit.location.lines
            let place = "\(hit.location.name):\(lines.lowerBound)-\(lines.upperBound)"
            parts.append(PromptPart(name: "passage \(firstNumber + number) \(place)", tokens: tokens))
        }
        parts.append(PromptPart(name: "question", tokens: counter.tokenCount(of: layout.question)))
        parts.append(PromptPart(name: "framing", tokens: whole - parts.reduce(0) { $0 + $1.tokens }))
        return parts
    }

    /// The texts of one prompt, before passages are chosen.
    private struct Layout {
        var system: String
        var question: String
        var prompts: PromptSet
        var fence: Fence
        var draft: String
        var examples: String

        init(prompts: PromptSet, fence: Fence, question: String, draft: String?) {
            self.examples = prompts.examples(for: question)
            self.system = prompts.system.substitute([
                "fence": fence.key, "refusal": prompts.refusal, "examples": examples,
            ])
            self.question = question
            self.prompts = prompts
            self.fence = fence
            self.draft = draft.map { fence.enclose($0, as: "draft") } ?? ""
        }

        func passage(_ passage: PromptPassage, number: Int) -> String {
            let hit = passage.hit
            return fence.enclose(
                passage.text, number: number, source: hit.location.name, lines: hit.location.lines)
        }

        func messages(_ passages: [String]) -> [Message] {
            let context = passages.joined(separator: "\n\n")
            let user = prompts.user.substitute([
                "fence": fence.key, "passages": context, "context": context, "question": question, "draft": draft,
                "examples": examples,
            ])
            return [Message(.system, system), Message(.user, user)]
        }
    }
}

/// A passage as a prompt shows it.
struct PromptPassage: Sendable {
    /// What its number refers to.
    var hit: ScoredChunk
    var text: String
    /// Whether the text was written by a model about the hit. Several notes on one hit are several passages.
    var isNote = false

    init(hit: ScoredChunk) {
        self.hit = hit
        text = hit.promptText
    }

    init(note: String, on hit: ScoredChunk) {
        self.hit = hit
        text = note
        isNote = true
    }
}

extension ScoredChunk {
    /// What a model reads: no comments, which a reader of the document does not see. A passage under several headings has all
    /// of them: they may name its subject.
    fileprivate var promptText: String {
        var seen: Set = [chunk.headings, []]
        let all = 0..<chunk.text.utf8.count
        let others = duplicates.filter { $0.range == all }.map(\.passage.chunk.headings).filter {
            seen.insert($0).inserted
        }
        let parts = others.prefix(5).map { $0.joined(separator: " > ") } + [chunk.contextualText]
        return HTMLComments.removed(from: parts.joined(separator: "\n"))
    }

    /// Whether another hit adds nothing to this one.
    fileprivate func covers(_ other: ScoredChunk) -> Bool {
        id == other.id || chunk.documentID == other.chunk.documentID && chunk.range.contains(other.chunk.range)
    }
}
