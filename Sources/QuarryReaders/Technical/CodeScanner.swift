/// A word, sign, string or comment of source code.
struct CodeToken {
    enum Kind: UInt8 {
        case word
        /// One byte.
        case sign
        case string
        case comment
        /// A line for a preprocessor.
        case directive
        case newline
    }

    var kind: Kind
    var range: Range<Int>
}

/// Divides source code into tokens. It needs no more than the signs of a language, and accepts any text: a string or
/// comment that is not closed ends with its line or the text.
struct CodeScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let traits: CodeLanguage.Traits
    private let lineComments: [[UInt8]]
    private let blockComments: [(open: [UInt8], close: [UInt8])]
    private let commentsNest: Bool
    private let strings: [(open: [UInt8], close: [UInt8], rule: CodeLanguage.StringRule)]
    /// Whether a byte may begin a comment or string.
    private let isOpening: [Bool]

    private var offset = 0
    private var isLineStart = true
    /// Braces that are open, and at which of their counts the code in a template ends.
    private var braces = 0
    private var templates: [Int] = []
    /// Words that end the texts after the next line.
    private var heredocs: [Range<Int>] = []
    private var failedHeredocs = 0
    private static let maximumHeredocs = 8
    /// Before this offset no regular expression ends.
    private var noExpressionUntil = 0
    private var last: CodeToken?

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

    private func has(_ text: [UInt8], at offset: Int) -> Bool {
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

    private func endOfString(from start: Int, _ close: [UInt8], _ rule: CodeLanguage.StringRule) -> Int {
        var end = start
        while end < bytes.count {
            let byte = bytes[end]
            if byte == rule.escape {
                end += 2
            } else if byte == close[0], has(close, at: end) {
                return end + close.count
            } else if byte == 0x0A, !rule.isMultiline {
                return end
            } else {
                end += 1
            }
        }
        return end
    }

    private func endOfCharacter() -> Int? {
        var end = offset + 1
        if bytes.byte(end) == 0x5C {
            end += 2
            let limit = end + 10
            while end < min(limit, bytes.count), bytes[end].isASCIILetterOrDigit || "{}".utf8.contains(bytes[end]) {
                end += 1
            }
        } else {
            guard bytes.byte(end) > 0x1F else { return nil }
            end += 1
            while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
        }
        return bytes.byte(end) == UInt8(ascii: "'") ? end + 1 : nil
    }

    /// `R"x(…)x"` of C++, `r#"…"#` of Rust.
    private func endOfRawString(prefix: Range<Int>) -> Int? {
        var start = prefix.upperBound
        var close: [UInt8]
        if bytes[prefix].last == UInt8(ascii: "R"), bytes[start] == UInt8(ascii: "\"") {
            let name = bytes[(start + 1)...].prefix(17).prefix { $0 != UInt8(ascii: "(") && $0 > 0x20 }
            guard bytes.byte(name.endIndex) == UInt8(ascii: "(") else { return nil }
            start = name.endIndex + 1
            close = [UInt8(ascii: ")")] + name + [UInt8(ascii: "\"")]
        } else if bytes[prefix].last == UInt8(ascii: "r") {
            let hashes = bytes[start...].prefix(255).prefix { $0 == UInt8(ascii: "#") }
            guard bytes.byte(hashes.endIndex) == UInt8(ascii: "\"") else { return nil }
            start = hashes.endIndex + 1
            close = [UInt8(ascii: "\"")] + hashes
        } else {
            return nil
        }
        while start < bytes.count, !(bytes[start] == close[0] && has(close, at: start)) { start += 1 }
        return start + close.count
    }

    /// The end of a template, or of its text before `${`.
    private mutating func endOfTemplate(from start: Int) -> Int {
        var end = start
        while end < bytes.count {
            switch bytes[end] {
            case 0x5C: end += 2
            case UInt8(ascii: "`"): return end + 1
            case UInt8(ascii: "$") where bytes.byte(end + 1) == UInt8(ascii: "{"):
                templates.append(braces)
                return end + 2
            default: end += 1
            }
        }
        return end
    }

    private mutating func endOfExpression() -> Int? {
        guard offset >= noExpressionUntil else { return nil }
        if let last {
            switch last.kind {
            case .word:
                let words = ["return", "typeof", "case", "in", "of", "delete", "void"]
                guard words.contains(bytes.string(last.range)) else { return nil }
            case .sign: guard "(,=:[!&|?{};+-*%~^".utf8.contains(bytes[last.range.lowerBound]) else { return nil }
            default: return nil
            }
        }
        var end = offset + 1
        var isInClass = false
        while end < bytes.count, bytes[end] != 0x0A {
            switch bytes[end] {
            case 0x5C: end += 1
            case UInt8(ascii: "["): isInClass = true
            case UInt8(ascii: "]"): isInClass = false
            case UInt8(ascii: "/") where !isInClass: return end + 1
            default: break
            }
            end += 1
        }
        noExpressionUntil = end
        return nil
    }

    // MARK: Lines

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

    /// Notes the word of `<<WORD`, if a line of it follows.
    private mutating func beginHeredoc() {
        guard bytes.byte(offset + 1) == UInt8(ascii: "<"), bytes.byte(offset - 1) != UInt8(ascii: "<"),
            heredocs.count < Self.maximumHeredocs, failedHeredocs < 2 * Self.maximumHeredocs
        else { return }
        var start = offset + 2
        while "<~- \"'\\".utf8.contains(bytes.byte(start)), start < offset + 6 { start += 1 }
        var end = start
        while end < bytes.count, end - start < 64, CodeScanner.isWord(bytes[end]) { end += 1 }
        guard end > start, !bytes[start].isASCIIDigit else { return }
        if endOfHeredoc(start..<end, from: bytes.lineEnd(from: end) + 1) == nil {
            failedHeredocs += 1
        } else {
            heredocs.append(start..<end)
        }
    }

    /// The end of the line that begins with a word.
    private func endOfHeredoc(_ word: Range<Int>, from start: Int) -> Int? {
        var line = start
        while line < bytes.count {
            let end = bytes.lineEnd(from: line)
            let text = bytes.trimmed(line..<end)
            if text.count >= word.count, text.count <= word.count + 2, bytes[text].starts(with: bytes[word]),
                !CodeScanner.isWord(bytes.byte(text.lowerBound + word.count))
            {
                return end
            }
            line = end + 1
        }
        return nil
    }

    private mutating func endOfHeredocs() -> Int {
        var start = offset
        while start > 0, bytes[start - 1] != 0x0A { start -= 1 }
        for word in heredocs {
            guard let end = endOfHeredoc(word, from: start) else { break }
            start = end + 1
        }
        heredocs = []
        isLineStart = false
        return max(offset + 1, start - 1)
    }
}
