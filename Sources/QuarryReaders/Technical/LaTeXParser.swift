import QuarryCore

/// Reads LaTeX from left to right, with a stack of the groups and environments that are open.
struct LaTeXParser {
    private(set) var output = MarkupDocument()
    private let bytes: UnsafeBufferPointer<UInt8>
    private var offset = 0
    private var ranges = AscendingRanges()

    private struct Group {
        enum End {
            case brace
            case environment(String)
        }

        enum Effect {
            case none
            /// A part that ends with the group.
            case part
            case footnote
            case quote
            case list
            case table
            case fact(String, Int)
        }

        var end: End
        var effect = Effect.none
    }

    private var groups: [Group] = []
    private static let maximumGroups = 1_000
    /// Groups beyond the limit.
    private var excess = 0
    private var lists: [(isNumbered: Bool, number: Int)] = []
    private var quotes = 0
    private var tables = 0
    private var isRowOpen = false
    /// Whether the text is within a part that a macro began, such as a heading.
    private var parts = 0
    private var isParagraphOpen = false
    /// Names of environments that are theorems and the like, with their titles.
    private var theorems: [String: String] = [:]

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        offset = 0
    }

    mutating func parse() {
        if let start = (0..<bytes.count).first(where: {
            bytes[$0] == 0x5C && bytes.hasText("\\begin{document}", at: $0) && !isCommented($0)
        }) {
            preamble(before: start)
            offset = start + 16
        }
        body()
        output.writer.end()
        output.writer.endTable()
    }

    private func isCommented(_ offset: Int) -> Bool {
        var start = offset
        while start > 0, bytes[start - 1] != 0x0A, offset - start < 200 {
            start -= 1
            if bytes[start] == UInt8(ascii: "%"), bytes.byte(start - 1) != 0x5C { return true }
        }
        return false
    }

    // MARK: Preamble

    /// Looks for the title, the author and the date, and for the names of theorems.
    private mutating func preamble(before end: Int) {
        var offset = 0
        while offset < end {
            if bytes[offset] == UInt8(ascii: "%") { offset = bytes.lineEnd(from: offset) }
            guard offset < end, bytes[offset] == 0x5C else {
                offset += 1
                continue
            }
            var close = offset + 1
            while close < end, LaTeXParser.isLetter(bytes[close]) { close += 1 }
            let name = close - offset < 24 ? bytes.string(offset + 1..<close) : ""
            offset = max(offset + 1, close)
            switch name {
            case "title", "author", "date":
                if let group = group(at: skipOptions(offset), before: end) { addFact(name, group) }
            case "newtheorem":
                if bytes.byte(offset) == UInt8(ascii: "*") { offset += 1 }
                guard let first = group(at: offset, before: end), first.count < 64 else { continue }
                let next = skipOptions(first.upperBound + 1)
                guard let second = group(at: next, before: end), second.count < 64, theorems.count < 256 else {
                    continue
                }
                theorems[bytes.string(first)] = bytes.string(second)
            default: break
            }
        }
    }

    private mutating func addFact(_ name: String, _ group: Range<Int>) {
        let text = LaTeXParser.plainText(Array(bytes[group.prefix(4_096)])).joiningWords()
        guard !text.isEmpty, text.utf8.contains(where: { $0 >= 0x80 || $0.isASCIILetterOrDigit }) else { return }
        if name == "title" {
            if output.title == nil { output.title = text }
        } else {
            output.add(name, text)
        }
    }

    /// The text of a short stretch, without markup.
    private static func plainText(_ source: [UInt8]) -> String {
        source.withUnsafeBufferPointer { bytes in
            var parser = LaTeXParser(bytes)
            parser.parts = 1
            parser.body()
            parser.output.writer.end()
            return parser.output.writer.document(id: "")?.document.text ?? ""
        }
    }

    static func isLetter(_ byte: UInt8) -> Bool {
        byte.lowerASCII >= 0x61 && byte.lowerASCII <= 0x7A || byte == UInt8(ascii: "@")
    }

    // MARK: Arguments

    /// The contents of the group in braces at an offset, after white space; nil if there is none.
    private func group(at start: Int, before end: Int) -> Range<Int>? {
        let start = skipSpace(start)
        guard start < end, bytes[start] == UInt8(ascii: "{") else { return nil }
        var depth = 0
        var offset = start
        // Longer arguments are not taken as a whole.
        let limit = min(end, start + 1_024)
        while offset < limit {
            switch bytes[offset] {
            case 0x5C: offset += 1
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "}"):
                depth -= 1
                if depth == 0 { return start + 1..<offset }
            default: break
            }
            offset += 1
        }
        return nil
    }

    private func skipSpace(_ start: Int) -> Int {
        var offset = start
        var newlines = 0
        while offset < bytes.count, bytes[offset] <= 0x20 {
            if bytes[offset] == 0x0A { newlines += 1 }
            if newlines > 1 { return start }
            offset += 1
        }
        return offset
    }

    /// The offset after options in brackets.
    private func skipOptions(_ start: Int) -> Int {
        var offset = start
        for _ in 0..<3 {
            let open = skipSpace(offset)
            guard bytes.byte(open) == UInt8(ascii: "[") else { break }
            guard let close = bytes[open..<min(bytes.count, open + 1_024)].firstIndex(of: UInt8(ascii: "]")) else {
                break
            }
            offset = close + 1
        }
        return offset
    }

    private mutating func skipArguments(_ count: Int) {
        offset = skipOptions(offset)
        for _ in 0..<count {
            guard let group = group(at: offset, before: bytes.count) else { return }
            offset = skipOptions(group.upperBound + 1)
        }
    }

    // MARK: Body

    private mutating func body() {
        while offset < bytes.count {
            let byte = bytes[offset]
            switch byte {
            case UInt8(ascii: "%"):
                let end = bytes.lineEnd(from: offset)
                // The end of a line that has only a comment does not end a paragraph, nor does a comment split a word.
                offset = min(end + 1, bytes.count)
                while offset < bytes.count, bytes[offset] == 0x20 || bytes[offset] == 0x09 { offset += 1 }
            case UInt8(ascii: "{"):
                open(Group(end: .brace))
                offset += 1
            case UInt8(ascii: "}"):
                closeBrace()
                offset += 1
            case UInt8(ascii: "$"): mathematics()
            case UInt8(ascii: "~"): substitute(" ", 1)
            case UInt8(ascii: "&"):
                if tables > 0, isRowOpen { output.writer.beginCell() } else { substitute("&", 1) }
                if tables > 0 { offset += isRowOpen ? 1 : 0 }
            case UInt8(ascii: "`"), UInt8(ascii: "'"):
                let isDouble = bytes.byte(offset + 1) == byte
                let isOpening = byte == UInt8(ascii: "`")
                substitute(isDouble ? (isOpening ? "“" : "”") : isOpening ? "‘" : "'", isDouble ? 2 : 1)
            case UInt8(ascii: "-") where bytes.byte(offset + 1) == byte:
                let isLong = bytes.byte(offset + 2) == byte
                substitute(isLong ? "—" : "–", isLong ? 3 : 2)
            case 0x5C: command()
            case 0x0A, 0x20, 0x09, 0x0D: space()
            default:
                var end = offset + 1
                while end < bytes.count, !LaTeXParser.special[Int(bytes[end])] { end += 1 }
                append(offset..<end)
                offset = end
            }
        }
    }

    /// Bytes that are not plain text.
    private static let special: [Bool] = {
        var special = Array(repeating: false, count: 256)
        for byte in "%{}$~&`'-\\\n\r\t ".utf8 { special[Int(byte)] = true }
        return special
    }()

    private mutating func space() {
        var newlines = 0
        let start = offset
        while offset < bytes.count, bytes[offset] <= 0x20 {
            if bytes[offset] == 0x0A { newlines += 1 }
            offset += 1
        }
        if newlines > 1, parts == 0, tables == 0 {
            endParagraph()
        } else {
            output.writer.append(" ", source: ranges.admit(start..<start + 1))
        }
    }

    private mutating func endParagraph() {
        guard tables == 0 else { return }
        if !lists.isEmpty, isParagraphOpen {
            output.writer.append(" ")
            return
        }
        output.writer.end()
        isParagraphOpen = false
    }

    /// Begins a paragraph or row, if none is open.
    private mutating func open() {
        if tables > 0 {
            if !isRowOpen {
                output.writer.beginRow()
                output.writer.beginCell()
                isRowOpen = true
            }
        } else if parts == 0, !isParagraphOpen {
            output.writer.begin(quotes > 0 ? .quote : .paragraph)
            isParagraphOpen = true
        }
    }

    private mutating func append(_ range: Range<Int>) {
        open()
        output.writer.append(UnsafeBufferPointer(rebasing: bytes[range]), source: ranges.admit(range))
    }

    private mutating func substitute(_ words: String, _ length: Int) {
        open()
        let end = min(offset + length, bytes.count)
        output.writer.append(words, source: ranges.admit(offset..<end))
        offset = end
    }

    // MARK: Groups

    private mutating func open(_ group: Group) {
        if groups.count < Self.maximumGroups { groups.append(group) } else { excess += 1 }
    }

    private mutating func closeBrace() {
        if excess > 0 {
            excess -= 1
        } else if let last = groups.last, case .brace = last.end {
            groups.removeLast()
            close(last.effect)
        }
    }

    private mutating func close(_ effect: Group.Effect) {
        switch effect {
        case .none: break
        case .part:
            parts -= 1
            if parts == 0 {
                output.writer.end()
                isParagraphOpen = false
            }
        case .footnote: output.writer.append(")")
        case .quote:
            quotes -= 1
            output.writer.end()
            isParagraphOpen = false
        case .list:
            _ = lists.popLast()
            if lists.isEmpty {
                output.writer.end()
                isParagraphOpen = false
            }
        case .table:
            tables -= 1
            endRow()
            if tables == 0 { output.writer.endTable() }
        case .fact(let name, let start): addFact(name, start..<max(start, offset))
        }
    }

    private mutating func endRow() {
        if isRowOpen { output.writer.endRow() }
        isRowOpen = false
    }

    /// Mathematics in dollars or between commands.
    private mutating func mathematics() {
        let isDouble = bytes.byte(offset + 1) == UInt8(ascii: "$")
        let start = offset + (isDouble ? 2 : 1)
        var end = start
        // A paragraph ends mathematics that is not closed.
        while end < bytes.count, bytes[end] != UInt8(ascii: "$"), !bytes.hasText("\n\n", at: end) {
            end += bytes[end] == 0x5C ? 2 : 1
        }
        end = min(end, bytes.count)
        append(start..<end)
        offset = min(bytes.count, end + (bytes.byte(end) == UInt8(ascii: "$") ? (isDouble ? 2 : 1) : 0))
    }
}

