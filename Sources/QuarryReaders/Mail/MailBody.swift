import QuarryCore

/// The text of one part of a message, decoded.
struct MailBody {
    var text: [UInt8]
    /// To the buffer of the message; empty if the text cannot be traced to it.
    var segments: [SourceMap.Segment]
    var layout: MailLayout
    /// The headings, tables and code of HTML, in text order.
    private(set) var structure: [Block] = []
    /// Why the text, which is HTML, is not read.
    private(set) var obstacle: HTMLTree.Obstacle?

    init(_ part: MailPart, charsets: inout NamedCharsets) {
        let content = part.content
        let decoded = charsets.decode(content.bytes, charset: part.contentType["charset"])
        if part.mediaType == "text/html" || part.mediaType == "text/x-amp-html" {
            (text, segments, layout) = ([], [], .paragraphs)
            do {
                guard let page = try htmlDocument(of: decoded.utf8) else { return }
                text = Array(page.text.utf8)
                structure = page.blocks.filter { block in
                    switch block.kind {
                    case .heading, .table, .code: true
                    case .paragraph, .list, .quote: false
                    }
                }
            } catch {
                obstacle = error as? HTMLTree.Obstacle ?? .nesting
            }
            return
        }
        text = decoded.utf8
        segments = SourceMap.composition(of: decoded.segments, over: content.segments)
        layout = .fixed
        if part.contentType["format"]?.lowercased() == "flowed" {
            layout = .flowed(deletesSpace: part.contentType["delsp"]?.lowercased() == "yes")
        }
    }

    /// The number of bytes that are not blank.
    var weight: Int { text.count { $0 > 0x20 } }
}

/// Writes the lines of a body as paragraphs, items and quotations.
struct MailBodyWriter {
    private let body: UnsafeBufferPointer<UInt8>
    private let bytes: [UInt8]
    private let map: SourceMap?
    private let layout: MailLayout
    private let lines: [MailLine]
    private let marks: QuoteMarks
    /// Lines shorter than this were broken by the author, if the next word had fitted.
    private let width: Int

    private enum Open: Equatable { case nothing, paragraph, quote(Int), signature }
    private var structure: ArraySlice<Block>
    private var open = Open.nothing
    private var isQuotedFromHere = false
    private var isSignature = false
    /// The line before in the open part.
    private var last: MailLine?
    /// Whether a block of a cipher was left out.
    private(set) var isEncrypted = false

    /// - `bytes`: The buffer that the map leads to.
    init(_ text: UnsafeBufferPointer<UInt8>, _ body: MailBody, bytes: [UInt8]) {
        self.body = text
        self.bytes = bytes
        map = body.segments.isEmpty ? nil : SourceMap(segments: body.segments, lineStarts: [0])
        layout = body.layout
        structure = body.structure[...]
        lines = MailLine.lines(text, layout: body.layout)
        marks = QuoteMarks(text: text, lines: lines)
        width = min(60, lines.lazy.filter { $0.depth == 0 }.map(\.length).max() ?? 0)
    }

    mutating func write(to writer: inout DocumentWriter, _ ranges: inout AscendingRanges) {
        var index = 0
        while index < lines.count {
            let line = lines[index]
            if let block = structure.first, line.range.lowerBound >= block.range.lowerBound {
                close()
                structure.removeFirst()
                writer.add(block, of: body)
                index = lines[index...].firstIndex { $0.range.lowerBound >= block.range.upperBound } ?? lines.count
                continue
            }
            if let next = armourEnd(at: index) {
                close()
                index = next
                continue
            }
            if line.depth == 0, !isQuotedFromHere {
                if isSignatureMark(line) {
                    close()
                    isSignature = true
                    index += 1
                    continue
                }
                if line.kind != .blank, marks.isSeparator(index) || marks.isRepeatedHeader(index) {
                    close()
                    isQuotedFromHere = true
                } else if let attribution = marks.attribution(at: index) {
                    close()
                    isSignature = false
                    for number in index..<attribution.end { write(number, quoted: 1, &writer, &ranges) }
                    close()
                    isQuotedFromHere = attribution.isOpen
                    index = attribution.end
                    continue
                }
            }
            write(index, quoted: isQuotedFromHere ? 1 : 0, &writer, &ranges)
            index += 1
        }
        writer.end()
    }

    private mutating func close() {
        open = .nothing
        last = nil
    }

