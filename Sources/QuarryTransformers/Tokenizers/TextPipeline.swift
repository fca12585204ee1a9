/// The common first part of both kinds of tokenizer: splits at added tokens, then normalises.
struct TextPipeline: Sendable {
    /// Matched in the original text.
    var rawTokens: AddedTokens
    /// Matched in the normalised text.
    var normalizedTokens: AddedTokens
    var normalizers: [TextNormalizer]

    enum Segment {
        /// Normalised text; `isFirst` if it is at the start of the whole text.
        case text(UnsafeBufferPointer<UInt8>, isFirst: Bool)
        case token(Int32)
    }

    /// Calls `body` with each segment, in order, until it returns false.
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

    /// The text after all steps.
    func normalized(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        text.withUnsafeBufferPointer { withNormalized($0) { result = Array($0) } }
        return result
    }
}
