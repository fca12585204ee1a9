/// Reads the lines of an Org file.
struct OrgParser {
    var output = MarkupDocument()
    let lines: TextLines
    let bytes: UnsafeBufferPointer<UInt8>
    private var inline: OrgInline
    var index = 0
    /// The indentations of the items that are open.
    var items: [Int] = []
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

    mutating func write(_ range: Range<Int>) { inline.write(range, to: &output.writer) }

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

    // MARK: Keywords

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

    // MARK: Paragraphs

    private mutating func paragraph(_ range: Range<Int>) {
        output.writer.begin(.paragraph)
        write(range)
        output.writer.end()
    }

    /// Whether a line goes on with the paragraph before it.
    func isContinuation(_ number: Int) -> Bool {
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
