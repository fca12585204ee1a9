extension AsciiDocParser {
    mutating func comment(_ line: Range<Int>) -> Bool {
        guard bytes.hasText("//", at: line.lowerBound) else { return false }
        if line.count >= 4, bytes[line].allSatisfy({ $0 == UInt8(ascii: "/") }) {
            index += 1
            _ = skip(to: line)
            return true
        }
        guard bytes.byte(line.lowerBound + 2) != UInt8(ascii: "/") || line.count == 2 else { return false }
        index += 1
        return true
    }

    /// Attributes of the file, conditions, inclusions and pictures.
    mutating func directive(_ line: Range<Int>) -> Bool {
        if bytes[line.lowerBound] == 0x3A, let close = bytes[line].dropFirst().firstIndex(of: 0x3A),
            close > line.lowerBound + 1, close == line.upperBound - 1 || bytes[close + 1] == 0x20,
            bytes[line.lowerBound + 1..<close].allSatisfy({ $0.isASCIILetterOrDigit || "-_!".utf8.contains($0) })
        {
            index += 1
            attribute(bytes.string(line.lowerBound + 1..<close), bytes.trimmed(close + 1..<line.upperBound))
            return true
        }
        guard let colons = line.first(where: { bytes.hasText("::", at: $0) }), colons - line.lowerBound < 16,
            bytes[line.upperBound - 1] == UInt8(ascii: "]"),
            let open = bytes[colons..<line.upperBound].firstIndex(of: 0x5B)
        else {
            let isBreak =
                line.count >= 3
                && (bytes.hasText("'''", at: line.lowerBound) || bytes.hasText("<<<", at: line.lowerBound))
            if isBreak { index += 1 }
            return isBreak
        }
        let name = bytes.string(line.lowerBound..<colons)
        switch name {
        case "ifdef", "ifndef":
            index += 1
            // A condition on one line has its text in the brackets.
            if open + 1 < line.upperBound - 1 {
                output.writer.begin(.paragraph)
                write(open + 1..<line.upperBound - 1)
            }
        case "ifeval", "endif", "include", "image", "video", "audio", "toc", "leveloffset", "anchor", "gist",
            "plantuml":
            index += 1
        default: return false
        }
        return true
    }

    private mutating func attribute(_ name: String, _ value: Range<Int>) {
        let text = bytes.string(value)
        inline.define(name, text)
        switch name {
        case "author", "description", "keywords", "lang", "email": output.add(name, text)
        case "revdate", "date", "docdate": output.add("date", text)
        default: break
        }
        // A value that goes on.
        while let last = lines[index - 1].last, bytes[last] == 0x5C, index < lines.count { index += 1 }
    }

    mutating func metadata(_ line: Range<Int>) -> Bool {
        let first = bytes[line.lowerBound]
        if first == UInt8(ascii: "["), bytes[line.upperBound - 1] == UInt8(ascii: "]"), line.count > 1 {
            index += 1
            if !bytes.hasText("[[", at: line.lowerBound) {
                attributes = bytes.string(line.lowerBound + 1..<line.upperBound - 1)
            }
            return true
        }
        if first == UInt8(ascii: "."), line.count > 1, bytes[line.lowerBound + 1] > 0x20,
            bytes[line.lowerBound + 1] != 0x2E,
            line.lowerBound == lines[index].lowerBound
        {
            index += 1
            output.writer.begin(.paragraph)
            write(line.lowerBound + 1..<line.upperBound)
            output.writer.end()
            return true
        }
        if line.count == 1, first == UInt8(ascii: "+") {
            index += 1
            return true
        }
        return false
    }
}
