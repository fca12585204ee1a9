/// A token that is matched verbatim, before the model sees the text.
struct AddedToken: Sendable, Hashable {
    var id: Int32
    var content: [UInt8]
    /// Whether white space before, or after, belongs to the token.
    var stripsLeft = false
    var stripsRight = false
}

/// Splits a text at its added tokens: leftmost first, then longest.
struct AddedTokens: Sendable {
    private let tokens: [AddedToken]
    /// For each byte, whether a token starts with it.
    private let starts: [Bool]

    init(_ tokens: [AddedToken]) {
        self.tokens = tokens.filter { !$0.content.isEmpty }
        var starts = [Bool](repeating: false, count: 256)
        for token in self.tokens { starts[Int(token.content[0])] = true }
        self.starts = starts
    }

    var isEmpty: Bool { tokens.isEmpty }
    /// Whether a token spans words.
    var spanWords: Bool { tokens.contains { $0.content.contains { $0 <= 0x20 } } }
    var largestID: Int32 { tokens.map(\.id).max() ?? -1 }

    enum Segment {
        case text(Range<Int>)
        case token(Int32)
    }

    /// Calls `body` with each non-empty segment, in order, until it returns false.
    func forEachSegment(in text: UnsafeBufferPointer<UInt8>, _ body: (Segment) -> Bool) {
        var done = 0
        var index = 0
        if !tokens.isEmpty {
            while index < text.count {
                guard starts[Int(text[index])], let token = longestToken(in: text, at: index) else {
                    index += 1
                    continue
                }
                let end = index + token.content.count
                let start =
                    token.stripsLeft ? WhiteSpace.start(ofRunIn: text, endingAt: index, from: done) : index
                if done < start, !body(.text(done..<start)) { return }
                if !body(.token(token.id)) { return }
                done = token.stripsRight ? WhiteSpace.end(ofRunIn: text, from: end) : end
                index = max(end, done)
            }
        }
        if done < text.count { _ = body(.text(done..<text.count)) }
    }

    private func longestToken(in text: UnsafeBufferPointer<UInt8>, at index: Int) -> AddedToken? {
        var longest: AddedToken?
        for token in tokens where token.content.count > longest?.content.count ?? 0 {
            if text[index...].starts(with: token.content) { longest = token }
        }
        return longest
    }
}
