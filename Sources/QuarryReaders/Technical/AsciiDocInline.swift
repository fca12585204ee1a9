/// Writes a stretch of AsciiDoc without its markup.
struct AsciiDocInline {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var attributes: [String: String] = [
        "nbsp": " ", "zwsp": "", "wj": "", "apos": "'", "quot": "\"", "lsquo": "‘", "rsquo": "’", "ldquo": "“",
        "rdquo": "”",
        "deg": "°", "plus": "+", "brvbar": "¦", "vbar": "|", "amp": "&", "lt": "<", "gt": ">", "startsb": "[",
        "endsb": "]",
        "caret": "^", "asterisk": "*", "tilde": "~", "backslash": "\\", "backtick": "`", "two-colons": "::",
        "two-semicolons": ";;", "cpp": "C++", "empty": "", "sp": " ", "blank": "", "pp": "++",
    ]
    private static let maximumAttributes = 1_000
    private static let signs = Array("*_`+#^~".utf8)
    private var single = Array(repeating: NextMatch(), count: AsciiDocInline.signs.count)
    private var double = Array(repeating: NextMatch(), count: AsciiDocInline.signs.count)
    private var bracket = NextMatch()
    private var angle = NextMatch()
    private var term = NextMatch()
    private var ranges = AscendingRanges()

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// Notes an attribute of the file for its references.
    mutating func define(_ name: String, _ value: String) {
        guard attributes.count < Self.maximumAttributes, !name.contains("!") else { return }
        attributes[name.lowercased()] = String(value.prefix(512).filter { !"*_`".contains($0) })
    }

    mutating func write(_ range: Range<Int>, to writer: inout DocumentWriter) {
        single = Array(repeating: NextMatch(), count: Self.signs.count)
        double = single
        (bracket, angle, term) = (NextMatch(), NextMatch(), NextMatch())
        /// Closing signs whose opening ones were left out, the innermost last.
        var open: [Range<Int>] = []
        var offset = range.lowerBound
        var start = offset
        func flush(_ end: Int) {
            if start < end { writer.append(start..<end, of: bytes, in: &ranges) }
        }
        while offset < range.upperBound {
            if let close = open.last, close.lowerBound <= offset {
                flush(min(close.lowerBound, offset))
                open.removeLast()
                offset = max(offset, close.upperBound)
                start = max(start, offset)
                continue
            }
            let piece = piece(at: offset, in: range)
            switch piece {
            case .none: offset += 1
            case .plain(let end): offset = end
            case .skip(let end):
                flush(offset)
                start = end
                offset = end
            case .enclosed(let content, let close):
                if let last = open.last, close.upperBound > last.lowerBound {
                    offset += 1
                    continue
                }
                flush(offset)
                start = content
                offset = content
                if open.count < 64 { open.append(close) }
            case .escaped:
                flush(offset)
                start = offset + 1
                offset += 2
            case .substitute(let words, let end):
                flush(offset)
                writer.append(words, source: ranges.admit(offset..<end))
                start = end
                offset = end
            }
        }
        flush(range.upperBound)
    }

    private enum Piece {
        case none
        /// Text that has no markup up to an offset.
        case plain(Int)
        /// A sign that is text, after a backslash.
        case escaped
        /// Nothing up to an offset.
        case skip(Int)
        /// Text from an offset to a closing sign.
        case enclosed(Int, Range<Int>)
        case substitute(String, Int)
    }

    private mutating func piece(at offset: Int, in range: Range<Int>) -> Piece {
        let limit = range.upperBound
        let byte = bytes[offset]
        switch byte {
        case UInt8(ascii: "\\"):
            guard offset + 1 < limit, "*_`+#^~{<[(".utf8.contains(bytes[offset + 1]) else { return .none }
            return .escaped
        case UInt8(ascii: "{"): return reference(offset, limit)
        case UInt8(ascii: "<") where bytes.hasText("<<", at: offset):
            guard let close = angle.first(from: offset + 2, before: limit, where: { bytes.hasText(">>", at: $0) }),
                close - offset < 400
            else { return .none }
            let comma = bytes[offset + 2..<close].firstIndex(of: 0x2C)
            return .enclosed(comma.map { $0 + 1 } ?? offset + 2, close..<close + 2)
        case UInt8(ascii: "(") where bytes.hasText("((", at: offset):
            let isHidden = bytes.byte(offset + 2) == UInt8(ascii: "(")
            guard let close = term.first(from: offset + 2, before: limit, where: { bytes.hasText("))", at: $0) }) else {
                return .none
            }
            if isHidden { return .skip(min(limit, close + (bytes.byte(close + 2) == 0x29 ? 3 : 2))) }
            return .enclosed(offset + 2, close..<close + 2)
        case UInt8(ascii: "["):
            // An anchor, or the role of the marked text after it.
            guard let close = bracket.first(from: offset, before: limit, where: { bytes[$0] == 0x5D }),
                close - offset < 200
            else { return .none }
            if bytes.hasText("[[", at: offset), bytes.byte(close + 1) == 0x5D { return .skip(close + 2) }
            let isRole = close + 1 < limit && "#*_`".utf8.contains(bytes[close + 1])
            return isRole && ".#".utf8.contains(bytes.byte(offset + 1)) ? .skip(close + 1) : .none
        case UInt8(ascii: "\"") where bytes.byte(offset + 1) == 0x60,
            UInt8(ascii: "'") where bytes.byte(offset + 1) == 0x60:
            return .substitute(byte == UInt8(ascii: "\"") ? "“" : "‘", offset + 2)
        case 0x20 where bytes.hasText(" +\n", at: offset) || bytes.hasText(" +", at: offset) && offset + 2 == limit:
            return .substitute(" ", offset + 2)
        default:
            if let kind = Self.signs.firstIndex(of: byte) { return quoted(offset, byte, kind, in: range) }
            return macro(offset, in: range)
        }
    }

