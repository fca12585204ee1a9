public import QuarryCore

extension Summarizer {
    /// A summary that a language model writes, by map and reduce: the passages are summarized in groups that fit into a
    /// prompt, then these sentences are summarized until they fit into one.
    ///
    /// Every sentence of every step is checked against the documents' own text (as ``RetrievalQA`` checks answers), and
    /// goes no further without support. A summary without sentences is one of which nothing was supported.
    ///
    /// - `assembler`: The budget of a prompt, and its tokens.
    /// - `maximumTokens`: The length of a reply.
    /// - `maximumRequests`: Limits the requests of the first step. Of longer documents only the passages with the most
    ///   important sentences are read, and a warning says so. The default is 64.
    /// - `support`: The minimum support of a sentence by a place, from 0 to 1, as of ``SupportCheck``. The default is 0.5.
    /// - Throws: The errors of the model and the embedder; ``PromptError`` if the budget is too small for the
    ///   instructions.
    public func summarize(
        _ passages: [ScoredChunk], sentences count: Int = 5, by model: any LanguageModel,
        assembler: StuffAssembler = StuffAssembler(), maximumTokens: Int = 512, maximumRequests: Int = 64,
        support: Double = 0.5
    ) async throws -> Summary {
        let language = QuestionLanguage(of: passages.prefix(20).map { String($0.chunk.text.prefix(2_000)) }.joined())
        var writer = SummaryWriter(
            model: model, assembler: assembler, maximumTokens: maximumTokens, language: language,
            sentences: max(1, count),
            check: SupportCheck(analysis: analysis, threshold: support))
        writer.assembler.prompts = try PromptSet.summary(in: language)
        let room = try writer.room()
        let read = try await affordable(
            passages, requests: max(1, maximumRequests), room: room, writer.assembler.counter)
        if read.count < passages.count {
            writer.warnings.append(
                "The documents have \(passages.count) passages; the \(read.count) with the most important sentences were read, which takes \(maximumRequests) requests."
            )
        }
        var notes = try await writer.pass(over: read.map { PromptPassage(hit: $0) })
        while notes.count > 1, writer.needsReduction {
            let (written, before) = (notes, notes.count)
            notes = try await writer.pass(over: written.map { PromptPassage(note: $0.text, on: $0.hit) })
            // A model that does not shorten must not go on for ever.
            if notes.count >= before, writer.needsReduction { notes = Array(notes.prefix(max(1, before / 2))) }
        }
        return writer.summary(of: Array(notes.prefix(max(1, count))), passages: read.count)
    }

    /// All passages, or those with the most important sentences that a number of requests can hold.
    private func affordable(
        _ passages: [ScoredChunk], requests: Int, room: Int, _ counter: any TokenCounter
    ) async throws -> [ScoredChunk] {
        let tokens = passages.map { counter.tokenCount(of: $0.chunk.contextualText) + 40 }
        let product = requests.multipliedReportingOverflow(by: room)
        var left = product.overflow ? .max : product.partialValue
        guard tokens.reduce(0, +) > left else { return passages }
        let candidates = SummaryCandidates(analysis: analysis).candidates(in: passages)
        var kept: Set<Int> = []
        for sentence in try await ranked(candidates, of: passages, count: maximumCompared)
        where !kept.contains(sentence.passage) && tokens[sentence.passage] <= left {
            kept.insert(sentence.passage)
            left -= tokens[sentence.passage]
        }
        return kept.sorted().map { passages[$0] }
    }
}

/// A sentence of a step, with the place that supports it.
private struct SummaryNote: Sendable {
    var text: String
    var hit: ScoredChunk
    var ranges: [Range<Int>]
    var support: Double
}

/// The steps of a written summary, and what they cost.
private struct SummaryWriter {
    let model: any LanguageModel
    var assembler: StuffAssembler
    let maximumTokens: Int
    let language: QuestionLanguage
    let sentences: Int
    let check: SupportCheck
    var warnings: [String] = []
    private var usages: [TokenUsage?] = []
    private var unsupported: [String] = []
    /// Whether the last pass took more than one prompt.
    private(set) var needsReduction = false
    private var writtenBy: String?

