/// Places between two words that are one word or number for a reader.
extension WordScanner {
    /// The start of three more digits of a number after one space.
    ///
    /// - `isFirst`: Whether the word is the first group, of one to three digits.
    func groupAfterSpace(following word: ScannedWord, isFirst: Bool) -> Int? {
        guard isFirst ? word.range.count <= 3 : word.range.count == 3, areDigits(word.range) else { return nil }
        let (scalar, width) = bytes.scalar(at: offset)
        // Space, no-break, figure, thin and narrow no-break space.
        guard [0x20, 0xA0, 0x2007, 0x2009, 0x202F].contains(scalar) else { return nil }
        let start = offset + width
        guard start + 3 <= bytes.count, areDigits(start..<start + 3) else { return nil }
        guard start + 3 < bytes.count else { return start }
        return ScalarClass(of: bytes.scalar(at: start + 3).value).continuesWord ? nil : start
    }

    private func areDigits(_ range: Range<Int>) -> Bool { bytes[range].allSatisfy { $0 &- 0x30 < 10 } }

    /// The start of a small letter at the beginning of the next line.
    ///
    /// - `position`: After a hyphen.
    func wordAfterLineEnd(at position: Int) -> Int? {
        var next = position
        while next < bytes.count, next < position + 2, bytes[next] == 0x20 { next += 1 }
        if next < bytes.count, bytes[next] == 0x0D { next += 1 }
        guard next < bytes.count, bytes[next] == 0x0A else { return nil }
        next += 1
        // Indentation and marks of block quotes.
        let indentationEnd = min(bytes.count, next + 64)
        while next < indentationEnd, [0x20, 0x09, 0x3E].contains(bytes[next]) { next += 1 }
        guard next < bytes.count else { return nil }
        let kind = ScalarClass(of: bytes.scalar(at: next).value)
        return kind == .lower || kind == .letter ? next : nil
    }

    /// The start of a letter after asterisks or inline HTML tags, such as in `**M**üller` and `<b>M</b>üller`.
    func letterAfterMarkup(after word: ScannedWord) -> Int? {
        guard word.letterCount > 0 else { return nil }
        var next = offset
        while next < bytes.count, next < offset + 256 {
            if bytes[next] == 0x2A {
                next += 1
            } else if bytes[next] == 0x3C, let end = endOfInlineTag(at: next) {
                next = end
            } else {
                return ScalarClass(of: bytes.scalar(at: next).value).isCased ? next : nil
            }
        }
        return nil
    }

    /// The end of a tag such as `<b>` or `</span>`.
    private func endOfInlineTag(at start: Int) -> Int? {
        var next = start + 1
        if next < bytes.count, bytes[next] == 0x2F { next += 1 }
        let name = next
        while next < bytes.count, next < name + 8, (bytes[next] | 0x20) &- 0x61 < 26 { next += 1 }
        guard Self.inlineTags.contains(String(decoding: bytes[name..<next], as: UTF8.self).lowercased()) else {
            return nil
        }
        let limit = min(bytes.count, next + 128)
        while next < limit, bytes[next] != 0x3E, bytes[next] != 0x3C, bytes[next] != 0x0A { next += 1 }
        return next < limit && bytes[next] == 0x3E ? next + 1 : nil
    }

    private static let inlineTags: Set<String> = [
        "a", "abbr", "b", "bdi", "big", "cite", "code", "del", "em", "font", "i", "ins", "mark", "q", "s", "small",
        "span", "strong", "sub", "sup", "u", "wbr",
    ]
}

extension ScalarClass {
    fileprivate var isCased: Bool { self == .lower || self == .upper || self == .letter }
}
