package import QuarryCore
import QuarryText

/// A sentence of a hit that may be quoted as the answer.
package struct SentenceCandidate: Sendable, Hashable {
    /// Index into the hits.
    package var hit: Int
    /// UTF-8 offsets into the chunk's text.
    package var range: Range<Int>
    /// As a person reads it. A heading that holds the answer is before the sentence.
    package var text: String
    /// The text with the question or heading that it answers.
    package var textInContext: String
    package var features: SentenceFeatures
    /// Whether it holds every word of the question, or is a row of a table or a field that the question names, and lacks
    /// nothing that is asked for.
    package var isDirect: Bool
    /// How many of the phrases and words that the question demands by its operators it holds; 0 if it lacks what is asked for.
    package var demanded = 0
}

/// Finds the candidates of a question and computes their features.
package struct CandidateScan: Sendable {
    private let segmenter: PassageSegmenter
    private let readers: TermReaders

    package init(analysis: TextAnalysis) {
        self.segmenter = PassageSegmenter(sentences: analysis.sentences)
        self.readers = TermReaders(analysis)
    }

    /// What can be quoted of the hits, in hit and text order, with every feature but the cosine.
    ///
    /// - `clauses`: The operators of the question.
    /// - Complexity: O(total length of the hits).
    package func candidates(
        for question: String, with clauses: [QueryExpression.Clause] = [], in hits: [ScoredChunk]
    ) -> [SentenceCandidate] {
        let reader = readers.reader(of: question, among: hits)
        let asked = AskedQuestion(question, reader: reader)
        let passages = hits.map { passage(of: $0, asked: asked) }
        let weights = TermWeights(
            of: asked.terms, in: asked.words, over: passages.flatMap(\.sentences).map { $0.forms.union($0.context) })
        let measures = passages.map { PassageMeasure($0, asked: asked, weights: weights) }
        let meanCoverage = measures.reduce(0) { $0 + $1.coverage } / Double(max(1, measures.count))
        let names = Set(
            passages.lazy.flatMap(\.sentences).flatMap { $0.surface.dropFirst() }.filter(\.isCapitalized).map(\.folded))
        let scope = Scope(
            asked: asked, reader: reader, weights: weights, names: names, meanCoverage: meanCoverage)
        var candidates: [SentenceCandidate] = []
        for (index, (passage, shared)) in zip(passages, measures).enumerated() {
            let demands = Demands(clauses, reader: passage.reader)
            for quotable in passage.quotables {
                guard var candidate = scope.candidate(quotable, of: passage, hit: index, shared: shared) else {
                    continue
                }
                if candidate.features.typeMissing == 0 { candidate.demanded = demands.count(heldBy: candidate.text) }
                candidates.append(candidate)
            }
        }
        let mean = candidates.reduce(0) { $0 + $1.features.coverage } / Double(max(1, candidates.count))
        for index in candidates.indices { candidates[index].features.meanCoverage = mean }
        return candidates
    }

    private func passage(of hit: ScoredChunk, asked: AskedQuestion) -> MeasuredPassage {
        let reader = readers.reader(of: hit)
        let headings = Set(
            (hit.chunk.headings + [hit.documentTitle].compactMap { $0 }).flatMap { reader.words($0).forms })
        let segments = segmenter.segments(
            of: hit.chunk.text, tableHeader: hit.chunk.tableHeader, under: hit.chunk.headings)
        // The title of a record may be the question that its text answers.
        let question = [hit.chunk.headings.last, hit.documentTitle].compactMap { $0 }.first(where: Quotable.isQuestion)
        var contexts: [[String]: Set<String>] = [:]
        let sentences = segments.map { segment in
            let context =
                contexts[segment.context] ?? Set(segment.context.flatMap { reader.words($0).forms })
            contexts[segment.context] = context
            return MeasuredPassage.Sentence(segment, context: context, reader: reader)
        }
        return MeasuredPassage(
            sentences: sentences,
            quotables: Quotable.all(in: segments, answering: question, withCode: asked.asksForCode),
            headings: headings, reader: reader)
    }
}

/// The phrases and words that a question demands of the text by its operators, as terms of a passage's language.
private struct Demands {
    private let demanded: [(words: AnalyzedText, isPhrase: Bool)]
    private let reader: TermReader

    init(_ clauses: [QueryExpression.Clause], reader: TermReader) {
        self.reader = reader
        demanded = clauses.filter { clause in
            clause.occurrence != .excluded && [.phrase, .word].contains(clause.match)
                && [nil, .body].contains(clause.field)
        }.map { (reader.words($0.text), $0.match == .phrase) }.filter { !$0.words.terms.isEmpty }
    }

    func count(heldBy text: String) -> Int {
        guard !demanded.isEmpty else { return 0 }
        let words = reader.words(text)
        return demanded.count { demand in
            demand.isPhrase
                ? words.terms.contains(demand.words.terms)
                : demand.words.terms.allSatisfy { demand.words.isHeld($0, by: words.forms) }
        }
    }
}

