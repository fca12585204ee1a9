/// Writes the text of comments, without their signs, as paragraphs, items and code.
struct CodeComment {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let lines: [Range<Int>]
    /// The smallest indentation of a line after the first.
    private let margin: Int

    private enum Open { case nothing, text, code, example }
    private var open = Open.nothing
    private var isAfterBlank = false

    /// - `comments`: Comments that follow each other, line by line.
    init(_ comments: ArraySlice<CodeOutline.Comment>, _ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        var lines: [Range<Int>] = []
        for comment in comments { CodeComment.addLines(of: comment.range, bytes, to: &lines) }
        self.lines = lines
        margin =
            lines.dropFirst(lines.count > 1 ? 1 : 0)
            .filter { !bytes.trimmed($0).isEmpty }
            .map { bytes.columns($0.lowerBound..<bytes.trimmed($0).lowerBound) }.min() ?? 0
    }

    /// The number of words of letters.
    var words: Int {
        var count = 0
        for line in lines {
            var isInWord = false
            for offset in line {
                let isLetter =
                    bytes[offset] >= 0x80 || bytes[offset].isASCIILetterOrDigit && !bytes[offset].isASCIIDigit
                if isLetter, !isInWord { count += 1 }
                isInWord = isLetter
            }
            if count > 8 { return count }
        }
        return count
    }

    /// The lines of a comment without its signs. White space before the text is kept.
    private static func addLines(
        of comment: Range<Int>, _ bytes: UnsafeBufferPointer<UInt8>, to lines: inout [Range<Int>]
    ) {
        var (start, end) = (comment.lowerBound, comment.upperBound)
        if start == 0, bytes.hasText("#!", at: 0) {
            // The name of the interpreter is a paragraph of its own.
            lines += [start..<min(end, bytes.lineEnd(from: start)), end..<end]
            return
        }
        let isStar = bytes.byte(start) == UInt8(ascii: "/") && bytes.byte(start + 1) == UInt8(ascii: "*")
        if bytes.byte(start).isASCIILetterOrDigit {
            start += bytes[start..<end].prefix { $0.isASCIILetterOrDigit }.count
        }
        let first = bytes.byte(start)
        if bytes.hasText("\"\"\"", at: start) || bytes.hasText("'''", at: start) {
            start = min(start + 3, end)
            if end - start >= 3, bytes[end - 1] == first, bytes[end - 2] == first { end -= 3 }
        } else if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
            start += 1
            if end > start, bytes[end - 1] == first { end -= 1 }
        } else if first == UInt8(ascii: "=") {
            // POD has its commands in the text.
        } else if bytes.hasText("--[", at: start) {
            while start < end, "-[=".utf8.contains(bytes[start]) { start += 1 }
            while end > start, "]=".utf8.contains(bytes[end - 1]) { end -= 1 }
        } else {
            while start < end, "/*#-;%!({<|".utf8.contains(bytes[start]) { start += 1 }
            let isBlock =
                isStar || first == UInt8(ascii: "(") || first == UInt8(ascii: "{") || first == UInt8(ascii: "#")
            if isBlock, bytes[comment].contains(0x0A) || isStar {
                while end > start, "*/)}-#=".utf8.contains(bytes[end - 1]) { end -= 1 }
            }
        }
        while start <= end {
            let stop = bytes[start..<max(start, end)].firstIndex(of: 0x0A) ?? end
            var line = start
            if isStar, start > comment.lowerBound + 2 {
                let text = bytes.trimmed(start..<stop)
                let stars = bytes[text].prefix { $0 == UInt8(ascii: "*") }
                // Two stars begin bold text.
                if stars.count == 1 || stars.endIndex == text.upperBound { line = stars.endIndex }
            }
            lines.append(line..<stop)
            start = stop + 1
        }
    }

    mutating func write(to writer: inout DocumentWriter) {
        for line in lines { write(line, to: &writer) }
        writer.end()
    }

    private mutating func write(_ line: Range<Int>, to writer: inout DocumentWriter) {
        let text = bytes.trimmed(line)
        defer { isAfterBlank = text.isEmpty }
        if open == .code {
            if bytes.hasText("```", at: text.lowerBound) {
                writer.end()
                open = .nothing
            } else {
                writer.append(line, of: bytes)
                writer.append("\n")
            }
            return
        }
        if bytes.hasText("```", at: text.lowerBound) {
            writer.begin(.code())
            open = .code
            return
        }
        if open == .example {
            if text.isEmpty || isAfterBlank && indentation(of: line) < margin + 4 {
                if text.isEmpty {
                    writer.append("\n")
                    return
                }
                close(&writer)
            } else {
                writer.append(line, of: bytes)
                writer.append("\n")
                return
            }
        }
        // Lines of signs only divide comments.
        guard bytes.hasWords(text) else {
            if open == .text, text.count < 8, !text.isEmpty { append(text, to: &writer) } else { close(&writer) }
            return
        }
        let isExample = bytes.hasText(">>> ", at: text.lowerBound)
        if isExample || open == .nothing && isAfterBlank && indentation(of: line) >= margin + 4 {
            close(&writer)
            writer.begin(.code())
            writer.append(line, of: bytes)
            writer.append("\n")
            open = .example
            return
        }
        if let item = itemStart(text) {
            writer.begin(.item(depth: 0))
            append(item..<text.upperBound, to: &writer)
            open = .text
            return
        }
        let isField =
            "@:\\".utf8.contains(bytes[text.lowerBound]) && bytes.byte(text.lowerBound + 1).isASCIILetterOrDigit
        if open == .nothing || isField { writer.begin(.paragraph) }
        append(text, to: &writer)
        open = .text
    }

    private func indentation(of line: Range<Int>) -> Int {
        bytes.columns(line.lowerBound..<bytes.trimmed(line).lowerBound)
    }

    private mutating func close(_ writer: inout DocumentWriter) {
        writer.end()
        open = .nothing
    }

    private func append(_ range: Range<Int>, to writer: inout DocumentWriter) {
        writer.append(" ")
        writer.append(range, of: bytes)
    }

    /// The text after `- `, `* ` or `• `.
    private func itemStart(_ text: Range<Int>) -> Int? {
        for sign: StaticString in ["- ", "* ", "+ ", "• "] where bytes.hasText(sign, at: text.lowerBound) {
            return bytes.trimmed(text.lowerBound + sign.utf8CodeUnitCount..<text.upperBound).lowerBound
        }
        return nil
    }
}
