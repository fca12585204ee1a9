/// What both kinds of tokenizer do before their models: added tokens apart, then the normaliser's steps.
struct TextPipeline: Sendable {
    /// Looked for in the text as it is.
    var rawTokens: AddedTokens
    /// Looked for in the normalised text.
    var normalizedTokens: AddedTokens
    var normalizers: [TextNormalizer]

    enum Segment {
        /// Normalised text; `isFirst` where nothing stands before it in the whole text.
        case text(UnsafeBufferPointer<UInt8>, isFirst: Bool)
        case token(Int32)
    }

    /// Calls `body` with each segment, in order, until it says that it has enough.
    func forEachSegment(in text: String, _ body: (Segment) -> Bool) {
        var text = text
        text.withUTF8 { text in
            rawTokens.forEachSegment(in: text) { segment in
                switch segment {
                case .token(let id): return body(.token(id))
                case .text(let range):
                    var wantsMore = true
                    withNormalized(UnsafeBufferPointer(rebasing: text[range])) { normalized in
                        normalizedTokens.forEachSegment(in: normalized) { part in
                            switch part {
                            case .token(let id): wantsMore = body(.token(id))
                            case .text(let part):
                                wantsMore = body(
                                    .text(
                                        UnsafeBufferPointer(rebasing: normalized[part]),
                                        isFirst: range.lowerBound == 0 && part.lowerBound == 0))
                            }
                            return wantsMore
                        }
                    }
                    return wantsMore
                }
            }
        }
    }

    private func withNormalized(
        _ text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        guard let first = normalizers.first else { return body(text) }
        var current: [UInt8] = []
        current.reserveCapacity(text.count + text.count / 8 + 16)
        first.normalize(text, into: &current)
        var next: [UInt8] = []
        for step in normalizers.dropFirst() {
            next.removeAll(keepingCapacity: true)
            next.reserveCapacity(current.count)
            current.withUnsafeBufferPointer { step.normalize($0, into: &next) }
            swap(&current, &next)
        }
        current.withUnsafeBufferPointer(body)
    }

    /// The text as the steps leave it.
    func normalized(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        text.withUnsafeBufferPointer { withNormalized($0) { result = Array($0) } }
        return result
    }
}
