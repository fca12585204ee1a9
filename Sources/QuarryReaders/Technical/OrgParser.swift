/// Reads the lines of an Org file.
struct OrgParser {
    private(set) var output = MarkupDocument()
    private let lines: TextLines
    private let bytes: UnsafeBufferPointer<UInt8>
    private var inline: OrgInline
    private var index = 0
    /// The indentations of the items that are open.
    private var items: [Int] = []
    private static let maximumDepth = 32
    /// Whether the current lines are in a block of quoted text.
    private var isQuote = false
    private var keywords: Set<String> = ["TODO", "DONE"]

    init(_ lines: TextLines) {
        self.lines = lines
        bytes = lines.bytes
        inline = OrgInline(lines.bytes)
    }

    mutating func parse() {
        while index < lines.count {
            let line = lines.trimmed(index)
            guard !line.isEmpty else {
                index += 1
                continue
            }
            if heading() || keyword(line) || drawer(line) || comment(line) || fixedWidth(line) { continue }
            if bytes[line.lowerBound] == UInt8(ascii: "|") {
                table()
            } else if !item(line) {
                paragraph()
            }
        }
        output.writer.end()
    }

    private mutating func write(_ range: Range<Int>) { inline.write(range, to: &output.writer) }

    // MARK: Headings

    private mutating func heading() -> Bool {
        let line = lines[index]
        let stars = bytes[line].prefix { $0 == UInt8(ascii: "*") }.count
        guard stars > 0, line.count > stars, bytes[line.lowerBound + stars] == 0x20 else { return false }
        index += 1
        items = []
        isQuote = false
        var text = bytes.trimmed(line.lowerBound + stars..<line.upperBound)
        // Tags at the end: `:tag:other:`.
        if let last = text.last, bytes[last] == 0x3A {
            var start = last
            while start > text.lowerBound, bytes[start - 1] > 0x20 { start -= 1 }
            if bytes[start] == 0x3A, start < last { text = bytes.trimmed(text.lowerBound..<start) }
        }
        let word = bytes.string(text.lowerBound..<(bytes[text].firstIndex(of: 0x20) ?? text.upperBound))
        if keywords.contains(word) || word == "COMMENT" {
            text = bytes.trimmed(text.lowerBound + word.utf8.count..<text.upperBound)
        }
        if word == "COMMENT" {
            skipSection(level: stars)
            return true
        }
        if bytes.hasText("[#", at: text.lowerBound), bytes.byte(text.lowerBound + 3) == UInt8(ascii: "]") {
            text = bytes.trimmed(text.lowerBound + 4..<max(text.lowerBound + 4, text.upperBound))
        }
        output.writer.begin(.heading(level: stars))
        write(text)
        output.writer.end()
        return true
    }

    private mutating func skipSection(level: Int) {
        while index < lines.count {
            let stars = bytes[lines[index]].prefix { $0 == UInt8(ascii: "*") }.count
            if stars > 0, stars <= level, bytes.byte(lines[index].lowerBound + stars) == 0x20 { return }
            index += 1
        }
    }

    // MARK: Keywords and blocks

    private mutating func keyword(_ line: Range<Int>) -> Bool {
        guard bytes.hasText("#+", at: line.lowerBound) else { return false }
        index += 1
        var end = line.lowerBound + 2
        while end < line.upperBound, bytes[end] > 0x20, bytes[end] != 0x3A { end += 1 }
        let name = bytes.string(line.lowerBound + 2..<end).lowercased()
        let rest = bytes.trimmed(min(end + (bytes.byte(end) == 0x3A ? 1 : 0), line.upperBound)..<line.upperBound)
        switch name {
        case "title":
            let title = bytes.string(rest)
            output.title = output.title.map { $0 + " " + title } ?? title
        case "author", "date", "email", "language", "subtitle", "description", "keywords":
            output.add(name, bytes.string(rest))
        case "caption", "captions": paragraph(rest)
        case "todo", "seq_todo", "typ_todo":
            for word in bytes.string(rest).split(separator: " ").prefix(64) where word != "|" {
                keywords.insert(String(word.prefix { $0 != "(" }))
            }
        case "begin_src", "begin_example":
            code(rest, end: name == "begin_src" ? "src" : "example", isSource: name == "begin_src")
        case "begin_comment", "begin_export", "begin_html", "begin_latex": skipBlock(String(name.dropFirst(6)))
        case "begin_quote", "begin_verse":
            endItems()
            isQuote = true
        case "end_quote", "end_verse": isQuote = false
        default: break
        }
        return true
    }

