/// SentencePiece's words: spaces become U+2581, and each starts a word.
struct MetaspacePreTokenizer: Sendable, Hashable {
    enum PrependScheme: String, Sendable {
        /// Before every stretch of text, including those between added tokens.
        case always
        /// Only before the whole text.
        case first
        case never
    }

    var prependScheme = PrependScheme.always
    /// Whether words are processed separately; otherwise the model sees a whole stretch.
    var splits = true
    /// Whether to split at white space and drop it before spaces are marked.
    var splitsAtWhiteSpace = false
    /// The mark, as UTF-8.
    var replacement: [UInt8] = [0xE2, 0x96, 0x81]

    /// Calls `body` with each word, in order, until it returns false.
    func forEachWord(
        in text: UnsafeBufferPointer<UInt8>, isFirst: Bool, _ body: (UnsafeBufferPointer<UInt8>) -> Bool
    ) {
        var scratch: [UInt8] = []
        guard splitsAtWhiteSpace else {
            _ = forEachMarkedWord(in: text, isFirst: isFirst, scratch: &scratch, body)
            return
        }
        var index = 0
        while true {
            let start = WhiteSpace.end(ofRunIn: text, from: index)
            var end = start
            while end < text.count {
                let (value, length) = decodeScalar(text, at: end)
                if isWhiteSpace(value) { break }
                end += length
            }
            guard start < end else { return }
            let word = UnsafeBufferPointer(rebasing: text[start..<end])
            guard forEachMarkedWord(in: word, isFirst: isFirst && start == 0, scratch: &scratch, body) else { return }
            index = end
        }
    }

    private func forEachMarkedWord(
        in text: UnsafeBufferPointer<UInt8>, isFirst: Bool, scratch: inout [UInt8],
        _ body: (UnsafeBufferPointer<UInt8>) -> Bool
    ) -> Bool {
        replacement.withUnsafeBufferPointer { mark in
            scratch.removeAll(keepingCapacity: true)
            let prepends = prependScheme == .always || (prependScheme == .first && isFirst)
            if prepends, !text.isEmpty, MetaspacePreTokenizer.markLength(in: text, at: 0, mark) == 0 { scratch += mark }
            var index = 0
            while index < text.count {
                let markLength = MetaspacePreTokenizer.markLength(in: text, at: index, mark)
                if markLength > 0 {
                    if splits, !scratch.isEmpty {
                        guard scratch.withUnsafeBufferPointer(body) else { return false }
                        scratch.removeAll(keepingCapacity: true)
                    }
                    scratch += mark
                    index += markLength
                }
                let start = index
                while index < text.count, MetaspacePreTokenizer.markLength(in: text, at: index, mark) == 0 {
                    index += 1
                }
                scratch.append(copying: text, start..<index)
            }
            return scratch.isEmpty || scratch.withUnsafeBufferPointer(body)
        }
    }

    /// The length in bytes of the space or mark at `index`; 0 if there is none.
    @inline(__always)
    private static func markLength(
        in text: UnsafeBufferPointer<UInt8>, at index: Int, _ mark: UnsafeBufferPointer<UInt8>
    ) -> Int {
        if text[index] == 0x20 { return 1 }
        guard text[index] == mark[0], mark.count <= text.count - index else { return 0 }
        for offset in 1..<mark.count where text[index + offset] != mark[offset] { return 0 }
        return mark.count
    }
}
