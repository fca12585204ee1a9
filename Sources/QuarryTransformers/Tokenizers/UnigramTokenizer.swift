/// SentencePiece's unigram tokenizer, as in XLM-RoBERTa and multilingual E5.
package struct UnigramTokenizer: Tokenizer {
    let pipeline: TextPipeline
    let preTokenizer: MetaspacePreTokenizer
    let model: UnigramModel
    package let template: SpecialTokenTemplate

    package var vocabularySize: Int { max(model.vocabularySize, pipeline.vocabularySize(with: template)) }

    package var isSumOfWords: Bool {
        preTokenizer.splitsAtWhiteSpace && preTokenizer.prependScheme == .always && !pipeline.hasTokensOfWords
    }

    package func contentIDs(of text: String, limit: Int) -> [Int32] {
        var ids: [Int32] = []
        ids.reserveCapacity(min(limit, text.utf8.count / 3 + 8))
        model.withSegmenter { segmenter in
            pipeline.forEachSegment(in: text) { segment in
                switch segment {
                case .token(let id): ids.append(id)
                case .text(let text, let isFirst):
                    preTokenizer.forEachWord(in: text, isFirst: isFirst) { word in
                        segmenter.append(word, to: &ids)
                        return ids.count < limit
                    }
                }
                return ids.count < limit
            }
        }
        if ids.count > limit { ids.removeSubrange(limit...) }
        return ids
    }
}
