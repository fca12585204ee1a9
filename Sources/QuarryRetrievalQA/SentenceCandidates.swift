package import QuarryCore
import QuarryText

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A sentence of a hit that may be quoted as the answer.
package struct SentenceCandidate: Sendable, Hashable {
    /// Index into the hits.
    package var hit: Int
    package var segment: Segment
    package var text: String
    package var features: SentenceFeatures
}

/// Finds the candidates of a question and computes their features.
///
/// Term weights are inverse document frequencies over the candidate sentences, so words of every passage have little
/// weight: ln(1 + (n − df + ½) / (df + ½)).
package struct CandidateScan: Sendable {
    private let analysis: TextAnalysis
    private let segmenter: PassageSegmenter
    private let usualReader: TermReader

    package init(analysis: TextAnalysis) {
        self.analysis = analysis
        self.segmenter = PassageSegmenter(sentences: analysis.sentences)
        self.usualReader = TermReader(analysis)
    }

    /// The sentences of the hits, in hit and text order, with every feature but the cosine.
    /// - Complexity: O(total length of the hits).
    package func candidates(for question: String, in hits: [ScoredChunk]) -> [SentenceCandidate] {
        let passages = hits.map(measure)
        let asked = Question(question, reader: reader(of: question, among: hits))
        let weights = TermWeights(
            of: asked.terms, over: passages.flatMap(\.sentences).map { $0.termSet.union($0.context) })
        let measures = passages.map { PassageMeasure($0, asked: asked, weights: weights) }
        let meanCoverage = measures.reduce(0) { $0 + $1.coverage } / Double(max(1, measures.count))
        let names = Set(
            passages.lazy.flatMap(\.sentences).flatMap { $0.words.dropFirst() }.filter(\.isCapitalized).map(\.folded))
        var candidates: [SentenceCandidate] = []
        for (index, (passage, shared)) in zip(passages, measures).enumerated() {
            for position in passage.sentences.indices {
                candidates.append(
                    SentenceCandidate(
                        hit: index, segment: passage.sentences[position].segment,
                        text: passage.sentences[position].text,
                        features: features(
                            of: position, in: passage, rank: index, shared: shared,
                            meanCoverage: meanCoverage, asked: asked, weights: weights, names: names)))
            }
        }
        let mean = candidates.reduce(0) { $0 + $1.features.coverage } / Double(max(1, candidates.count))
        for index in candidates.indices { candidates[index].features.meanCoverage = mean }
        return candidates
    }

    /// A reader of terms for a question or reply that treats them as the passages' terms.
    func reader(of text: String, among passages: [ScoredChunk]) -> TermReader {
        reader(in: analysis.languages(of: text, among: passages))
    }

    /// A reader of terms for the language of a passage's document.
    func reader(of passage: ScoredChunk) -> TermReader {
        reader(in: [passage.language].compactMap { $0 })
    }

    private func reader(in languages: [String]) -> TermReader {
        TermReader.usualLanguages.isSuperset(of: languages) ? usualReader : TermReader(analysis, languages: languages)
    }

    private func measure(_ hit: ScoredChunk) -> Passage {
        let bytes = Array(hit.chunk.text.utf8)
        let reader = reader(of: hit)
        let headings = Set((hit.chunk.headings + [hit.documentTitle].compactMap { $0 }).flatMap(reader.terms))
        let segments = segmenter.segments(of: hit.chunk.text, tableHeader: hit.chunk.tableHeader)
        var sentences: [Passage.Sentence] = []
        sentences.reserveCapacity(segments.count)
        for segment in segments {
            let text = String(decoding: bytes[segment.range], as: UTF8.self)
            sentences.append(
                Passage.Sentence(
                    segment: segment, text: text, terms: reader.terms(text),
                    context: Set(segment.context.flatMap(reader.terms))))
        }
        return Passage(sentences: sentences, headings: headings)
    }

    private func features(
        of position: Int, in passage: Passage, rank: Int, shared: PassageMeasure, meanCoverage: Double, asked: Question,
        weights: TermWeights, names: Set<String>
    ) -> SentenceFeatures {
        let sentence = passage.sentences[position]
        let window = passage.window(around: position)
        var features = SentenceFeatures()
        features.coverage = weights.coverage(by: sentence.ownTerms)
        features.windowCoverage = weights.coverage(by: window)
        features.passageCoverage = shared.coverage
        features.proximity = asked.proximity(in: sentence.terms)
        if let held = asked.type.isHeld(by: sentence.words, notIn: asked.words, names: names) {
            features.typeHeld = held ? 1 : 0
            features.typeMissing = held ? 0 : 1
        }
        features.rank = 1 / Double(rank + 1)
        features.matched = min(1, Double(asked.termSet.intersection(window).subtracting(asked.functionTerms).count) / 8)
        features.lead = shared.coverage - meanCoverage
        features.length = min(1, Double(sentence.terms.count) / 60)
        features.missingNames = shared.missingNames
        features.missingTerm = shared.missingTerm
        features.foreign = asked.script != nil && sentence.script != nil && asked.script != sentence.script ? 1 : 0
        return features
    }
}

