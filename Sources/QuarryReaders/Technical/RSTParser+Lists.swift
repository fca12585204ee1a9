extension RSTParser {
    // MARK: Fields

    func field(in line: Range<Int>) -> (name: Range<Int>, value: Range<Int>)? {
        guard bytes.byte(line.lowerBound) == 0x3A, line.count > 2,
            let close = bytes[line.lowerBound + 1..<min(line.upperBound, line.lowerBound + 200)].firstIndex(of: 0x3A),
            close > line.lowerBound + 1, bytes[line.lowerBound + 1] > 0x20,
            close + 1 == line.upperBound || bytes[close + 1] <= 0x20
        else { return nil }
        return (line.lowerBound + 1..<close, bytes.trimmed(close + 1..<line.upperBound))
    }

    mutating func field(_ line: Range<Int>, _ indentation: Int) -> Bool {
        guard let (name, value) = field(in: line) else { return false }
        index += 1
        let key = bytes.string(name).lowercased()
        let facts = [
            "author", "authors", "date", "version", "revision", "organization", "contact", "address", "status",
            "copyright", "license", "title", "language", "orphan", "tocdepth", "nocomments",
        ]
        if !hasText, containers.isEmpty, facts.contains(key) || value.isEmpty {
            output.add(key, bytes.string(value))
            if key == "author" {
                while index < lines.count, !lines.isBlank(index), lines.indentation(of: index) > indentation {
                    index += 1
                }
            }
            return true
        }
        output.writer.begin(.item(depth: 0))
        output.writer.append(name, of: bytes)
        output.writer.append(": ")
        write(value)
        paragraphLines(above: indentation)
        push(.directive, indentation + 1)
        return true
    }

    // MARK: Items

    mutating func item(_ line: Range<Int>, _ indentation: Int) -> Bool {
        guard let (number, text) = marker(line) else { return false }
        let column = indentation + bytes.columns(line.lowerBound..<text.lowerBound)
        let depth = containers.count { $0.kind == .item && $0.indentation <= indentation }
        output.writer.begin(.item(depth: depth, number: number))
        push(.item, column)
        index += 1
        write(text)
        paragraphLines(at: column)
        return true
    }

    /// The number of an item and its text.
    func marker(_ line: Range<Int>) -> (number: Int?, text: Range<Int>)? {
        let start = line.lowerBound
        func text(from end: Int) -> Range<Int>? {
            end < line.upperBound && bytes[end] <= 0x20 ? bytes.trimmed(end..<line.upperBound) : nil
        }
        if "-*+".utf8.contains(bytes[start]) { return text(from: start + 1).map { (nil, $0) } }
        if bytes.hasText("•", at: start) { return text(from: start + 3).map { (nil, $0) } }
        var end = start
        let isEnclosed = bytes[start] == UInt8(ascii: "(")
        if isEnclosed { end += 1 }
        let first = end
        while end < line.upperBound, end - first < 6, bytes[end].isASCIIDigit { end += 1 }
        let number = Int(bytes.string(first..<end))
        if end == first {
            guard bytes.byte(end) == UInt8(ascii: "#") || bytes.byte(end).isASCIILetterOrDigit else { return nil }
            end += 1
        }
        guard bytes.byte(end) == UInt8(ascii: ")") || !isEnclosed && bytes.byte(end) == UInt8(ascii: "."),
            let rest = text(from: end + 1)
        else { return nil }
        return (number, rest)
    }
}
