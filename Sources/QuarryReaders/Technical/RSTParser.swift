import QuarryCore

/// Reads the lines of reStructuredText. Nested parts are read in the same loop: only their indentation is kept.
struct RSTParser {
    private(set) var output = MarkupDocument()
    private let lines: TextLines
    private let bytes: UnsafeBufferPointer<UInt8>
    private var inline: RSTInline
    private var index = 0

    /// What the lines at an indentation or beyond it belong to.
    private struct Container {
        enum Kind { case item, directive, quote, definition }
        var kind: Kind
        var indentation: Int
    }

    private var containers: [Container] = []
    private static let maximumDepth = 64
    /// The signs of titles in the order of their levels; those with a line above are negative.
    private var titleSigns: [Int] = []
    private var hasText = false

    init(_ lines: TextLines) {
        self.lines = lines
        bytes = lines.bytes
        inline = RSTInline(lines)
    }

    mutating func parse() {
        while index < lines.count {
            let line = lines.trimmed(index)
            guard !line.isEmpty else {
                index += 1
                continue
            }
            let indentation = lines.indentation(of: index)
            while let last = containers.last, last.indentation > indentation { containers.removeLast() }
            if indentation == 0, title() { continue }
            if explicitMarkup(line, indentation) || table(indentation) || field(line, indentation) { continue }
            if item(line, indentation) || examples(line) { continue }
            paragraph(indentation)
        }
        output.writer.end()
    }

    private mutating func push(_ kind: Container.Kind, _ indentation: Int) {
        guard containers.count < Self.maximumDepth else { return }
        containers.append(Container(kind: kind, indentation: indentation))
    }

    private mutating func write(_ range: Range<Int>) {
        inline.write(range, to: &output.writer)
        hasText = true
    }

    // MARK: Titles

    /// The sign of a line of one sign, such as `====`.
    private func rule(_ number: Int) -> UInt8? {
        guard number < lines.count, lines.indentation(of: number) == 0 else { return nil }
        let line = lines.trimmed(number)
        guard let sign = line.first.map({ bytes[$0] }), sign > 0x20, sign < 0x7F, !sign.isASCIILetterOrDigit,
            bytes[line].allSatisfy({ $0 == sign })
        else { return nil }
        return sign
    }

    private mutating func title() -> Bool {
        if let sign = rule(index), lines.trimmed(index).count >= 2 {
            let line = lines.trimmed(index + 1)
            if !line.isEmpty, rule(index + 2) == sign, rule(index + 1) == nil || lines.trimmed(index + 2) == line {
                guard !isTableBorder(index) || bytes[line].count <= lines.trimmed(index).count + 2 else { return false }
                heading(line, sign: -Int(sign))
                index += 3
                return true
            }
            // A transition.
            guard lines.trimmed(index).count >= 4, lines.isBlank(index + 1) else { return false }
            index += 1
            return true
        }
        let line = lines.trimmed(index)
        guard let sign = rule(index + 1), !lines.isBlank(index) else { return false }
        let rule = lines.trimmed(index + 1)
        let columns = bytes[line].count { $0 & 0xC0 != 0x80 }
        guard rule.count >= columns || rule.count >= 4, rule.count > 1 || columns == 1,
            !bytes.hasText(".. ", at: line.lowerBound), !(sign == 0x3A && rule.count == 2)
        else { return false }
        heading(line, sign: Int(sign))
        index += 2
        return true
    }

    private mutating func heading(_ line: Range<Int>, sign: Int) {
        containers = []
        let level = titleSigns.firstIndex(of: sign) ?? titleSigns.count
        if level == titleSigns.count { titleSigns.append(sign) }
        output.writer.begin(.heading(level: level + 1))
        write(line)
        output.writer.end()
        hasText = false
    }

    // MARK: Explicit markup