// Commands.
extension LaTeXParser {
    private mutating func command() {
        let start = offset
        guard start + 1 < bytes.count else {
            offset += 1
            return
        }
        let first = bytes[start + 1]
        guard LaTeXParser.isLetter(first) else { return sign(first) }
        var end = start + 1
        while end < bytes.count, LaTeXParser.isLetter(bytes[end]) { end += 1 }
        let name = end - start < 40 ? bytes.string(start + 1..<end) : ""
        offset = end
        if bytes.byte(offset) == UInt8(ascii: "*") { offset += 1 }
        switch name {
        case "begin": begin()
        case "end": endEnvironment()
        case "item": item()
        case "par", "newpage", "clearpage", "bigskip", "medskip", "smallskip", "maketitle": endParagraph()
        case "footnote", "footnotetext", "thanks":
            offset = skipOptions(offset)
            guard openGroup(.footnote) else { return }
            output.writer.append(" (")
        case "title", "author", "date":
            offset = skipOptions(offset)
            if openGroup(.fact(name, offset)) { endParagraph() }
        case "caption", "subcaption", "captionof":
            if name == "captionof" { skipArguments(1) }
            offset = skipOptions(offset)
            let wasTable = tables > 0
            if !wasTable { part(.paragraph) }
        case "verb", "lstinline", "mintinline": verbatim(name)
        case "newline", "linebreak", "tabularnewline":
            offset = skipOptions(offset)
            if tables > 0, name == "tabularnewline" { endRow() } else { output.writer.append(" ") }
        default:
            if let level = LaTeXParser.levels[name] {
                lists = []
                quotes = 0
                offset = skipOptions(offset)
                part(.heading(level: level))
            } else if let count = LaTeXParser.skipped[name] {
                skipArguments(count)
            } else if let words = LaTeXParser.symbols[name] {
                skipSpaceAfterCommand()
                substituteCommand(words, from: start)
            } else if let accent = LaTeXParser.letterAccents[name] {
                self.accent(accent, from: start)
            } else if name == "href" || name == "textcolor" || name == "colorbox" || name == "parbox"
                || name == "fcolorbox"
                || name == "multirow" || name == "raisebox" || name == "scalebox" || name == "hyperlink"
                || name == "hypertarget"
                || name == "resizebox"
            {
                // The last argument is the text.
                skipArguments(name == "multirow" || name == "resizebox" || name == "fcolorbox" ? 2 : 1)
            } else if name == "multicolumn" {
                skipArguments(2)
            } else {
                // The text in the argument of another macro is read with the rest.
                let options = skipOptions(offset)
                if options == offset { skipSpaceAfterCommand() } else { offset = options }
            }
        }
    }

