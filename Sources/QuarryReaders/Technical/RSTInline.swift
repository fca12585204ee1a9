/// Writes a stretch of reStructuredText without its markup.
struct RSTInline {
    private let bytes: UnsafeBufferPointer<UInt8>
    /// The texts of substitutions, by their names.
    private var substitutions: [String: String] = [:]
    private var ranges = AscendingRanges()

    private var backquote = NextMatch()
    private var doubleBackquote = NextMatch()
    private var star = NextMatch()
    private var doubleStar = NextMatch()
    private var bar = NextMatch()

    /// - `lines`: Those of the text, with the definitions of its substitutions.
    init(_ lines: TextLines) {
        bytes = lines.bytes
        for number in 0..<lines.count {
            let line = lines.trimmed(number)
            guard bytes.hasText(".. |", at: line.lowerBound), substitutions.count < 1_000,
                let close = bytes[(line.lowerBound + 4)..<line.upperBound].firstIndex(of: 0x7C),
                bytes.hasText(" replace:: ", at: close + 1)
            else { continue }
            let text = close + 12 <= line.upperBound ? bytes.string(close + 12..<line.upperBound) : ""
            substitutions[bytes.string(line.lowerBound + 4..<close)] = String(
                text.prefix(256).filter { !"`*".contains($0) })
        }
    }

    mutating func write(_ range: Range<Int>, to writer: inout DocumentWriter) {
        backquote = NextMatch()
        doubleBackquote = NextMatch()
        star = NextMatch()
        doubleStar = NextMatch()
        bar = NextMatch()
        var offset = range.lowerBound
        var start = offset
        while offset < range.upperBound {
            let before = offset
            guard let (text, end) = markup(at: offset, in: range) else {
                offset += 1
                continue
            }
            writer.append(start..<before, of: bytes, in: &ranges)
            switch text {
            case .source(let text): writer.append(text, of: bytes, in: &ranges)
            case .substitute(let words): writer.append(words, source: ranges.admit(before..<end))
            }
            offset = max(end, before + 1)
            start = offset
        }
        writer.append(start..<range.upperBound, of: bytes, in: &ranges)
    }

    private enum Text {
        case source(Range<Int>)
        case substitute(String)
    }

