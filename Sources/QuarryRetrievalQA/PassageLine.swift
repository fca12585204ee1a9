/// A line of a passage and its Markdown role.
struct Line {
    /// UTF-8 offsets, without white space at either end.
    var content: Range<Int>

    static func lines(of bytes: [UInt8]) -> [Line] {
        var lines: [Line] = []
        var start = 0
        for position in 0...bytes.count where position == bytes.count || bytes[position] == UInt8(ascii: "\n") {
            lines.append(Line(content: trimmed(start..<position, in: bytes)))
            start = position + 1
        }
        return lines
    }

    func isCodeFence(in bytes: [UInt8]) -> Bool {
        content.count >= 3
            && (bytes[content].prefix(3).allSatisfy { $0 == UInt8(ascii: "`") }
                || bytes[content].prefix(3).allSatisfy { $0 == UInt8(ascii: "~") })
    }

    /// The title of an ATX heading.
    func heading(in bytes: [UInt8]) -> Range<Int>? {
        let level = bytes[content].prefix { $0 == UInt8(ascii: "#") }.count
        guard (1...6).contains(level), level < content.count else { return nil }
        let start = content.lowerBound + level
        guard bytes[start] == 0x20 || bytes[start] == 0x09 else { return nil }
        return trimmed(start..<content.upperBound, in: bytes)
    }

    /// A row of a pipe table that starts and ends with a pipe, or a delimiter row.
    func isTableRow(in bytes: [UInt8]) -> Bool {
        content.count >= 2 && bytes[content.lowerBound] == UInt8(ascii: "|")
            && bytes[content].dropFirst().contains(UInt8(ascii: "|")) || isTableDelimiter(in: bytes)
    }

    func isTableDelimiter(in bytes: [UInt8]) -> Bool {
        let allowed: Set<UInt8> = [0x20, UInt8(ascii: "|"), UInt8(ascii: "-"), UInt8(ascii: ":")]
        let line = bytes[content]
        return line.contains(UInt8(ascii: "|")) && line.contains(UInt8(ascii: "-"))
            && line.allSatisfy { allowed.contains($0) }
    }

    /// The text of a list item without its bullet or number.
    func listItem(in bytes: [UInt8]) -> Range<Int>? {
        let line = bytes[content]
        guard let first = line.first else { return nil }
        var mark = 0
        if [UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "+")].contains(first) {
            mark = 1
        } else {
            let digits = line.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
            guard (1...3).contains(digits), digits < line.count else { return nil }
            let end = line[content.lowerBound + digits]
            guard end == UInt8(ascii: ".") || end == UInt8(ascii: ")") else { return nil }
            mark = digits + 1
        }
        guard mark < line.count, line[content.lowerBound + mark] == 0x20 else { return nil }
        return trimmed((content.lowerBound + mark)..<content.upperBound, in: bytes)
    }

    func withoutQuoteMark(in bytes: [UInt8]) -> Range<Int> {
        guard bytes[content].first == UInt8(ascii: ">") else { return content }
        return trimmed((content.lowerBound + 1)..<content.upperBound, in: bytes)
    }
}
