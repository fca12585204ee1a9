/// Reads the lines of an AsciiDoc file.
struct AsciiDocParser {
    private(set) var output = MarkupDocument()
    private let lines: TextLines
    private let bytes: UnsafeBufferPointer<UInt8>
    private var inline: AsciiDocInline
    private var index = 0
    /// The markers of the items that are open, the outermost first.
    private var items: [String] = []
    private static let maximumDepth = 32
    /// Attributes of the next block, such as `source,ruby`.
    private var attributes = ""
    /// Lines of signs that open blocks of other blocks.
    private var blocks: [Range<Int>] = []
    private var hasText = false

    init(_ lines: TextLines) {
        self.lines = lines
        bytes = lines.bytes
        inline = AsciiDocInline(lines.bytes)
    }

    mutating func parse() {
        while index < lines.count {
            let line = lines.trimmed(index)
            if line.isEmpty {
                index += 1
                continue
            }
            if comment(line) || directive(line) || section() || delimited(line) || metadata(line) { continue }
            if item(line) { continue }
            paragraph(line)
        }
        output.writer.end()
    }

    private mutating func write(_ range: Range<Int>) {
        inline.write(range, to: &output.writer)
        hasText = true
    }

    private var isQuote: Bool {
        blocks.last.map { bytes.byte($0.lowerBound) == UInt8(ascii: "_") } ?? false
    }

    // MARK: Sections

    private mutating func section() -> Bool {
        let line = lines[index]
        guard let sign = line.first.map({ bytes[$0] }) else { return false }
        if sign == UInt8(ascii: "=") || sign == UInt8(ascii: "#") {
            let signs = bytes[line].prefix { $0 == sign }.count
            guard signs <= 6, line.count > signs, bytes[line.lowerBound + signs] == 0x20 else { return false }
            index += 1
            var text = bytes.trimmed(line.lowerBound + signs..<line.upperBound)
            let closing = text.upperBound - bytes[text].reversed().prefix { $0 == sign }.count
            if text.upperBound - closing == signs, closing > text.lowerBound, bytes[closing - 1] == 0x20 {
                text = bytes.trimmed(text.lowerBound..<closing)
            }
            heading(text, level: signs)
            return true
        }
        // A title with a line below it.
        let rule = lines.trimmed(index + 1)
        guard rule.count >= 3, let below = rule.first.map({ bytes[$0] }),
            let level = Array("=-~^+".utf8).firstIndex(of: below),
            bytes[rule].allSatisfy({ $0 == below }), bytes.hasWords(line), !isItem(index), sign != UInt8(ascii: "["),
            sign != UInt8(ascii: "."), sign > 0x20
        else { return false }
        let columns = bytes[lines.trimmed(index)].count { $0 & 0xC0 != 0x80 }
        guard abs(columns - rule.count) <= 2 else { return false }
        let text = lines.trimmed(index)
        index += 2
        heading(text, level: level + 1)
        return true
    }

    private mutating func heading(_ text: Range<Int>, level: Int) {
        items = []
        attributes = ""
        let isTitle = level == 1 && !hasText
        output.writer.begin(.heading(level: level))
        write(text)
        output.writer.end()
        hasText = !isTitle
        if isTitle { header() }
    }

    /// Reads the lines of the author and the revision below the title.
    private mutating func header() {
        var number = 0
        while index < lines.count, !lines.isBlank(index), number < 2 {
            let line = lines.trimmed(index)
            if bytes[line.lowerBound] == 0x3A || bytes.hasText("//", at: line.lowerBound) {
                if !comment(line), !directive(line) { return }
                continue
            }
            let text = bytes.string(line)
            let isRevision = number == 1 || text.hasPrefix("v") && text.dropFirst().first?.isNumber == true
            if isRevision {
                guard text.utf8.contains(where: \.isASCIIDigit), line.count < 100 else { return }
                output.add(
                    "date",
                    String(text.split(separator: ",").last ?? "").split(separator: ":").first.map(String.init) ?? "")
                number = 2
            } else {
                guard line.count < 200, bytes[line].first.map({ $0 >= 0x41 }) ?? false else { return }
                output.add("author", String(text.prefix { $0 != "<" && $0 != ";" }))
                number = 1
            }
            index += 1
        }
    }

    // MARK: Lines without text

