extension CodeScanner {
    private static let maximumHeredocs = 8

    /// Notes the word of `<<WORD`, if a line of it follows.
    mutating func beginHeredoc() {
        guard bytes.byte(offset + 1) == UInt8(ascii: "<"), bytes.byte(offset - 1) != UInt8(ascii: "<"),
            heredocs.count < Self.maximumHeredocs, failedHeredocs < 2 * Self.maximumHeredocs
        else { return }
        var start = offset + 2
        while "<~- \"'\\".utf8.contains(bytes.byte(start)), start < offset + 6 { start += 1 }
        var end = start
        while end < bytes.count, end - start < 64, CodeScanner.isWord(bytes[end]) { end += 1 }
        guard end > start, !bytes[start].isASCIIDigit else { return }
        if endOfHeredoc(start..<end, from: bytes.lineEnd(from: end) + 1) == nil {
            failedHeredocs += 1
        } else {
            heredocs.append(start..<end)
        }
    }

    /// The end of the line that begins with a word.
    private func endOfHeredoc(_ word: Range<Int>, from start: Int) -> Int? {
        var line = start
        while line < bytes.count {
            let end = bytes.lineEnd(from: line)
            let text = bytes.trimmed(line..<end)
            if text.count >= word.count, text.count <= word.count + 2, bytes[text].starts(with: bytes[word]),
                !CodeScanner.isWord(bytes.byte(text.lowerBound + word.count))
            {
                return end
            }
            line = end + 1
        }
        return nil
    }

    mutating func endOfHeredocs() -> Int {
        var start = offset
        while start > 0, bytes[start - 1] != 0x0A { start -= 1 }
        for word in heredocs {
            guard let end = endOfHeredoc(word, from: start) else { break }
            start = end + 1
        }
        heredocs = []
        isLineStart = false
        return max(offset + 1, start - 1)
    }
}
