package import QuarryCore
import QuarryText

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Checks a generated text against the passages in its prompt, and repairs its markers.
///
/// Models of all sizes forget markers and invent numbers. So the engine does the citing: it removes marker numbers
/// without a passage. A sentence without a marker gets that of the passage that supports it best. A sentence without
/// support is flagged, and loses its markers.
package struct SupportCheck: Sendable {
    let scan: CandidateScan
    let analysis: TextAnalysis
    /// The minimum support of a sentence.
    let threshold: Double

    package init(analysis: TextAnalysis, threshold: Double) {
        self.scan = CandidateScan(analysis: analysis)
        self.analysis = analysis
        self.threshold = threshold
    }

    /// A text with repaired markers, and the support of each sentence.
    package struct Result: Sendable, Hashable {
        package var text: String
        package var sentences: [AnswerSentence]
        package var quotes: [Quote]
        /// Whether the text answers from the passages. One of its sentences must be supported by a passage, or cite a
        /// passage in another language, whose words cannot be compared, and state only facts of that passage.
        package var isGrounded: Bool
    }

    /// The place in a passage that supports a sentence.
    package struct Quote: Sendable, Hashable {
        /// The passage's number, from 1.
        package var marker: Int
        /// UTF-8 offsets into the passage's text.
        package var range: Range<Int>
    }

    /// - `passages`: The passages of the prompt; marker `[n]` is the n-th.
    /// - `phrase`: A phrase of the text without content, whose words need no support.
    /// - Complexity: O(sentences of the text × length of the passages).
    package func check(_ text: String, against passages: [ScoredChunk], besides phrase: String = "") -> Result {
        let sources = passages.map(source)
        let idf = InverseFrequencies(of: sources.flatMap { $0.places.map(\.forms) })
        let marked = MarkedText(text, segmenter: PassageSegmenter(sentences: analysis.sentences))
        let reader = scan.reader(of: text, among: passages)
        let idle = reader.words(phrase).forms
        let language = WrittenLanguage(script: dominantScript(of: text), language: analysis.language(of: text))
        var isGrounded = false
        var edits: [MarkedText.Edit] = []
        var forged: Set<Int> = []
        var sentences: [AnswerSentence] = []
        var quotes: [Quote] = []
        for sentence in marked.sentences {
            let words = reader.words(sentence.text)
            let terms = Set(words.terms).subtracting(reader.functionTerms).subtracting(idle)
            let facts = Fact.facts(in: sentence.text)
            let named = Set(sentence.numbers).filter { passages.indices.contains($0 - 1) }.sorted()
            var markers = named
            if named.isEmpty, !terms.isEmpty || !facts.isEmpty,
                let found = best(for: terms, of: words, facts: facts, among: sources, idf: idf),
                found.support >= threshold
            {
                markers = [found.marker]
            }
            var support = terms.isEmpty && facts.isEmpty ? 1.0 : 0
            var held: Set<FactToken> = []
            // The refusal sentence, which the text may begin with, does not negate the passage.
            var contradicts = idle.isEmpty && !markers.isEmpty && Negation.isStated(in: sentence.text)
            var places: [Quote] = []
            for marker in markers {
                let place = sources[marker - 1].bestPlace(for: terms, of: words, facts: facts, idf: idf)
                support = max(support, place.support)
                if place.mayNegate { contradicts = false }
                held.formUnion(sources[marker - 1].facts)
                if let range = place.range { places.append(Quote(marker: marker, range: range)) }
            }
            let missing = facts.filter { $0.readings.isDisjoint(with: held) }.map(\.text)
            let isForeign = named.contains { sources[$0 - 1].language.differs(from: language) }
            let isSupported = support >= threshold && missing.isEmpty && !contradicts
            if isSupported || isForeign && missing.isEmpty {
                let saysSomething = idle.isEmpty || !terms.isEmpty || !facts.isEmpty
                if !markers.isEmpty, saysSomething { isGrounded = true }
                quotes += places
                if named.isEmpty, let marker = markers.first {
                    edits.append(MarkedText.Edit(range: sentence.end..<sentence.end, text: " [\(marker)]"))
                }
            } else {
                markers = []
                forged.formUnion(sentence.markers)
            }
            sentences.append(
                AnswerSentence(
                    text: sentence.text, markers: markers, isAttributed: named.isEmpty && !markers.isEmpty,
                    support: support, unsupportedFacts: missing, isSupported: isSupported))
        }
        edits += marked.removals(of: forged, andNumbersOver: passages.count)
        return Result(
            text: marked.applying(edits), sentences: sentences, quotes: unique(quotes), isGrounded: isGrounded)
    }

    private func unique(_ quotes: [Quote]) -> [Quote] {
        var seen: Set<Quote> = []
        return quotes.filter { seen.insert($0).inserted }
            .sorted { ($0.marker, $0.range.lowerBound) < ($1.marker, $1.range.lowerBound) }
    }

    private func best(
        for terms: Set<String>, of words: AnalyzedText, facts: [Fact], among sources: [Source], idf: InverseFrequencies
    ) -> (marker: Int, support: Double)? {
        var best: (marker: Int, support: Double)?
        for (index, source) in sources.enumerated() {
            let place = source.bestPlace(for: terms, of: words, facts: facts, idf: idf)
            if place.support > best?.support ?? 0 { best = (index + 1, place.support) }
        }
        return best
    }

    private func source(_ hit: ScoredChunk) -> Source {
        let bytes = Array(hit.chunk.text.utf8)
        let reader = scan.reader(of: hit)
        let headings = Set((hit.chunk.headings + [hit.documentTitle].compactMap { $0 }).flatMap(reader.contentForms))
        let segments = PassageSegmenter(sentences: analysis.sentences)
            .segments(of: hit.chunk.text, tableHeader: hit.chunk.tableHeader)
            .filter { $0.kind != .heading && $0.kind != .tableHeader }
        let places = segments.map { segment in
            let text = String(decoding: bytes[segment.range], as: UTF8.self)
            return Source.Place(
                range: segment.range, forms: reader.contentForms(text),
                context: headings.union(segment.context.flatMap(reader.contentForms)), facts: Fact.tokens(of: text),
                mayNegate: Negation.isPossible(in: text))
        }
        return Source(
            places: places,
            facts: Fact.tokens(of: hit.chunk.contextualText + "\n" + (hit.documentTitle ?? "")),
            language: WrittenLanguage(script: dominantScript(of: hit.chunk.text), language: hit.language))
    }
}

