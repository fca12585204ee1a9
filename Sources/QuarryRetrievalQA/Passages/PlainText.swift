import QuarryText

/// The text of a quote as a person reads it: without marks of Markdown and HTML.
///
/// Strong text, links and code spans are their content; pictures, comments, tags, footnote marks and include directives
/// are left out. White space is single spaces.
package enum PlainText {
    /// - Complexity: O(length).
    package static func of(_ text: String) -> String {
        var scan = InlineScan(scalars: Array(text.unicodeScalars))
        return scan.plain().decodingHTMLEntities
    }

    /// The cells of a table row with the names of their columns: `Item: Lamp; Price: 20 €`.
    package static func ofRow(_ row: String, columns: [String]) -> String {
        cells(of: row).enumerated().filter { !$0.element.isEmpty }.map { index, cell in
            index < columns.count && !columns[index].isEmpty ? "\(columns[index]): \(cell)" : cell
        }.joined(separator: "; ")
    }

    /// The names of the columns of a table.
    ///
    /// - `header`: Its header rows, with or without their delimiter row.
    package static func columns(of header: String) -> [String] {
        header.split(separator: "\n").map(String.init).filter { !isDelimiter($0) }.map { cells(of: $0) }
            .reduce(into: []) { names, row in
                for (index, cell) in row.enumerated() {
                    if index == names.count { names.append("") }
                    if names[index] != cell { names[index] += (names[index].isEmpty || cell.isEmpty ? "" : " ") + cell }
                }
            }
    }

    private static func isDelimiter(_ row: String) -> Bool { row.allSatisfy { " |-:".contains($0) } }

    private static func cells(of row: String) -> [String] {
        var cells = [""]
        var isEscaped = false
        for character in row {
            if character == "|", !isEscaped {
                cells.append("")
            } else {
                if isEscaped, character != "|" { cells[cells.count - 1].append("\\") }
                isEscaped = character == "\\" && !isEscaped
                if !isEscaped { cells[cells.count - 1].append(character) }
            }
        }
        var trimmed = cells.map { of($0) }
        if trimmed.first?.isEmpty == true { trimmed.removeFirst() }
        if trimmed.last?.isEmpty == true { trimmed.removeLast() }
        return trimmed
    }
}

/// One pass over the inline marks of a text.
private struct InlineScan {
    let scalars: [Unicode.Scalar]
    /// The end of a mark is looked for in so many characters: a mark without one is text.
    private static let reach = 2_000
    private var position = 0
    private var output = String.UnicodeScalarView()
    /// For each scalar of an emphasis mark that has a partner.
    private var marks: Set<Int> = []

    init(scalars: [Unicode.Scalar]) {
        self.scalars = scalars
        marks = InlineScan.emphasis(in: scalars)
    }

    mutating func plain() -> String {
        while position < scalars.count {
            let scalar = scalars[position]
            switch scalar {
            case "`": takeCode()
            case "<" where skipTag(): break
            case "!" where next == "[" && skipLink(from: position + 1, keepsLabel: false): break
            case "[" where skipLink(from: position, keepsLabel: true): break
            case "{" where next == "{" && skipDirective(): break
            case "\\" where next.map(isMark) ?? false:
                append(scalars[position + 1])
                position += 2
            default:
                if !marks.contains(position) { append(scalar) }
                position += 1
            }
        }
        while output.last == " " { output.removeLast() }
        return String(output)
    }

    private var next: Unicode.Scalar? { position + 1 < scalars.count ? scalars[position + 1] : nil }

    private func isMark(_ scalar: Unicode.Scalar) -> Bool { "*_`[]<>#|!~\\".unicodeScalars.contains(scalar) }

    /// White space is one space, and none at the start.
    private mutating func append(_ scalar: Unicode.Scalar) {
        if scalar.properties.isWhitespace, scalar != "\u{A0}", scalar != "\u{202F}" {
            if let last = output.last, last != " " { output.append(" ") }
        } else {
            output.append(scalar)
        }
    }

    /// Takes a code span as it is, or the backticks of one that is not closed.
    private mutating func takeCode() {
        let start = position
        while position < scalars.count, scalars[position] == "`" { position += 1 }
        let count = position - start
        var end = position
        while end < min(scalars.count, position + InlineScan.reach) {
            guard scalars[end] == "`" else {
                end += 1
                continue
            }
            let run = scalars[end...].prefix { $0 == "`" }.count
            if run == count {
                for scalar in scalars[position..<end] { append(scalar) }
                position = end + run
                return
            }
            end += run
        }
        for scalar in scalars[start..<position] { append(scalar) }
    }

