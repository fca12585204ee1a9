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

    /// Whether a fence names a language, as only the first fence of a code block does.
    func hasInfo(in bytes: [UInt8]) -> Bool {
        bytes[content].contains { $0 != UInt8(ascii: "`") && $0 != UInt8(ascii: "~") && $0 != 0x20 }
    }

    /// Whether a line looks like code: it ends like a statement, or has many marks that sentences do not have.
    func looksLikeCode(in bytes: [UInt8]) -> Bool {
        let line = bytes[content]
        guard let last = line.last else { return false }
        if ";{}(),=\\".utf8.contains(last) && last != UInt8(ascii: ",") { return true }
        let marks = line.count { "(){}[]=<>;_&|$#\"".utf8.contains($0) }
        return marks * 12 >= line.count
    }

    /// The title of an ATX heading and its level.
    func heading(in bytes: [UInt8]) -> (title: Range<Int>, level: Int)? {
        let level = bytes[content].prefix { $0 == UInt8(ascii: "#") }.count
        guard (1...6).contains(level), level < content.count else { return nil }
        let start = content.lowerBound + level
        guard bytes[start] == 0x20 || bytes[start] == 0x09 else { return nil }
        return (trimmed(start..<content.upperBound, in: bytes), level)
    }

    /// Whether the line defines the target of a link, as `[guide]: guide.md`, or is only an include directive.
    func isReference(in bytes: [UInt8]) -> Bool {
        let line = bytes[content]
        if line.starts(with: "{{#".utf8), line.suffix(2).elementsEqual("}}".utf8) { return true }
        guard line.first == UInt8(ascii: "["), let end = line.firstIndex(of: UInt8(ascii: "]")) else { return false }
        return line[end...].starts(with: "]: ".utf8) && !line[(end + 3)...].contains(0x20)
    }

    /// The level of the heading that this line of `=` or `-` makes of the line above.
    func underlineLevel(in bytes: [UInt8]) -> Int? {
        guard content.count >= 2, let first = bytes[content].first, bytes[content].allSatisfy({ $0 == first }) else {
            return nil
        }
        return first == UInt8(ascii: "=") ? 1 : first == UInt8(ascii: "-") ? 2 : nil
    }

    /// Whether the whole line is strong text, which is used as a heading.
    func isStrong(in bytes: [UInt8]) -> Bool {
        let line = bytes[content]
        for mark in ["**", "__"]
        where line.count > 4 && line.starts(with: mark.utf8) && line.suffix(2).elementsEqual(mark.utf8) {
            let mark = mark.utf8.first
            return !zip(line.dropFirst(2).dropLast(2), line.dropFirst(3).dropLast(2)).contains {
                $0 == mark && $1 == mark
            }
        }
        return false
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

    /// The number of an item of an ordered list, such as `2.`; nil for a bullet.
    func itemNumber(in bytes: [UInt8]) -> Range<Int>? {
        let digits = bytes[content].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return digits.isEmpty ? nil : digits.startIndex..<min(digits.endIndex + 1, content.upperBound)
    }

    /// The text of a list item without its bullet or number.
    func listItem(in bytes: [UInt8]) -> Range<Int>? {
        let line = bytes[content]
        guard let first = line.first else { return nil }
        var mark = 0
        if [UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "+")].contains(first) {
            mark = 1
        } else if line.starts(with: "•".utf8) {
            mark = "•".utf8.count
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

    /// The text behind the marks of a block quote; nil for a line that is not quoted.
    func quoted(in bytes: [UInt8]) -> Range<Int>? {
        var start = content.lowerBound
        while start < content.upperBound, bytes[start] == UInt8(ascii: ">") {
            start = trimmed((start + 1)..<content.upperBound, in: bytes).lowerBound
        }
        return start == content.lowerBound ? nil : trimmed(start..<content.upperBound, in: bytes)
    }
}

extension Line {
    /// Whether a passage begins inside a code block: its first fence closes what an earlier passage opened.
    ///
    /// A fence that names a language can only open a block. Where no fence tells, the lines before the first and after
    /// the last do: the ones that look like code are inside.
    static func beginsInCode(_ lines: [Line], bytes: [UInt8]) -> Bool {
        let fences = lines.indices.filter { lines[$0].isCodeFence(in: bytes) }
        guard let first = fences.first, let last = fences.last else { return false }
        let misplaced = [false, true].map { begins in
            fences.enumerated().count { ($0.offset % 2 == 1) != begins && lines[$0.element].hasInfo(in: bytes) }
        }
        if misplaced[0] != misplaced[1] { return misplaced[1] < misplaced[0] }
        guard fences.count % 2 == 1 else { return false }
        func share(_ part: ArraySlice<Line>) -> Double? {
            let written = part.filter { !$0.content.isEmpty }
            guard !written.isEmpty else { return nil }
            return Double(written.count { $0.looksLikeCode(in: bytes) }) / Double(written.count)
        }
        let before = share(lines[..<first])
        let after = share(lines[(last + 1)...])
        return (before ?? 0.5) > (after ?? 0.5)
    }
}
