/// Takes the markup out of short inline text, such as a heading.
enum MarkdownInline {
    /// What is longer is cut, so that a title stays one.
    private static let maximumLength = 1024

    /// The text without emphasis, code marks, links' targets, tags and escapes; line ends become spaces.
    ///
    /// - Parameter labels: What the text defines; `[text][label]` is a link only to one of these.
    static func plainText(
        of range: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>, labels: LinkLabels
    ) -> String {
        var end = min(range.upperBound, range.lowerBound + maximumLength)
        if end < range.upperBound { while end > range.lowerBound, bytes[end] & 0xC0 == 0x80 { end -= 1 } }
        var scanner = InlineScanner(bytes: Array(bytes[range.lowerBound..<end]), labels: labels)
        return scanner.plainText().joiningWords()
    }

    /// The first word of a code fence's info string, or nil where there is none.
    static func firstWord(of range: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) -> String? {
        let word = bytes[range].prefix(maximumLength).prefix { $0 != 0x20 && $0 != 0x09 }
        return word.isEmpty ? nil : String(decoding: word, as: UTF8.self)
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
