/// Takes the markup out of short inline text, such as a heading.
enum MarkdownInline {
    /// What is longer is cut, so that a title stays one.
    private static let maximumLength = 1024

    /// The text without emphasis, code marks, links' targets, tags and escapes; line ends become spaces.
    static func plainText(of range: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) -> String {
        var end = min(range.upperBound, range.lowerBound + maximumLength)
        if end < range.upperBound { while end > range.lowerBound, bytes[end] & 0xC0 == 0x80 { end -= 1 } }
        var scanner = InlineScanner(bytes: Array(bytes[range.lowerBound..<end]))
        return scanner.plainText().joiningWords()
    }

    /// The first word of a code fence's info string, or nil where there is none.
    static func firstWord(of range: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) -> String? {
        let word = bytes[range].prefix(maximumLength).prefix { $0 != 0x20 && $0 != 0x09 }
        return word.isEmpty ? nil : String(decoding: word, as: UTF8.self)
    }
}

extension String {
    /// The text on one line, with one space between words and none around them.
    func joiningWords() -> String {
        var joined: [UInt8] = []
        joined.reserveCapacity(utf8.count)
        for byte in utf8 {
            if byte != 0x20, byte != 0x09, byte != 0x0A {
                joined.append(byte)
            } else if let last = joined.last, last != 0x20 {
                joined.append(0x20)
            }
        }
        if joined.last == 0x20 { joined.removeLast() }
        return String(decoding: joined, as: UTF8.self)
    }
}

private struct InlineScanner {
    let bytes: [UInt8]
    var index = 0
    var output: [UInt8] = []
    /// Where in the output the brackets that are open began, and whether each is an image's.
    var brackets: [Int] = []

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func plainText() -> String {
        while index < bytes.count { step() }
        return String(decoding: output, as: UTF8.self)
    }

    private mutating func step() {
        let byte = bytes[index]
        switch byte {
        case UInt8(ascii: "\\") where index + 1 < bytes.count && isPunctuation(bytes[index + 1]):
            output.append(bytes[index + 1])
            index += 2
        case UInt8(ascii: "`"): codeSpan()
        case UInt8(ascii: "*"): index += 1
        case UInt8(ascii: "~") where peek(1) == byte: index += 2
        case UInt8(ascii: "_"): underscores()
        case UInt8(ascii: "!") where peek(1) == UInt8(ascii: "["): index += 1
        case UInt8(ascii: "["): openBracket()
        case UInt8(ascii: "]"): closeBracket()
        case UInt8(ascii: "<"): tag()
        default:
            output.append(byte)
            index += 1
        }
    }

    private func peek(_ distance: Int) -> UInt8 { index + distance < bytes.count ? bytes[index + distance] : 0 }

    private func isPunctuation(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
        default: false
        }
    }

    private mutating func codeSpan() {
        var start = index
        while start < bytes.count, bytes[start] == UInt8(ascii: "`") { start += 1 }
        let length = start - index
        var end = start
        while end < bytes.count {
            var stop = end
            while stop < bytes.count, bytes[stop] == UInt8(ascii: "`") { stop += 1 }
            if stop - end == length {
                output.append(contentsOf: bytes[start..<end])
                index = stop
                return
            }
            end = max(stop, end + 1)
        }
        output.append(contentsOf: bytes[index..<start])
        index = start
    }

    /// Underscores are emphasis at the ends of words and letters within them.
    private mutating func underscores() {
        let start = index
        while index < bytes.count, bytes[index] == UInt8(ascii: "_") { index += 1 }
        let isWithinWord = start > 0 && isWordByte(bytes[start - 1]) && index < bytes.count && isWordByte(bytes[index])
        if isWithinWord { output.append(contentsOf: bytes[start..<index]) }
    }

    private func isWordByte(_ byte: UInt8) -> Bool {
        byte >= 0x80 || byte >= 0x30 && byte <= 0x39 || (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A
    }

    private mutating func openBracket() {
        if peek(1) == UInt8(ascii: "["), let end = closingPair() {
            let inner = bytes[index + 2..<end]
            let alias = inner.firstIndex(of: UInt8(ascii: "|")).map { inner[($0 + 1)...] } ?? inner
            output.append(contentsOf: alias)
            index = end + 2
            return
        }
        brackets.append(output.count)
        output.append(UInt8(ascii: "["))
        index += 1
    }

    private func closingPair() -> Int? {
        var end = index + 2
        while end + 1 < bytes.count, bytes[end] != UInt8(ascii: "["), bytes[end] != 0x0A {
            if bytes[end] == UInt8(ascii: "]"), bytes[end + 1] == UInt8(ascii: "]") { return end }
            end += 1
        }
        return nil
    }

    private mutating func closeBracket() {
        let after = peek(1)
        if let opening = brackets.popLast(), let end = targetEnd(after) {
            output.remove(at: opening)
            index = end
        } else {
            output.append(UInt8(ascii: "]"))
            index += 1
        }
    }

    /// Where `(target)` or `[label]` after a closing bracket ends.
    private func targetEnd(_ opening: UInt8) -> Int? {
        guard opening == UInt8(ascii: "(") || opening == UInt8(ascii: "[") else { return nil }
        let closing = opening == UInt8(ascii: "(") ? UInt8(ascii: ")") : UInt8(ascii: "]")
        var depth = 0
        for position in index + 1..<bytes.count {
            if bytes[position] == opening { depth += 1 }
            if bytes[position] == closing { depth -= 1 }
            if depth == 0 { return position + 1 }
        }
        return nil
    }

    /// Drops a tag; the address of an autolink stays.
    private mutating func tag() {
        let next = peek(1)
        let isTag = next == UInt8(ascii: "/") || (next | 0x20) >= 0x61 && (next | 0x20) <= 0x7A
        guard isTag, let end = bytes[index...].firstIndex(of: UInt8(ascii: ">")) else {
            output.append(UInt8(ascii: "<"))
            index += 1
            return
        }
        let inner = bytes[index + 1..<end]
        if inner.contains(UInt8(ascii: ":")) || inner.contains(UInt8(ascii: "@")), !inner.contains(0x20) {
            output.append(contentsOf: inner)
        }
        index = end + 1
    }
}
