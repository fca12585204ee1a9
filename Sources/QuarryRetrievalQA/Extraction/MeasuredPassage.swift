import QuarryText

/// A hit with the terms of its sentences, and what can be quoted of it.
struct MeasuredPassage {
    struct Sentence {
        let segment: Segment
        let forms: Set<String>
        /// The forms of the headings, and of the table header or the introduction of the list.
        let context: Set<String>
        let surface: [SurfaceWord]

        init(_ segment: Segment, context: Set<String>, reader: TermReader) {
            self.segment = segment
            self.context = context
            forms = reader.words(segment.text).forms
            surface = SurfaceWord.words(ofSentence: segment.text)
        }

        var isProse: Bool { segment.kind == .sentence || segment.kind == .listItem }
    }

    let sentences: [Sentence]
    let quotables: [Quotable]
    /// The forms of the headings above and of the document's title.
    let headings: Set<String>
    let reader: TermReader

    func context(of quotable: Quotable) -> Set<String> { sentences[quotable.segments.lowerBound].context }

    /// The forms of a quotable and its context: headings, table header, and the neighbouring sentences. Table rows and
    /// lines of code have no neighbours.
    func window(around quotable: Quotable) -> Set<String> {
        var window = headings.union(context(of: quotable))
        for sentence in sentences[quotable.segments] { window.formUnion(sentence.forms) }
        guard quotable.kind.isProse else { return window }
        for neighbour in [quotable.segments.lowerBound - 1, quotable.segments.upperBound + 1]
        where sentences.indices.contains(neighbour) && sentences[neighbour].isProse {
            window.formUnion(sentences[neighbour].forms)
        }
        return window
    }
}

/// The measures that all sentences of a passage share.
struct PassageMeasure {
    let coverage: Double
    let missingNames: Double
    let missingTerm: Double
    /// Whether every number of the question is in the passage. Numbers are the same in all scripts.
    let holdsNumbers: Bool

    init(_ passage: MeasuredPassage, asked: AskedQuestion, weights: TermWeights) {
        var forms = passage.headings
        for sentence in passage.sentences {
            forms.formUnion(sentence.forms)
            forms.formUnion(sentence.context)
        }
        coverage = weights.coverage(by: forms)
        missingNames = asked.missingNames(in: forms)
        missingTerm = weights.heaviestMissing(in: forms)
        holdsNumbers = asked.holdsNumbers(in: forms)
    }
}