    private mutating func skipSpaceAfterCommand() {
        guard offset < bytes.count, bytes[offset] == 0x20 || bytes[offset] == 0x0A else { return }
        let next = skipSpace(offset)
        // The empty group after a macro is dropped, white space before other text is not.
        if bytes.byte(next) == UInt8(ascii: "{") { offset = next }
    }

    private mutating func substituteCommand(_ words: String, from start: Int) {
        var end = offset
        if bytes.hasText("{}", at: end) { end += 2 }
        offset = start
        substitute(words, end - start)
    }

    /// Opens the group of an argument. Returns whether there is one.
    private mutating func openGroup(_ effect: Group.Effect) -> Bool {
        let next = skipSpace(offset)
        guard bytes.byte(next) == UInt8(ascii: "{"), groups.count < Self.maximumGroups else { return false }
        offset = next + 1
        open(Group(end: .brace, effect: effect))
        return true
    }

    /// Begins a part whose text is the next argument.
    private mutating func part(_ part: DocumentWriter.Part) {
        guard parts == 0, tables == 0, openGroup(.part) else { return }
        parts += 1
        output.writer.begin(part)
        isParagraphOpen = true
    }

    private mutating func sign(_ sign: UInt8) {
        switch sign {
        case 0x5C:
            offset += 2
            if bytes.byte(offset) == UInt8(ascii: "*") { offset += 1 }
            if bytes.byte(offset) == UInt8(ascii: "[") { offset = skipOptions(offset) }
            if tables > 0 { endRow() } else { output.writer.append(" ") }
        case UInt8(ascii: "("), UInt8(ascii: "["):
            let close: StaticString = sign == UInt8(ascii: "(") ? "\\)" : "\\]"
            let start = offset + 2
            var end = start
            while end < bytes.count, !bytes.hasText(close, at: end), !bytes.hasText("\n\n", at: end) { end += 1 }
            append(start..<end)
            offset = min(bytes.count, end + (bytes.hasText(close, at: end) ? 2 : 0))
        case UInt8(ascii: "'"), UInt8(ascii: "`"), UInt8(ascii: "^"), UInt8(ascii: "\""), UInt8(ascii: "~"),
            UInt8(ascii: "="), UInt8(ascii: "."):
            let start = offset
            offset += 2
            accent(LaTeXParser.accents[sign] ?? "", from: start)
        case UInt8(ascii: " "), 0x0A, UInt8(ascii: ";"), UInt8(ascii: ":"): substitute(" ", 2)
        case UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "!"), UInt8(ascii: ")"), UInt8(ascii: "]"): offset += 2
        case UInt8(ascii: ","): substitute(" ", 2)
        default:
            // An escaped sign: `\%`, `\&`, `\_`.
            offset += 1
            guard offset < bytes.count, sign < 0x80 else { return }
            append(offset..<offset + 1)
            offset += 1
        }
    }

    /// A letter with an accent: `\'e`, `\'{e}`, `\c{c}`.
    private mutating func accent(_ mark: String, from start: Int) {
        var next = skipSpace(offset)
        var isGroup = false
        if bytes.byte(next) == UInt8(ascii: "{") {
            next += 1
            isGroup = true
        }
        var length = 1
        if bytes.byte(next) == 0x5C, "ij".utf8.contains(bytes.byte(next + 1)) { next += 1 }
        guard next < bytes.count, bytes[next] > 0x20, bytes[next] != UInt8(ascii: "}"), bytes[next] != 0x5C else {
            if isGroup { open(Group(end: .brace)) }
            offset = min(next, bytes.count)
            return
        }
        while next + length < bytes.count, bytes[next + length] & 0xC0 == 0x80 { length += 1 }
        var end = next + length
        let letter = bytes.string(next..<end)
        if isGroup {
            if bytes.byte(end) == UInt8(ascii: "}") { end += 1 } else { open(Group(end: .brace)) }
        }
        offset = start
        substitute(letter + mark, end - start)
    }

    private mutating func verbatim(_ name: String) {
        if name != "verb" { offset = skipOptions(offset) }
        if name == "mintinline" { skipArguments(1) }
        guard offset < bytes.count else { return }
        let sign = bytes[offset] == UInt8(ascii: "{") ? UInt8(ascii: "}") : bytes[offset]
        var end = offset + 1
        while end < bytes.count, bytes[end] != sign, bytes[end] != 0x0A { end += 1 }
        append(offset + 1..<end)
        offset = min(bytes.count, bytes.byte(end) == sign ? end + 1 : end)
    }
}