/// What the features of all candidates of a question share.
private struct Scope {
    let asked: AskedQuestion
    let reader: TermReader
    let weights: TermWeights
    /// Folded words that are capitalized elsewhere than at the start of a sentence.
    let names: Set<String>
    let meanCoverage: Double

    /// A topic that holds less of the question's weight is not what the question is about.
    private static let relevantTopic = 0.5

    /// Nil for a heading that does not hold the type of answer asked for, and for a field about something else.
    func candidate(
        _ quotable: Quotable, of passage: MeasuredPassage, hit: Int, shared: PassageMeasure
    ) -> SentenceCandidate? {
        let script = dominantScript(of: quotable.text)
        let isForeign = asked.script != nil && script != nil && asked.script != script
        if isForeign, quotable.mayBeTitle || !shared.holdsNumbers { return nil }
        let subject = passage.reader.words(quotable.subject)
        let surface = SurfaceWord.words(ofSentence: quotable.text)
        var held = asked.type.isHeld(by: surface, notIn: asked.surface, names: names)
        if quotable.kind == .heading, held != true || !asked.type.mayStandInHeading { return nil }
        var text = quotable.text
        if held == false, asked.type.mayStandInHeading, quotable.kind != .heading,
            let heading = passage.sentences[quotable.segments.lowerBound].segment.headings.last(where: {
                asked.type.isHeld(inHeading: $0, notIn: asked.surface)
            })
        {
            text = "\(heading):\(quotable.kind == .list ? "\n" : " ")\(text)"
            held = true
        }
        var own = quotable.kind == .tableRow ? subject.forms.union(passage.context(of: quotable)) : subject.forms
        if quotable.kind == .heading, AnswerType.isVersion(heading: quotable.text, notIn: asked.surface) {
            // "1.7.2 - 2026-02-08" says that a version was released, and when.
            own.formUnion(reader.words(AnswerType.impliedByVersion).forms)
        }
        var answersItself = false
        var features = SentenceFeatures()
        features.proximity = asked.proximity(in: subject)
        if let topic = quotable.topic {
            let words = passage.reader.words(topic)
            if weights.coverage(by: words.forms) >= Scope.relevantTopic {
                own.formUnion(words.forms)
                answersItself =
                    quotable.isReply && asked.isHeld(by: words.forms) && AnswerType(of: topic) == asked.type
                features.proximity = max(features.proximity, asked.proximity(in: words))
            }
        }
        let window = passage.window(around: quotable).union(own)
        features.coverage = weights.coverage(by: own)
        features.windowCoverage = weights.coverage(by: window)
        features.passageCoverage = shared.coverage
        if let held {
            features.typeHeld = held ? 1 : 0
            features.typeMissing = held ? 0 : 1
            features.strictlyMissing = held || !asked.type.isStrict ? 0 : 1
        }
        features.rank = 1 / Double(hit + 1)
        features.matched = min(1, Double(asked.contentCount(in: window)) / 8)
        features.lead = shared.coverage - meanCoverage
        features.length = min(1, Double(subject.terms.count) / 60)
        features.missingNames = shared.missingNames
        features.missingTerm = shared.missingTerm
        features.foreign = isForeign ? 1 : 0
        features.negation = asked.isNegated == Negation.isStated(in: surface) ? 0 : 1
        features.definition = asked.isDefined(by: quotable.text, reader: reader) ? 1 : 0
        let answers = answersItself || isDirect(quotable, features, holding: own, reader: passage.reader)
        if quotable.isField, !answers { return nil }
        return SentenceCandidate(
            hit: hit, range: quotable.range, text: text,
            textInContext: quotable.topic.map { "\($0)\n\(text)" } ?? text, features: features,
            isDirect: answers)
    }

    /// A short question has few words that could be found: that all of them stand in one sentence says enough.
    private func isDirect(
        _ quotable: Quotable, _ features: SentenceFeatures, holding own: Set<String>, reader: TermReader
    ) -> Bool {
        guard features.foreign == 0, features.typeMissing == 0, features.negation == 0, features.missingNames == 0
        else { return false }
        if quotable.kind == .tableRow, features.typeHeld > 0, asked.isHeld(by: own, but: 1), names(quotable, reader) {
            return true
        }
        if quotable.kind == .sentence || quotable.kind == .listItem, let field = Field(quotable.text),
            asked.asksFor(field, typeHeld: features.typeHeld > 0, reader: reader)
        {
            return true
        }
        // A mention of a thing does not say what it is.
        let isDefined = asked.defined == nil || features.definition > 0 || features.typeHeld > 0
        return isDefined && asked.isHeld(by: own)
    }

    /// Whether all words of a cell of a row are in the question.
    private func names(_ row: Quotable, _ reader: TermReader) -> Bool {
        row.text.split(separator: "; ").contains { cell in
            let value = String(cell[(cell.firstIndex(of: ":").map(cell.index(after:)) ?? cell.startIndex)...])
            let terms = reader.words(value).terms.filter { !reader.functionTerms.contains($0) }
            return value.contains(where: \.isLetter) && !terms.isEmpty
                && terms.allSatisfy { asked.words.forms.contains($0) }
        }
    }
}