    init(
        model: any LanguageModel, assembler: StuffAssembler, maximumTokens: Int, language: QuestionLanguage,
        sentences: Int, check: SupportCheck
    ) {
        self.model = model
        self.assembler = assembler
        self.maximumTokens = maximumTokens
        self.language = language
        self.sentences = sentences
        self.check = check
    }

    private var task: String { PromptSet.summaryTask(sentences: sentences, in: language) }

    /// The tokens that a prompt has for passages.
    func room() throws(PromptError) -> Int {
        assembler.budget - (try assembler.assemble(question: task, hits: []).tokens)
    }

    /// The supported sentences that the model writes about the passages, group by group.
    mutating func pass(over passages: [PromptPassage]) async throws -> [SummaryNote] {
        var notes: [SummaryNote] = []
        var requests = 0
        var rest = passages[...]
        unsupported = []
        while !rest.isEmpty {
            let (prompt, count) = try prompt(for: rest)
            guard !prompt.used.isEmpty else {
                let place = rest[rest.startIndex].hit.location
                warnings.append("\(place) does not fit into a prompt of \(assembler.budget) tokens and was left out.")
                rest = rest.dropFirst()
                continue
            }
            rest = rest.dropFirst(count)
            requests += 1
            let reply = try await model.reply(to: prompt.messages, maximumTokens: maximumTokens)
            usages.append(reply.usage)
            writtenBy = reply.switches.last?.to ?? writtenBy
            if reply.finish == .length {
                warnings.append("A reply was cut off at the limit of \(maximumTokens) tokens.")
            }
            notes += supported(reply.text, by: prompt.used)
        }
        needsReduction = requests > 1
        return notes
    }

    /// A prompt with as many of the first passages as fit, and their number.
    private func prompt(for passages: ArraySlice<PromptPassage>) throws(PromptError) -> (AssembledPrompt, Int) {
        var left = try room()
        var count = 0
        for passage in passages {
            left -= assembler.counter.tokenCount(of: passage.text)
            if left < 0 { break }
            count += 1
        }
        count = max(1, count)
        while true {
            let prompt = try assembler.assemble(question: task, passages: Array(passages.prefix(count)))
            let over = prompt.dropped.count { $0.reason == .overBudget }
            if over == 0 || count == 1 { return (prompt, count) }
            count = max(1, count - over)
        }
    }

    private mutating func supported(_ text: String, by hits: [ScoredChunk]) -> [SummaryNote] {
        let refusal = assembler.prompts?.refusal ?? ""
        guard Reply.refusalReason(of: text, refusalSentence: refusal, passages: hits.count) == nil else { return [] }
        let result = check.check(text, against: hits)
        var notes: [SummaryNote] = []
        for sentence in result.sentences {
            guard sentence.isSupported, let marker = sentence.markers.first else {
                if !sentence.isSupported { unsupported.append(sentence.text) }
                continue
            }
            let places = sentence.spans.filter { $0.marker == marker }
            guard let place = places.first else { continue }
            let text = sentence.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            notes.append(
                SummaryNote(
                    text: text, hit: hits[place.marker - 1], ranges: places.map(\.range), support: sentence.support))
        }
        return notes
    }

    func summary(of notes: [SummaryNote], passages: Int) -> Summary {
        var summary = Summary(
            sentences: [], citations: [], generator: .model(writtenBy ?? model.name), passages: passages,
            unsupported: unsupported, warnings: warnings, requests: usages.count, usage: TokenUsage.sum(usages))
        for (index, note) in notes.enumerated() {
            let citation = Citation(marker: index + 1, range: note.ranges[0], in: note.hit)
            let known = summary.citations.first {
                $0.documentID == citation.documentID && $0.range == citation.range
            }
            let marker = known?.marker ?? summary.citations.count + 1
            if known == nil { summary.citations.append(Citation(marker: marker, range: note.ranges[0], in: note.hit)) }
            summary.sentences.append(
                Summary.Sentence(text: note.text, markers: [marker], rank: index + 1, support: note.support))
        }
        return summary
    }
}
