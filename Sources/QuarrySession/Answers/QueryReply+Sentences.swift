import QuarryCore
package import QuarryRetrievalQA

extension QueryReply {
    /// A sentence of the answer, or of the draft of a refused answer.
    package struct Sentence: Sendable, Codable {
        /// Without markers.
        package var text: String
        /// Start and end in the bytes of the answer, markers included, without the end; nil if the sentence is not in it.
        package var range: [Int]?
        /// `supported`, `contradicted`, `unverifiable` or `factMissing`.
        package var kind: AnswerSentence.Kind
        /// The estimated probability that the passages support the sentence.
        package var support: Double
        /// Whether the sentence may stand: it is supported, or states nothing.
        package var supported: Bool
        package var markers: [Int]
        /// Whether the markers were set by the engine.
        package var attributed: Bool
        /// Names, numbers, dates and codes that no cited sentence contains.
        package var missing: [String]
        /// What supports the sentence, or speaks of it if nothing does.
        package var spans: [Span]
    }

    /// A place in a passage.
    package struct Span: Sendable, Codable {
        package var marker: Int
        /// The passage, as in `hits`; nil if it is not known.
        package var chunk: Int64?
        /// Start and end in the bytes of the passage's text, without the end.
        package var range: [Int]
    }
}

extension QueryReply.Sentence {
    init(_ sentence: AnswerSentence, of answer: Answer) {
        text = sentence.text
        range = sentence.range.map { [$0.lowerBound, $0.upperBound] }
        kind = sentence.kind
        support = sentence.support
        supported = sentence.isSupported
        markers = sentence.markers
        attributed = sentence.isAttributed
        missing = sentence.unsupportedFacts
        spans = sentence.spans.map { span in
            let used = answer.prompt?.used ?? []
            return QueryReply.Span(
                marker: span.marker,
                chunk: used.indices.contains(span.marker - 1) ? used[span.marker - 1].id.rawValue : nil,
                range: [span.range.lowerBound, span.range.upperBound])
        }
        // A quote of the engine is its own support.
        if spans.isEmpty, answer.prompt == nil {
            spans = answer.citations.filter { sentence.markers.contains($0.marker) }.compactMap { citation in
                guard let hit = answer.hits.first(where: { $0.id == citation.chunk }) else { return nil }
                let start = hit.chunk.range.lowerBound
                return QueryReply.Span(
                    marker: citation.marker, chunk: citation.chunk.rawValue,
                    range: [citation.range.lowerBound - start, citation.range.upperBound - start])
            }
        }
    }
}
