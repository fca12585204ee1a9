import QuarryCore
import QuarryText

/// Writes the text of a document from the parts that a reader finds: headings, paragraphs, lists, tables and code.
///
/// The text is Markdown. A part that is begun takes text, in which a run of white space becomes one space (except in
/// `code` and `text`). Parts without text leave nothing.
///
/// A reader of a text format gives the source of each piece, and the map leads back to its bytes. A reader of another
/// format, such as PDF, gives none: offsets and lines then count in the text that is written here.
struct DocumentWriter {
    /// A part of a document.
    enum Part: Hashable {
        /// Levels run from 1.
        case heading(level: Int)
        case paragraph
        /// An item of a list. The depth counts from 0. An item without a number has a bullet.
        case item(depth: Int, number: Int? = nil)
        case code(language: String? = nil)
        case quote
        /// Text of several paragraphs, with its white space and marks as they are.
        case text
    }

    private var text: [UInt8] = []
    private var blocks: [Block] = []
    private var map = MapOfPieces()

    /// The place of what is written next.
    private(set) var place: Place?
    private var placeStart = 0
    private var places: [SourceMap.PlacedRange] = []

    private var part: Part?
    /// Where the current part and its text begin; nil before its first letter.
    private var start: (part: Int, content: Int)?
    private var list: Range<Int>?
    private var table: Table?
    /// White space before the next letter, with its source.
    private var space: (isPending: Bool, source: Int?) = (false, nil)

    private struct Table {
        var start: Int?
        var headerEnd: Int?
        /// Cells of the current row that are begun, and of these, how many are written.
        var begun = 0
        var written = 0
        var end = 0
    }

    /// The number of bytes written so far.
    var count: Int { text.count }

    // MARK: Parts

    /// Begins a part, and ends the one before.
    mutating func begin(_ next: Part) {
        end()
        endTable()
        if case .item = next {} else { endList() }
        part = next
    }

    /// Ends the current part.
    mutating func end() {
        defer { (part, start, space) = (nil, nil, (false, nil)) }
        guard let part, let start else { return }
        if case .code = part {
            write(text.last == 0x0A ? "```" : "\n```")
            map.close()
        }
        let range = start.part..<text.count
        switch part {
        case .heading(let level):
            let title = String(decoding: text[start.content...], as: UTF8.self)
            blocks.append(Block(kind: .heading(level: max(1, level), title: title), range: range))
        case .paragraph: blocks.append(Block(kind: .paragraph, range: range))
        case .item: list = (list?.lowerBound ?? range.lowerBound)..<range.upperBound
        case .code(let language): blocks.append(Block(kind: .code(language: language), range: range))
        case .quote: blocks.append(Block(kind: .quote, range: range))
        case .text: break
        }
    }

    /// Writes a whole part.
    mutating func add(_ part: Part, _ text: String, source: Range<Int>? = nil) {
        begin(part)
        append(text, source: source)
        end()
    }

    private mutating func endList() {
        if let list { blocks.append(Block(kind: .list, range: list)) }
        list = nil
    }

    /// Sets the place of what follows. It ends the current part, unless that goes on there.
    mutating func move(to place: Place?, within isWithinPart: Bool = false) {
        guard place != self.place else { return }
        if !isWithinPart {
            end()
            endList()
            endTable()
        }
        endPlace()
        self.place = place
    }

    private mutating func endPlace() {
        if let place, placeStart < text.count {
            places.append(.init(range: placeStart..<text.count, place: place))
        }
        placeStart = text.count
    }

    // MARK: Text

    /// Whether a part or a cell is open.
    var isOpen: Bool { part != nil || table?.begun ?? 0 > 0 }

    /// Whether a part is open that has no text yet.
    var isAtStartOfPart: Bool { part != nil && start == nil }

    /// The last character of the open part or cell; nil after white space and at the beginning.
    var lastCharacter: Character? {
        guard isOpen, !isAtStart, !isAtStartOfPart, !space.isPending else { return nil }
        return String(decoding: text.suffix(8), as: UTF8.self).last
    }