    private mutating func comment(_ line: Range<Int>) -> Bool {
        guard bytes.hasText("//", at: line.lowerBound) else { return false }
        if line.count >= 4, bytes[line].allSatisfy({ $0 == UInt8(ascii: "/") }) {
            index += 1
            _ = skip(to: line)
            return true
        }
        guard bytes.byte(line.lowerBound + 2) != UInt8(ascii: "/") || line.count == 2 else { return false }
        index += 1
        return true
    }

    /// The line that closes a block; the end of the text if none does.
    private mutating func skip(to delimiter: Range<Int>) -> Range<Int> {
        let first = index
        while index < lines.count, !isDelimiter(index, delimiter) { index += 1 }
        let content = first..<index
        index = min(index + 1, lines.count)
        return content
    }

    private func isDelimiter(_ number: Int, _ delimiter: Range<Int>) -> Bool {
        let line = lines.trimmed(number)
        return line.count == delimiter.count && bytes[line].elementsEqual(bytes[delimiter])
    }

    /// Attributes of the file, conditions, inclusions and pictures.
    private mutating func directive(_ line: Range<Int>) -> Bool {
        if bytes[line.lowerBound] == 0x3A, let close = bytes[line].dropFirst().firstIndex(of: 0x3A),
            close > line.lowerBound + 1, close == line.upperBound - 1 || bytes[close + 1] == 0x20,
            bytes[line.lowerBound + 1..<close].allSatisfy({ $0.isASCIILetterOrDigit || "-_!".utf8.contains($0) })
        {
            index += 1
            attribute(bytes.string(line.lowerBound + 1..<close), bytes.trimmed(close + 1..<line.upperBound))
            return true
        }
        guard let colons = line.first(where: { bytes.hasText("::", at: $0) }), colons - line.lowerBound < 16,
            bytes[line.upperBound - 1] == UInt8(ascii: "]"),
            let open = bytes[colons..<line.upperBound].firstIndex(of: 0x5B)
        else {
            let isBreak =
                line.count >= 3
                && (bytes.hasText("'''", at: line.lowerBound) || bytes.hasText("<<<", at: line.lowerBound))
            if isBreak { index += 1 }
            return isBreak
        }
        let name = bytes.string(line.lowerBound..<colons)
        switch name {
        case "ifdef", "ifndef":
            index += 1
            // A condition on one line has its text in the brackets.
            if open + 1 < line.upperBound - 1 {
                output.writer.begin(.paragraph)
                write(open + 1..<line.upperBound - 1)
            }
        case "ifeval", "endif", "include", "image", "video", "audio", "toc", "leveloffset", "anchor", "gist",
            "plantuml":
            index += 1
        default: return false
        }
        return true
    }

    private mutating func attribute(_ name: String, _ value: Range<Int>) {
        let text = bytes.string(value)
        inline.define(name, text)
        switch name {
        case "author", "description", "keywords", "lang", "email": output.add(name, text)
        case "revdate", "date", "docdate": output.add("date", text)
        default: break
        }
        // A value that goes on.
        while let last = lines[index - 1].last, bytes[last] == 0x5C, index < lines.count { index += 1 }
    }

    private mutating func metadata(_ line: Range<Int>) -> Bool {
        let first = bytes[line.lowerBound]
        if first == UInt8(ascii: "["), bytes[line.upperBound - 1] == UInt8(ascii: "]"), line.count > 1 {
            index += 1
            if !bytes.hasText("[[", at: line.lowerBound) {
                attributes = bytes.string(line.lowerBound + 1..<line.upperBound - 1)
            }
            return true
        }
        if first == UInt8(ascii: "."), line.count > 1, bytes[line.lowerBound + 1] > 0x20,
            bytes[line.lowerBound + 1] != 0x2E,
            line.lowerBound == lines[index].lowerBound
        {
            index += 1
            output.writer.begin(.paragraph)
            write(line.lowerBound + 1..<line.upperBound)
            output.writer.end()
            return true
        }
        if line.count == 1, first == UInt8(ascii: "+") {
            index += 1
            return true
        }
        return false
    }

    // MARK: Blocks

