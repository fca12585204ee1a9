/// Finds the targets of links and pictures in Markdown: `[text](target)`, `[label]: target`, and `href` and `src` of HTML
/// tags. Code contains no links.
struct MarkdownLinks {
    let bytes: UnsafeBufferPointer<UInt8>
    /// Code blocks as ranges of whole lines, in text order.
    let code: [Range<Int>]

    /// Longer targets are not links to files.
    private static let maximumLength = 2048
    /// Parentheses within a target, as in cmark.
    private static let maximumDepth = 32

    init(bytes: UnsafeBufferPointer<UInt8>) {
        var parser = MarkdownBlockParser(bytes: bytes)
        parser.parse()
        self.bytes = bytes
        code = parser.code
    }

    /// The targets in text order, as written, without a title.
    /// - Complexity: O(bytes).
    func targets() -> [String] {
        let wikilinks = Wikilinks(bytes: bytes, code: code)
        var targets: [String] = []
        for paragraph in wikilinks.paragraphs() {
            var start = paragraph.lowerBound
            for span in wikilinks.codeSpans(in: paragraph) {
                collect(start..<span.lowerBound, before: paragraph.upperBound, into: &targets)
                start = span.upperBound
            }
            collect(start..<paragraph.upperBound, before: paragraph.upperBound, into: &targets)
        }
        return targets
    }

    /// Collects the links that begin in `range`. Their targets may go on up to `end`.
    private func collect(_ range: Range<Int>, before end: Int, into targets: inout [String]) {
        var index = range.lowerBound
        while index < range.upperBound {
            let found: Range<Int>?
            switch bytes[index] {
            case UInt8(ascii: "\\"):
                index += 2
                continue
            case UInt8(ascii: "]") where index + 1 < end && bytes[index + 1] == UInt8(ascii: "("):
                found = destination(from: index + 2, before: end, isInParentheses: true)
            case UInt8(ascii: "]") where index + 1 < end && bytes[index + 1] == UInt8(ascii: ":"):
                found = startsDefinition(before: index, in: range) ? destination(from: index + 2, before: end) : nil
            case UInt8(ascii: "="): found = attribute(at: index, in: range, before: end)
            default: found = nil
            }
            if let found, !found.isEmpty { targets.append(String(decoding: bytes[found], as: UTF8.self)) }
            index = max(index + 1, found?.upperBound ?? 0)
        }
    }

    /// The target that starts at `start`, up to a blank; or between angle brackets.
    ///
    /// - Parameter isInParentheses: Whether only a title may follow before the closing parenthesis.
    private func destination(from start: Int, before end: Int, isInParentheses: Bool = false) -> Range<Int>? {
        let end = min(end, start + Self.maximumLength)
        let start = afterBlanks(start, before: end)
        if start < end, bytes[start] == UInt8(ascii: "<") {
            let rest = bytes[(start + 1)..<end]
            guard
                let stop = rest.firstIndex(where: { $0 == UInt8(ascii: ">") || $0 == UInt8(ascii: "<") || $0 == 0x0A }),
                bytes[stop] == UInt8(ascii: ">")
            else { return nil }
            return start + 1..<stop
        }
        var depth = 0
        var stop = start
        loop: while stop < end {
            switch bytes[stop] {
            case 0...0x20: break loop
            case UInt8(ascii: "\\"): stop += 1
            case UInt8(ascii: "("):
                depth += 1
                guard depth <= Self.maximumDepth else { return nil }
            case UInt8(ascii: ")"):
                depth -= 1
                if depth < 0 { break loop }
            default: break
            }
            stop += 1
        }
        stop = min(stop, end)
        guard isInParentheses else { return start..<stop }
        let next = afterBlanks(stop, before: end)
        guard next < end, ")\"'(".utf8.contains(bytes[next]) else { return nil }
        return start..<stop
    }

    private func afterBlanks(_ start: Int, before end: Int) -> Int {
        var start = start
        while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 || bytes[start] == 0x0A { start += 1 }
        return start
    }

    /// Whether the bracket that closes at `index` opened at the start of its line, as in `[label]: target`.
    private func startsDefinition(before index: Int, in range: Range<Int>) -> Bool {
        var start = index
        // A label is at most 999 characters long (CommonMark 0.31, 4.7).
        let limit = max(range.lowerBound, index - 1000)
        while start > limit, bytes[start - 1] != 0x0A, bytes[start - 1] != UInt8(ascii: "]") { start -= 1 }
        let line = bytes.trimmed(start..<index)
        return !line.isEmpty && bytes[line.lowerBound] == UInt8(ascii: "[") && !line.dropFirst(2).isEmpty
            && bytes[line.lowerBound + 1] != UInt8(ascii: "^")
    }

    /// The quoted value of `href=` or `src=` whose equals sign is at `index`.
    private func attribute(at index: Int, in range: Range<Int>, before end: Int) -> Range<Int>? {
        let isLink = ["href", "src"].contains { name in
            let start = index - name.utf8.count
            return start > range.lowerBound && bytes[start - 1] <= 0x20
                && bytes[start..<index].map { $0 | 0x20 }.elementsEqual(name.utf8)
        }
        guard isLink, index + 1 < end else { return nil }
        let quote = bytes[index + 1]
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
        let start = index + 2
        return bytes[start..<min(end, start + Self.maximumLength)].firstIndex(of: quote).map { start..<$0 }
    }
}
