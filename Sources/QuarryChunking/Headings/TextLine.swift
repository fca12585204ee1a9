/// A line of a text, without the white space around it.
struct TextLine {
    let bytes: UnsafeBufferPointer<UInt8>
    /// UTF-8 offsets; not empty.
    let range: Range<Int>
    /// White space before the line, in bytes.
    let indentation: Int
    /// Whether a blank line, a block or the text begins before it.
    let startsParagraph: Bool
    /// Whether the line before it in the paragraph may end a sentence.
    let followsSentence: Bool

    var start: Int { range.lowerBound }
    var end: Int { range.upperBound }

    func byte(_ offset: Int) -> UInt8? { offset < range.upperBound ? bytes[offset] : nil }

    func string(_ range: Range<Int>) -> String {
        String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    }

    /// The offset after all of these bytes from `offset` on.
    func skipping(_ skipped: StaticString, from offset: Int) -> Int {
        var offset = offset
        while let byte = byte(offset), skipped.contains(byte) { offset += 1 }
        return offset
    }

    /// The end of a range without these bytes at its end.
    func trimming(_ trimmed: StaticString, endOf range: Range<Int>) -> Int {
        var end = range.upperBound
        while end > range.lowerBound, trimmed.contains(bytes[end - 1]) { end -= 1 }
        return end
    }

    func scalar(at offset: Int) -> Unicode.Scalar? {
        guard offset < range.upperBound else { return nil }
        return Unicode.Scalar(QuarryChunking.scalar(at: offset, in: bytes).scalar)
    }

    func isUppercase(at offset: Int) -> Bool {
        guard let byte = byte(offset) else { return false }
        return byte < 0x80 ? byte >= 0x41 && byte <= 0x5A : scalar(at: offset)?.properties.isUppercase ?? false
    }

    func isLowercase(at offset: Int) -> Bool {
        guard let byte = byte(offset) else { return false }
        return byte < 0x80 ? byte >= 0x61 && byte <= 0x7A : scalar(at: offset)?.properties.isLowercase ?? false
    }

    func isLetter(at offset: Int) -> Bool {
        guard let byte = byte(offset) else { return false }
        return byte < 0x80
            ? byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A : scalar(at: offset)?.properties.isAlphabetic ?? false
    }

    func isDigit(at offset: Int) -> Bool { byte(offset).map { $0 >= 0x30 && $0 <= 0x39 } ?? false }

    /// Where the text after a list marker (`-`, `*`, `+`, `•`, `12.`, `12)`) begins; nil without a marker.
    var itemText: Int? {
        var offset = start
        switch bytes[offset] {
        case 0x2D, 0x2A, 0x2B: offset += 1
        case 0xE2 where byte(offset + 1) == 0x80 && byte(offset + 2) == 0xA2: offset += 3
        default:
            while isDigit(at: offset), offset - start < 3 { offset += 1 }
            guard offset > start, let mark = byte(offset), mark == 0x2E || mark == 0x29 else { return nil }
            offset += 1
        }
        guard let space = byte(offset), space == 0x20 || space == 0x09 else { return nil }
        return skipping(" \t", from: offset)
    }

    /// Whether it ends with `?` or `？`, perhaps before closing emphasis.
    var endsWithQuestionMark: Bool {
        let end = trimming("*_", endOf: range)
        guard end > start else { return false }
        if bytes[end - 1] == 0x3F { return true }
        return end - start >= 3 && bytes[end - 1] == 0x9F && bytes[end - 2] == 0xBC && bytes[end - 3] == 0xEF
    }

    /// Whether it ends with a mark that ends a sentence or a part of one.
    var endsWithMark: Bool {
        let end = trimming("*_\"')]", endOf: range)
        guard end > start else { return false }
        return StaticString(".!?:;,").contains(bytes[end - 1])
    }
}

extension StaticString {
    func contains(_ byte: UInt8) -> Bool { withUTF8Buffer { $0.contains(byte) } }
}
