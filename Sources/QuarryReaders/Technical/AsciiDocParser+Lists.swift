extension AsciiDocParser {
    func isItem(_ number: Int) -> Bool { marker(lines.trimmed(number)) != nil }

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

    mutating func item(_ line: Range<Int>) -> Bool {
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
}