    private mutating func explicitMarkup(_ line: Range<Int>, _ indentation: Int) -> Bool {
        if bytes.hasText("__ ", at: line.lowerBound) {
            index += 1
            return true
        }
        guard bytes.hasText("..", at: line.lowerBound), line.count == 2 || bytes[line.lowerBound + 2] <= 0x20 else {
            return false
        }
        let content = bytes.trimmed(min(line.lowerBound + 3, line.upperBound)..<line.upperBound)
        if let sign = content.first.map({ bytes[$0] }) {
            if sign == UInt8(ascii: "["), let close = bytes[content].firstIndex(of: UInt8(ascii: "]")) {
                // A footnote or citation.
                index += 1
                push(.directive, indentation + 1)
                let text = bytes.trimmed(close + 1..<content.upperBound)
                let label = bytes[content.lowerBound + 1..<close]
                output.writer.begin(.paragraph)
                if !"#*".utf8.contains(label.first ?? 0) {
                    output.writer.append(content.lowerBound..<close + 1, of: bytes)
                }
                output.writer.append(" ")
                write(text)
                paragraphLines(above: indentation)
                return true
            }
            if sign == UInt8(ascii: "_") || sign == UInt8(ascii: "|") { return skip(indentation) }
            if let colons = directive(content) {
                index += 1
                var name = bytes.string(content.lowerBound..<colons).lowercased()
                if let colon = name.lastIndex(of: ":") { name = String(name[name.index(after: colon)...]) }
                directive(name, bytes.trimmed(colons + 2..<content.upperBound), indentation)
                return true
            }
        } else if lines.isBlank(index + 1) {
            index += 1
            return true
        }
        return skip(indentation)
    }

    /// The offset of `::` after the name of a directive.
    private func directive(_ content: Range<Int>) -> Int? {
        var end = content.lowerBound
        while end < content.upperBound, end - content.lowerBound < 64 {
            if bytes.hasText("::", at: end) { return end > content.lowerBound ? end : nil }
            guard bytes[end].isASCIILetterOrDigit || "-_+.:".utf8.contains(bytes[end]) else { return nil }
            end += 1
        }
        return nil
    }

    /// Skips a line and the further indented ones after it.
    private mutating func skip(_ indentation: Int) -> Bool {
        index += 1
        while index < lines.count, lines.isBlank(index) || lines.indentation(of: index) > indentation { index += 1 }
        return true
    }

    private mutating func directive(_ name: String, _ arguments: Range<Int>, _ indentation: Int) {
        let options = self.options(indentation)
        switch name {
        case "code-block", "code", "sourcecode", "parsed-literal", "prompt", "testcode", "doctest", "testoutput",
            "math",
            "productionlist", "ipython", "graphviz", "highlight-block", "console":
            let language = bytes.string(arguments).split(separator: " ").first.map(String.init)
            if let caption = options["caption"] { paragraph(caption) }
            if name == "math" || name == "prompt" || name == "parsed-literal", !arguments.isEmpty, name != "prompt" {
                paragraph(arguments)
            }
            literal(above: indentation, language: ["code-block", "code", "sourcecode"].contains(name) ? language : nil)
        case "toctree", "contents", "include", "literalinclude", "index", "raw", "highlight", "default-role", "module",
            "currentmodule", "automodule", "autoclass", "autofunction", "autosummary", "sectnum", "tabularcolumns",
            "meta",
            "image", "py:module", "title", "role", "class", "sectionauthor", "moduleauthor", "header", "footer",
            "testsetup",
            "testcleanup", "target-notes", "unicode", "date", "codeauthor", "automethod", "autoattribute", "autodata":
            if name == "class", !arguments.isEmpty, options.isEmpty, hasContent(above: indentation) {
                paragraph(arguments)
                push(.directive, indentation + 1)
                return
            }
            if let caption = options["caption"] { paragraph(caption) }
            index -= 1
            _ = skip(indentation)
        case "csv-table": csvTable(arguments, options, indentation)
        case "list-table": listTable(arguments, indentation)
        case "versionadded", "versionchanged", "deprecated", "versionremoved":
            output.writer.begin(.paragraph)
            let words = ["versionadded": "Added in version", "versionchanged": "Changed in version"]
            output.writer.append((words[name] ?? "Deprecated since version") + " ")
            write(arguments)
            if index < lines.count, lines.indentation(of: index) > indentation, !lines.isBlank(index) {
                output.writer.append(": ")
                paragraphLines(above: indentation)
            }
            push(.directive, indentation + 1)
        case "figure", "only", "ifconfig", "container", "tabs", "tab-set", "highlights", "grid", "compound",
            "rst-class",
            "tabularcolumn", "hlist", "div", "cssclass", "glossary", "table-wrapper":
            push(.directive, indentation + 1)
        default:
            // Admonitions, descriptions of functions and unknown directives: their arguments are text.
            if !arguments.isEmpty, bytes.hasWords(arguments) { paragraph(arguments) }
            push(.directive, indentation + 1)
        }
    }

