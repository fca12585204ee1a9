/// A line of a body.
struct MailLine {
    enum Kind { case text, blank, rule }

    /// Without quotation marks and blanks at its ends.
    var range: Range<Int>
    /// The number of quotation marks `>`.
    var depth = 0
    var kind = Kind.text
    /// Whether the next line continues its paragraph (RFC 3676).
    var isSoft = false
    /// The number of characters.
    var length = 0
    /// Of its first word.
    var firstWordLength = 0
}

/// How the lines of a body make paragraphs.
enum MailLayout {
    /// Lines were broken at a width.
    case fixed
    /// Lines that end with a space go on (RFC 3676).
    case flowed(deletesSpace: Bool)
    /// Every line is a paragraph.
    case paragraphs
}

extension MailLine {
    /// The lines of a text.
    static func lines(_ text: UnsafeBufferPointer<UInt8>, layout: MailLayout) -> [MailLine] {
        var lines: [MailLine] = []
        var start = 0
        while start < text.count {
            let end = text.lineEnd(from: start)
            lines.append(MailLine(text, start..<end, layout: layout))
            start = end + 1
        }
        return lines
    }

    private init(_ text: UnsafeBufferPointer<UInt8>, _ whole: Range<Int>, layout: MailLayout) {
        var end = whole.upperBound
        if end > whole.lowerBound, text[end - 1] == 0x0D { end -= 1 }
        var start = whole.lowerBound
        let mark = UInt8(ascii: ">")
        var probe = start
        if probe < end, text[probe] == 0x20 { probe += 1 }
        while probe < end, text[probe] == mark {
            depth += 1
            probe += 1
            start = probe
            while probe < end, text[probe] == 0x20 { probe += 1 }
            if probe < end, text[probe] != mark { break }
        }
        let trimmed = text.trimmed(start..<end)
        if case .flowed(let deletesSpace) = layout, end > start, text[end - 1] == 0x20 {
            isSoft = !text[trimmed].elementsEqual("--".utf8)
            // The blank separates words, except in scripts without blanks.
            range = isSoft && !deletesSpace ? trimmed.lowerBound..<max(trimmed.upperBound, end) : trimmed
        } else {
            range = trimmed
        }
        if trimmed.isEmpty {
            kind = .blank
            isSoft = false
        } else if trimmed.count > 4, text[trimmed].allSatisfy({ "=-_*~#+ ".utf8.contains($0) }) {
            kind = .rule
        }
        for index in trimmed {
            if text[index] & 0xC0 != 0x80 { length += 1 }
            if text[index] == 0x20, firstWordLength == 0 { firstWordLength = length - 1 }
        }
        if firstWordLength == 0 { firstWordLength = length }
    }
}

/// Recognises where a message begins to repeat another.
struct QuoteMarks {
    let text: UnsafeBufferPointer<UInt8>
    let lines: [MailLine]

    private func string(_ index: Int) -> String { String(decoding: text[lines[index].range], as: UTF8.self) }

    /// Whether a line says that another message follows: `-----Original Message-----`.
    func isSeparator(_ index: Int) -> Bool {
        let bytes = text[lines[index].range]
        guard bytes.count > 12, bytes.count < 120, bytes.starts(with: "--".utf8),
            bytes.suffix(2).elementsEqual("--".utf8)
        else { return bytes.elementsEqual("Begin forwarded message:".utf8) }
        let words = bytes.filter { $0 != UInt8(ascii: "-") && $0 != 0x20 }
        guard words.count >= 5, words.allSatisfy({ $0 >= 0x80 || $0.isASCIILetterOrDigit }) else { return false }
        return nextText(after: index).map { isField($0) } ?? false
    }

    /// Whether a line begins the header of a message as Outlook repeats it: From, Sent, To and Subject.
    func isRepeatedHeader(_ index: Int) -> Bool {
        guard isField(index), QuoteMarks.senders.contains(where: { bare(index).lowercased().hasPrefix($0 + ":") })
        else {
            return false
        }
        var count = 1
        var next = index + 1
        while next < min(lines.count, index + 8), count < 3 {
            if lines[next].kind == .text { count += isField(next) ? 1 : 0 }
            next += 1
        }
        return count == 3
    }

    /// The lines that say who wrote what follows, `On Monday, Ada wrote:`, and whether all that follows is quoted.
    func attribution(at index: Int) -> (end: Int, isOpen: Bool)? {
        var end = index
        while end < min(lines.count, index + 4) {
            let line = lines[end]
            guard line.kind == .text, line.depth == 0, line.range.count < 400 else { return nil }
            if text[line.range].last == UInt8(ascii: ":") || text[line.range].suffix(3).elementsEqual("：".utf8) {
                break
            }
            end += 1
        }
        guard end < min(lines.count, index + 4) else { return nil }
        let isBeforeQuote = nextText(after: end).map { lines[$0].depth > 0 } ?? false
        let bytes = text[lines[index].range.lowerBound..<lines[end].range.upperBound]
        let hasDate = bytes.contains { $0.isASCIIDigit }
        guard isBeforeQuote || hasDate else { return nil }
        let words = (index...end).map { string($0) }.joined(separator: " ").lowercased()
        let hasVerb = QuoteMarks.verbs.contains { words.contains($0) }
        let hasAddress = words.utf8.contains(UInt8(ascii: "@"))
        let hasOpening =
            words.utf8.first?.isASCIIDigit == true || QuoteMarks.openings.contains { words.hasPrefix($0) }
        guard end == index || hasOpening else { return nil }
        if isBeforeQuote {
            return hasVerb || hasAddress || hasDate && hasOpening ? (end + 1, false) : nil
        }
        guard hasVerb, hasDate, hasAddress || hasOpening && hasClock(words) else { return nil }
        return (end + 1, true)
    }

    private func hasClock(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.indices.dropFirst().dropLast(2).contains {
            bytes[$0] == UInt8(ascii: ":") && bytes[$0 - 1].isASCIIDigit && bytes[$0 + 1].isASCIIDigit
        }
    }

    private func nextText(after index: Int) -> Int? {
        lines[(index + 1)...].prefix(4).firstIndex { $0.kind == .text }
    }

    /// A line without the stars of bold type.
    private func bare(_ index: Int) -> String { string(index).filter { $0 != "*" } }

    /// Whether a line looks like a header field: a word or two and a colon.
    private func isField(_ index: Int) -> Bool {
        let bytes = text[lines[index].range].prefix(24)
        guard lines[index].depth == 0, let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon > bytes.startIndex
        else { return false }
        return bytes[..<colon].allSatisfy { $0 >= 0x80 || $0.isASCIILetterOrDigit || "-* ".utf8.contains($0) }
    }

    private static let senders = [
        "from", "von", "de", "da", "van", "från", "fra", "od", "от", "от кого", "від", "kimden", "发件人", "差出人", "寄件者",
        "보낸 사람",
    ]
    private static let verbs = [
        "wrote", "writes", "schrieb", "a écrit", "ha scritto", "escribió", "escreveu", "schreef", "skrev", "kirjoitti",
        "napisał", "napsal", "написал", "пишет", "писал", "написав", "пише", "yazdı", "写道", "寫道", "のメッセージ", "作成",
        "said", "님이 작성",
    ]
    private static let openings = [
        "on ", "am ", "le ", "il ", "el ", "em ", "op ", "den ", "w dniu ", "dne ", "в ", "mon", "tue", "wed", "thu",
        "fri", "sat", "sun", "пн", "вт", "ср", "чт", "пт", "сб", "вс", "у ",
    ]
}