// Environments.
extension LaTeXParser {
    private mutating func begin() {
        guard let group = group(at: offset, before: bytes.count), group.count < 64 else { return }
        let name = bytes.string(group)
        offset = group.upperBound + 1
        let plain = name.hasSuffix("*") ? String(name.dropLast()) : name
        var effect = Group.Effect.none
        switch plain {
        case "itemize", "enumerate", "description", "thebibliography", "compactitem", "compactenum", "inparaenum":
            offset = skipOptions(offset)
            if plain == "thebibliography" { skipArguments(1) }
            if lists.isEmpty { endParagraph() }
            if lists.count < 64 {
                lists.append((plain == "enumerate" || plain == "compactenum", 0))
                effect = .list
            }
        case "quote", "quotation", "verse", "displayquote":
            endParagraph()
            output.writer.end()
            isParagraphOpen = false
            quotes += 1
            effect = .quote
        case "tabular", "tabularx", "longtable", "array", "tabu", "tabulary", "xltabular":
            skipArguments(plain == "tabularx" || plain == "tabulary" ? 2 : 1)
            if parts == 0, lists.isEmpty {
                if tables == 0 {
                    output.writer.end()
                    isParagraphOpen = false
                }
                tables += 1
                effect = .table
            }
        case "verbatim", "Verbatim", "lstlisting", "minted", "alltt", "code", "comment", "filecontents", "tikzpicture",
            "pspicture", "pgfpicture", "picture", "asy", "equation", "align", "gather", "multline", "eqnarray",
            "displaymath",
            "math", "alignat", "flalign":
            raw(name, plain)
            return
        case "abstract":
            endParagraph()
            output.writer.add(.heading(level: 2), "Abstract")
        case "document", "figure", "table", "center", "minipage", "wrapfigure", "multicols", "frame", "letter", "block",
            "columns", "column", "sidewaystable", "subfigure", "adjustbox":
            let isWide = plain == "minipage" || plain == "multicols" || plain == "column" || plain == "subfigure"
            skipArguments(isWide || plain == "adjustbox" ? 1 : plain == "wrapfigure" ? 2 : 0)
            if tables == 0 { endParagraph() }
        case let other where theorems[other] != nil || LaTeXParser.theoremNames.contains(other):
            endParagraph()
            open()
            output.writer.append((theorems[other] ?? other.prefix(1).uppercased() + other.dropFirst()) + " ")
        default: if tables == 0 { endParagraph() }
        }
        open(Group(end: .environment(name), effect: effect))
    }

