extension UnsafeBufferPointer<UInt8> {
    /// The range without spaces and tabs at its ends.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, self[start] == 0x20 || self[start] == 0x09 { start += 1 }
        while end > start, self[end - 1] == 0x20 || self[end - 1] == 0x09 { end -= 1 }
        return start..<end
    }

    /// The end of the line that begins at `start`, without its `\n`.
    func lineEnd(from start: Int) -> Int {
        var end = start
        while end < count, self[end] != 0x0A { end += 1 }
        return end
    }
}

extension String {
    /// The text on one line, with one space between words and none around them.
    func joiningWords() -> String {
        var joined: [UInt8] = []
        joined.reserveCapacity(utf8.count)
        for byte in utf8 {
            if byte != 0x20, byte != 0x09, byte != 0x0A {
                joined.append(byte)
            } else if let last = joined.last, last != 0x20 {
                joined.append(0x20)
            }
        }
        if joined.last == 0x20 { joined.removeLast() }
        return String(decoding: joined, as: UTF8.self)
    }
}