    private func hasContent(above indentation: Int) -> Bool {
        var next = index
        while next < lines.count, next < index + 3, lines.isBlank(next) { next += 1 }
        return next < lines.count && lines.indentation(of: next) > indentation
    }

    private mutating func paragraph(_ range: Range<Int>) {
        output.writer.begin(.paragraph)
        write(range)
        output.writer.end()
    }

    /// Reads the options of a directive, `:name: value`.
    private mutating func options(_ indentation: Int) -> [String: Range<Int>] {
        var options: [String: Range<Int>] = [:]
        while index < lines.count, lines.indentation(of: index) > indentation {
            let line = lines.trimmed(index)
            guard !line.isEmpty, let field = self.field(in: line) else { break }
            if options.count < 64 { options[bytes.string(field.name)] = field.value }
            index += 1
        }
        return options
    }

    /// Writes the further indented lines as code.
    private mutating func literal(above indentation: Int, language: String? = nil) {
        while index < lines.count, lines.isBlank(index) { index += 1 }
        var end = index
        var last = index
        while end < lines.count, lines.isBlank(end) || lines.indentation(of: end) > indentation {
            if !lines.isBlank(end) { last = end + 1 }
            end += 1
        }
        guard last > index else { return }
        let margin = (index..<last).filter { !lines.isBlank($0) }.map { lines.indentation(of: $0) }.min() ?? 0
        output.writer.begin(.code(language: language))
        for number in index..<last {
            let line = lines[number]
            let skipped = bytes[line].prefix(margin).prefix { $0 == 0x20 || $0 == 0x09 }.count
            output.writer.append(line.lowerBound + skipped..<line.upperBound, of: bytes)
            output.writer.append("\n")
        }
        output.writer.end()
        index = end
    }

    // MARK: Fields

    private func field(in line: Range<Int>) -> (name: Range<Int>, value: Range<Int>)? {
        guard bytes.byte(line.lowerBound) == 0x3A, line.count > 2,
            let close = bytes[line.lowerBound + 1..<min(line.upperBound, line.lowerBound + 200)].firstIndex(of: 0x3A),
            close > line.lowerBound + 1, bytes[line.lowerBound + 1] > 0x20,
            close + 1 == line.upperBound || bytes[close + 1] <= 0x20
        else { return nil }
        return (line.lowerBound + 1..<close, bytes.trimmed(close + 1..<line.upperBound))
    }

    private mutating func field(_ line: Range<Int>, _ indentation: Int) -> Bool {
        guard let (name, value) = field(in: line) else { return false }
        index += 1
        let key = bytes.string(name).lowercased()
        let facts = [
            "author", "authors", "date", "version", "revision", "organization", "contact", "address", "status",
            "copyright", "license", "title", "language", "orphan", "tocdepth", "nocomments",
        ]
        if !hasText, containers.isEmpty, facts.contains(key) || value.isEmpty {
            output.add(key, bytes.string(value))
            if key == "author" { _ = skipFieldLines(indentation) }
            return true
        }
        output.writer.begin(.item(depth: 0))
        output.writer.append(name, of: bytes)
        output.writer.append(": ")
        write(value)
        paragraphLines(above: indentation)
        push(.directive, indentation + 1)
        return true
    }

    private mutating func skipFieldLines(_ indentation: Int) -> Bool {
        while index < lines.count, !lines.isBlank(index), lines.indentation(of: index) > indentation { index += 1 }
        return true
    }

    // MARK: Lists

    private mutating func item(_ line: Range<Int>, _ indentation: Int) -> Bool {
        guard let (number, text) = marker(line) else { return false }
        let column = indentation + bytes.columns(line.lowerBound..<text.lowerBound)
        let depth = containers.count { $0.kind == .item && $0.indentation <= indentation }
        output.writer.begin(.item(depth: depth, number: number))
        push(.item, column)
        index += 1
        write(text)
        paragraphLines(at: column)
        return true
    }