    /// Appends text to the open part, or to a new paragraph.
    ///
    /// - `source`: The bytes behind the text. If they are as many as those of the text, each byte comes from one of them.
    mutating func append(_ piece: String, source: Range<Int>? = nil) {
        var piece = piece
        piece.withUTF8 { append($0, source: source) }
    }

    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>, source: Range<Int>? = nil) {
        let isExact = source?.count == bytes.count
        for (offset, byte) in bytes.enumerated() {
            append(byte, source: isExact ? source.map { $0.lowerBound + offset } : nil)
        }
        if let source, !isExact, !bytes.isEmpty { map.join(source) }
    }

    private mutating func append(_ byte: UInt8, source: Int?) {
        let isSpace = byte == 0x20 || (0x09...0x0D).contains(byte)
        if keepsSpaces {
            if isSpace, start == nil, byte != 0x20, byte != 0x09 { return }
            open()
            put(byte == 0x0D ? 0x0A : byte, source)
            return
        }
        guard !isSpace else {
            if !space.isPending { space = (true, source) }
            return
        }
        open()
        if space.isPending, !isAtStart { put(0x20, space.source) }
        space = (false, nil)
        isAtStart = false
        if table != nil, byte == UInt8(ascii: "|") { write("\\") }
        put(byte, source)
    }

    private var keepsSpaces: Bool {
        switch part {
        case .code, .text: true
        default: false
        }
    }

    /// Whether nothing of the open part or cell is written yet.
    private var isAtStart = true

    /// Writes the sign of a part, or the bar of a cell, before its first letter.
    private mutating func open() {
        if table != nil { return openCell() }
        if part == nil { begin(.paragraph) }
        guard start == nil, let part else { return }
        let isNextItem = if case .item = part { list != nil } else { false }
        if !text.isEmpty { write(isNextItem ? "\n" : "\n\n") }
        let begin = text.count
        switch part {
        case .heading(let level): write(String(repeating: "#", count: max(1, min(6, level))) + " ")
        case .paragraph, .text: break
        case .item(let depth, let number):
            write(String(repeating: "  ", count: min(depth, 16)) + (number.map { "\($0). " } ?? "- "))
        case .code(let language): write("```\(language ?? "")\n")
        case .quote: write("> ")
        }
        start = (begin, text.count)
        isAtStart = true
    }

    // MARK: Tables

    /// Begins a row of a table, and the table if none is open.
    mutating func beginRow() {
        end()
        endList()
        endRow()
        if table == nil { table = Table() }
    }

    /// Begins a cell of the current row.
    mutating func beginCell() {
        if table == nil { beginRow() }
        table?.begun += 1
        space = (false, nil)
        isAtStart = true
    }

    /// Writes the bars of the cells that are begun.
    private mutating func openCell() {
        guard let open = table, open.written < open.begun || open.begun == 0 else { return }
        if open.begun == 0 { table?.begun = 1 }
        if open.written == 0 {
            if !text.isEmpty { write(open.start == nil ? "\n\n" : "\n") }
            if open.start == nil { table?.start = text.count }
            write("|")
        }
        for number in open.written..<max(1, open.begun) { write(number == 0 ? " " : " | ") }
        table?.written = max(1, open.begun)
        isAtStart = true
    }

    /// Ends the current row. That of a header is followed by a delimiter row.
    mutating func endRow(isHeader: Bool = false) {
        guard let open = table, open.begun > 0 else { return }
        table?.begun = 0
        table?.written = 0
        space = (false, nil)
        guard open.written > 0 else { return }
        for _ in open.written..<open.begun { write(" | ") }
        write(" |")
        if isHeader, open.headerEnd == nil, open.end == 0 {
            write("\n|" + String(repeating: " --- |", count: open.begun))
            table?.headerEnd = text.count
        }
        map.close()
        table?.end = text.count
    }

    mutating func endTable() {
        endRow()
        guard let open = table else { return }
        table = nil
        guard let start = open.start else { return }
        blocks.append(Block(kind: .table(header: start..<(open.headerEnd ?? start)), range: start..<open.end))
    }

    /// Writes a row of cells.
    mutating func addRow(_ cells: [String], isHeader: Bool = false) {
        beginRow()
        for cell in cells {
            beginCell()
            append(cell)
        }
        endRow(isHeader: isHeader)
    }

    // MARK: Writing

    /// Writes text that is not in the source.
    private mutating func write(_ words: String) { for byte in words.utf8 { put(byte, nil) } }

    private mutating func put(_ byte: UInt8, _ source: Int?) {
        text.append(byte)
        map.add(source)
    }

    // MARK: The document

    /// The document that was written; nil without text.
    ///
    /// - `id`: The document's name.
    /// - `source`: The text that the pieces came from, with its own map; nil if they came from no text.
    consuming func document(
        id: String, title: String? = nil, metadata: [String: MetadataValue] = [:], from source: CleanSource? = nil
    ) -> (document: Document, removed: RemovedCharacters)? {
        end()
        endList()
        endTable()
        endPlace()
        // The parts are valid UTF-8, which cleaning cannot refuse.
        // A source that is text was repaired before it was parsed.
        let mojibake = source == nil ? Mojibake(in: text) : nil
        guard var cleaned = try? TextCleaner.clean(mojibake?.utf8 ?? text),
            cleaned.text.utf8.contains(where: { $0 > 0x20 })
        else {
            return nil
        }
        if let mojibake {
            cleaned.segments = SourceMap.composition(of: cleaned.segments, over: mojibake.segments)
            cleaned.removed.repaired = mojibake.count
        }
        let toWritten = SourceMap(segments: cleaned.segments, lineStarts: SourceMap.lineStarts(in: text), base: .text)
        var sourceMap = toWritten
        if let source, let segments = map.finished() {
            sourceMap = SourceMap(
                segments: SourceMap.composition(
                    of: SourceMap.composition(of: cleaned.segments, over: segments), over: source.sourceMap.segments),
                lineStarts: source.sourceMap.lineStarts)
        }
        sourceMap.places = places.compactMap { placed in
            let range = toWritten.textRange(ofSource: placed.range)
            return range.isEmpty ? nil : .init(range: range, place: placed.place)
        }
        let document = Document(
            id: id, title: title, text: cleaned.text, metadata: metadata,
            blocks: blocks.compactMap { $0.moved(by: toWritten) }.sorted { $0.range.lowerBound < $1.range.lowerBound },
            sourceMap: sourceMap)
        return (document, cleaned.removed)
    }
}

extension Block {
    /// The block with the ranges of a cleaned text; nil if nothing is left of it.
    fileprivate func moved(by map: SourceMap) -> Block? {
        let range = map.textRange(ofSource: range)
        guard !range.isEmpty else { return nil }
        guard case .table(let header) = kind else { return Block(kind: kind, range: range) }
        let moved = header.isEmpty ? range.lowerBound..<range.lowerBound : map.textRange(ofSource: header)
        return Block(kind: .table(header: moved), range: range)
    }
}
