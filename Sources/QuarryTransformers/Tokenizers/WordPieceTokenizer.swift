/// BERT's tokenizer: normaliser, split at white space and punctuation, longest match.
package struct WordPieceTokenizer: Tokenizer {
    let pipeline: TextPipeline
    let model: WordPieceModel
    package let template: SpecialTokenTemplate

    package var vocabularySize: Int { max(model.vocabularySize, pipeline.vocabularySize(with: template)) }

    package var isSumOfWords: Bool { !pipeline.hasTokensOfWords }

    package func contentIDs(of text: String, limit: Int) -> [Int32] {
        var ids: [Int32] = []
        ids.reserveCapacity(min(limit, text.utf8.count / 3 + 8))
        model.withSegmenter { segmenter in
            pipeline.forEachSegment(in: text) { segment in
                switch segment {
                case .token(let id): ids.append(id)
                case .text(let text, _):
                    BertPreTokenizer().forEachWord(in: text) { word in
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

extension TextPipeline {
    /// Whether an added token spans words.
    var hasTokensOfWords: Bool { rawTokens.spanWords || normalizedTokens.spanWords }

    /// One more than the largest id of an added or a special token.
    func vocabularySize(with template: SpecialTokenTemplate) -> Int {
        let special = template.ids.max() ?? -1
        return Int(max(rawTokens.largestID, normalizedTokens.largestID, special)) + 1
    }
}