    /// The number of an item and its text.
    private func marker(_ line: Range<Int>) -> (number: Int?, text: Range<Int>)? {
        let start = line.lowerBound
        func text(from end: Int) -> Range<Int>? {
            end < line.upperBound && bytes[end] <= 0x20 ? bytes.trimmed(end..<line.upperBound) : nil
        }
        if "-*+".utf8.contains(bytes[start]) { return text(from: start + 1).map { (nil, $0) } }
        if bytes.hasText("•", at: start) { return text(from: start + 3).map { (nil, $0) } }
        var end = start
        let isEnclosed = bytes[start] == UInt8(ascii: "(")
        if isEnclosed { end += 1 }
        let first = end
        while end < line.upperBound, end - first < 6, bytes[end].isASCIIDigit { end += 1 }
        let number = Int(bytes.string(first..<end))
        if end == first {
            guard bytes.byte(end) == UInt8(ascii: "#") || bytes.byte(end).isASCIILetterOrDigit else { return nil }
            end += 1
        }
        guard bytes.byte(end) == UInt8(ascii: ")") || !isEnclosed && bytes.byte(end) == UInt8(ascii: "."),
            let rest = text(from: end + 1)
        else { return nil }
        return (number, rest)
    }

    // MARK: Paragraphs

    private mutating func examples(_ line: Range<Int>) -> Bool {
        if bytes.hasText(">>> ", at: line.lowerBound) {
            output.writer.begin(.code(language: "python"))
            while index < lines.count, !lines.isBlank(index) {
                output.writer.append(lines.trimmed(index), of: bytes)
                output.writer.append("\n")
                index += 1
            }
            output.writer.end()
            return true
        }
        guard bytes.hasText("| ", at: line.lowerBound) else { return false }
        // A block of lines.
        output.writer.begin(.paragraph)
        while index < lines.count, !lines.isBlank(index) {
            let text = lines.trimmed(index)
            let isMarked = bytes.byte(text.lowerBound) == UInt8(ascii: "|")
            write(bytes.trimmed((isMarked ? text.lowerBound + 1 : text.lowerBound)..<text.upperBound))
            output.writer.append(" ")
            index += 1
        }
        return true
    }

    private mutating func paragraph(_ indentation: Int) {
        let expected = containers.last?.indentation ?? 0
        let line = lines.trimmed(index)
        // A term with its definition below.
        let isTerm =
            index + 1 < lines.count && !lines.isBlank(index + 1) && lines.indentation(of: index + 1) > indentation
        let isInDirective = containers.last?.kind == .directive || containers.last?.kind == .definition
        if isInDirective, let last = containers.indices.last, indentation > expected {
            containers[last].indentation = indentation
        }
        let isQuote = indentation > expected && !isInDirective
        output.writer.begin(isQuote && !isTerm ? .quote : .paragraph)
        if isQuote { push(.quote, indentation) }
        index += 1
        let start = line.lowerBound
        if isTerm {
            let isLiteral = bytes[line].suffix(2).elementsEqual("::".utf8)
            write(isLiteral ? start..<line.upperBound - 1 : line)
            if isLiteral { return literal(above: indentation) }
            if !bytes[line].suffix(1).elementsEqual(":".utf8) { output.writer.append(":") }
            output.writer.append(" ")
            push(.definition, lines.indentation(of: index))
            if marker(lines.trimmed(index)) == nil, !bytes.hasText("..", at: lines.trimmed(index).lowerBound),
                field(in: lines.trimmed(index)) == nil
            {
                paragraphLines(at: lines.indentation(of: index))
            }
            return
        }
        var end = line.upperBound
        while index < lines.count, !lines.isBlank(index), lines.indentation(of: index) == indentation {
            end = lines.trimmed(index).upperBound
            index += 1
        }
        finishParagraph(start..<end, indentation)
    }

    /// Appends the lines of the paragraph that has begun, which are indented further than its start.
    private mutating func paragraphLines(above indentation: Int) {
        guard index < lines.count, !lines.isBlank(index), lines.indentation(of: index) > indentation else { return }
        paragraphLines(at: lines.indentation(of: index))
    }

