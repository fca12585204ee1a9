extension RSTParser {
    mutating func examples(_ line: Range<Int>) -> Bool {
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

    mutating func paragraph(_ range: Range<Int>) {
        output.writer.begin(.paragraph)
        write(range)
        output.writer.end()
    }

    mutating func paragraph(_ indentation: Int) {
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
    mutating func paragraphLines(above indentation: Int) {
        guard index < lines.count, !lines.isBlank(index), lines.indentation(of: index) > indentation else { return }
        paragraphLines(at: lines.indentation(of: index))
    }

    mutating func paragraphLines(at column: Int) {
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

    /// Writes the further indented lines as code.
    mutating func literal(above indentation: Int, language: String? = nil) {
        while index < lines.count, lines.isBlank(index) { index += 1 }
        var end = index
        var last = index
        while end < lines.count, lines.isBlank(end) || lines.indentation(of: end) > indentation {
            if !lines.isBlank(end) { last = end + 1 }
            end += 1
        }
        guard last > index else { return }
        output.writer.begin(.code(language: language))
        output.writer.append(index..<last, of: lines, without: lines.margin(of: index..<last))
        output.writer.end()
        index = end
    }
}
