import QuarryCore

/// Reads the lines of reStructuredText. Nested parts are read in the same loop: only their indentation is kept.
struct RSTParser {
    var output = MarkupDocument()
    let lines: TextLines
    let bytes: UnsafeBufferPointer<UInt8>
    var inline: RSTInline
    var index = 0

    /// What the lines at an indentation or beyond it belong to.
    struct Container {
        enum Kind { case item, directive, quote, definition }
        var kind: Kind
        var indentation: Int
    }

    var containers: [Container] = []
    private static let maximumDepth = 64
    /// The signs of titles in the order of their levels; those with a line above are negative.
    private var titleSigns: [Int] = []
    var hasText = false

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

    mutating func push(_ kind: Container.Kind, _ indentation: Int) {
        guard containers.count < Self.maximumDepth else { return }
        containers.append(Container(kind: kind, indentation: indentation))
    }

    mutating func write(_ range: Range<Int>) {
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

    mutating func title() -> Bool {
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
}
