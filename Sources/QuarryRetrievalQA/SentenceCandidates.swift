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
            of: asked.terms, in: asked.words, over: passages.flatMap(\.sentences).map { $0.forms.union($0.context) })
        let measures = passages.map { PassageMeasure($0, asked: asked, weights: weights) }
        let meanCoverage = measures.reduce(0) { $0 + $1.coverage } / Double(max(1, measures.count))
        let names = Set(
            passages.lazy.flatMap(\.sentences).flatMap { $0.surface.dropFirst() }.filter(\.isCapitalized).map(\.folded))
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
        let headings = Set(
            (hit.chunk.headings + [hit.documentTitle].compactMap { $0 }).flatMap { reader.words($0).forms })
        let segments = segmenter.segments(of: hit.chunk.text, tableHeader: hit.chunk.tableHeader)
        var sentences: [Passage.Sentence] = []
        sentences.reserveCapacity(segments.count)
        for segment in segments {
            let text = String(decoding: bytes[segment.range], as: UTF8.self)
            sentences.append(
                Passage.Sentence(
                    segment: segment, text: text, words: reader.words(text),
                    context: Set(segment.context.flatMap { reader.words($0).forms })))
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
        features.coverage = weights.coverage(by: sentence.ownForms)
        features.windowCoverage = weights.coverage(by: window)
        features.passageCoverage = shared.coverage
        features.proximity = asked.proximity(in: sentence.words)
        if let held = asked.type.isHeld(by: sentence.surface, notIn: asked.surface, names: names) {
            features.typeHeld = held ? 1 : 0
            features.typeMissing = held ? 0 : 1
        }
        features.rank = 1 / Double(rank + 1)
        features.matched = min(1, Double(asked.contentCount(in: window)) / 8)
        features.lead = shared.coverage - meanCoverage
        features.length = min(1, Double(sentence.words.terms.count) / 60)
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
        var words: AnalyzedText
        var context: Set<String>
        var script: Script?
        var surface: [SurfaceWord]

        init(segment: Segment, text: String, words: AnalyzedText, context: Set<String>) {
            self.segment = segment
            self.text = text
            self.words = words
            self.context = context
            self.script = dominantScript(of: text)
            self.surface = SurfaceWord.words(ofSentence: text)
        }

        var isProse: Bool { segment.kind == .sentence || segment.kind == .listItem }

        var forms: Set<String> { words.forms }

        /// A table row includes its header, because a cell's meaning depends on it.
        var ownForms: Set<String> { segment.kind == .tableRow ? forms.union(context) : forms }
    }

    var sentences: [Sentence]
    var headings: Set<String>

    /// The forms of a sentence and its context: headings, table header, and the neighbouring sentences. Table rows and
    /// lines of code have no neighbours.
    func window(around position: Int) -> Set<String> {
        let sentence = sentences[position]
        var window = sentence.forms.union(sentence.context).union(headings)
        guard sentence.isProse else { return window }
        for neighbour in [position - 1, position + 1]
        where sentences.indices.contains(neighbour) && sentences[neighbour].isProse {
            window.formUnion(sentences[neighbour].forms)
        }
        return window
    }
}

/// A question's terms without function words, unless it has no others.
private struct Question {
    var terms: [String]
    var words: AnalyzedText
    var surface: Set<String>
    var type: AnswerType
    /// The terms of each name or number in the question.
    var names: [[String]]
    var script: Script?
    private var contentTerms: Set<String>

    init(_ text: String, reader: TermReader) {
        let analyzed = reader.words(text)
        let content = analyzed.terms.filter { !reader.functionTerms.contains($0) }
        self.words = analyzed
        self.terms = content.isEmpty ? analyzed.terms : content
        self.contentTerms = Set(content)
        let surface = SurfaceWord.words(of: text)
        self.surface = Set(surface.map(\.folded))
        self.type = AnswerType(of: text)
        self.names = surface.enumerated().filter {
            $0.offset > 0 && $0.element.startsUppercase || $0.element.digits > 0
        }
        .map { reader.words($0.element.folded).terms }.filter { !$0.isEmpty }
        self.script = dominantScript(of: text)
    }

    /// The number of distinct words other than function words that the forms of a text hold.
    func contentCount(in forms: Set<String>) -> Int { contentTerms.count { words.isHeld($0, by: forms) } }

    func proximity(in sentence: AnalyzedText) -> Double {
        guard terms.count > 1 else { return 0 }
        let positions = words.positions(in: sentence)
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
    private let words: AnalyzedText
    private let terms: [String]
    private let weights: [Double]
    private let total: Double

    init(of terms: [String], in words: AnalyzedText, over sentences: some Sequence<Set<String>>) {
        var unique: [String] = []
        for term in terms where !unique.contains(term) { unique.append(term) }
        var frequencies = [Int](repeating: 0, count: unique.count)
        var count = 0
        for sentence in sentences {
            count += 1
            for (index, term) in unique.enumerated() where words.isHeld(term, by: sentence) { frequencies[index] += 1 }
        }
        let weights = frequencies.map { log(1 + (Double(count - $0) + 0.5) / (Double($0) + 0.5)) }
        self.words = words
        self.terms = unique
        self.weights = weights
        self.total = weights.reduce(0, +)
    }

    /// Share of the weight whose terms the set holds; 0 for a question without terms.
    func coverage(by set: Set<String>) -> Double {
        guard total > 0 else { return 0 }
        var sum = 0.0
        for (term, weight) in zip(terms, weights) where words.isHeld(term, by: set) { sum += weight }
        return sum / total
    }

    /// Weight of the heaviest term that is not in the set, divided by that of the heaviest term.
    func heaviestMissing(in set: Set<String>) -> Double {
        guard let heaviest = weights.max(), heaviest > 0 else { return 0 }
        return (zip(terms, weights).filter { !words.isHeld($0.0, by: set) }.map(\.1).max() ?? 0) / heaviest
    }
}

/// The measures that all sentences of a passage share.
private struct PassageMeasure {
    var coverage: Double
    var missingNames: Double
    var missingTerm: Double

    init(_ passage: Passage, asked: Question, weights: TermWeights) {
        var forms = passage.headings
        for sentence in passage.sentences {
            forms.formUnion(sentence.forms)
            forms.formUnion(sentence.context)
        }
        coverage = weights.coverage(by: forms)
        let lacking = asked.names.count { name in !name.contains { asked.words.isHeld($0, by: forms) } }
        missingNames = asked.names.isEmpty ? 0 : Double(lacking) / Double(asked.names.count)
        missingTerm = weights.heaviestMissing(in: forms)
    }
}