    private mutating func endEnvironment() {
        guard let group = group(at: offset, before: bytes.count), group.count < 64 else { return }
        let name = bytes.string(group)
        offset = group.upperBound + 1
        if excess > 0 {
            excess -= 1
            return
        }
        if name == "document" {
            offset = bytes.count
            return
        }
        // Groups that were not closed within it end with it. A macro of the preamble may have begun it.
        guard
            let index = groups.suffix(64).lastIndex(where: {
                if case .environment(name) = $0.end { true } else { false }
            })
        else { return }
        while groups.count > index { close(groups.removeLast().effect) }
        if tables == 0, lists.isEmpty, parts == 0 { endParagraph() }
    }

    private mutating func item() {
        let start = skipSpace(offset)
        var label: Range<Int>?
        if bytes.byte(start) == UInt8(ascii: "["),
            let close = bytes[start..<min(bytes.count, start + 256)].firstIndex(of: UInt8(ascii: "]"))
        {
            label = start + 1..<close
            offset = close + 1
        }
        guard let last = lists.indices.last, parts == 0 else { return endParagraph() }
        lists[last].number += 1
        output.writer.begin(
            .item(depth: last, number: lists[last].isNumbered && label == nil ? lists[last].number : nil))
        isParagraphOpen = true
        if let label {
            let text = LaTeXParser.plainText(Array(bytes[label])).joiningWords()
            output.writer.append(text, source: ranges.admit(label))
            if !text.hasSuffix(":"), text.count > 2 { output.writer.append(":") }
            output.writer.append(" ")
        }
    }

