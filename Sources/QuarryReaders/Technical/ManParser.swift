/// Reads the lines of a manual page.
struct ManParser {
    var output = MarkupDocument()
    let lines: TextLines
    let bytes: UnsafeBufferPointer<UInt8>
    var index = 0

    enum Part { case nothing, paragraph, item, code }
    var part = Part.nothing
    /// What the next line of text is: a heading whose macro has no arguments, or the tag of a paragraph.
    var awaited: DocumentWriter.Part?
    var isTag = false
    var isVerbatim = false
    /// Lists of mdoc that are open: whether their tags are titles of items.
    var lists: [Bool] = []
    /// Strings that the page defines.
    private var strings: [String: String] = [:]
    var name = ""

    init(_ lines: TextLines) {
        self.lines = lines
        bytes = lines.bytes
    }

    mutating func parse() {
        while index < lines.count {
            let line = lines[index]
            index += 1
            let sign = bytes.byte(line.lowerBound)
            if !line.isEmpty, sign == UInt8(ascii: ".") || sign == UInt8(ascii: "'") {
                request(line)
            } else {
                text(line)
            }
        }
        output.writer.end()
    }

    // MARK: Text

    mutating func text(_ line: Range<Int>) {
        if bytes.trimmed(line).isEmpty {
            if isVerbatim, part == .code { output.writer.append("\n") } else { breakParagraph() }
            return
        }
        // A line that begins with white space is a line of its own.
        if !isVerbatim, awaited == nil, part == .paragraph, bytes[line.lowerBound] <= 0x20 { breakParagraph() }
        open()
        escaped(line)
        endLine()
    }

    /// Opens the part that the next text belongs to.
    mutating func open() {
        if let next = awaited {
            output.writer.begin(next)
            awaited = nil
            part = if case .item = next { .item } else { .paragraph }
        } else if isVerbatim {
            if part != .code { output.writer.begin(.code()) }
            part = .code
        } else if part == .nothing || part == .code {
            output.writer.begin(.paragraph)
            part = .paragraph
        }
    }

    mutating func endLine() {
        if isTag {
            isTag = false
            output.writer.append(": ")
            return
        }
        output.writer.append(part == .code ? "\n" : " ")
    }

    mutating func breakParagraph() {
        if part == .item, !lists.isEmpty {
            output.writer.append(" ")
            return
        }
        output.writer.end()
        part = .nothing
    }

    /// Appends text without its escape sequences.
    mutating func escaped(_ range: Range<Int>) {
        var offset = range.lowerBound
        var start = offset
        while offset < range.upperBound {
            guard bytes[offset] == 0x5C else {
                offset += 1
                continue
            }
            output.writer.append(start..<offset, of: bytes)
            let escape = RoffEscape(bytes, at: offset, before: range.upperBound, strings: strings)
            let end = max(offset + 1, escape.end)
            if !escape.text.isEmpty { output.writer.append(escape.text, source: offset..<end) }
            offset = end
            start = offset
        }
        output.writer.append(start..<range.upperBound, of: bytes)
    }

    // MARK: Requests

    private mutating func request(_ line: Range<Int>) {
        let start = bytes.trimmed(line.lowerBound + 1..<line.upperBound)
        if bytes.hasText("\\\"", at: start.lowerBound) || start.isEmpty { return }
        var end = start.lowerBound
        while end < start.upperBound, bytes[end] > 0x20, bytes[end] != 0x5C || end == start.lowerBound { end += 1 }
        let name = end - start.lowerBound <= 16 ? bytes.string(start.lowerBound..<end) : ""
        let rest = bytes.trimmed(end..<start.upperBound)
        if skip(name, rest) { return }
        if !man(name, rest) { mdoc(name, rest) }
    }

