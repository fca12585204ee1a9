public import QuarryCore
import QuarryText

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Checks a text against passages, sentence by sentence, and repairs its markers. It needs no model.
///
/// A sentence is supported if one sentence of a passage says it, with the headings above, the table header, and the
/// neighbours that its pronouns refer to. Numbers, dates, times, units, names and codes must stand there, in any
/// notation of English or Russian, and be said of the same thing. What denies the passage, says the opposite, or swaps
/// who did what to whom is no support. Of two statements in one sentence, each may have its own place.
///
/// The engine does the citing: a sentence gets the marker of the passage that supports it, and loses all others.
public struct SupportCheck: Sendable {
    let readers: TermReaders
    let analysis: TextAnalysis
    let model: VerificationModel
    let antonyms: Antonyms
    let synonyms: Synonyms
    /// The minimum support of a sentence, from 0 to 1.
    public let threshold: Double

    /// - Parameter threshold: The minimum support of a sentence, from 0 to 1.
    public init(threshold: Double = 0.5) {
        self.init(analysis: TextAnalysis(), threshold: threshold)
    }

    package init(analysis: TextAnalysis, threshold: Double, model: VerificationModel = .standard) {
        self.readers = TermReaders(analysis)
        self.analysis = analysis
        self.threshold = threshold
        self.model = model
        let reader = TermReader(analysis)
        self.antonyms = Antonyms(reader)
        self.synonyms = Synonyms(reader)
    }

    /// A text with repaired markers, and the support of each sentence.
    public struct Result: Sendable, Hashable {
        public var text: String
        /// In text order, removed sentences included.
        public var sentences: [AnswerSentence]
        /// The places that support the sentences which stayed, by passage and position.
        public var spans: [AnswerSentence.Span]
        /// Whether the text answers from the passages. One of its sentences must be supported by a passage, or cite a
        /// passage in another language, whose words cannot be compared, and state only facts of that passage.
        public var isGrounded: Bool
    }

    /// Checks a text.
    ///
    /// - Parameters:
    ///   - text: With markers `[n]` for the n-th passage, or without.
    ///   - question: The question that it answers. What the text repeats of it counts for nothing.
    ///   - passages: The passages, in the order of their numbers.
    ///   - unsupported: What to do with sentences without support.
    /// - Complexity: O(sentences of the text × length of the passages).
    public func check(
        _ text: String, question: String = "", against passages: [ScoredChunk],
        unsupported: UnsupportedSentences = .drop
    ) -> Result {
        check(text, question: question, against: passages, besides: "", unsupported: unsupported)
    }

    /// - `phrase`: A phrase of the text without content, whose words need no support.
    func check(
        _ text: String, question: String, against passages: [ScoredChunk], besides phrase: String,
        unsupported: UnsupportedSentences
    ) -> Result {
        var checker = PassageChecker(self, text: text, question: question, passages: passages, idlePhrase: phrase)
        let marked = MarkedText(text, segmenter: PassageSegmenter(sentences: analysis.sentences))
        var isGrounded = false
        var edits: [MarkedText.Edit] = []
        var sentences: [AnswerSentence] = []
        var spans: [AnswerSentence.Span] = []
        var isRemoved: [Bool] = []
        let verdicts = verdicts(on: marked, of: passages.count, &checker)
        let blocks = unsupported == .drop ? unsupportedBlocks(of: marked, verdicts) : []
        edits += blocks.map {
            marked.removing(blockFrom: marked.sentences[$0.lowerBound], to: marked.sentences[$0.upperBound])
        }
        for (sentence, verdict) in zip(marked.sentences, verdicts) {
            if verdict.stays {
                if !verdict.markers.isEmpty, verdict.saysSomething { isGrounded = true }
                spans += verdict.spans
            }
            let removes = !verdict.stays && unsupported == .drop
            isRemoved.append(removes)
            if removes {
                if !sentence.isCode { edits.append(marked.removing(sentence)) }
            } else {
                edits += marked.marking(sentence, with: verdict.markers)
            }
            sentences.append(
                AnswerSentence(
                    text: sentence.text, markers: verdict.markers,
                    isAttributed: !Set(verdict.markers).isSubset(of: sentence.numbers), support: verdict.support,
                    kind: verdict.kind, spans: verdict.spans, unsupportedFacts: verdict.missing,
                    isSupported: verdict.isSupported,
                    isWhole: verdict.isWhole))
        }
        var (edited, position) = marked.applying(edits)
        if isRemoved.contains(true) { edited = String(edited.reversed().drop(while: \.isWhitespace).reversed()) }
        for (index, sentence) in marked.sentences.enumerated() where !isRemoved[index] {
            sentences[index].range = position(sentence.range.lowerBound)..<position(sentence.range.upperBound)
        }
        return Result(text: edited, sentences: sentences, spans: unique(spans), isGrounded: isGrounded)
    }

