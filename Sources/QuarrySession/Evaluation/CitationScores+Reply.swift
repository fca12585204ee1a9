import Quarry
import QuarryCore
package import QuarryEvaluation
import QuarryRetrievalQA

extension CitationScores {
    /// The scores of an answer that a model wrote, as it is shown. Nil for refusals, and for answers of quotes.
    ///
    /// Sentences that state nothing, such as the introduction of a list, need no citation and are not counted.
    package init?(of reply: QueryReply) {
        guard reply.refused == false, reply.generator?.kind == "model", let sentences = reply.sentences else {
            return nil
        }
        var chunks: [Int: Int64] = [:]
        for citation in reply.citations ?? [] { chunks[citation.marker] = citation.chunk }
        for span in sentences.flatMap(\.spans) { chunks[span.marker] = chunks[span.marker] ?? span.chunk }
        let texts = Dictionary(reply.hits.map { ($0.chunk, $0) }) { first, _ in first }
        let check = SupportCheck()
        let shown = sentences.filter { $0.range != nil && !($0.supported && $0.markers.isEmpty) }
        self.init(shown.map { Sentence($0.text, citing: $0.markers) }) { text, markers in
            let passages = markers.compactMap { chunks[$0].flatMap { texts[$0] } }.enumerated().map { index, hit in
                ScoredChunk(
                    id: ChunkID(Int64(index)),
                    passage: Passage(
                        chunk: Chunk(
                            documentID: hit.document, ordinal: index, range: 0..<hit.text.utf8.count, text: hit.text,
                            headings: hit.headings, tokenCount: 0),
                        documentTitle: hit.title, language: hit.language, source: hit.location.source),
                    score: 1)
            }
            let result = check.check(text, question: reply.question, against: passages, unsupported: .mark)
            return result.isGrounded && result.sentences.allSatisfy(\.isSupported)
        }
    }
}
