/// Divides source code into tokens. It needs no more than the signs of a language, and accepts any text: a string or
/// comment that is not closed ends with its line or the text.
struct CodeScanner {
    let bytes: UnsafeBufferPointer<UInt8>
    private let traits: CodeLanguage.Traits
    private let lineComments: [[UInt8]]
    private let blockComments: [(open: [UInt8], close: [UInt8])]
    private let commentsNest: Bool
    private let strings: [(open: [UInt8], close: [UInt8], rule: CodeLanguage.StringRule)]
    /// Whether a byte may begin a comment or string.
    private let isOpening: [Bool]

    var offset = 0
    var isLineStart = true
    /// Braces that are open, and at which of their counts the code in a template ends.
    var braces = 0
    var templates: [Int] = []
    /// Words that end the texts after the next line.
    var heredocs: [Range<Int>] = []
    var failedHeredocs = 0
    /// Before this offset no regular expression ends.
    var noExpressionUntil = 0
    var last: CodeToken?

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ language: CodeLanguage) {
        self.bytes = bytes
        traits = language.traits
        lineComments = language.lineComments.map { Array($0.utf8) }
        blockComments = language.blockComments.map { (Array($0.open.utf8), Array($0.close.utf8)) }
        commentsNest = language.commentsNest
        strings = language.strings.map { (Array($0.open.utf8), Array($0.close.utf8), $0) }
        var isOpening = Array(repeating: false, count: 256)
        for open in lineComments + blockComments.map(\.open) + strings.map(\.open) {
            if let first = open.first { isOpening[Int(first)] = true }
        }
        self.isOpening = isOpening
    }

    mutating func next() -> CodeToken? {
        while offset < bytes.count, bytes[offset] <= 0x20, bytes[offset] != 0x0A { offset += 1 }
        guard offset < bytes.count else { return nil }
        let start = offset
        let wasLineStart = isLineStart
        let byte = bytes[offset]
        if byte == 0x0A {
            offset += 1
            isLineStart = true
            return CodeToken(kind: .newline, range: start..<offset)
        }
        if wasLineStart, !heredocs.isEmpty { return token(.string, endOfHeredocs()) }
        isLineStart = false
        if wasLineStart, let end = endOfDirectiveOrPod() { return end }
        if isOpening[Int(byte)], let found = commentOrString() { return found }
        switch byte {
        case UInt8(ascii: "'") where traits.contains(.characters):
            if let end = endOfCharacter() { return token(.string, end) }
        case UInt8(ascii: "`") where traits.contains(.templates): return token(.string, endOfTemplate(from: offset + 1))
        case UInt8(ascii: "/") where traits.contains(.regularExpressions):
            if let end = endOfExpression() { return token(.string, end) }
        case UInt8(ascii: "<") where traits.contains(.heredocs): beginHeredoc()
        case UInt8(ascii: "{"): braces += 1
        case UInt8(ascii: "}"):
            if templates.last == braces {
                templates.removeLast()
                return token(.string, endOfTemplate(from: offset + 1))
            }
            braces = max(0, braces - 1)
        default: break
        }
        guard CodeScanner.isWord(byte) else { return token(.sign, start + 1) }
        var end = start + 1
        while end < bytes.count, CodeScanner.isWord(bytes[end]) { end += 1 }
        if end - start <= 3, end < bytes.count {
            let isQuote = bytes[end] == UInt8(ascii: "\"") || bytes[end] == UInt8(ascii: "'")
            if traits.contains(.rawStrings), let close = endOfRawString(prefix: start..<end) {
                return token(.string, close)
            }
            if traits.contains(.docstrings), isQuote {
                offset = end
                if let found = commentOrString() {
                    return CodeToken(kind: .string, range: start..<found.range.upperBound)
                }
            }
        }
        return token(.word, end)
    }

    private mutating func token(_ kind: CodeToken.Kind, _ end: Int) -> CodeToken {
        let token = CodeToken(kind: kind, range: offset..<max(offset, min(end, bytes.count)))
        offset = token.range.upperBound
        if kind != .comment { last = token }
        return token
    }

    static func isWord(_ byte: UInt8) -> Bool {
        byte.isASCIILetterOrDigit || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$") || byte >= 0x80
    }

    // MARK: Comments and strings

    private mutating func commentOrString() -> CodeToken? {
        for (open, close) in blockComments where has(open, at: offset) {
            return token(.comment, endOfBlock(open, close))
        }
        for open in lineComments where has(open, at: offset) {
            let previous = bytes.byte(offset - 1)
            if traits.contains(.commentsAfterSpace), previous > 0x20, !"();{".utf8.contains(previous) { continue }
            // An attribute of PHP.
            if open == [UInt8(ascii: "#")], bytes.byte(offset + 1) == UInt8(ascii: "["), lineComments.count > 1 {
                continue
            }
            return token(.comment, bytes.lineEnd(from: offset))
        }
        for (open, close, rule) in strings where has(open, at: offset) {
            return token(.string, endOfString(from: offset + open.count, close, rule))
        }
        return nil
    }
    func has(_ text: [UInt8], at offset: Int) -> Bool {
        guard offset + text.count <= bytes.count else { return false }
        for index in text.indices where bytes[offset + index] != text[index] { return false }
        return true
    }

    private func endOfBlock(_ open: [UInt8], _ close: [UInt8]) -> Int {
        var depth = 1
        var end = offset + open.count
        while end < bytes.count {
            if bytes[end] == close[0], has(close, at: end) {
                end += close.count
                depth -= 1
                if depth == 0 { return end }
            } else if commentsNest, bytes[end] == open[0], has(open, at: end) {
                end += open.count
                depth += 1
            } else {
                end += 1
            }
        }
        return end
    }

    // MARK: Directives

    private mutating func endOfDirectiveOrPod() -> CodeToken? {
        if traits.contains(.preprocessor), bytes[offset] == UInt8(ascii: "#") {
            var end = offset
            while end < bytes.count {
                if bytes[end] == 0x0A, bytes[end - 1] != 0x5C { break }
                if bytes[end] == UInt8(ascii: "/"), [0x2A, 0x2F].contains(bytes.byte(end + 1)) { break }
                end += 1
            }
            return token(.directive, end)
        }
        guard traits.contains(.pod), bytes[offset] == UInt8(ascii: "="), bytes.byte(offset + 1).isASCIILetterOrDigit,
            offset == 0 || bytes[offset - 1] == 0x0A
        else { return nil }
        var end = offset
        while end < bytes.count {
            let isLast = bytes.hasText("=cut", at: end) || bytes.hasText("=end", at: end)
            end = bytes.lineEnd(from: end)
            if isLast { break }
            end = min(end + 1, bytes.count)
        }
        return token(.comment, end)
    }
}