    /// The verdicts on the sentences of a text, in order.
    private func verdicts(
        on marked: MarkedText, of passages: Int, _ checker: inout PassageChecker
    ) -> [SentenceVerdict] {
        let sentences = marked.sentences
        var verdicts: [SentenceVerdict] = []
        var index = 0
        while index < sentences.count {
            let sentence = sentences[index]
            func named(_ numbers: [Int]) -> [Int] { Set(numbers).filter { $0 >= 1 && $0 <= passages }.sorted() }
            if sentence.isCode {
                let block = sentences[index...].prefix(while: \.isCode)
                let stands = checker.verdict(onCode: block.map(\.text))
                let verdict =
                    stands
                    ? SentenceVerdict(
                        kind: .supported, support: 1, isSupported: true, stays: true, saysSomething: false) : .none
                verdicts += block.map { _ in verdict }
                index += block.count
            } else if sentence.isHeader {
                // It stays if a row does, see below.
                verdicts.append(
                    SentenceVerdict(
                        kind: .unverifiable, support: 1, isSupported: true, stays: true, saysSomething: false))
                index += 1
            } else if let next = sentences.indices.contains(index + 1) ? sentences[index + 1] : nil,
                Self.continues(next, sentence)
            {
                // One sentence over a blank line.
                let verdict = checker.verdict(
                    on: sentence.text + " " + next.text, citing: named(sentence.numbers + next.numbers))
                verdicts += [verdict, verdict]
                index += 2
            } else {
                verdicts.append(
                    checker.verdict(
                        on: sentence.text, citing: named(sentence.numbers),
                        columns: sentence.header.map { sentences[$0].text }))
                index += 1
            }
        }
        let kept = Set(sentences.indices.compactMap { verdicts[$0].stays ? sentences[$0].header : nil })
        let headers = Set(sentences.compactMap(\.header))
        for header in headers.subtracting(kept) { verdicts[header] = .none }
        return verdicts
    }

    /// Whether a line without an end goes on in the next paragraph.
    private static func continues(_ next: MarkedText.Sentence, _ sentence: MarkedText.Sentence) -> Bool {
        guard sentence.isProse, next.isProse, let last = sentence.text.last,
            last.isLetter || last.isNumber || last == ",",
            let first = next.text.first
        else { return false }
        return first.isLowercase
    }

    /// The code blocks that do not stand in the passages, as their first and last lines.
    private func unsupportedBlocks(
        of marked: MarkedText, _ verdicts: [SentenceVerdict]
    ) -> [ClosedRange<Int>] {
        var blocks: [ClosedRange<Int>] = []
        for index in marked.sentences.indices where marked.sentences[index].isCode && !verdicts[index].stays {
            if let last = blocks.last, last.upperBound == index - 1 {
                blocks[blocks.count - 1] = last.lowerBound...index
            } else {
                blocks.append(index...index)
            }
        }
        return blocks
    }

    private func unique(_ spans: [AnswerSentence.Span]) -> [AnswerSentence.Span] {
        var seen: Set<AnswerSentence.Span> = []
        return spans.filter { seen.insert($0).inserted }
            .sorted { ($0.marker, $0.range.lowerBound) < ($1.marker, $1.range.lowerBound) }
    }
}
