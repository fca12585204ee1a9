extension AsciiDocParser {
    mutating func delimited(_ line: Range<Int>) -> Bool {
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
        output.writer.append(content, of: lines)
        output.writer.end()
        hasText = true
    }

    /// The line that closes a block; the end of the text if none does.
    mutating func skip(to delimiter: Range<Int>) -> Range<Int> {
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

    // MARK: Paragraphs

    /// Whether a line ends the paragraph before it.
    func isBlockLine(_ line: Range<Int>) -> Bool {
        let sign = bytes[line.lowerBound]
        if bytes.hasText("```", at: line.lowerBound) { return true }
        if line.count >= 4, bytes.hasText("===", at: line.lowerBound + 1), "|,:!".utf8.contains(sign) { return true }
        if line.count >= 4, "-.=*_+/".utf8.contains(sign), bytes[line].allSatisfy({ $0 == sign }) { return true }
        return line.count == 2 && bytes.hasText("--", at: line.lowerBound)
            || sign == 0x5B && bytes[line.upperBound - 1] == 0x5D
            || bytes.hasText("endif::", at: line.lowerBound) || bytes.hasText("ifdef::", at: line.lowerBound)
            || bytes.hasText("include::", at: line.lowerBound) || bytes.hasText("ifndef::", at: line.lowerBound)
    }

    mutating func paragraph(_ line: Range<Int>) {
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

    private var isQuote: Bool {
        blocks.last.map { bytes.byte($0.lowerBound) == UInt8(ascii: "_") } ?? false
    }
}
