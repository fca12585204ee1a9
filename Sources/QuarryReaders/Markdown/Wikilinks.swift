/// Finds `[[Target]]`, `[[Target|alias]]` and `[[Target#Heading]]` in Markdown.
struct Wikilinks {
    let bytes: UnsafeBufferPointer<UInt8>
    /// Code blocks as ranges of whole lines, in text order. They contain no links.
    let code: [Range<Int>]

    private struct Link {
        /// From the opening brackets to the closing ones.
        var range: Range<Int>
        var target: Range<Int>
        /// The visible text: the alias, or everything between the brackets.
        var label: Range<Int>
    }

    /// The targets in text order, as written, without alias or heading. Links within a page are omitted.
    /// - Complexity: O(bytes).
    func targets() -> [String] {
        links().filter { !$0.target.isEmpty }.map { String(decoding: bytes[$0.target], as: UTF8.self) }
    }

    /// The text with each link and embedding replaced by its label, escaped for Markdown.
    func labelled() -> [UInt8] {
        var text: [UInt8] = []
        var end = 0
        for link in links() {
            text += bytes[end..<link.range.lowerBound]
            if text.last == UInt8(ascii: "!") { text.removeLast() }
            for byte in bytes[link.label] {
                switch byte {
                case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: text += [UInt8(ascii: "\\"), byte]
                default: text.append(byte)
                }
            }
            end = link.range.upperBound
        }
        return text + bytes[end...]
    }

    private func links() -> [Link] {
        guard containsOpening else { return [] }
        var links: [Link] = []
        for paragraph in paragraphs() { collect(paragraph, into: &links) }
        return links
    }

    /// The lines between blank lines and code blocks, in text order.
    func paragraphs() -> [Range<Int>] {
        var paragraphs: [Range<Int>] = []
        var paragraphStart = 0
        var lineStart = 0
        var nextCode = 0
        while lineStart < bytes.count {
            let end = bytes.lineEnd(from: lineStart)
            while nextCode < code.count, code[nextCode].upperBound <= lineStart { nextCode += 1 }
            let isCode = nextCode < code.count && code[nextCode].contains(lineStart)
            if isCode || bytes.trimmed(lineStart..<end).isEmpty {
                if paragraphStart < lineStart { paragraphs.append(paragraphStart..<lineStart) }
                paragraphStart = end + 1
            }
            lineStart = end + 1
        }
        if paragraphStart < bytes.count { paragraphs.append(paragraphStart..<bytes.count) }
        return paragraphs
    }

    private var containsOpening: Bool {
        var previous: UInt8 = 0
        for byte in bytes {
            if byte == UInt8(ascii: "["), previous == byte { return true }
            previous = byte
        }
        return false
    }

    private func collect(_ range: Range<Int>, into links: inout [Link]) {
        let spans = codeSpans(in: range)
        var nextSpan = 0
        var index = range.lowerBound
        while index + 3 < range.upperBound {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\\") {
                index += 2
            } else if byte == UInt8(ascii: "`") {
                while nextSpan < spans.count, spans[nextSpan].lowerBound < index { nextSpan += 1 }
                if nextSpan < spans.count, spans[nextSpan].lowerBound == index {
                    index = spans[nextSpan].upperBound
                } else {
                    index += 1
                }
            } else if byte == UInt8(ascii: "["), bytes[index + 1] == byte {
                index = link(at: index + 2, before: range.upperBound, into: &links)
            } else {
                index += 1
            }
        }
    }

    /// Parses a link after its opening brackets; returns where to continue.
    private func link(at start: Int, before end: Int, into links: inout [Link]) -> Int {
        var stop = start
        var targetEnd: Int?
        var bar: Int?
        while stop < end {
            switch bytes[stop] {
            case UInt8(ascii: "["): return stop == start ? start - 1 : stop
            case 0x0A: return stop
            case UInt8(ascii: "|"):
                targetEnd = targetEnd ?? stop
                bar = bar ?? stop
            case UInt8(ascii: "#"): targetEnd = targetEnd ?? stop
            case UInt8(ascii: "]"):
                guard stop + 1 < end, bytes[stop + 1] == UInt8(ascii: "]") else { return stop + 1 }
                var target = bytes.trimmed(start..<(targetEnd ?? stop))
                // In a table, the bar before an alias is escaped.
                if let targetEnd, bytes[targetEnd] == UInt8(ascii: "|"), target.upperBound == targetEnd,
                    !target.isEmpty, bytes[targetEnd - 1] == UInt8(ascii: "\\")
                {
                    target = target.lowerBound..<targetEnd - 1
                }
                let label = (bar.map { $0 + 1 } ?? start)..<stop
                links.append(Link(range: start - 2..<stop + 2, target: target, label: label))
                return stop + 2
            default: break
            }
            stop += 1
        }
        return stop
    }

    /// Code spans of a paragraph: a run of backticks up to the next run of the same length (CommonMark 0.31, 6.1).
    func codeSpans(in range: Range<Int>) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var index = range.lowerBound
        while index < range.upperBound {
            guard bytes[index] == UInt8(ascii: "`") else {
                index += 1
                continue
            }
            let start = index
            while index < range.upperBound, bytes[index] == UInt8(ascii: "`") { index += 1 }
            runs.append(start..<index)
        }
        guard !runs.isEmpty else { return [] }
        var nextOfLength: [Int: Int] = [:]
        var closing = [Int?](repeating: nil, count: runs.count)
        for position in runs.indices.reversed() {
            closing[position] = nextOfLength[runs[position].count]
            nextOfLength[runs[position].count] = position
        }
        var spans: [Range<Int>] = []
        var position = 0
        while position < runs.count {
            let start = runs[position].lowerBound
            if let end = closing[position], !isEscaped(start, from: range.lowerBound) {
                spans.append(start..<runs[end].upperBound)
                position = end + 1
            } else {
                position += 1
            }
        }
        return spans
    }

    private func isEscaped(_ index: Int, from start: Int) -> Bool {
        var slash = index
        while slash > start, bytes[slash - 1] == UInt8(ascii: "\\") { slash -= 1 }
        return !(index - slash).isMultiple(of: 2)
    }
}