    /// The text of the markup at an offset, and the offset after it; nil if none begins there.
    private mutating func markup(at offset: Int, in range: Range<Int>) -> (Text, Int)? {
        let limit = range.upperBound
        switch bytes[offset] {
        case 0x5C:
            guard offset + 1 < limit else { return nil }
            // An escaped space is nothing.
            return (.source(offset + 1..<(bytes[offset + 1] <= 0x20 ? offset + 1 : offset + 2)), offset + 2)
        case UInt8(ascii: "`"):
            if bytes.hasText("``", at: offset), offset + 2 < limit {
                let close = doubleBackquote.first(from: offset + 3, before: limit) {
                    bytes.hasText("``", at: $0) && bytes.byte($0 + 2) != 0x60
                }
                return close.map { (.source(offset + 2..<$0), $0 + 2) }
            }
            return interpreted(at: offset, in: range)
        case UInt8(ascii: "*"):
            guard isStart(offset, in: range) else { return nil }
            if bytes.hasText("**", at: offset), offset + 2 < limit, bytes[offset + 2] > 0x20 {
                let close = doubleStar.first(from: offset + 3, before: limit) {
                    bytes.hasText("**", at: $0) && bytes[$0 - 1] > 0x20
                }
                return close.map { (.source(offset + 2..<$0), $0 + 2) }
            }
            guard offset + 1 < limit, bytes[offset + 1] > 0x20, bytes[offset + 1] != 0x2A else { return nil }
            let close = star.first(from: offset + 2, before: limit) {
                bytes[$0] == 0x2A && bytes[$0 - 1] > 0x20 && bytes[$0 - 1] != 0x5C && bytes.byte($0 + 1) != 0x2A
            }
            return close.map { (.source(offset + 1..<$0), $0 + 1) }
        case UInt8(ascii: "|"):
            guard isStart(offset, in: range), offset + 1 < limit, bytes[offset + 1] > 0x20 else { return nil }
            guard
                let close = bar.first(
                    from: offset + 2, before: limit, where: { bytes[$0] == 0x7C && bytes[$0 - 1] > 0x20 }),
                close - offset < 128
            else { return nil }
            var end = close + 1
            while end < limit, bytes[end] == UInt8(ascii: "_") { end += 1 }
            if let known = substitutions[bytes.string(offset + 1..<close)] { return (.substitute(known), end) }
            return (.source(offset + 1..<close), end)
        case UInt8(ascii: "_"):
            // A reference, `name_`, and an inline target, `` _`name` ``.
            if bytes.byte(offset + 1) == 0x60, isStart(offset, in: range) {
                return (.source(offset + 1..<offset + 1), offset + 1)
            }
            let previous = offset > range.lowerBound ? bytes[offset - 1] : 0
            guard previous.isASCIILetterOrDigit || previous >= 0x80 || previous == UInt8(ascii: "]") else { return nil }
            var end = offset + 1
            if end < limit, bytes[end] == UInt8(ascii: "_") { end += 1 }
            guard
                end >= limit
                    || !bytes[end].isASCIILetterOrDigit && bytes[end] < 0x80 && !"_(/".utf8.contains(bytes[end])
            else { return nil }
            return (.source(offset..<offset), end)
        case UInt8(ascii: ":"):
            // The role before interpreted text.
            guard isStart(offset, in: range) || bytes.byte(offset - 1) == 0x5C else { return nil }
            var end = offset + 1
            while end < min(limit, offset + 64), bytes[end].isASCIILetterOrDigit || "-_.+:".utf8.contains(bytes[end]) {
                end += 1
            }
            guard end < limit, bytes[end] == 0x60, bytes[end - 1] == 0x3A, end - offset > 2 else { return nil }
            return (.source(offset..<offset), end)
        default: return nil
        }
    }

    private func isStart(_ offset: Int, in range: Range<Int>) -> Bool {
        guard offset > range.lowerBound else { return true }
        let previous = bytes[offset - 1]
        return previous <= 0x20 || "'\"([{<-/:".utf8.contains(previous) || previous >= 0x80
            || previous == 0x5C && offset - 1 > range.lowerBound
    }

    /// `` `text <target>`_ `` and `` :role:`~text` ``.
    private mutating func interpreted(at offset: Int, in range: Range<Int>) -> (Text, Int)? {
        guard offset + 1 < range.upperBound, bytes[offset + 1] > 0x20,
            let close = backquote.first(
                from: offset + 1, before: range.upperBound,
                where: { bytes[$0] == 0x60 && bytes[$0 - 1] > 0x20 && bytes[$0 - 1] != 0x5C })
        else { return nil }
        var text = offset + 1..<close
        while let first = text.first, bytes[first] == UInt8(ascii: "!") || bytes[first] == UInt8(ascii: "~") {
            text = first + 1..<text.upperBound
        }
        if let last = text.last, bytes[last] == UInt8(ascii: ">"),
            let open = bytes[text].lastIndex(of: UInt8(ascii: "<")), open > text.lowerBound
        {
            text = bytes.trimmed(text.lowerBound..<open)
            while let last = text.last, bytes[last] <= 0x20 { text = text.lowerBound..<last }
        }
        var end = close + 1
        while end < min(range.upperBound, close + 3), bytes[end] == UInt8(ascii: "_") { end += 1 }
        // A role after the text.
        if end == close + 1, bytes.byte(end) == 0x3A {
            var last = end + 1
            while last < min(range.upperBound, end + 32), bytes[last].isASCIILetterOrDigit { last += 1 }
            if last > end + 1, bytes.byte(last) == 0x3A { end = last + 1 }
        }
        return (.source(text), end)
    }
}
