import QuarryCore

extension RetrievalQA {
    /// An answer made of the reader's sentences, each with its own marker.
    func quoted(_ question: String, _ extraction: Extraction, hits: [ScoredChunk]) -> Answer {
        var citations: [Citation] = []
        var sentences: [AnswerSentence] = []
        for (index, sentence) in extraction.sentences.enumerated() {
            let marker = index + 1
            var citation = citation(marker: marker, range: sentence.range, in: hits[sentence.hit])
            for repeated in sentence.repeats {
                let hit = hits[repeated.hit]
                citation.alsoIn.append(
                    OtherPlace(documentID: hit.chunk.documentID, location: hit.location(of: repeated.range)))
                citation.alsoIn += hit.otherPlaces(of: repeated.range)
            }
            citations.append(citation)
            sentences.append(
                AnswerSentence(text: sentence.text, markers: [marker], support: 1, isSupported: true))
        }
        // A marker of the document is not one of the answer.
        let text = sentences.map { sentence in
            let quote = NumberBrackets.replacing(in: sentence.text) { "⟦\($0.content)⟧" }
            return "\(quote) \(sentence.markers.map { "[\($0)]" }.joined())"
        }.joined(separator: "\n")
        return Answer(
            question: question, text: text, citations: citations, generator: .extractive,
            support: extraction.support, sentences: sentences, hits: hits)
    }

    /// - `range`: UTF-8 offsets into the chunk's text.
    func citation(marker: Int, range: Range<Int>, in hit: ScoredChunk) -> Citation {
        Citation(marker: marker, range: range, in: hit)
    }
}
