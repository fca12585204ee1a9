/// A place in a line of Markdown, with the column that tabs make of it (CommonMark 0.31, section 2.2).
struct MarkdownCursor {
    let bytes: UnsafeBufferPointer<UInt8>
    var offset: Int
    var column = 0
    /// End of the line, its `\n` not included.
    let end: Int
    private var nonspaceOffset: Int
    private var nonspaceColumn = 0

    init(bytes: UnsafeBufferPointer<UInt8>, line: Range<Int>) {
        self.bytes = bytes
        offset = line.lowerBound
        end = line.upperBound
        nonspaceOffset = line.lowerBound
        findNonspace()
    }

    private mutating func findNonspace() {
        if nonspaceOffset > offset { return }
        nonspaceOffset = offset
        nonspaceColumn = column
        while nonspaceOffset < end {
            if bytes[nonspaceOffset] == 0x20 {
                nonspaceColumn += 1
            } else if bytes[nonspaceOffset] == 0x09 {
                nonspaceColumn += 4 - nonspaceColumn % 4
            } else {
                break
            }
            nonspaceOffset += 1
        }
    }

    /// Columns of white space ahead.
    var indent: Int { nonspaceColumn - column }
    var isBlank: Bool { nonspaceOffset == end }
    /// Offset of the first byte that is not white space.
    var content: Int { nonspaceOffset }
    /// The first byte that is not white space; 0 on a blank line.
    var first: UInt8 { nonspaceOffset < end ? bytes[nonspaceOffset] : 0 }

    /// Consumes up to `columns` columns of white space; a tab may be consumed in part.
    mutating func skip(columns: Int) {
        var left = columns
        while left > 0, offset < end {
            if bytes[offset] == 0x09 {
                let width = 4 - column % 4
                column += min(width, left)
                if width <= left { offset += 1 }
                left -= width
            } else if bytes[offset] == 0x20 {
                offset += 1
                column += 1
                left -= 1
            } else {
                break
            }
        }
        findNonspace()
    }

    /// Consumes the white space ahead and `count` bytes after it.
    mutating func skipContent(_ count: Int) {
        column = nonspaceColumn + count
        offset = nonspaceOffset + count
        nonspaceOffset = offset
        findNonspace()
    }
}

/// What a line of Markdown can begin with. Each rule looks at a range that begins where white space ends.
struct MarkdownRules {
    let bytes: UnsafeBufferPointer<UInt8>

    /// Level of an ATX heading (section 4.2).
    func headingLevel(_ range: Range<Int>) -> Int? {
        var index = range.lowerBound
        while index < range.upperBound, bytes[index] == UInt8(ascii: "#"), index - range.lowerBound < 7 { index += 1 }
        let level = index - range.lowerBound
        guard level >= 1, level <= 6 else { return nil }
        return index == range.upperBound || bytes[index] == 0x20 || bytes[index] == 0x09 ? level : nil
    }

    /// Content of an ATX heading, without the closing sequence.
    func headingContent(_ range: Range<Int>, level: Int) -> Range<Int> {
        let content = trimmed(range.lowerBound + level..<range.upperBound)
        var end = content.upperBound
        while end > content.lowerBound, bytes[end - 1] == UInt8(ascii: "#") { end -= 1 }
        if end == content.lowerBound { return end..<end }
        guard end < content.upperBound, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 else { return content }
        return trimmed(content.lowerBound..<end)
    }

    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
        while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
        return start..<end
    }

    /// Level of a setext underline (section 4.3).
    func setextLevel(_ range: Range<Int>) -> Int? {
        guard let mark = range.isEmpty ? nil : bytes[range.lowerBound], mark == 0x3D || mark == 0x2D else { return nil }
        let line = trimmed(range)
        for index in line where bytes[index] != mark { return nil }
        return mark == 0x3D ? 1 : 2
    }

    /// Section 4.1.
    func isThematicBreak(_ range: Range<Int>) -> Bool {
        guard let mark = range.isEmpty ? nil : bytes[range.lowerBound], mark == 0x2A || mark == 0x2D || mark == 0x5F
        else { return false }
        var count = 0
        for index in range {
            if bytes[index] == mark {
                count += 1
            } else if bytes[index] != 0x20, bytes[index] != 0x09 {
                return false
            }
        }
        return count >= 3
    }

    /// Byte and length of an opening code fence, and its info string (section 4.5).
    func fence(_ range: Range<Int>) -> (mark: UInt8, length: Int, info: Range<Int>)? {
        guard let mark = range.isEmpty ? nil : bytes[range.lowerBound], mark == 0x60 || mark == 0x7E else { return nil }
        var index = range.lowerBound
        while index < range.upperBound, bytes[index] == mark { index += 1 }
        let length = index - range.lowerBound
        guard length >= 3 else { return nil }
        let info = trimmed(index..<range.upperBound)
        if mark == 0x60 { for index in info where bytes[index] == 0x60 { return nil } }
        return (mark, length, info)
    }

    func closesFence(_ range: Range<Int>, mark: UInt8, length: Int) -> Bool {
        let line = trimmed(range)
        guard line.count >= length else { return false }
        for index in line where bytes[index] != mark { return false }
        return true
    }

    /// Section 5.2.
    struct ListMarker {
        /// `-`, `+`, `*`, `.` or `)`: items of one list share it.
        var kind: UInt8
        var width: Int
        var canInterruptParagraph: Bool
    }

    func listMarker(_ range: Range<Int>) -> ListMarker? {
        guard !range.isEmpty else { return nil }
        var index = range.lowerBound
        var kind = bytes[index]
        var startsAtOne = true
        switch kind {
        case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "*"): index += 1
        case 0x30...0x39:
            var number = 0
            while index < range.upperBound, index - range.lowerBound < 10, bytes[index] >= 0x30, bytes[index] <= 0x39 {
                number = number * 10 + Int(bytes[index] - 0x30)
                index += 1
            }
            guard index - range.lowerBound <= 9, index < range.upperBound else { return nil }
            kind = bytes[index]
            guard kind == UInt8(ascii: ".") || kind == UInt8(ascii: ")") else { return nil }
            index += 1
            startsAtOne = number == 1
        default: return nil
        }
        guard index == range.upperBound || bytes[index] == 0x20 || bytes[index] == 0x09 else { return nil }
        let isEmpty = trimmed(index..<range.upperBound).isEmpty
        return ListMarker(
            kind: kind, width: index - range.lowerBound, canInterruptParagraph: startsAtOne && !isEmpty)
    }
}