    private mutating func delimited(_ line: Range<Int>) -> Bool {
        let sign = bytes[line.lowerBound]
        if bytes.hasText("```", at: line.lowerBound), !bytes[line].dropFirst(3).contains(0x60) {
            let language = bytes.string(bytes.trimmed(line.lowerBound + 3..<line.upperBound))
            index += 1
            let content = skip(to: line.lowerBound..<line.lowerBound + 3)
            code(content, language: language.isEmpty ? nil : language)
            return true
        }
        if line.count >= 4, line.count <= 8, bytes.hasText("===", at: line.lowerBound + 1), "|,:!".utf8.contains(sign) {
            table(line)
            return true
        }
        let isOpen = line.count == 2 && bytes.hasText("--", at: line.lowerBound)
        guard isOpen || line.count >= 4 && bytes[line].allSatisfy({ $0 == sign }) else { return false }
        switch sign {
        case UInt8(ascii: "-") where !isOpen, UInt8(ascii: "."), UInt8(ascii: "+"):
            index += 1
            let content = skip(to: line)
            let words = attributes.split(separator: ",").map { $0.filter { $0 != " " } }
            let isSource = words.first == "source" || words.first == ""
            code(content, language: isSource && words.count > 1 ? words[1] : nil)
        case UInt8(ascii: "="), UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            index += 1
            attributes = ""
            if let open = blocks.lastIndex(where: { $0.count == line.count && bytes[$0].elementsEqual(bytes[line]) }) {
                blocks.removeSubrange(open...)
            } else if blocks.count < Self.maximumDepth {
                blocks.append(line)
            }
            output.writer.end()
        default: return false
        }
        return true
    }

    private mutating func code(_ content: Range<Int>, language: String?) {
        attributes = ""
        output.writer.begin(.code(language: language))
        for number in content {
            output.writer.append(lines[number], of: bytes)
            output.writer.append("\n")
        }
        output.writer.end()
        hasText = true
    }

    // MARK: Tables

    private mutating func table(_ delimiter: Range<Int>) {
        var separator = bytes[delimiter.lowerBound]
        let options = attributes
        attributes = ""
        index += 1
        let content = skip(to: delimiter)
        if options.contains("format=csv") || options.contains("format=\"csv\"") { separator = UInt8(ascii: ",") }
        var columns = columnCount(options)
        let isHeader =
            options.contains("header")
            || content.count > 1 && !lines.isBlank(content.lowerBound) && lines.isBlank(content.lowerBound + 1)
        var cells: [Range<Int>] = []
        var rows = 0
        output.writer.end()
        func flush(_ parser: inout AsciiDocParser, _ all: Bool) {
            guard columns > 0 else { return }
            var start = 0
            while cells.count - start >= columns || all && start < cells.count {
                parser.writeRow(cells[start...].prefix(columns), isHeader: isHeader && rows == 0)
                rows += 1
                start = min(start + columns, cells.count)
            }
            cells.removeFirst(start)
        }
        for number in content {
            let line = lines.trimmed(number)
            if line.isEmpty || bytes.hasText("//", at: line.lowerBound) { continue }
            let found = separator == 0x2C ? csvCells(line) : barCells(line, separator)
            if let rest = found.rest {
                // Text that goes on with the cell before.
                if let last = cells.last { cells[cells.count - 1] = last.lowerBound..<rest.upperBound }
            }
            // The last cell may go on in the next line, so rows are written when the next one begins.
            if !found.cells.isEmpty {
                if columns == 0, cells.isEmpty { columns = found.cells.count }
                flush(&self, false)
            }
            cells += found.cells
        }
        flush(&self, true)
        output.writer.endTable()
        hasText = true
    }

    private mutating func writeRow(_ cells: ArraySlice<Range<Int>>, isHeader: Bool) {
        guard cells.contains(where: { bytes.hasWords($0) }) else { return }
        output.writer.beginRow()
        for cell in cells {
            output.writer.beginCell()
            write(cell)
        }
        output.writer.endRow(isHeader: isHeader)
    }

    /// The number of columns in `cols="1,2"` or `cols="3*"`.
    private func columnCount(_ options: String) -> Int {
        guard let start = options.utf8.indices.first(where: { options.utf8[$0...].starts(with: "cols=".utf8) }) else {
            return 0
        }
        var rest = options[start...].dropFirst(5)
        if rest.first == "\"" {
            rest = rest.dropFirst().prefix { $0 != "\"" }
        } else {
            rest = rest.prefix { $0 != "," && $0 != "]" }
        }
        var count = 0
        for part in rest.split(separator: ",", omittingEmptySubsequences: false) {
            if let star = part.firstIndex(of: "*"), let times = Int(part[..<star].filter { $0 != " " }) {
                count += min(max(1, times), 1_000)
            } else {
                count += 1
            }
        }
        return min(count, 1_000)
    }

