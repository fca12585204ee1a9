extension OrgParser {
    private func isEnd(_ number: Int, of block: String) -> Bool {
        let line = lines.trimmed(number)
        return line.count == block.utf8.count + 6 && bytes.string(line).lowercased() == "#+end_" + block
    }

    mutating func skipBlock(_ name: String) {
        while index < lines.count, !isEnd(index, of: name) { index += 1 }
    }

    mutating func code(_ rest: Range<Int>, end name: String, isSource: Bool) {
        let language = isSource ? bytes.string(rest).split(separator: " ").first.map(String.init) : nil
        output.writer.begin(.code(language: language))
        let first = index
        skipBlock(name)
        output.writer.append(first..<index, of: lines, without: lines.margin(of: first..<index))
        output.writer.end()
    }

    mutating func drawer(_ line: Range<Int>) -> Bool {
        guard bytes[line.lowerBound] == 0x3A, line.count > 2, bytes[line.upperBound - 1] == 0x3A,
            bytes[line.lowerBound + 1..<line.upperBound - 1].allSatisfy({
                $0.isASCIILetterOrDigit || "_-".utf8.contains($0)
            })
        else { return isPlanning(line) }
        let name = bytes.string(line).uppercased()
        index += 1
        guard name == ":PROPERTIES:" || name == ":LOGBOOK:" else { return true }
        // Drawers end before the next heading.
        while index < lines.count, bytes.byte(lines[index].lowerBound) != UInt8(ascii: "*") {
            index += 1
            if bytes.string(lines.trimmed(index - 1).clamped(to: 0..<bytes.count)).uppercased() == ":END:" { break }
        }
        return true
    }

    private mutating func isPlanning(_ line: Range<Int>) -> Bool {
        for word: StaticString in ["SCHEDULED: ", "DEADLINE: ", "CLOSED: ", "CLOCK: "]
        where bytes.hasText(word, at: line.lowerBound) {
            index += 1
            return true
        }
        return false
    }

    mutating func comment(_ line: Range<Int>) -> Bool {
        let isComment = bytes[line.lowerBound] == 0x23 && (line.count == 1 || bytes[line.lowerBound + 1] == 0x20)
        let isRule = line.count >= 5 && bytes[line].allSatisfy { $0 == 0x2D }
        guard isComment || isRule else { return false }
        index += 1
        return true
    }

    mutating func fixedWidth(_ line: Range<Int>) -> Bool {
        func isFixed(_ line: Range<Int>) -> Bool {
            !line.isEmpty && bytes[line.lowerBound] == 0x3A && (line.count == 1 || bytes[line.lowerBound + 1] == 0x20)
        }
        guard isFixed(line) else { return false }
        output.writer.begin(.code())
        while index < lines.count, isFixed(lines.trimmed(index)) {
            let line = lines.trimmed(index)
            output.writer.append(min(line.lowerBound + 2, line.upperBound)..<line.upperBound, of: bytes)
            output.writer.append("\n")
            index += 1
        }
        output.writer.end()
        return true
    }
}