    /// Reads an environment whose text is no LaTeX, or mathematics, up to its end.
    private mutating func raw(_ name: String, _ plain: String) {
        var start = offset
        let closing = Array("\\end{\(name)}".utf8)
        var end = start
        while end < bytes.count, !(bytes[end] == 0x5C && bytes[end...].starts(with: closing)) { end += 1 }
        offset = min(bytes.count, end + closing.count)
        guard !["comment", "filecontents", "tikzpicture", "pspicture", "pgfpicture", "picture", "asy"].contains(plain)
        else {
            return
        }
        let isMath = !["verbatim", "Verbatim", "lstlisting", "minted", "alltt", "code"].contains(plain)
        var language: String?
        if !isMath {
            if bytes.byte(start) == UInt8(ascii: "[") { start = skipOptions(start) }
            if plain == "minted", let group = group(at: start, before: end) {
                language = bytes.string(group)
                start = group.upperBound + 1
            }
        }
        start = min(start, end)
        if parts > 0 || tables > 0 || isMath && isParagraphOpen {
            append(start..<end)
            output.writer.append(" ")
            return
        }
        output.writer.begin(isMath ? .paragraph : .code(language: language))
        isParagraphOpen = false
        output.writer.append(UnsafeBufferPointer(rebasing: bytes[start..<end]), source: ranges.admit(start..<end))
        output.writer.end()
    }
}
