import QuarryCore

extension LaTeXParser {
    func isCommented(_ offset: Int) -> Bool {
        var start = offset
        while start > 0, bytes[start - 1] != 0x0A, offset - start < 200 {
            start -= 1
            if bytes[start] == UInt8(ascii: "%"), bytes.byte(start - 1) != 0x5C { return true }
        }
        return false
    }

    /// Looks for the title, the author and the date, and for the names of theorems.
    mutating func preamble(before end: Int) {
        var offset = 0
        while offset < end {
            if bytes[offset] == UInt8(ascii: "%") { offset = bytes.lineEnd(from: offset) }
            guard offset < end, bytes[offset] == 0x5C else {
                offset += 1
                continue
            }
            var close = offset + 1
            while close < end, LaTeXParser.isLetter(bytes[close]) { close += 1 }
            let name = close - offset < 24 ? bytes.string(offset + 1..<close) : ""
            offset = max(offset + 1, close)
            switch name {
            case "title", "author", "date":
                if let group = group(at: skipOptions(offset), before: end) { addFact(name, group) }
            case "newtheorem":
                if bytes.byte(offset) == UInt8(ascii: "*") { offset += 1 }
                guard let first = group(at: offset, before: end), first.count < 64 else { continue }
                let next = skipOptions(first.upperBound + 1)
                guard let second = group(at: next, before: end), second.count < 64, theorems.count < 256 else {
                    continue
                }
                theorems[bytes.string(first)] = bytes.string(second)
            default: break
            }
        }
    }

    mutating func addFact(_ name: String, _ group: Range<Int>) {
        let text = LaTeXParser.plainText(Array(bytes[group.prefix(4_096)])).joiningWords()
        guard !text.isEmpty, text.utf8.contains(where: { $0 >= 0x80 || $0.isASCIILetterOrDigit }) else { return }
        if name == "title" {
            if output.title == nil { output.title = text }
        } else {
            output.add(name, text)
        }
    }

    /// The text of a short stretch, without markup.
    static func plainText(_ source: [UInt8]) -> String {
        source.withUnsafeBufferPointer { bytes in
            var parser = LaTeXParser(bytes)
            parser.parts = 1
            parser.body()
            parser.output.writer.end()
            return parser.output.writer.document(id: "")?.document.text ?? ""
        }
    }
}
