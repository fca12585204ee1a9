extension OrgParser {
    mutating func table() {
        let first = index
        var header: Int?
        func isRule(_ line: Range<Int>) -> Bool { bytes.hasText("|-", at: line.lowerBound) }
        var end = first
        while end < lines.count, bytes.byte(lines.trimmed(end).lowerBound) == UInt8(ascii: "|"), !lines.isBlank(end) {
            if header == nil, end > first, isRule(lines.trimmed(end)) { header = end }
            end += 1
        }
        output.writer.end()
        for number in first..<end {
            var line = lines.trimmed(number)
            if isRule(line) { continue }
            line = line.lowerBound + 1..<line.upperBound
            if let last = line.last, bytes[last] == UInt8(ascii: "|") { line = line.lowerBound..<last }
            output.writer.beginRow()
            var start = line.lowerBound
            for offset in line.lowerBound...line.upperBound {
                guard offset == line.upperBound || bytes[offset] == UInt8(ascii: "|") else { continue }
                output.writer.beginCell()
                write(bytes.trimmed(start..<offset))
                start = offset + 1
            }
            output.writer.endRow(isHeader: header.map { number < $0 } ?? false)
        }
        output.writer.endTable()
        index = end
    }
}