    private mutating func paragraph(_ range: Range<Int>) {
        output.writer.begin(.paragraph)
        write(range)
        output.writer.end()
    }

    private func isEnd(_ number: Int, of block: String) -> Bool {
        let line = lines.trimmed(number)
        return line.count == block.utf8.count + 6 && bytes.string(line).lowercased() == "#+end_" + block
    }

    private mutating func skipBlock(_ name: String) {
        while index < lines.count, !isEnd(index, of: name) { index += 1 }
    }

    private mutating func code(_ rest: Range<Int>, end name: String, isSource: Bool) {
        let language = isSource ? bytes.string(rest).split(separator: " ").first.map(String.init) : nil
        output.writer.begin(.code(language: language))
        let first = index
        var margin = Int.max
        while index < lines.count, !isEnd(index, of: name) {
            if !lines.isBlank(index) { margin = min(margin, lines.indentation(of: index)) }
            index += 1
        }
        for number in first..<index {
            let line = lines[number]
            let skipped = bytes[line].prefix(margin).prefix { $0 == 0x20 || $0 == 0x09 }.count
            output.writer.append(line.lowerBound + skipped..<line.upperBound, of: bytes)
            output.writer.append("\n")
        }
        output.writer.end()
    }

    private mutating func drawer(_ line: Range<Int>) -> Bool {
        guard bytes[line.lowerBound] == 0x3A, line.count > 2, bytes[line.upperBound - 1] == 0x3A,
            bytes[line.lowerBound + 1..<line.upperBound - 1].allSatisfy({
                $0.isASCIILetterOrDigit || "_-".utf8.contains($0)
            })
        else { return isPlanning(line) }
        let name = bytes.string(line).uppercased()
        index += 1
        guard name == ":PROPERTIES:" || name == ":LOGBOOK:" else { return true }
        // Drawers end before the next heading.
        while index < lines.count, bytes.byte(lines[index].lowerBound) != UInt8(ascii: "*") {
            index += 1
            if bytes.string(lines.trimmed(index - 1).clamped(to: 0..<bytes.count)).uppercased() == ":END:" { break }
        }
        return true
    }

    private mutating func isPlanning(_ line: Range<Int>) -> Bool {
        for word: StaticString in ["SCHEDULED: ", "DEADLINE: ", "CLOSED: ", "CLOCK: "]
        where bytes.hasText(word, at: line.lowerBound) {
            index += 1
            return true
        }
        return false
    }

    private mutating func comment(_ line: Range<Int>) -> Bool {
        let isComment = bytes[line.lowerBound] == 0x23 && (line.count == 1 || bytes[line.lowerBound + 1] == 0x20)
        let isRule = line.count >= 5 && bytes[line].allSatisfy { $0 == 0x2D }
        guard isComment || isRule else { return false }
        index += 1
        return true
    }

    private mutating func fixedWidth(_ line: Range<Int>) -> Bool {
        func isFixed(_ line: Range<Int>) -> Bool {
            !line.isEmpty && bytes[line.lowerBound] == 0x3A && (line.count == 1 || bytes[line.lowerBound + 1] == 0x20)
        }
        guard isFixed(line) else { return false }
        output.writer.begin(.code())
        while index < lines.count, isFixed(lines.trimmed(index)) {
            let line = lines.trimmed(index)
            output.writer.append(min(line.lowerBound + 2, line.upperBound)..<line.upperBound, of: bytes)
            output.writer.append("\n")
            index += 1
        }
        output.writer.end()
        return true
    }

    // MARK: Tables and lists

