import QuarryCore

/// Reads LaTeX from left to right, with a stack of the groups and environments that are open.
struct LaTeXParser {
    var output = MarkupDocument()
    let bytes: UnsafeBufferPointer<UInt8>
    var offset = 0
    var ranges = AscendingRanges()

    struct Group {
        enum End {
            case brace
            case environment(String)
        }

        enum Effect {
            case none
            /// A part that ends with the group.
            case part
            case footnote
            case quote
            case list
            case table
            case fact(String, Int)
        }

        var end: End
        var effect = Effect.none
    }

    var groups: [Group] = []
    static let maximumGroups = 1_000
    /// Groups beyond the limit.
    var excess = 0
    var lists: [(isNumbered: Bool, number: Int)] = []
    var quotes = 0
    var tables = 0
    private var isRowOpen = false
    /// Whether the text is within a part that a macro began, such as a heading.
    var parts = 0
    var isParagraphOpen = false
    /// Names of environments that are theorems and the like, with their titles.
    var theorems: [String: String] = [:]

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    mutating func parse() {
        if let start = (0..<bytes.count).first(where: {
            bytes[$0] == 0x5C && bytes.hasText("\\begin{document}", at: $0) && !isCommented($0)
        }) {
            preamble(before: start)
            offset = start + 16
        }
        body()
        output.writer.end()
        output.writer.endTable()
    }

    static func isLetter(_ byte: UInt8) -> Bool {
        byte.lowerASCII >= 0x61 && byte.lowerASCII <= 0x7A || byte == UInt8(ascii: "@")
    }

    // MARK: Body

    mutating func body() {
        while offset < bytes.count {
            let byte = bytes[offset]
            switch byte {
            case UInt8(ascii: "%"):
                let end = bytes.lineEnd(from: offset)
                // The end of a line that has only a comment does not end a paragraph, nor does a comment split a word.
                offset = min(end + 1, bytes.count)
                while offset < bytes.count, bytes[offset] == 0x20 || bytes[offset] == 0x09 { offset += 1 }
            case UInt8(ascii: "{"):
                open(Group(end: .brace))
                offset += 1
            case UInt8(ascii: "}"):
                closeBrace()
                offset += 1
            case UInt8(ascii: "$"): mathematics()
            case UInt8(ascii: "~"): substitute(" ", 1)
            case UInt8(ascii: "&"):
                guard tables > 0 else {
                    substitute("&", 1)
                    continue
                }
                open()
                output.writer.beginCell()
                offset += 1
            case UInt8(ascii: "`"), UInt8(ascii: "'"):
                let isDouble = bytes.byte(offset + 1) == byte
                let isOpening = byte == UInt8(ascii: "`")
                substitute(isDouble ? (isOpening ? "“" : "”") : isOpening ? "‘" : "'", isDouble ? 2 : 1)
            case UInt8(ascii: "-") where bytes.byte(offset + 1) == byte:
                let isLong = bytes.byte(offset + 2) == byte
                substitute(isLong ? "—" : "–", isLong ? 3 : 2)
            case 0x5C: command()
            case 0x0A, 0x20, 0x09, 0x0D: space()
            default:
                var end = offset + 1
                while end < bytes.count, !LaTeXParser.special[Int(bytes[end])] { end += 1 }
                append(offset..<end)
                offset = end
            }
        }
    }

    /// Bytes that are not plain text.
    private static let special: [Bool] = {
        var special = Array(repeating: false, count: 256)
        for byte in "%{}$~&`'-\\\n\r\t ".utf8 { special[Int(byte)] = true }
        return special
    }()

    private mutating func space() {
        var newlines = 0
        let start = offset
        while offset < bytes.count, bytes[offset] <= 0x20 {
            if bytes[offset] == 0x0A { newlines += 1 }
            offset += 1
        }
        if newlines > 1, parts == 0, tables == 0 {
            endParagraph()
        } else {
            output.writer.append(" ", source: ranges.admit(start..<start + 1))
        }
    }

    mutating func endParagraph() {
        guard tables == 0 else { return }
        if !lists.isEmpty, isParagraphOpen {
            output.writer.append(" ")
            return
        }
        output.writer.end()
        isParagraphOpen = false
    }

    /// Begins a paragraph or row, if none is open.
    mutating func open() {
        if tables > 0 {
            if !isRowOpen {
                output.writer.beginRow()
                output.writer.beginCell()
                isRowOpen = true
            }
        } else if parts == 0, !isParagraphOpen {
            output.writer.begin(quotes > 0 ? .quote : .paragraph)
            isParagraphOpen = true
        }
    }

    mutating func append(_ range: Range<Int>) {
        open()
        output.writer.append(range, of: bytes, in: &ranges)
    }

    mutating func substitute(_ words: String, _ length: Int) {
        open()
        let end = min(offset + length, bytes.count)
        output.writer.append(words, source: ranges.admit(offset..<end))
        offset = end
    }

    // MARK: Groups

    mutating func open(_ group: Group) {
        if groups.count < Self.maximumGroups { groups.append(group) } else { excess += 1 }
    }

    private mutating func closeBrace() {
        if excess > 0 {
            excess -= 1
        } else if let last = groups.last, case .brace = last.end {
            groups.removeLast()
            close(last.effect)
        }
    }

    mutating func close(_ effect: Group.Effect) {
        switch effect {
        case .none: break
        case .part:
            parts -= 1
            if parts == 0 {
                output.writer.end()
                isParagraphOpen = false
            }
        case .footnote: output.writer.append(")")
        case .quote:
            quotes -= 1
            output.writer.end()
            isParagraphOpen = false
        case .list:
            _ = lists.popLast()
            if lists.isEmpty {
                output.writer.end()
                isParagraphOpen = false
            }
        case .table:
            tables -= 1
            endRow()
            if tables == 0 { output.writer.endTable() }
        case .fact(let name, let start): addFact(name, start..<max(start, offset))
        }
    }

    mutating func endRow() {
        if isRowOpen { output.writer.endRow() }
        isRowOpen = false
    }
}
