extension LaTeXParser {
    /// Mathematics in dollars or between commands.
    mutating func mathematics() {
        let isDouble = bytes.byte(offset + 1) == UInt8(ascii: "$")
        let start = offset + (isDouble ? 2 : 1)
        var end = start
        // A paragraph ends mathematics that is not closed.
        while end < bytes.count, bytes[end] != UInt8(ascii: "$"), !bytes.hasText("\n\n", at: end) {
            end += bytes[end] == 0x5C ? 2 : 1
        }
        end = min(end, bytes.count)
        append(start..<end)
        offset = min(bytes.count, end + (bytes.byte(end) == UInt8(ascii: "$") ? (isDouble ? 2 : 1) : 0))
    }

    mutating func sign(_ sign: UInt8) {
        switch sign {
        case 0x5C:
            offset += 2
            if bytes.byte(offset) == UInt8(ascii: "*") { offset += 1 }
            if bytes.byte(offset) == UInt8(ascii: "[") { offset = skipOptions(offset) }
            if tables > 0 { endRow() } else { output.writer.append(" ") }
        case UInt8(ascii: "("), UInt8(ascii: "["):
            let close: StaticString = sign == UInt8(ascii: "(") ? "\\)" : "\\]"
            let start = offset + 2
            var end = start
            while end < bytes.count, !bytes.hasText(close, at: end), !bytes.hasText("\n\n", at: end) { end += 1 }
            append(start..<end)
            offset = min(bytes.count, end + (bytes.hasText(close, at: end) ? 2 : 0))
        case UInt8(ascii: "'"), UInt8(ascii: "`"), UInt8(ascii: "^"), UInt8(ascii: "\""), UInt8(ascii: "~"),
            UInt8(ascii: "="), UInt8(ascii: "."):
            let start = offset
            offset += 2
            accent(LaTeXParser.accents[sign] ?? "", from: start)
        case UInt8(ascii: " "), 0x0A, UInt8(ascii: ";"), UInt8(ascii: ":"): substitute(" ", 2)
        case UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "!"), UInt8(ascii: ")"), UInt8(ascii: "]"): offset += 2
        case UInt8(ascii: ","): substitute(" ", 2)
        default:
            // An escaped sign: `\%`, `\&`, `\_`.
            offset += 1
            guard offset < bytes.count, sign < 0x80 else { return }
            append(offset..<offset + 1)
            offset += 1
        }
    }

    /// A letter with an accent: `\'e`, `\'{e}`, `\c{c}`.
    mutating func accent(_ mark: String, from start: Int) {
        var next = skipSpace(offset)
        var isGroup = false
        if bytes.byte(next) == UInt8(ascii: "{") {
            next += 1
            isGroup = true
        }
        var length = 1
        if bytes.byte(next) == 0x5C, "ij".utf8.contains(bytes.byte(next + 1)) { next += 1 }
        guard next < bytes.count, bytes[next] > 0x20, bytes[next] != UInt8(ascii: "}"), bytes[next] != 0x5C else {
            if isGroup { open(Group(end: .brace)) }
            offset = min(next, bytes.count)
            return
        }
        while next + length < bytes.count, bytes[next + length] & 0xC0 == 0x80 { length += 1 }
        var end = next + length
        let letter = bytes.string(next..<end)
        if isGroup {
            if bytes.byte(end) == UInt8(ascii: "}") { end += 1 } else { open(Group(end: .brace)) }
        }
        offset = start
        substitute(letter + mark, end - start)
    }

    mutating func verbatim(_ name: String) {
        if name != "verb" { offset = skipOptions(offset) }
        if name == "mintinline" { skipArguments(1) }
        guard offset < bytes.count else { return }
        let sign = bytes[offset] == UInt8(ascii: "{") ? UInt8(ascii: "}") : bytes[offset]
        var end = offset + 1
        while end < bytes.count, bytes[end] != sign, bytes[end] != 0x0A { end += 1 }
        append(offset + 1..<end)
        offset = min(bytes.count, bytes.byte(end) == sign ? end + 1 : end)
    }
}
