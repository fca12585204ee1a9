extension LaTeXParser {
    /// The contents of the group in braces at an offset, after white space; nil if there is none.
    func group(at start: Int, before end: Int) -> Range<Int>? {
        let start = skipSpace(start)
        guard start < end, bytes[start] == UInt8(ascii: "{") else { return nil }
        var depth = 0
        var offset = start
        // Longer arguments are not taken as a whole.
        let limit = min(end, start + 1_024)
        while offset < limit {
            switch bytes[offset] {
            case 0x5C: offset += 1
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "}"):
                depth -= 1
                if depth == 0 { return start + 1..<offset }
            default: break
            }
            offset += 1
        }
        return nil
    }

    func skipSpace(_ start: Int) -> Int {
        var offset = start
        var newlines = 0
        while offset < bytes.count, bytes[offset] <= 0x20 {
            if bytes[offset] == 0x0A { newlines += 1 }
            if newlines > 1 { return start }
            offset += 1
        }
        return offset
    }

    /// The offset after options in brackets.
    func skipOptions(_ start: Int) -> Int {
        var offset = start
        for _ in 0..<3 {
            let open = skipSpace(offset)
            guard bytes.byte(open) == UInt8(ascii: "[") else { break }
            guard let close = bytes[open..<min(bytes.count, open + 1_024)].firstIndex(of: UInt8(ascii: "]")) else {
                break
            }
            offset = close + 1
        }
        return offset
    }

    mutating func skipArguments(_ count: Int) {
        offset = skipOptions(offset)
        for _ in 0..<count {
            guard let group = group(at: offset, before: bytes.count) else { return }
            offset = skipOptions(group.upperBound + 1)
        }
    }
}