/// A hit with its sentences' terms.
private struct Passage {
    struct Sentence {
        var segment: Segment
        var text: String
        var terms: [String]
        var termSet: Set<String>
        var context: Set<String>
        var script: Script?
        var words: [SurfaceWord]

        init(segment: Segment, text: String, terms: [String], context: Set<String>) {
            self.segment = segment
            self.text = text
            self.terms = terms
            self.termSet = Set(terms)
            self.context = context
            self.script = dominantScript(of: text)
            self.words = SurfaceWord.words(ofSentence: text)
        }

        var isProse: Bool { segment.kind == .sentence || segment.kind == .listItem }

        /// A table row includes its header, because a cell's meaning depends on it.
        var ownTerms: Set<String> { segment.kind == .tableRow ? termSet.union(context) : termSet }
    }

    var sentences: [Sentence]
    var headings: Set<String>

    /// The terms of a sentence and its context: headings, table header, and the neighbouring sentences. Table rows and
    /// lines of code have no neighbours.
    func window(around position: Int) -> Set<String> {
        let sentence = sentences[position]
        var window = sentence.termSet.union(sentence.context).union(headings)
        guard sentence.isProse else { return window }
        for neighbour in [position - 1, position + 1]
        where sentences.indices.contains(neighbour) && sentences[neighbour].isProse {
            window.formUnion(sentences[neighbour].termSet)
        }
        return window
    }
}

/// A question's terms without function words, unless it has no others.
private struct Question {
    var terms: [String]
    var termSet: Set<String>
    var words: Set<String>
    var type: AnswerType
    /// The terms of each name or number in the question.
    var names: [[String]]
    var script: Script?
    var functionTerms: Set<String>

    init(_ text: String, reader: TermReader) {
        let all = reader.terms(text)
        let content = all.filter { !reader.functionTerms.contains($0) }
        self.functionTerms = reader.functionTerms
        self.terms = content.isEmpty ? all : content
        self.termSet = Set(all)
        let words = SurfaceWord.words(of: text)
        self.words = Set(words.map(\.folded))
        self.type = AnswerType(of: text)
        self.names = words.enumerated().filter { $0.offset > 0 && $0.element.startsUppercase || $0.element.digits > 0 }
            .map { reader.terms($0.element.folded) }.filter { !$0.isEmpty }
        self.script = dominantScript(of: text)
    }

    func proximity(in sentence: [String]) -> Double {
        guard terms.count > 1 else { return 0 }
        var positions: [String: [Int]] = [:]
        for (position, term) in sentence.enumerated() where termSet.contains(term) {
            positions[term, default: []].append(position)
        }
        let pairs = zip(terms, terms.dropFirst())
        let near = pairs.count { first, second in
            guard first != second, let a = positions[first], let b = positions[second] else { return false }
            return a.contains { x in b.contains { abs($0 - x) <= 4 } }
        }
        return Double(near) / Double(terms.count - 1)
    }
}

/// Inverse document frequencies of a question's terms among sentences.
struct TermWeights {
    private let terms: [String]
    private let weights: [Double]
    private let total: Double

    init(of terms: [String], over sentences: some Sequence<Set<String>>) {
        var unique: [String] = []
        for term in terms where !unique.contains(term) { unique.append(term) }
        var frequencies = [Int](repeating: 0, count: unique.count)
        var count = 0
        for sentence in sentences {
            count += 1
            for (index, term) in unique.enumerated() where sentence.contains(term) { frequencies[index] += 1 }
        }
        let weights = frequencies.map { log(1 + (Double(count - $0) + 0.5) / (Double($0) + 0.5)) }
        self.terms = unique
        self.weights = weights
        self.total = weights.reduce(0, +)
    }

    /// Share of the weight whose terms the set holds; 0 for a question without terms.
    func coverage(by set: Set<String>) -> Double {
        guard total > 0 else { return 0 }
        var sum = 0.0
        for (term, weight) in zip(terms, weights) where set.contains(term) { sum += weight }
        return sum / total
    }

    /// Weight of the heaviest term that is not in the set, divided by that of the heaviest term.
    func heaviestMissing(in set: Set<String>) -> Double {
        guard let heaviest = weights.max(), heaviest > 0 else { return 0 }
        return (zip(terms, weights).filter { !set.contains($0.0) }.map(\.1).max() ?? 0) / heaviest
    }
}

/// The measures that all sentences of a passage share.
private struct PassageMeasure {
    var coverage: Double
    var missingNames: Double
    var missingTerm: Double

    init(_ passage: Passage, asked: Question, weights: TermWeights) {
        var terms = passage.headings
        for sentence in passage.sentences {
            terms.formUnion(sentence.termSet)
            terms.formUnion(sentence.context)
        }
        coverage = weights.coverage(by: terms)
        let lacking = asked.names.count { name in !name.contains { terms.contains($0) } }
        missingNames = asked.names.isEmpty ? 0 : Double(lacking) / Double(asked.names.count)
        missingTerm = weights.heaviestMissing(in: terms)
    }
}