    private mutating func paragraphLines(at column: Int) {
        let first = index
        guard index < lines.count, !lines.isBlank(index), lines.indentation(of: index) >= column else {
            return finishParagraph(nil, column)
        }
        while index < lines.count, !lines.isBlank(index), lines.indentation(of: index) >= column { index += 1 }
        output.writer.append(" ")
        finishParagraph(lines.trimmed(first).lowerBound..<lines.trimmed(index - 1).upperBound, column)
    }

    /// Writes a stretch of text, and the literal block after `::`.
    private mutating func finishParagraph(_ range: Range<Int>?, _ indentation: Int) {
        let last = range?.upperBound ?? lines.trimmed(index - 1).upperBound
        let isLiteral = last >= 2 && bytes[last - 2..<last].elementsEqual("::".utf8)
        if let range {
            let hasColon = range.count > 2 && bytes[last - 3] > 0x20
            write(isLiteral ? range.lowerBound..<last - (hasColon ? 1 : 2) : range)
        }
        guard isLiteral, lines.isBlank(index) else { return }
        output.writer.end()
        let parent = containers.last?.kind == .item ? max(0, (containers.last?.indentation ?? 1) - 1) : indentation
        literal(above: parent)
    }
}

// Tables.
extension RSTParser {
    private func isTableBorder(_ number: Int) -> Bool {
        let line = lines.trimmed(number)
        return line.count > 1 && bytes[line].allSatisfy { $0 == 0x3D || $0 == 0x20 } && bytes[line].contains(0x20)
    }

    private func isGridBorder(_ number: Int) -> Bool {
        let line = lines.trimmed(number)
        return line.count > 2 && bytes[line.lowerBound] == 0x2B && bytes[line.upperBound - 1] == 0x2B
            && bytes[line].allSatisfy { "+-=".utf8.contains($0) }
    }

    private mutating func table(_ indentation: Int) -> Bool {
        if isGridBorder(index) {
            gridTable()
            return true
        }
        guard isTableBorder(index) else { return false }
        simpleTable()
        return true
    }

    /// The cells of a line between columns, by characters.
    private func cells(_ number: Int, _ starts: [Int]) -> [Range<Int>] {
        let line = lines[number]
        var offsets: [Int] = []
        var column = 0
        var next = 0
        for offset in line {
            while next < starts.count, column >= starts[next] {
                offsets.append(offset)
                next += 1
            }
            if bytes[offset] & 0xC0 != 0x80 || column == 0 { column += 1 }
            if offset + 1 < line.upperBound, bytes[offset + 1] & 0xC0 == 0x80 { column -= 1 }
        }
        while offsets.count < starts.count { offsets.append(line.upperBound) }
        return offsets.indices.map {
            bytes.trimmed(offsets[$0]..<($0 + 1 < offsets.count ? max(offsets[$0], offsets[$0 + 1]) : line.upperBound))
        }
    }

    private mutating func writeRow(_ row: [[Range<Int>]], isHeader: Bool) {
        guard row.contains(where: { !$0.isEmpty }) else { return }
        output.writer.beginRow()
        for cell in row {
            output.writer.beginCell()
            for range in cell {
                inline.write(range, to: &output.writer)
                output.writer.append(" ")
            }
        }
        output.writer.endRow(isHeader: isHeader)
        hasText = true
    }

    private mutating func simpleTable() {
        let border = lines[index]
        var starts: [Int] = []
        for offset in border where bytes[offset] == 0x3D && (offset == border.lowerBound || bytes[offset - 1] != 0x3D) {
            starts.append(offset - border.lowerBound)
        }
        index += 1
        var borders = 1
        var isHeader = true
        var row: [[Range<Int>]] = []
        output.writer.end()
        while index < lines.count {
            if isTableBorder(index) {
                writeRow(row, isHeader: isHeader)
                row = []
                isHeader = false
                borders += 1
                index += 1
                if borders == 3 || lines.isBlank(index) { break }
                continue
            }
            let line = lines.trimmed(index)
            index += 1
            if line.isEmpty || bytes[line].allSatisfy({ $0 == 0x2D || $0 == 0x20 }) { continue }
            if lines.indentation(of: index - 1) < (starts.first ?? 0) {
                index -= 1
                break
            }
            let found = cells(index - 1, starts)
            if found.first?.isEmpty == false || row.isEmpty {
                writeRow(row, isHeader: isHeader && borders == 2)
                row = found.map { $0.isEmpty ? [] : [$0] }
            } else {
                for (column, cell) in found.enumerated() where !cell.isEmpty { row[column].append(cell) }
            }
        }
        writeRow(row, isHeader: false)
        output.writer.endTable()
    }