    private func isSignatureMark(_ line: MailLine) -> Bool {
        line.range.count < 4 && body[body.trimmed(line.range)].elementsEqual("--".utf8)
    }

    private mutating func write(
        _ index: Int, quoted: Int, _ writer: inout DocumentWriter, _ ranges: inout AscendingRanges
    ) {
        var line = lines[index]
        line.depth += quoted
        guard line.kind == .text else {
            if open == .signature { last = nil } else { close() }
            return
        }
        if line.depth > 0 { isSignature = false }
        let kind: Open = line.depth > 0 ? .quote(line.depth) : isSignature ? .signature : .paragraph
        let item = kind == .paragraph ? item(in: line) : nil
        if let item { line.range = item.text }
        if kind != open || item != nil || kind != .signature && !continues(line) {
            switch kind {
            case .quote: writer.begin(.quote)
            default: writer.begin(item.map { .item(depth: 0, number: $0.number) } ?? .paragraph)
            }
            open = kind
        } else if !deletesSpace || last?.isSoft != true {
            writer.append(" ")
        }
        append(line.range, to: &writer, &ranges)
        last = line
    }

    private var deletesSpace: Bool { if case .flowed(let deletesSpace) = layout { deletesSpace } else { false } }

    /// Whether a line belongs to the paragraph of the line before.
    private func continues(_ line: MailLine) -> Bool {
        guard let last else { return false }
        switch layout {
        case .paragraphs: return false
        case .flowed: return last.isSoft
        case .fixed: return last.length + 1 + line.firstWordLength > width
        }
    }

    /// The number and text of an item of a list: `- text`, `1. text`.
    private func item(in line: MailLine) -> (number: Int?, text: Range<Int>)? {
        let start = line.range.lowerBound
        let text = body[line.range]
        for bullet in ["- ", "* ", "• ", "· "] where text.starts(with: bullet.utf8) {
            return (nil, body.trimmed(start + bullet.utf8.count..<line.range.upperBound))
        }
        let digits = text.prefix(3).prefix { $0.isASCIIDigit }
        let end = start + digits.count
        guard !digits.isEmpty, end + 1 < line.range.upperBound, body[end + 1] == 0x20,
            body[end] == UInt8(ascii: ".") || body[end] == UInt8(ascii: ")")
        else { return nil }
        return (Int(String(decoding: digits, as: UTF8.self)), body.trimmed(end + 2..<line.range.upperBound))
    }

    /// The line after the armour of OpenPGP that begins at a line; nil if none does.
    private mutating func armourEnd(at index: Int) -> Int? {
        let text = body[lines[index].range]
        guard text.starts(with: "-----BEGIN PGP ".utf8) else { return nil }
        if text.starts(with: "-----BEGIN PGP SIGNED".utf8) {
            let header = lines[(index + 1)...].prefix(4)
            return header.firstIndex { $0.kind == .blank } ?? index + 1
        }
        if text.starts(with: "-----BEGIN PGP MESSAGE".utf8) { isEncrypted = true }
        var end = index + 1
        while end < lines.count, !body[lines[end].range].starts(with: "-----END PGP ".utf8) { end += 1 }
        return min(lines.count, end + 1)
    }

    /// Appends a stretch of the body with the bytes behind it, word by word where they differ.
    private func append(_ range: Range<Int>, to writer: inout DocumentWriter, _ ranges: inout AscendingRanges) {
        let text = UnsafeBufferPointer(rebasing: body[range])
        guard let map else { return writer.append(text) }
        let source = map.sourceRange(of: range)
        if source.count == range.count, source.upperBound <= bytes.count, bytes[source].elementsEqual(text) {
            return writer.append(text, source: ranges.admit(source))
        }
        var start = range.lowerBound
        while start < range.upperBound {
            var end = start
            while end < range.upperBound, body[end] == 0x20 { end += 1 }
            while end < range.upperBound, body[end] != 0x20 { end += 1 }
            var source = map.sourceRange(of: start..<end)
            // As many bytes would count as the same bytes.
            let word = UnsafeBufferPointer(rebasing: body[start..<end])
            if source.count == word.count, source.count > 1, !bytes[source].elementsEqual(word) {
                source = source.lowerBound..<source.upperBound - 1
            }
            writer.append(word, source: ranges.admit(source))
            start = end
        }
    }
}