    private func barCells(_ line: Range<Int>, _ bar: UInt8) -> (rest: Range<Int>?, cells: [Range<Int>]) {
        var rest: Range<Int>?
        var cells: [Range<Int>] = []
        var start = line.lowerBound
        var isCell = false
        for offset in line.lowerBound...line.upperBound {
            let isBar =
                offset < line.upperBound && bytes[offset] == bar
                && (offset == line.lowerBound || bytes[offset - 1] != 0x5C)
            guard offset == line.upperBound || isBar else { continue }
            var end = offset
            // The style of the next cell: `2+|`, `a|`, `^.>s|`.
            if isBar {
                while end > start, bytes[end - 1].isASCIIDigit || "+.<>^*aehlmsdv".utf8.contains(bytes[end - 1]) {
                    end -= 1
                }
                if end > start, bytes[end - 1] > 0x20 { end = offset }
            }
            let cell = bytes.trimmed(start..<end)
            if isCell {
                cells.append(cell)
            } else if !cell.isEmpty {
                rest = cell
            }
            isCell = true
            start = offset + 1
        }
        return (rest, cells)
    }

    private func csvCells(_ line: Range<Int>) -> (rest: Range<Int>?, cells: [Range<Int>]) {
        var cells: [Range<Int>] = []
        var start = line.lowerBound
        var isQuoted = false
        for offset in line.lowerBound...line.upperBound {
            if offset < line.upperBound, bytes[offset] == 0x22 { isQuoted.toggle() }
            guard offset == line.upperBound || bytes[offset] == 0x2C && !isQuoted else { continue }
            var cell = bytes.trimmed(start..<offset)
            if cell.count > 1, bytes[cell.lowerBound] == 0x22, bytes[cell.upperBound - 1] == 0x22 {
                cell = cell.lowerBound + 1..<cell.upperBound - 1
            }
            cells.append(cell)
            start = offset + 1
        }
        return (nil, cells)
    }

    // MARK: Lists and paragraphs

    private func isItem(_ number: Int) -> Bool { marker(lines.trimmed(number)) != nil }

    private func marker(_ line: Range<Int>) -> (sign: String, number: Int?, text: Range<Int>)? {
        guard let sign = line.first.map({ bytes[$0] }) else { return nil }
        if "*-.".utf8.contains(sign) {
            let signs = bytes[line].prefix { $0 == sign }
            guard signs.count <= 6, sign != 0x2D || signs.count == 1, signs.endIndex < line.upperBound,
                bytes[signs.endIndex] <= 0x20
            else { return nil }
            return (
                bytes.string(signs.startIndex..<signs.endIndex), nil, bytes.trimmed(signs.endIndex..<line.upperBound)
            )
        }
        let isCallout = sign == UInt8(ascii: "<")
        let start = line.lowerBound + (isCallout ? 1 : 0)
        let digits = bytes[start..<line.upperBound].prefix(6).prefix { $0.isASCIIDigit || isCallout && $0 == 0x2E }
        if !digits.isEmpty, digits.endIndex + 1 < line.upperBound, bytes[digits.endIndex + 1] <= 0x20,
            bytes[digits.endIndex] == (isCallout ? UInt8(ascii: ">") : UInt8(ascii: "."))
        {
            let text = bytes.trimmed(digits.endIndex + 1..<line.upperBound)
            return (isCallout ? "<1>" : "1.", Int(String(decoding: digits, as: UTF8.self)), text)
        }
        return nil
    }

    /// The term of a description list, and the text after its colons.
    private func term(_ line: Range<Int>) -> (term: Range<Int>, sign: String, text: Range<Int>)? {
        guard bytes[line.lowerBound] > 0x20 else { return nil }
        var offset = line.lowerBound + 1
        while offset + 1 < line.upperBound {
            if bytes.hasText("::", at: offset), bytes[offset - 1] > 0x20 {
                let colons = bytes[offset..<line.upperBound].prefix { $0 == 0x3A }
                if colons.count <= 4, colons.endIndex == line.upperBound || bytes[colons.endIndex] <= 0x20 {
                    return (
                        line.lowerBound..<offset, bytes.string(colons.startIndex..<colons.endIndex),
                        bytes.trimmed(colons.endIndex..<line.upperBound)
                    )
                }
                offset = colons.endIndex
            } else {
                offset += 1
            }
        }
        return nil
    }