    /// Skips a comment or a tag of HTML that has a usual name.
    private mutating func skipTag() -> Bool {
        if scalars[position...].starts(with: "<!--".unicodeScalars) {
            guard let end = end(of: "-->", from: position + 4) else { return false }
            position = end
            return true
        }
        var start = position + 1
        if start < scalars.count, scalars[start] == "/" { start += 1 }
        let name = scalars[start...].prefix(12).prefix {
            $0.isASCII && $0.properties.isAlphabetic || ("1"..."6").contains($0)
        }
        guard InlineScan.tags.contains(String(String.UnicodeScalarView(name)).lowercased()),
            let end = scalars[start...].prefix(500).firstIndex(of: ">")
        else { return false }
        position = end + 1
        return true
    }

    private static let tags: Set<String> = [
        "a", "abbr", "b", "big", "blockquote", "br", "center", "cite", "code", "dd", "del", "details", "div", "dl",
        "dt", "em", "figcaption", "figure", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd",
        "li", "mark", "ol", "p", "pre", "q", "s", "samp", "section", "small", "span", "strike", "strong", "sub",
        "summary", "sup", "table", "tbody", "td", "th", "thead", "tr", "tt", "u", "ul", "var", "wbr",
    ]

    private func end(of mark: String, from start: Int) -> Int? {
        let mark = Array(mark.unicodeScalars)
        return scalars.indices.dropFirst(start).prefix(InlineScan.reach).first { scalars[$0...].starts(with: mark) }
            .map { $0 + mark.count }
    }

    /// Takes the label of a link; skips its target, pictures and footnote marks.
    private mutating func skipLink(from bracket: Int, keepsLabel: Bool) -> Bool {
        guard let close = scalars[bracket...].prefix(1_000).firstIndex(of: "]") else { return false }
        let label = scalars[(bracket + 1)..<close]
        if label.first == "^", keepsLabel {
            position = close + 1
            return true
        }
        guard close + 1 < scalars.count, scalars[close + 1] == "(" || scalars[close + 1] == "[" else { return false }
        let closer: Unicode.Scalar = scalars[close + 1] == "(" ? ")" : "]"
        guard let end = scalars[(close + 2)...].prefix(2_000).firstIndex(of: closer) else { return false }
        // `list[0](x)` is not a link: its target has no address.
        if closer == ")", keepsLabel,
            !scalars[(close + 2)..<end].contains(where: { "/#.:".unicodeScalars.contains($0) })
        {
            return false
        }
        if keepsLabel {
            for (offset, scalar) in zip(label.indices, label) where !marks.contains(offset) && scalar != "`" {
                append(scalar)
            }
        }
        position = end + 1
        return true
    }

    private mutating func skipDirective() -> Bool {
        guard scalars[position...].starts(with: "{{#".unicodeScalars), let end = end(of: "}}", from: position) else {
            return false
        }
        position = end
        return true
    }

    /// The positions of marks of emphasis: runs of `*`, `_` or `~~` around words, in pairs of the same length.
    private static func emphasis(in scalars: [Unicode.Scalar]) -> Set<Int> {
        var marks: Set<Int> = []
        var open: [String: [Range<Int>]] = [:]
        var position = 0
        while position < scalars.count {
            let scalar = scalars[position]
            guard scalar == "*" || scalar == "_" || scalar == "~" else {
                position += 1
                continue
            }
            let end = scalars[position...].firstIndex { $0 != scalar } ?? scalars.count
            let run = position..<end
            position = end
            guard run.count <= 3, scalar != "~" || run.count == 2 else { continue }
            let before = run.lowerBound > 0 ? scalars[run.lowerBound - 1] : " "
            let after = end < scalars.count ? scalars[end] : " "
            // Products such as `2*3*4` and names such as `__init__` are not emphasis.
            let isAtWords = scalar == "_" || run.count == 1
            let opens = !after.properties.isWhitespace && (!isAtWords || !isWord(before))
            let closes = !before.properties.isWhitespace && (!isAtWords || !isWord(after))
            let key = "\(scalar)\(run.count)"
            if closes, let start = open[key]?.last,
                key != "_2" || scalars[start.upperBound..<run.lowerBound].contains(where: \.properties.isWhitespace)
            {
                open[key]?.removeLast()
                marks.formUnion(start)
                marks.formUnion(run)
            } else if opens {
                open[key, default: []].append(run)
            }
        }
        return marks
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
    }
}
