/// SentencePiece's words: spaces become U+2581, each of which starts a word.
struct MetaspacePreTokenizer: Sendable, Hashable {
    enum PrependScheme: String, Sendable {
        /// Before every stretch of text, those between added tokens too.
        case always
        /// Before the whole text only.
        case first
        case never
    }

    var prependScheme = PrependScheme.always
    /// Whether words are looked at one by one; otherwise the model sees a stretch whole.
    var splits = true
    /// Whether white space splits (and goes) before spaces are marked.
    var splitsAtWhiteSpace = false
    /// The mark, as UTF-8.
    var replacement: [UInt8] = [0xE2, 0x96, 0x81]

    /// Calls `body` with each word, in order, until it says that it has enough.
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
        scratch.removeAll(keepingCapacity: true)
        let prepends = prependScheme == .always || (prependScheme == .first && isFirst)
        if prepends, !text.isEmpty, text[0] != 0x20, !text.starts(with: replacement) { scratch += replacement }
        var index = 0
        while index < text.count {
            if splits, !scratch.isEmpty, text[index] == 0x20 || isReplacement(text, at: index) {
                guard scratch.withUnsafeBufferPointer(body) else { return false }
                scratch.removeAll(keepingCapacity: true)
            }
            if text[index] == 0x20 {
                scratch += replacement
                index += 1
            } else if isReplacement(text, at: index) {
                scratch += replacement
                index += replacement.count
            } else {
                scratch.append(text[index])
                index += 1
            }
        }
        return scratch.isEmpty || scratch.withUnsafeBufferPointer(body)
    }

    @inline(__always)
    private func isReplacement(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
        text[index] == replacement[0] && text[index...].starts(with: replacement)
    }
}