    private mutating func table() {
        let first = index
        var header: Int?
        func isRule(_ line: Range<Int>) -> Bool { bytes.hasText("|-", at: line.lowerBound) }
        var end = first
        while end < lines.count, bytes.byte(lines.trimmed(end).lowerBound) == UInt8(ascii: "|"), !lines.isBlank(end) {
            if header == nil, end > first, isRule(lines.trimmed(end)) { header = end }
            end += 1
        }
        output.writer.end()
        for number in first..<end {
            var line = lines.trimmed(number)
            if isRule(line) { continue }
            line = line.lowerBound + 1..<line.upperBound
            if let last = line.last, bytes[last] == UInt8(ascii: "|") { line = line.lowerBound..<last }
            output.writer.beginRow()
            var start = line.lowerBound
            for offset in line.lowerBound...line.upperBound {
                guard offset == line.upperBound || bytes[offset] == UInt8(ascii: "|") else { continue }
                output.writer.beginCell()
                write(bytes.trimmed(start..<offset))
                start = offset + 1
            }
            output.writer.endRow(isHeader: header.map { number < $0 } ?? false)
        }
        output.writer.endTable()
        index = end
    }

    private mutating func item(_ line: Range<Int>) -> Bool {
        guard let (number, text) = marker(index) else { return false }
        let indentation = lines.indentation(of: index)
        while let last = items.last, last >= indentation { items.removeLast() }
        output.writer.begin(.item(depth: items.count, number: number))
        if items.count < Self.maximumDepth { items.append(indentation) }
        index += 1
        var start = text.lowerBound
        if bytes.byte(start) == UInt8(ascii: "["), bytes.byte(start + 2) == UInt8(ascii: "]"),
            " X-".utf8.contains(bytes.byte(start + 1))
        {
            start = min(start + 3, text.upperBound)
        }
        if let colons = (start..<text.upperBound).first(where: { bytes.hasText(" ::", at: $0) }) {
            write(bytes.trimmed(start..<colons))
            output.writer.append(": ")
            start = min(colons + 3, text.upperBound)
        }
        var end = text.upperBound
        while isContinuation(index), lines.indentation(of: index) > indentation {
            end = lines.trimmed(index).upperBound
            index += 1
        }
        write(start..<end)
        return true
    }

    private mutating func endItems() {
        items = []
        output.writer.end()
    }

    private func marker(_ number: Int) -> (number: Int?, text: Range<Int>)? {
        let line = lines.trimmed(number)
        let start = line.lowerBound
        func text(from end: Int) -> Range<Int>? {
            end == line.upperBound ? end..<end : bytes.byte(end) <= 0x20 ? bytes.trimmed(end..<line.upperBound) : nil
        }
        guard let sign = line.first.map({ bytes[$0] }) else { return nil }
        if sign == 0x2D || sign == 0x2B || sign == 0x2A && start > lines.start(of: number) {
            return text(from: start + 1).map { (nil, $0) }
        }
        let digits = bytes[line].prefix(6).prefix { $0.isASCIIDigit }
        guard !digits.isEmpty, digits.endIndex < line.upperBound, ".)".utf8.contains(bytes[digits.endIndex]),
            let rest = text(from: digits.endIndex + 1)
        else { return nil }
        return (Int(String(decoding: digits, as: UTF8.self)), rest)
    }

    /// Whether a line goes on with the paragraph before it.
    private func isContinuation(_ number: Int) -> Bool {
        guard number < lines.count else { return false }
        let line = lines.trimmed(number)
        guard let sign = line.first.map({ bytes[$0] }) else { return false }
        if sign == UInt8(ascii: "|") || marker(number) != nil { return false }
        if sign == 0x23, bytes.byte(line.lowerBound + 1) == 0x2B || bytes.byte(line.lowerBound + 1) <= 0x20 {
            return false
        }
        if sign == 0x3A, line.count > 1, bytes[line.lowerBound + 1] == 0x20 || bytes[line.upperBound - 1] == 0x3A {
            return false
        }
        let first = lines[number]
        return !(bytes[first.lowerBound] == 0x2A && bytes[first].drop { $0 == 0x2A }.first == 0x20)
    }

    private mutating func paragraph() {
        let indentation = lines.indentation(of: index)
        while let last = items.last, last >= indentation { items.removeLast() }
        var start = lines.trimmed(index).lowerBound
        // The definition of a footnote.
        if bytes.hasText("[fn:", at: start), let close = bytes[lines[index]].firstIndex(of: UInt8(ascii: "]")),
            bytes[start..<close].count(where: { $0 == 0x3A }) == 1
        {
            start = close + 1
        }
        let first = index
        index += 1
        while isContinuation(index) { index += 1 }
        output.writer.begin(isQuote ? .quote : .paragraph)
        write(start..<max(start, lines.trimmed(index - 1).upperBound))
        output.writer.end()
        if index == first { index += 1 }
    }
}
