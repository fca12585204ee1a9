extension OrgParser {
    private static let maximumDepth = 32

    mutating func item(_ line: Range<Int>) -> Bool {
        guard let (number, text) = marker(index) else { return false }
        let indentation = lines.indentation(of: index)
        while let last = items.last, last >= indentation { items.removeLast() }
        output.writer.begin(.item(depth: items.count, number: number))
        if items.count < Self.maximumDepth { items.append(indentation) }
        index += 1
        var start = text.lowerBound
        if bytes.byte(start) == UInt8(ascii: "["), bytes.byte(start + 2) == UInt8(ascii: "]"),
            " X-".utf8.contains(bytes.byte(start + 1))
        {
            start = min(start + 3, text.upperBound)
        }
        if let colons = (start..<text.upperBound).first(where: { bytes.hasText(" ::", at: $0) }) {
            write(bytes.trimmed(start..<colons))
            output.writer.append(": ")
            start = min(colons + 3, text.upperBound)
        }
        var end = text.upperBound
        while isContinuation(index), lines.indentation(of: index) > indentation {
            end = lines.trimmed(index).upperBound
            index += 1
        }
        write(start..<end)
        return true
    }

    mutating func endItems() {
        items = []
        output.writer.end()
    }

    func marker(_ number: Int) -> (number: Int?, text: Range<Int>)? {
        let line = lines.trimmed(number)
        let start = line.lowerBound
        func text(from end: Int) -> Range<Int>? {
            end == line.upperBound ? end..<end : bytes.byte(end) <= 0x20 ? bytes.trimmed(end..<line.upperBound) : nil
        }
        guard let sign = line.first.map({ bytes[$0] }) else { return nil }
        if sign == 0x2D || sign == 0x2B || sign == 0x2A && start > lines.start(of: number) {
            return text(from: start + 1).map { (nil, $0) }
        }
        let digits = bytes[line].prefix(6).prefix { $0.isASCIIDigit }
        guard !digits.isEmpty, digits.endIndex < line.upperBound, ".)".utf8.contains(bytes[digits.endIndex]),
            let rest = text(from: digits.endIndex + 1)
        else { return nil }
        return (Int(String(decoding: digits, as: UTF8.self)), rest)
    }
}