    private mutating func gridTable() {
        var starts: Set<Int> = []
        let first = lines[index]
        var end = index
        var header: Int?
        while end < lines.count {
            let line = lines.trimmed(end)
            guard let sign = line.first.map({ bytes[$0] }), sign == 0x2B || sign == 0x7C else { break }
            if isGridBorder(end), bytes[line].contains(0x3D) { header = end }
            end += 1
        }
        for offset in first where bytes[offset] == 0x2B && offset + 1 < first.upperBound {
            starts.insert(offset - first.lowerBound)
        }
        let columns = starts.sorted()
        var row = Array(repeating: [Range<Int>](), count: columns.count)
        output.writer.end()
        for number in index..<end {
            let line = lines.trimmed(number)
            let isBorder =
                bytes[line.lowerBound] == 0x2B && bytes[line].dropFirst().allSatisfy { "+-=|".utf8.contains($0) }
            if isBorder {
                writeRow(row, isHeader: header.map { number <= $0 } ?? false)
                row = Array(repeating: [], count: columns.count)
                continue
            }
            for (column, cell) in cells(number, columns).enumerated() {
                var cell = cell
                if let sign = cell.first.map({ bytes[$0] }), sign == 0x7C || sign == 0x2B {
                    cell = bytes.trimmed(cell.lowerBound + 1..<cell.upperBound)
                }
                if let last = cell.last, bytes[last] == 0x7C { cell = bytes.trimmed(cell.lowerBound..<last) }
                if !cell.isEmpty, !bytes[cell].allSatisfy({ $0 == 0x2D }) { row[column].append(cell) }
            }
        }
        writeRow(row, isHeader: false)
        output.writer.endTable()
        index = end
    }

    private mutating func csvTable(_ title: Range<Int>, _ options: [String: Range<Int>], _ indentation: Int) {
        if !title.isEmpty { paragraph(title) }
        if let header = options["header"] { writeRow(csvCells(header), isHeader: true) }
        while index < lines.count, lines.isBlank(index) || lines.indentation(of: index) > indentation {
            if !lines.isBlank(index) { writeRow(csvCells(lines.trimmed(index)), isHeader: false) }
            index += 1
        }
        output.writer.endTable()
    }

    private func csvCells(_ line: Range<Int>) -> [[Range<Int>]] {
        var cells: [[Range<Int>]] = []
        var start = line.lowerBound
        var isQuoted = false
        for offset in line.lowerBound...line.upperBound {
            if offset < line.upperBound, bytes[offset] == 0x22 { isQuoted.toggle() }
            guard offset == line.upperBound || bytes[offset] == 0x2C && !isQuoted else { continue }
            var cell = bytes.trimmed(start..<offset)
            if cell.count > 1, bytes[cell.lowerBound] == 0x22, bytes[cell.upperBound - 1] == 0x22 {
                cell = cell.lowerBound + 1..<cell.upperBound - 1
            }
            cells.append([cell])
            start = offset + 1
        }
        return cells
    }

    private mutating func listTable(_ title: Range<Int>, _ indentation: Int) {
        if !title.isEmpty { paragraph(title) }
        var row: [[Range<Int>]] = []
        var isHeader = true
        while index < lines.count, lines.isBlank(index) || lines.indentation(of: index) > indentation {
            var line = lines.trimmed(index)
            index += 1
            if line.isEmpty { continue }
            if bytes.hasText("* -", at: line.lowerBound) {
                writeRow(row, isHeader: isHeader && !row.isEmpty)
                if !row.isEmpty { isHeader = false }
                row = []
                line = bytes.trimmed(line.lowerBound + 2..<line.upperBound)
            }
            if bytes.hasText("- ", at: line.lowerBound) || line.count == 1 && bytes[line.lowerBound] == 0x2D {
                row.append([bytes.trimmed(line.lowerBound + 1..<line.upperBound)])
            } else if !row.isEmpty {
                row[row.count - 1].append(line)
            }
        }
        writeRow(row, isHeader: false)
        output.writer.endTable()
    }
}
