extension ManParser {
    /// Reads the rows between `.TS` and `.TE`.
    mutating func table() {
        output.writer.end()
        part = .nothing
        var tab: UInt8 = 0x09
        var isFormat = true
        var isFirst = true
        while index < lines.count, !lines.starts(index, with: ".TE") {
            let line = lines[index]
            index += 1
            if isFormat {
                if let sign = line.first(where: { bytes.hasText("tab(", at: $0) }) { tab = bytes.byte(sign + 4) }
                isFormat = !bytes.trimmed(line).isEmpty && bytes.byte(bytes.trimmed(line).upperBound - 1) != 0x2E
                continue
            }
            guard bytes.byte(line.lowerBound) != UInt8(ascii: "."), bytes.hasWords(line) else { continue }
            output.writer.beginRow()
            row(line, tab)
            output.writer.endRow(isHeader: isFirst)
            isFirst = false
        }
        output.writer.endTable()
    }

    private mutating func row(_ line: Range<Int>, _ tab: UInt8) {
        var rest = line
        while true {
            output.writer.beginCell()
            let end = bytes[rest].firstIndex(of: tab) ?? rest.upperBound
            let cell = bytes.trimmed(rest.lowerBound..<end)
            if cell.count == 2, bytes.hasText("T{", at: cell.lowerBound) {
                // The lines of a long cell.
                while index < lines.count, !lines.starts(index, with: "T}"), !lines.starts(index, with: ".TE") {
                    if bytes.byte(lines[index].lowerBound) != UInt8(ascii: ".") {
                        escaped(lines[index])
                        output.writer.append(" ")
                    }
                    index += 1
                }
                guard lines.starts(index, with: "T}") else { return }
                rest = lines[index].lowerBound + 2..<lines[index].upperBound
                index += 1
                guard bytes.byte(rest.lowerBound) == tab, !rest.isEmpty else { return }
                rest = rest.lowerBound + 1..<rest.upperBound
            } else {
                escaped(cell)
                guard end < rest.upperBound else { return }
                rest = end + 1..<rest.upperBound
            }
        }
    }
}