/// The script and language of a text, if known.
private struct WrittenLanguage: Sendable {
    var script: Script?
    var language: String?

    /// Whether words in the two cannot be equal even if they mean the same.
    func differs(from other: WrittenLanguage) -> Bool {
        if let script, let theirs = other.script, script != theirs { return true }
        if let language, let theirs = other.language { return language != theirs }
        return false
    }
}

/// A passage, prepared for comparison.
private struct Source: Sendable {
    struct Place: Sendable {
        var range: Range<Int>
        var forms: Set<String>
        /// Forms of the headings and of the table header or list introduction.
        var context: Set<String>
        var facts: Set<FactToken>
        var mayNegate: Bool
    }

    var places: [Place]
    var facts: Set<FactToken>
    var language: WrittenLanguage

    /// The sentence that, with its neighbours and context, has most of the weight of terms and facts. Ties go to the
    /// sentence with the most weight itself, then to the first.
    ///
    /// - Returns: Also whether the sentence or a neighbour may negate something.
    func bestPlace(
        for terms: Set<String>, of words: AnalyzedText, facts: [Fact], idf: InverseFrequencies
    ) -> (range: Range<Int>?, support: Double, mayNegate: Bool) {
        var best: (range: Range<Int>?, support: Double, own: Double, mayNegate: Bool) = (nil, 0, 0, false)
        let weights = terms.sorted().map { ($0, idf.weight(of: $0, in: words)) }
        let total = weights.reduce(0) { $0 + $1.1 } + Double(facts.count)
        guard total > 0 else { return (nil, 0, true) }
        for (index, place) in places.enumerated() {
            let neighbours = [index - 1, index + 1].filter(places.indices.contains).map { places[$0] }
            var own = 0.0
            var around = 0.0
            for (term, weight) in weights {
                if words.isHeld(term, by: place.forms) {
                    own += weight
                } else if words.isHeld(term, by: place.context)
                    || neighbours.contains(where: { words.isHeld(term, by: $0.forms) })
                {
                    around += weight
                }
            }
            for fact in facts {
                if !fact.readings.isDisjoint(with: place.facts) {
                    own += 1
                } else if neighbours.contains(where: { !fact.readings.isDisjoint(with: $0.facts) }) {
                    around += 1
                }
            }
            let support = (own + around) / total
            // The better quote contains more itself, even if a neighbour's window ties with it.
            if own + 0.5 * around > best.own {
                let mayNegate = place.mayNegate || neighbours.contains(where: \.mayNegate)
                best = (place.range, support, own + 0.5 * around, mayNegate)
            }
        }
        return (best.range, best.support, best.mayNegate)
    }
}

/// ln(1 + (n − df + ½) / (df + ½)) over the sentences of the passages, at least ½ so that no term is free.
private struct InverseFrequencies: Sendable {
    /// The forms of each sentence.
    private let sentences: [Set<String>]

    init(of sentences: [Set<String>]) { self.sentences = sentences }

    /// The weight of a term of a text.
    /// - Complexity: O(sentences).
    func weight(of term: String, in text: AnalyzedText) -> Double {
        let frequency = Double(sentences.count { text.isHeld(term, by: $0) })
        return max(0.5, log(1 + (Double(sentences.count) - frequency + 0.5) / (frequency + 0.5)))
    }
}
