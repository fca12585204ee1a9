/// Comments of HTML in Markdown.
enum HTMLComments {
    /// The text without comments, and without the lines that hold nothing else.
    static func removed(from text: String) -> String {
        let bytes = Array(text.utf8)
        let blanked = blanked(in: bytes)
        guard blanked != bytes else { return text }
        var lines: [Substring] = []
        let kept = String(decoding: blanked, as: UTF8.self)
        for (line, before) in zip(
            kept.split(separator: "\n", omittingEmptySubsequences: false),
            text.split(separator: "\n", omittingEmptySubsequences: false))
        {
            if line == before {
                lines.append(before)
            } else if line.contains(where: { !$0.isWhitespace }) {
                lines.append(line)
            }
        }
        return lines.joined(separator: "\n")
    }

    /// The text with spaces in place of HTML comments; line breaks stay. A comment that a code block shows is content.
    static func blanked(in bytes: [UInt8]) -> [UInt8] {
        guard bytes.contains(UInt8(ascii: "<")) else { return bytes }
        let lines = Line.lines(of: bytes)
        var insideCode = Line.beginsInCode(lines, bytes: bytes)
        var result = bytes
        var resume = 0
        for line in lines where line.content.upperBound > resume {
            if line.content.lowerBound >= resume, line.isCodeFence(in: bytes) {
                insideCode.toggle()
                continue
            }
            guard !insideCode else { continue }
            var position = max(line.content.lowerBound, resume)
            while position < line.content.upperBound {
                guard bytes[position] == UInt8(ascii: "<"), bytes[position...].starts(with: "<!--".utf8) else {
                    position += 1
                    continue
                }
                // Without an end, this and all later marks are text.
                guard let end = endOfComment(from: position + 4, in: bytes) else { return result }
                for place in position..<end where bytes[place] != UInt8(ascii: "\n") { result[place] = 0x20 }
                position = end
                resume = end
            }
        }
        return result
    }

    private static func endOfComment(from start: Int, in bytes: [UInt8]) -> Int? {
        var position = start + 2
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: ">"), bytes[position - 1] == UInt8(ascii: "-"),
                bytes[position - 2] == UInt8(ascii: "-")
            {
                return position + 1
            }
            position += 1
        }
        return nil
    }
}
