/// Reads the lines of a manual page.
struct ManParser {
    private(set) var output = MarkupDocument()
    private let lines: TextLines
    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0

    private enum Part { case nothing, paragraph, item, code }
    private var part = Part.nothing
    /// What the next line of text is: a heading whose macro has no arguments, or the tag of a paragraph.
    private var awaited: DocumentWriter.Part?
    private var isTag = false
    private var isVerbatim = false
    /// Lists of mdoc that are open: whether their tags are titles of items.
    private var lists: [Bool] = []
    private static let maximumLists = 16
    /// Strings that the page defines.
    private var strings: [String: String] = [:]
    private var name = ""

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

    private mutating func text(_ line: Range<Int>) {
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
    private mutating func open() {
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

    private mutating func endLine() {
        if isTag {
            isTag = false
            output.writer.append(": ")
            return
        }
        output.writer.append(part == .code ? "\n" : " ")
    }

    private mutating func breakParagraph() {
        if part == .item, !lists.isEmpty {
            output.writer.append(" ")
            return
        }
        output.writer.end()
        part = .nothing
    }

    /// Appends text without its escape sequences.
    private mutating func escaped(_ range: Range<Int>) {
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

    /// Handles a macro of man. Returns whether it is one.
    private mutating func man(_ name: String, _ rest: Range<Int>) -> Bool {
        switch name {
        case "TH": header(arguments(rest))
        case "SH", "SS":
            isVerbatim = false
            lists = []
            begin(.heading(level: name == "SH" ? 1 : 2), rest, isWhole: true)
        case "PP", "P", "LP", "sp", "HP", "br", "RS", "RE":
            if name != "br" || part != .item { breakParagraph() }
            if name == "sp", isVerbatim, part == .code { output.writer.append("\n") }
        case "TP", "TQ":
            awaited = .item(depth: 0)
            isTag = true
        case "IP":
            let words = arguments(rest)
            awaited = nil
            if let tag = words.first, isBullet(tag) || tag.isEmpty {
                if tag.isEmpty { breakParagraph() } else { awaited = .item(depth: 0) }
            } else if let tag = words.first {
                output.writer.begin(.item(depth: 0))
                part = .item
                escaped(tag)
                output.writer.append(": ")
            } else {
                breakParagraph()
            }
        case "nf", "EX", "Vb":
            isVerbatim = true
            breakParagraph()
        case "fi", "EE", "Ve":
            isVerbatim = false
            if part == .code { breakParagraph() }
        case "B", "I", "BR", "BI", "IR", "IB", "RB", "RI", "SM", "SB", "OP", "MT", "UR", "SY":
            guard !rest.isEmpty else { return true }
            let isJoined = name.utf8.count == 2 && !["SM", "SB", "OP", "MT", "UR", "SY"].contains(name)
            open()
            for (number, word) in arguments(rest).enumerated() {
                if number > 0, !isJoined { output.writer.append(" ") }
                escaped(word)
            }
            endLine()
        case "UE", "ME", "YS":
            if !rest.isEmpty { text(rest) }
        default: return false
        }
        return true
    }

    private mutating func begin(_ next: DocumentWriter.Part, _ rest: Range<Int>, isWhole: Bool) {
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
        if isWhole { output.writer.end() }
    }

    private func isBullet(_ tag: Range<Int>) -> Bool {
        let text = bytes.string(tag)
        return ["\\(bu", "\\[bu]", "*", "-", "o", "\\-", "\\(em", "•", "\\(oq"].contains(text)
    }

    private mutating func header(_ words: [Range<Int>]) {
        guard let name = words.first else { return }
        let section = words.dropFirst().first.map { bytes.string($0) } ?? ""
        output.title = bytes.string(name).lowercased().replacingRoffEscapes() + (section.isEmpty ? "" : "(\(section))")
        if words.count > 2 { output.add("date", bytes.string(words[2]).replacingRoffEscapes()) }
        if words.count > 3 { output.add("source", bytes.string(words[3]).replacingRoffEscapes()) }
    }

    /// The words of a line; those in quotes may have spaces.
    private func arguments(_ rest: Range<Int>) -> [Range<Int>] {
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

    // MARK: Tables

    /// Reads the rows between `.TS` and `.TE`.
    private mutating func table() {
        output.writer.end()
        part = .nothing
        var tab: UInt8 = 0x09
        var isFormat = true
        var isFirst = true
        while index < lines.count, !lines.starts(index, with: ".TE") {
            let line = lines[index]
            index += 1
            if isFormat {
                if let sign = line.first(where: { bytes.hasText("tab(", at: $0) }) { tab = bytes.byte(sign + 4) }
                isFormat = !bytes.trimmed(line).isEmpty && bytes.byte(bytes.trimmed(line).upperBound - 1) != 0x2E
                continue
            }
            guard bytes.byte(line.lowerBound) != UInt8(ascii: "."), bytes.hasWords(line) else { continue }
            output.writer.beginRow()
            row(line, tab)
            output.writer.endRow(isHeader: isFirst)
            isFirst = false
        }
        output.writer.endTable()
    }

    private mutating func row(_ line: Range<Int>, _ tab: UInt8) {
        var rest = line
        while true {
            output.writer.beginCell()
            let end = bytes[rest].firstIndex(of: tab) ?? rest.upperBound
            let cell = bytes.trimmed(rest.lowerBound..<end)
            if cell.count == 2, bytes.hasText("T{", at: cell.lowerBound) {
                // The lines of a long cell.
                while index < lines.count, !lines.starts(index, with: "T}"), !lines.starts(index, with: ".TE") {
                    if bytes.byte(lines[index].lowerBound) != UInt8(ascii: ".") {
                        escaped(lines[index])
                        output.writer.append(" ")
                    }
                    index += 1
                }
                guard lines.starts(index, with: "T}") else { return }
                rest = lines[index].lowerBound + 2..<lines[index].upperBound
                index += 1
                guard bytes.byte(rest.lowerBound) == tab, !rest.isEmpty else { return }
                rest = rest.lowerBound + 1..<rest.upperBound
            } else {
                escaped(cell)
                guard end < rest.upperBound else { return }
                rest = end + 1..<rest.upperBound
            }
        }
    }
}

// The macros of mdoc.
extension ManParser {
    private mutating func mdoc(_ name: String, _ rest: Range<Int>) {
        switch name {
        case "Dd": output.add("date", bytes.string(rest))
        case "Dt": header(arguments(rest))
        case "Sh", "Ss":
            isVerbatim = false
            lists = []
            begin(.heading(level: name == "Sh" ? 1 : 2), rest, isWhole: true)
        case "Pp", "Lp", "Rs", "Re": breakParagraph()
        case "Bl":
            breakParagraph()
            let kind = bytes.string(rest)
            if lists.count < Self.maximumLists {
                lists.append(["-tag", "-hang", "-ohang", "-inset", "-diag"].contains { kind.hasPrefix($0) })
            }
        case "El":
            _ = lists.popLast()
            if lists.isEmpty { endItem() }
        case "It":
            output.writer.begin(.item(depth: max(0, lists.count - 1)))
            part = .item
            if !rest.isEmpty {
                words(rest)
                if lists.last == true { output.writer.append(":") }
                output.writer.append(" ")
            }
        case "Bd":
            if ["-literal", "-unfilled"].contains(where: { bytes.string(rest).hasPrefix($0) }) {
                isVerbatim = true
                endItem()
            } else {
                breakParagraph()
            }
        case "Ed":
            isVerbatim = false
            if part == .code { endItem() }
        case "Dl", "D1":
            endItem()
            output.writer.begin(.code())
            words(rest)
            endItem()
        case "Bk", "Ek", "Bf", "Ef", "Sm", "Fd", "Tg", "Xo", "Xc": break
        default:
            open()
            if name == "Nd" { output.writer.append(" – ") }
            if name == "Nm", let first = arguments(rest).first, self.name.isEmpty {
                self.name = bytes.string(first)
                words(rest)
            } else if name.hasPrefix("%") || name.utf8.count == 2, RoffEscape.macros.contains(name) {
                words(rest, after: name)
            } else if name.hasPrefix("%") {
                words(rest)
            } else {
                // The macro of another package: its words are text.
                escaped(rest)
            }
            endLine()
        }
    }

    private mutating func endItem() {
        output.writer.end()
        part = .nothing
    }

    /// Appends words, among which macros may be.
    private mutating func words(_ rest: Range<Int>, after macro: String = "") {
        var closing: [String] = []
        var isJoined = true
        var current = macro
        var numberInMacro = 0
        func opening(_ name: String) -> (String, String)? { RoffEscape.enclosures[name] }
        if let (open, close) = opening(macro) {
            output.writer.append(open)
            closing.append(close)
        }
        if macro == "Nm", arguments(rest).isEmpty, !name.isEmpty { output.writer.append(name) }
        for range in arguments(rest) {
            let word = range.count <= 3 ? bytes.string(range) : ""
            if RoffEscape.macros.contains(word) {
                if word == "Ns" || word == "No" && current == "Ns" {
                    isJoined = true
                    continue
                }
                current = word
                numberInMacro = 0
                if let (open, close) = opening(word), closing.count < Self.maximumLists {
                    if !isJoined { output.writer.append(" ") }
                    output.writer.append(open)
                    closing.append(close)
                    isJoined = true
                } else if word == "Nm", !name.isEmpty {
                    output.writer.append((isJoined ? "" : " ") + name)
                    isJoined = false
                }
                continue
            }
            let isPunctuation = range.count == 1 && ".,:;)]?!".utf8.contains(bytes[range.lowerBound])
            if !isJoined, !isPunctuation, !(current == "Xr" && numberInMacro == 1),
                current != "Pf" || numberInMacro != 1
            {
                output.writer.append(current == "Fn" && numberInMacro > 0 ? (numberInMacro == 1 ? "(" : ", ") : " ")
            }
            if current == "Xr", numberInMacro == 1, !isPunctuation {
                output.writer.append("(")
                escaped(range)
                output.writer.append(")")
            } else {
                if current == "Fl", !isPunctuation { output.writer.append("-") }
                escaped(range)
            }
            isJoined = range.count == 1 && "([".utf8.contains(bytes[range.lowerBound])
            numberInMacro += 1
        }
        if current == "Fl", numberInMacro == 0 { output.writer.append("-") }
        if current == "Fn", numberInMacro > 0 { output.writer.append(numberInMacro == 1 ? "()" : ")") }
        for close in closing.reversed() { output.writer.append(close) }
    }
}