    private mutating func item(_ line: Range<Int>) -> Bool {
        if let (sign, number, text) = marker(line) {
            beginItem(sign, number: sign == "1." || sign == "<1>" ? number : nil)
            var start = text.lowerBound
            if bytes.byte(start) == 0x5B, bytes.byte(start + 2) == 0x5D, " x*X".utf8.contains(bytes.byte(start + 1)) {
                start += 3
            }
            itemLines(min(start, text.upperBound)..<text.upperBound)
            return true
        }
        guard let (term, sign, text) = term(line) else { return false }
        beginItem(sign, number: nil)
        write(term)
        output.writer.append(": ")
        if text.isEmpty, lines.isBlank(index), index + 1 < lines.count, !isItem(index + 1) {
            let next = lines.trimmed(index + 1)
            if !next.isEmpty, self.term(next) == nil, bytes.hasWords(next), bytes[next.lowerBound] != 0x5B {
                index += 1
            }
        }
        itemLines(text)
        return true
    }

    private mutating func beginItem(_ sign: String, number: Int?) {
        attributes = ""
        if let open = items.firstIndex(of: sign) {
            items.removeSubrange((open + 1)...)
        } else if items.count < Self.maximumDepth {
            items.append(sign)
        }
        output.writer.begin(.item(depth: max(0, items.count - 1), number: number))
        index += 1
    }

    private mutating func itemLines(_ first: Range<Int>) {
        var range = first
        while index < lines.count {
            let line = lines.trimmed(index)
            if line.isEmpty || line.count == 1 && bytes[line.lowerBound] == 0x2B || isItem(index) || term(line) != nil
                || isBlockLine(line)
            {
                break
            }
            range = (range.isEmpty ? line.lowerBound : range.lowerBound)..<line.upperBound
            index += 1
        }
        write(range)
    }

    /// Whether a line ends the paragraph before it.
    private func isBlockLine(_ line: Range<Int>) -> Bool {
        let sign = bytes[line.lowerBound]
        if bytes.hasText("```", at: line.lowerBound) { return true }
        if line.count >= 4, bytes.hasText("===", at: line.lowerBound + 1), "|,:!".utf8.contains(sign) { return true }
        if line.count >= 4, "-.=*_+/".utf8.contains(sign), bytes[line].allSatisfy({ $0 == sign }) { return true }
        return line.count == 2 && bytes.hasText("--", at: line.lowerBound)
            || sign == 0x5B && bytes[line.upperBound - 1] == 0x5D
            || bytes.hasText("endif::", at: line.lowerBound) || bytes.hasText("ifdef::", at: line.lowerBound)
            || bytes.hasText("include::", at: line.lowerBound) || bytes.hasText("ifndef::", at: line.lowerBound)
    }

    private mutating func paragraph(_ line: Range<Int>) {
        let isIndented = line.lowerBound > lines[index].lowerBound && items.isEmpty
        let isCode =
            isIndented || attributes.hasPrefix("source") || attributes.hasPrefix("listing")
            || attributes.hasPrefix("literal")
        let first = index
        index += 1
        while index < lines.count, !lines.isBlank(index), !isBlockLine(lines.trimmed(index)) { index += 1 }
        if isCode { return code(first..<index, language: nil) }
        items = items.isEmpty || isAttached(first) ? items : []
        let isQuoted = isQuote || attributes.hasPrefix("quote") || attributes.hasPrefix("verse")
        attributes = ""
        output.writer.begin(isQuoted ? .quote : .paragraph)
        write(line.lowerBound..<lines.trimmed(index - 1).upperBound)
        output.writer.end()
    }

    /// Whether the line before attaches a paragraph to an item.
    private func isAttached(_ number: Int) -> Bool {
        guard number > 0 else { return false }
        let line = lines.trimmed(number - 1)
        return line.count == 1 && bytes[line.lowerBound] == 0x2B
    }
}