    /// Handles definitions, conditions and tables. Returns whether the request is done.
    private mutating func skip(_ name: String, _ rest: Range<Int>) -> Bool {
        switch name {
        case "de", "de1", "am", "ig", "dei":
            let words = bytes.string(rest).split(separator: " ")
            let close = "." + (name == "ig" ? words.first ?? "." : words.dropFirst().first ?? ".")
            while index < lines.count {
                index += 1
                if bytes[lines.trimmed(index - 1)].elementsEqual(close.utf8) { break }
            }
        case "if", "ie", "el", "while": condition(name, rest)
        case "ds":
            let words = bytes.string(rest).split(separator: " ", maxSplits: 1)
            if let name = words.first, name.utf8.count < 16, strings.count < 256, words.count > 1 {
                strings[String(name)] = String(words[1].drop { $0 == "\"" }.prefix(256))
            }
        case "TS": table()
        case "EQ": while index < lines.count, !lines.starts(index, with: ".EN") { index += 1 }
        case "so", "nr", "rm", "rr", "ns", "rs", "ta", "ft", "ps", "ll", "in", "ti", "ad", "na", "hy", "nh", "ne", "ce",
            "tr", "wh", "ev", "als", "mso", "rn", "di", "da", "PD", "DT", "hw", "ss", "vs", "lf", "nx", "warn", "do",
            "TE", "EN", "ad\\", "UC", "OS", "Os", "Db", "lg", "cs", "bd", "ec", "eo", "fam", "fcolor", "pl", "bp", "IX":
            break
        default: return false
        }
        return true
    }

    /// Takes the text of conditions that hold for a page on a terminal.
    private mutating func condition(_ name: String, _ rest: Range<Int>) {
        var start = rest.lowerBound
        var holds = name == "el" ? false : true
        if name != "el" {
            holds = bytes.byte(start) == UInt8(ascii: "n")
            while start < rest.upperBound, bytes[start] > 0x20, !bytes.hasText("\\{", at: start) { start += 1 }
        }
        let body = bytes.trimmed(start..<rest.upperBound)
        var isBlock = false
        if bytes.hasText("\\{", at: body.lowerBound) {
            var depth = 0
            isBlock = true
            // The lines of a block; those of a condition that holds are read in turn.
            depth += count(of: UInt8(ascii: "{"), in: body) - count(of: UInt8(ascii: "}"), in: body)
            guard !holds else { return }
            while index < lines.count, depth > 0 {
                let line = lines[index]
                depth += count(of: UInt8(ascii: "{"), in: line) - count(of: UInt8(ascii: "}"), in: line)
                index += 1
            }
        }
        guard holds, !isBlock, !body.isEmpty else { return }
        let sign = bytes[body.lowerBound]
        guard sign != UInt8(ascii: ".") else { return }
        text(body)
    }

    /// The number of `\{` or `\}`.
    private func count(of brace: UInt8, in range: Range<Int>) -> Int {
        range.count { bytes[$0] == 0x5C && bytes.byte($0 + 1) == brace && $0 + 1 < range.upperBound }
    }

    // MARK: Macros

    mutating func begin(_ next: DocumentWriter.Part, _ rest: Range<Int>) {
        output.writer.end()
        part = .nothing
        awaited = nil
        isTag = false
        guard !rest.isEmpty else {
            awaited = next
            return
        }
        output.writer.begin(next)
        for (number, word) in arguments(rest).enumerated() {
            if number > 0 { output.writer.append(" ") }
            escaped(word)
        }
        output.writer.end()
    }

    mutating func header(_ words: [Range<Int>]) {
        guard let name = words.first else { return }
        let section = words.dropFirst().first.map { bytes.string($0) } ?? ""
        output.title = bytes.string(name).lowercased().replacingRoffEscapes() + (section.isEmpty ? "" : "(\(section))")
        if words.count > 2 { output.add("date", bytes.string(words[2]).replacingRoffEscapes()) }
        if words.count > 3 { output.add("source", bytes.string(words[3]).replacingRoffEscapes()) }
    }

    /// The words of a line; those in quotes may have spaces.
    func arguments(_ rest: Range<Int>) -> [Range<Int>] {
        var words: [Range<Int>] = []
        var offset = rest.lowerBound
        while offset < rest.upperBound {
            if bytes[offset] <= 0x20 {
                offset += 1
                continue
            }
            if bytes.hasText("\\\"", at: offset) { break }
            var start = offset
            if bytes[offset] == 0x22 {
                start += 1
                offset += 1
                while offset < rest.upperBound, bytes[offset] != 0x22 { offset += 1 }
                words.append(start..<offset)
                offset += 1
            } else {
                while offset < rest.upperBound, bytes[offset] > 0x20 {
                    offset += bytes[offset] == 0x5C && bytes.byte(offset + 1) != 0x22 ? 2 : 1
                }
                offset = min(offset, rest.upperBound)
                words.append(start..<offset)
            }
        }
        return words
    }
}
