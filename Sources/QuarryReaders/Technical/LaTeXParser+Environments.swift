extension LaTeXParser {
    mutating func begin() {
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

    mutating func endEnvironment() {
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

    mutating func item() {
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

    /// Reads an environment whose text is not LaTeX, or is mathematics, up to its end.
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
        output.writer.append(start..<end, of: bytes, in: &ranges)
        output.writer.end()
    }
}
