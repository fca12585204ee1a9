/// Writes a stretch of an Org file without its markup.
struct OrgInline {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var closings = Array(repeating: NextMatch(), count: OrgInline.signs.count)
    private var brackets = NextMatch()
    private var braces = NextMatch()
    private var bracket = NextMatch()
    private static let signs = Array("*/_=~+".utf8)

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func write(_ range: Range<Int>, to writer: inout DocumentWriter) {
        closings = Array(repeating: NextMatch(), count: Self.signs.count)
        (brackets, braces, bracket) = (NextMatch(), NextMatch(), NextMatch())
        /// Closing signs whose opening ones were left out, the innermost last.
        var open: [Int] = []
        var offset = range.lowerBound
        var start = offset
        func flush(_ end: Int) { writer.append(start..<end, of: bytes) }
        while offset < range.upperBound {
            if offset == open.last {
                flush(offset)
                while open.last == offset { open.removeLast() }
                offset += 1
                start = offset
                continue
            }
            switch bytes[offset] {
            case UInt8(ascii: "["):
                guard let (text, end) = link(at: offset, in: range) else { break }
                flush(offset)
                start = text.upperBound
                writer.append(text, of: bytes)
                offset = end
                start = end
                continue
            case UInt8(ascii: "\\")
            where bytes.hasText("\\\\\n", at: offset)
                || bytes.hasText("\\\\", at: offset) && offset + 2 == range.upperBound:
                flush(offset)
                offset += 2
                start = min(offset, range.upperBound)
                continue
            case UInt8(ascii: "@") where bytes.hasText("@@", at: offset):
                guard
                    let close = brackets.first(
                        from: offset + 2, before: range.upperBound, where: { bytes.hasText("@@", at: $0) })
                else { break }
                flush(offset)
                offset = close + 2
                start = offset
                continue
            case UInt8(ascii: "{") where bytes.hasText("{{{", at: offset):
                guard
                    let close = braces.first(
                        from: offset + 3, before: range.upperBound, where: { bytes.hasText("}}}", at: $0) })
                else { break }
                flush(offset)
                offset = close + 3
                start = offset
                continue
            case let sign:
                guard let kind = Self.signs.firstIndex(of: sign), isOpening(offset, in: range),
                    let close = closings[kind].first(
                        from: offset + 2, before: range.upperBound,
                        where: { Self.isClosing($0, sign, in: range, of: bytes) }),
                    open.last.map({ close < $0 }) ?? true
                else { break }
                flush(offset)
                start = offset + 1
                if sign == UInt8(ascii: "=") || sign == UInt8(ascii: "~") {
                    flush(close)
                    offset = close + 1
                    start = offset
                } else {
                    open.append(close)
                    offset += 1
                }
                continue
            }
            offset += 1
        }
        flush(range.upperBound)
    }

    private func isOpening(_ offset: Int, in range: Range<Int>) -> Bool {
        guard offset + 1 < range.upperBound, bytes[offset + 1] > 0x20 else { return false }
        guard offset > range.lowerBound else { return true }
        let previous = bytes[offset - 1]
        return previous <= 0x20 || "-({'\"*/_+[".utf8.contains(previous)
    }

    private static func isClosing(
        _ offset: Int, _ sign: UInt8, in range: Range<Int>, of bytes: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        guard bytes[offset] == sign, bytes[offset - 1] > 0x20 else { return false }
        let next = offset + 1 < range.upperBound ? bytes[offset + 1] : 0x20
        return next <= 0x20 || "-.,:!?;'\")}[]*/_+\\".utf8.contains(next)
    }

    /// The text of a link, footnote or target in brackets, and the offset after it.
    private mutating func link(at offset: Int, in range: Range<Int>) -> (Range<Int>, Int)? {
        let limit = range.upperBound
        if bytes.hasText("[[", at: offset) {
            guard let close = bracket.first(from: offset + 2, before: limit, where: { bytes.hasText("]]", at: $0) })
            else {
                return nil
            }
            let inside = offset + 2..<close
            if let middle = inside.first(where: { bytes.hasText("][", at: $0) }) {
                return (middle + 2..<close, close + 2)
            }
            return (inside, close + 2)
        }
        guard bytes.hasText("[fn:", at: offset) else { return nil }
        var end = offset + 4
        while end < min(limit, offset + 64), bytes[end] != UInt8(ascii: "]"), bytes[end] != 0x3A { end += 1 }
        guard end < limit else { return nil }
        if bytes[end] == UInt8(ascii: "]") { return (offset..<offset, end + 1) }
        // A footnote in place: its text stays, and the bracket at its end.
        return bytes[end] == 0x3A ? (end..<end, end + 1) : nil
    }
}