    private func reference(_ offset: Int, _ limit: Int) -> Piece {
        var end = offset + 1
        while end < min(limit, offset + 64), bytes[end].isASCIILetterOrDigit || "-_".utf8.contains(bytes[end]) {
            end += 1
        }
        guard end < limit, bytes[end] == UInt8(ascii: "}"),
            let value = attributes[bytes.string(offset + 1..<end).lowercased()]
        else { return .none }
        return value.isEmpty ? .skip(end + 1) : .substitute(value, end + 1)
    }

    private mutating func quoted(_ offset: Int, _ sign: UInt8, _ kind: Int, in range: Range<Int>) -> Piece {
        let limit = range.upperBound
        let isDouble = bytes.byte(offset + 1) == sign
        if sign == 0x60, bytes.byte(offset + 1) == UInt8(ascii: "\"") || bytes.byte(offset + 1) == UInt8(ascii: "'") {
            return .substitute(bytes[offset + 1] == 0x22 ? "”" : "’", offset + 2)
        }
        if isDouble, offset + 2 < limit {
            guard
                let close = double[kind].first(
                    from: offset + 3, before: limit,
                    where: { bytes[$0] == sign && bytes.byte($0 + 1) == sign && $0 + 1 < limit })
            else { return .plain(offset + 2) }
            return .enclosed(offset + 2, close..<close + 2)
        }
        let isScript = sign == UInt8(ascii: "^") || sign == UInt8(ascii: "~")
        let previous = offset > range.lowerBound ? bytes[offset - 1] : 0x20
        guard isScript || !Self.isWord(previous), offset + 1 < limit, bytes[offset + 1] > 0x20,
            let close = single[kind].first(
                from: offset + 2, before: limit,
                where: { index in
                    let next = index + 1 < limit ? bytes[index + 1] : 0x20
                    return bytes[index] == sign && bytes[index - 1] > 0x20
                        && (isScript || !Self.isWord(next) && next != sign)
                })
        else { return .none }
        if isScript, bytes[offset..<close].contains(where: { $0 <= 0x20 }) { return .none }
        return .enclosed(offset + 1, close..<close + 1)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte.isASCIILetterOrDigit || byte == UInt8(ascii: "_") || byte >= 0x80
    }

    /// `https://example.com[text]`, `xref:place[text]`, `footnote:[text]`.
    private mutating func macro(_ offset: Int, in range: Range<Int>) -> Piece {
        guard bytes[offset].lowerASCII >= 0x61, bytes[offset].lowerASCII <= 0x7A,
            offset == range.lowerBound || !Self.isWord(bytes[offset - 1])
        else { return .none }
        let limit = range.upperBound
        var end = offset
        while end < limit, end - offset < 16, bytes[end].isASCIILetterOrDigit { end += 1 }
        guard end < limit, bytes[end] == 0x3A else { return .plain(max(offset + 1, end)) }
        let name = bytes.string(offset..<end)
        let isAddress = bytes.hasText("//", at: end + 1)
        guard isAddress || Self.macros.contains(name) else { return .plain(end + 1) }
        var open = end + 1
        while open < limit, bytes[open] > 0x20, bytes[open] != 0x5B { open += 1 }
        guard open < limit, bytes[open] == 0x5B,
            let close = bracket.first(from: open, before: limit, where: { bytes[$0] == 0x5D })
        else { return .plain(open) }
        if ["image", "icon", "indexterm", "anchor", "video"].contains(name) { return .skip(close + 1) }
        var text = open + 1
        if text == close {
            if name == "footnote" { return .skip(close + 1) }
            // A link without a text shows its target.
            return .enclosed(isAddress ? offset : end + 1, open..<close + 1)
        }
        if name == "footnoteref", let comma = bytes[text..<close].firstIndex(of: 0x2C) { text = comma + 1 }
        if name == "menu" { return .plain(close + 1) }
        if name.hasPrefix("footnote") { return .substitute(" (" + bytes.string(text..<close) + ")", close + 1) }
        // Options after the text: `[text,window=_blank]`.
        var stop = close
        if let comma = bytes[text..<close].firstIndex(of: 0x2C), bytes[comma..<close].contains(0x3D),
            bytes[text] != 0x22
        {
            stop = comma
        }
        if stop > text, bytes[stop - 1] == UInt8(ascii: "^") { stop -= 1 }
        return .enclosed(text, stop..<close + 1)
    }

    private static let macros: Set<String> = [
        "link", "xref", "mailto", "footnote", "footnoteref", "image", "icon", "kbd", "btn", "menu", "pass", "stem",
        "latexmath", "asciimath", "indexterm", "indexterm2", "anchor", "linkgit", "video",
    ]
}
