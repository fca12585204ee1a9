import QuarryCore

extension RetrievalQA {
    /// An answer made of the reader's sentences, each with a marker of its own.
    func quoted(_ question: String, _ extraction: Extraction, hits: [ScoredChunk]) async throws -> Answer {
        var citations: [Citation] = []
        var sentences: [AnswerSentence] = []
        for (index, sentence) in extraction.sentences.enumerated() {
            let marker = index + 1
            citations.append(try await citation(marker: marker, range: sentence.range, in: hits[sentence.hit]))
            sentences.append(
                AnswerSentence(text: sentence.text, markers: [marker], support: 1, isSupported: true))
        }
        let text = sentences.map { "\($0.text) \($0.markers.map { "[\($0)]" }.joined())" }.joined(separator: "\n")
        return Answer(
            question: question, text: text, citations: citations, generator: .extractive,
            support: extraction.support, sentences: sentences, hits: hits)
    }

    /// - Parameter range: UTF-8 offsets into the chunk's text.
    func citation(marker: Int, range: Range<Int>, in hit: ScoredChunk) async throws -> Citation {
        let located = try await locator.locate(range, in: hit)
        let start = hit.chunk.range.lowerBound
        return Citation(
            marker: marker, documentID: hit.chunk.documentID, chunk: hit.id,
            range: (start + range.lowerBound)..<(start + range.upperBound), location: located.location,
            quote: String(decoding: Array(hit.chunk.text.utf8)[range], as: UTF8.self),
            quoteDigest: located.quoteDigest, sourceDigest: located.sourceDigest)
    }
}
