/// A citation marker in a text: `[2]`, `[1, 3]`, `[1-3]`, `[passage 2]`, `【2】`.
package struct CitationMarker: Sendable, Hashable {
    /// UTF-8 offsets from the opening bracket through the closing one.
    package var range: Range<Int>
    /// As written, in order.
    package var numbers: [Int]
}

/// Finds citation markers in a text that arrives in pieces of any size.
///
/// A bracket must contain numbers up to 999, with an optional word such as "passage" or "отрывок" before them. All
/// other brackets, code spans, code blocks and Markdown links are text.
package struct CitationMarkerParser: Sendable {
    private var offset = 0
    /// Content and start of an open bracket.
    private var open: (start: Int, content: [UInt8])?
    /// A complete marker that the next byte may still turn into a link.
    private var closed: CitationMarker?
    private var code = CodeSpan()
    /// The two previous bytes, for the brackets 【 and 】.
    private var last: (UInt8, UInt8) = (0, 0)

    private static let maximumContent = 48

    package init() {}

    /// The markers that are certain now, with offsets into the whole text so far.
    package mutating func consume(_ piece: String) -> [CitationMarker] {
        var markers: [CitationMarker] = []
        for byte in piece.utf8 {
            if let marker = closed {
                if byte != UInt8(ascii: "(") { markers.append(marker) }
                closed = nil
            }
            take(byte)
            offset += 1
        }
        return markers
    }

    /// The marker at the very end of the text, if any. Resets the parser.
    package mutating func finish() -> [CitationMarker] {
        defer { self = CitationMarkerParser() }
        return [closed].compactMap { $0 }
    }

    /// All markers of a whole text.
    package static func markers(in text: String) -> [CitationMarker] {
        var parser = CitationMarkerParser()
        return parser.consume(text) + parser.finish()
    }

    private mutating func take(_ byte: UInt8) {
        defer { last = (last.1, byte) }
        code.take(byte)
        if code.isInside {
            open = nil
            return
        }
        let isWide = last == (0xE3, 0x80)
        if byte == UInt8(ascii: "[") || isWide && byte == 0x90 {
            open = (offset - (isWide ? 2 : 0), [])
        } else if byte == UInt8(ascii: "]") || isWide && byte == 0x91, let bracket = open {
            open = nil
            let content = isWide ? bracket.content.dropLast(2) : bracket.content[...]
            let numbers = CitationMarkerParser.numbers(in: String(decoding: content, as: UTF8.self))
            if !numbers.isEmpty { closed = CitationMarker(range: bracket.start..<(offset + 1), numbers: numbers) }
        } else if open != nil {
            open?.content.append(byte)
            if let count = open?.content.count, count > CitationMarkerParser.maximumContent { open = nil }
        }
    }

    private static let words: Set<String> = [
        "", "^", "#", "№", "passage", "passages", "source", "sources", "doc", "document", "отрывок", "отрывки",
        "источник",
        "источники", "документ",
    ]

    /// The numbers in a bracket's content; empty if it contains anything else.
    static func numbers(in content: String) -> [Int] {
        let note = content.prefix { $0 != "†" }
        let word = note.prefix { !("0"..."9").contains($0) }
        let name = word.lowercased().filter { $0 != " " && $0 != ":" }
        guard words.contains(name) else { return [] }
        var numbers: [Int] = []
        for part in note[word.endIndex...].split(whereSeparator: { $0 == "," || $0 == ";" || $0 == " " }) {
            let bounds = part.split(whereSeparator: { "-–—".contains($0) }).map { $0.count <= 3 ? Int($0) : nil }
            guard let first = bounds.first ?? nil, let last = bounds.last ?? nil, bounds.count <= 2,
                first <= last, last - first < 20
            else { return [] }
            numbers += first...last
        }
        return numbers
    }
}

/// Whether a position lies in Markdown code: between two runs of equally many backticks.
struct CodeSpan: Sendable {
    private var run = 0
    private var opened = 0
    private var previousWasNewline = false

    var isInside: Bool { opened > 0 || run > 0 }

    mutating func take(_ byte: UInt8) {
        if byte == UInt8(ascii: "`") {
            run += 1
            return
        }
        if run > 0 {
            if opened == 0 { opened = run } else if opened == run { opened = 0 }
            run = 0
        }
        let isNewline = byte == UInt8(ascii: "\n")
        if isNewline, previousWasNewline, opened < 3 { opened = 0 }
        previousWasNewline = isNewline
    }
}
