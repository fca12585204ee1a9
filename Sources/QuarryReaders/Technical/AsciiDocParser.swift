/// Reads the lines of an AsciiDoc file.
struct AsciiDocParser {
    var output = MarkupDocument()
    let lines: TextLines
    let bytes: UnsafeBufferPointer<UInt8>
    var inline: AsciiDocInline
    var index = 0
    /// The markers of the items that are open, the outermost first.
    var items: [String] = []
    static let maximumDepth = 32
    /// Attributes of the next block, such as `source,ruby`.
    var attributes = ""
    /// Lines of signs that open blocks of other blocks.
    var blocks: [Range<Int>] = []
    var hasText = false

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

    mutating func write(_ range: Range<Int>) {
        inline.write(range, to: &output.writer)
        hasText = true
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
}
