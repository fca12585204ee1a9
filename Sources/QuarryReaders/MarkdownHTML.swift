/// What ends a block of HTML (CommonMark 0.31, section 4.6).
enum MarkdownHTMLEnd: Equatable {
    case text([UInt8])
    /// The end tag of any element whose content is raw, whichever began the block.
    case rawTag
    case blankLine
}

extension MarkdownRules {
    /// The end of the HTML block that a line begins, or nil for another line.
    func htmlBlock(_ range: Range<Int>, interruptsParagraph: Bool) -> MarkdownHTMLEnd? {
        guard range.count >= 2, bytes[range.lowerBound] == UInt8(ascii: "<") else { return nil }
        let next = range.lowerBound + 1
        if starts(with: "!--", at: next, range) { return .text(Array("-->".utf8)) }
        if starts(with: "![CDATA[", at: next, range) { return .text(Array("]]>".utf8)) }
        if bytes[next] == UInt8(ascii: "?") { return .text(Array("?>".utf8)) }
        if bytes[next] == UInt8(ascii: "!"), next + 1 < range.upperBound, isLetter(bytes[next + 1]) {
            return .text([UInt8(ascii: ">")])
        }
        let isClosing = bytes[next] == UInt8(ascii: "/")
        let nameStart = isClosing ? next + 1 : next
        var index = nameStart
        while index < range.upperBound, index - nameStart < 64, isNameByte(bytes[index]) { index += 1 }
        guard index > nameStart, isLetter(bytes[nameStart]) else { return nil }
        let name = String(decoding: bytes[nameStart..<index].map { $0 | 0x20 }, as: UTF8.self)
        let after = index < range.upperBound ? bytes[index] : 0x0A
        let isDelimited = after == 0x20 || after == 0x09 || after == 0x0A || after == UInt8(ascii: ">")
        if !isClosing, isDelimited, MarkdownRules.rawTags.contains(name) { return .rawTag }
        let isSelfClosed = after == UInt8(ascii: "/") && starts(with: "/>", at: index, range)
        if isDelimited || isSelfClosed, MarkdownRules.blockTags.contains(name) { return .blankLine }
        if interruptsParagraph { return nil }
        return isWholeTag(after: index, range, isClosing: isClosing) ? .blankLine : nil
    }

    /// Whether a line holds the end of a block; letters are compared without case.
    func ends(_ end: MarkdownHTMLEnd, in range: Range<Int>) -> Bool {
        switch end {
        case .blankLine: false
        case .text(let text): holds(text, in: range)
        case .rawTag: MarkdownRules.rawEndTags.contains { holds($0, in: range) }
        }
    }

    private func holds(_ text: [UInt8], in range: Range<Int>) -> Bool {
        guard range.count >= text.count else { return false }
        for start in range.lowerBound...range.upperBound - text.count where bytes[start] == text[0] {
            var length = 1
            while length < text.count {
                let byte = bytes[start + length]
                guard (isLetter(byte) ? byte | 0x20 : byte) == text[length] else { break }
                length += 1
            }
            if length == text.count { return true }
        }
        return false
    }

    /// Whether nothing but attributes, `>` and white space follow a tag's name.
    private func isWholeTag(after start: Int, _ range: Range<Int>, isClosing: Bool) -> Bool {
        var index = start
        var quote: UInt8 = 0
        while index < range.upperBound {
            let byte = bytes[index]
            if quote != 0 {
                if byte == quote { quote = 0 }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                guard !isClosing, bytes[index - 1] == UInt8(ascii: "=") else { return false }
                quote = byte
            } else if byte == UInt8(ascii: "<") {
                return false
            } else if byte == UInt8(ascii: ">") {
                return trimmed(index + 1..<range.upperBound).isEmpty
            } else if index == start, byte != 0x20, byte != 0x09, byte != UInt8(ascii: "/") {
                return false
            }
            index += 1
        }
        return false
    }

    private func starts(with text: StaticString, at index: Int, _ range: Range<Int>) -> Bool {
        guard index + text.utf8CodeUnitCount <= range.upperBound else { return false }
        for position in 0..<text.utf8CodeUnitCount where bytes[index + position] != text.utf8Start[position] {
            return false
        }
        return true
    }

    private func isLetter(_ byte: UInt8) -> Bool { byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A }
    private func isNameByte(_ byte: UInt8) -> Bool {
        isLetter(byte) || byte >= 0x30 && byte <= 0x39 || byte == UInt8(ascii: "-")
    }

    private static let rawTags: Set<String> = ["script", "pre", "style", "textarea"]
    private static let rawEndTags = rawTags.sorted().map { Array("</\($0)>".utf8) }
    private static let blockTags: Set<String> = [
        "address", "article", "aside", "base", "basefont", "blockquote", "body", "caption", "center", "col",
        "colgroup", "dd", "details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer",
        "form", "frame", "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hr", "html", "iframe",
        "legend", "li", "link", "main", "menu", "menuitem", "nav", "noframes", "ol", "optgroup", "option", "p",
        "param", "search", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr",
        "track", "ul",
    ]
}
