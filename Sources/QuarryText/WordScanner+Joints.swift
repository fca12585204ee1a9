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

    /// The start of the rest of a word after invisible marks of Markdown and HTML: `**M**üller`, `<b>M</b>üller`,
    /// `~~M~~üller`, `[M](#a)üller`, `M<!-- -->üller`, or after a zero-width space.
    ///
    /// A number joins only as a subscript or superscript of letters: `H<sub>2</sub>O`, but not `10<sup>6</sup>`.
    func wordAfterMarkup(after word: ScannedWord) -> Int? {
        var next = offset
        var (isScript, isLink) = (false, false)
        while next < bytes.count, next < offset + Self.maximumMarkup {
            let start = next
            switch bytes[next] {
            case 0x2A, 0x60: next += 1
            case 0x7E where next + 1 < bytes.count && bytes[next + 1] == 0x7E: next += 2
            case 0x5B where !isLink && end(of: "](", after: next + 1) != nil: (isLink, next) = (true, next + 1)
            case 0x5D: next = endOfLink(at: next) ?? next
            case 0x3C:
                if let end = endOfComment(at: next) {
                    next = end
                } else if let (name, end) = inlineTag(at: next) {
                    if name == "sub" || name == "sup" { isScript = true }
                    next = end
                }
            default: if bytes.scalar(at: next).value == 0x200B { next += 3 }
            }
            guard next == start else { continue }
            let following = ScalarClass(of: bytes.scalar(at: next).value)
            let (hasLetters, isLetter) = (word.letterCount > 0, following.isCased)
            let isJoint = isScript ? isLetter || hasLetters && following.startsWord : hasLetters && isLetter
            return isJoint ? next : nil
        }
        return nil
    }

    /// The most bytes of markup between two parts of a word.
    private static let maximumMarkup = 512

    private func end(of mark: StaticString, after start: Int) -> Int? {
        let limit = min(bytes.count, offset + Self.maximumMarkup)
        let count = mark.utf8CodeUnitCount
        var next = start
        while next + count <= limit, bytes[next] != 0x0A {
            if (0..<count).allSatisfy({ bytes[next + $0] == mark.utf8Start[$0] }) { return next + count }
            next += 1
        }
        return nil
    }

    /// The end of a link's address, at the bracket that ends its text.
    private func endOfLink(at start: Int) -> Int? {
        guard start + 1 < bytes.count, bytes[start + 1] == 0x28 else { return nil }
        return end(of: ")", after: start + 2)
    }

    private func endOfComment(at start: Int) -> Int? {
        guard start + 4 <= bytes.count, bytes[start + 1] == 0x21, bytes[start + 2] == 0x2D, bytes[start + 3] == 0x2D
        else { return nil }
        return end(of: "-->", after: start + 4)
    }

    /// The name and the end of a tag such as `<b>` or `</span>`.
    private func inlineTag(at start: Int) -> (name: String, end: Int)? {
        var next = start + 1
        if next < bytes.count, bytes[next] == 0x2F { next += 1 }
        let name = next
        while next < bytes.count, next < name + 8, (bytes[next] | 0x20) &- 0x61 < 26 { next += 1 }
        let tag = String(decoding: bytes[name..<next], as: UTF8.self).lowercased()
        guard Self.inlineTags.contains(tag) else { return nil }
        let limit = min(bytes.count, next + 128)
        while next < limit, bytes[next] != 0x3E, bytes[next] != 0x3C, bytes[next] != 0x0A { next += 1 }
        return next < limit && bytes[next] == 0x3E ? (tag, next + 1) : nil
    }

    private static let inlineTags: Set<String> = [
        "a", "abbr", "b", "bdi", "big", "cite", "code", "del", "em", "font", "i", "ins", "mark", "q", "s", "small",
        "span", "strong", "sub", "sup", "u", "wbr",
    ]
}

extension ScalarClass {
    fileprivate var isCased: Bool { self == .lower || self == .upper || self == .letter }
}
