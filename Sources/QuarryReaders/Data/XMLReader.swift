public import QuarryCore
import QuarryText

/// Reads XML: the text of the elements in order.
///
/// An element with text of its own is a block, together with the elements within it. Titles, paragraphs, lists, code and
/// tables are recognised by their names in DocBook, TEI, JATS and feeds. Other elements with a short text and without
/// elements are written as `name: text`, and an element of only such is one paragraph. Attributes are left out, and
/// entities that the document defines are not expanded. The descriptions of feeds are read as HTML. Of a document with
/// a fault, what comes before it is read.
///
/// Elements nest at most 256 deep. A citation names the lines of the file. Offsets count in the text that is written here.
public struct XMLReader: Reader {
    public init() {}

    public var formatName: String { "XML" }
    public var pathExtensions: Set<String> { ["xml", "rss", "atom", "dbk", "tei"] }
    public var version: String { "xml/5" }

    public func read(_ source: Source) -> ReadResult {
        guard source.bytes.contains(where: { $0 > 0x20 }) else { return ReadResult(rejected: [.empty(source.id)]) }
        // Lines are counted in the bytes, which have signs of two bytes in UTF-16.
        if source.bytes.prefix(4).contains(0), let clean = try? CleanSource(source) {
            var (result, _) = read(withoutDeclaration(Array(clean.text.utf8)), id: source.id)
            result.warnings += clean.warnings
            return result
        }
        let (result, isWhole) = read(source.bytes, id: source.id)
        // The bytes may not be in the encoding that is declared, and a fault costs more text in other encodings than UTF-8.
        if !isWhole, String(validating: source.bytes, as: UTF8.self) == nil, let clean = try? CleanSource(source) {
            var (decoded, isWhole) = read(withoutDeclaration(Array(clean.text.utf8)), id: source.id)
            decoded.warnings += clean.warnings
            if isWhole || decoded.textLength > result.textLength { return decoded }
        }
        return result
    }

    /// Reads a document up to its first fault, and says whether there is none.
    private func read(_ bytes: [UInt8], id: String) -> (ReadResult, isWhole: Bool) {
        var document = bytes.withUnsafeBufferPointer { XMLDocument($0) }
        let fault = document.fault.map { fault in
            Rejection(
                source: id, line: fault.line, reason: fault.cause == .fault ? .brokenRecord : .tooLarge,
                message: fault.cause == .fault
                    ? "The file is not well-formed XML." : "The file \(fault.problem), which is not read.")
        }
        // libxml2 gives nothing of the stretch in which it finds a fault, so a text in UTF-8 is cut before the faulty tag.
        if let parsed = document.fault?.offset,
            let end = bytes.prefix(parsed).lastIndex(of: UInt8(ascii: "<")),
            String(validating: bytes[..<end], as: UTF8.self) != nil
        {
            document = bytes.withUnsafeBufferPointer { XMLDocument(UnsafeBufferPointer(rebasing: $0[..<end])) }
        }
        guard let written = document.writer.document(id: id, title: document.title) else {
            return (ReadResult(rejected: [fault ?? .empty(id)]), fault == nil)
        }
        var warnings = written.removed.warnings(id)
        if var fault {
            fault.message += " What follows is left out."
            warnings.insert(fault, at: 0)
        }
        return (
            ReadResult(
                documents: [written.document], warnings: warnings,
                bidirectionalControls: written.removed.bidirectionalControls), fault == nil
        )
    }

    /// The text with spaces in the place of its declaration.
    private func withoutDeclaration(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.starts(with: "<?xml".utf8), let end = bytes.prefix(512).firstIndex(of: UInt8(ascii: ">")) else {
            return bytes
        }
        return bytes[...end].map { $0 == 0x0A ? 0x0A : 0x20 } + bytes[(end + 1)...]
    }
}

extension ReadResult {
    fileprivate var textLength: Int { documents.reduce(0) { $0 + $1.text.utf8.count } }
}

/// Writes the text of one document.
private struct XMLDocument {
    private let outline: XMLOutline
    private var lines: XMLLines
    private(set) var writer = DocumentWriter()
    private(set) var title: String?
    /// Where reading ended before the end.
    private(set) var fault: XMLCursor.Malformed?
    /// The text of a description that is HTML, while it is read.
    private var page: [UInt8]?

    /// An element whose start was read, and not yet its end.
    private struct Element {
        var name: String
        var content: XMLOutline.Content
        var role = Role.none
    }

    private enum Role {
        case none
        /// Its text is one part, to which the text of its elements belongs.
        case block, cell, row
        /// A block of lines `name: text`, one for each of its elements.
        case record
        /// Its text is HTML.
        case page
    }

    private var open: [Element] = []
    private var started = 0
    private var blocks = 0
    private var cells = 0
    private var lists = 0
    private var firstTitleDepth: Int?
    /// The text of the title while it is read.
    private var titleText: String?
    /// Whether the open part has no text yet.
    private var isEmpty = true

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        outline = XMLOutline(bytes)
        lines = XMLLines(bytes)
        do {
            try write(bytes)
        } catch {
            fault = error
            if let page { writePage(page) }
        }
    }

    private mutating func write(_ bytes: UnsafeBufferPointer<UInt8>) throws(XMLCursor.Malformed) {
        var cursor = try XMLCursor(bytes)
        while let event = try cursor.next() {
            switch event {
            case .start(let name): start(name)
            case .end: end()
            case .text(let text): append(text)
            }
        }
    }

    private mutating func append(_ text: String) {
        // Text between blocks is white space, or follows a block within a block.
        guard blocks > 0 || cells > 0 || text.utf8.contains(where: { $0 > 0x20 }) else { return }
        if page != nil {
            page? += Array(text.utf8)
            return
        }
        writer.append(text)
        if titleText?.utf8.count ?? 4096 < 4096 { titleText? += text }
        if isEmpty, text.utf8.contains(where: { $0 > 0x20 }) { isEmpty = false }
    }

    private mutating func start(_ name: String) {
        var element = Element(name: name, content: started < outline.contents.count ? outline.contents[started] : [])
        started += 1
        let line = lines.next()
        defer { open.append(element) }
        if XMLName.lists.contains(name) { lists += 1 }
        if case .record? = open.last?.role {
            guard element.content.contains(.text) else { return }
            writer.append((isEmpty ? "" : "; ") + name + ": ")
            isEmpty = false
            return
        }
        if cells > 0 {
            if XMLName.blocks.contains(name) || XMLName.cells.contains(name) { writer.append(" ") }
            return
        }
        if XMLName.breaks.contains(name) {
            if writer.isOpen { writer.append("\n") }
            return
        }
        if XMLName.rows.contains(name), element.content.contains(.cells), blocks == 0 {
            element.role = .row
            writer.beginRow()
            return move(to: line)
        }
        if XMLName.cells.contains(name), case .row? = open.last?.role {
            element.role = .cell
            cells += 1
            return writer.beginCell()
        }
        if blocks == 0, !element.content.contains(.text), element.content.isSuperset(of: [.elements, .record]) {
            element.role = .record
            blocks += 1
            isEmpty = true
            move(to: line)
            return writer.begin(.paragraph)
        }
        if blocks == 0, element.content.contains(.text), !element.content.contains(.elements), let root = open.first,
            XMLName.feeds.contains(root.name), XMLName.descriptions.contains(name)
        {
            element.role = .page
            move(to: line)
            page = []
            return
        }
        guard let part = part(of: element) else { return }
        element.role = .block
        blocks += 1
        // The paragraph of an item is the item.
        if case .paragraph = part, let parent = open.last, parent.role == .block, isEmpty, blocks > 1 { return }
        writer.end()
        move(to: line)
        writer.begin(part)
        isEmpty = true
        if case .item = part, !XMLName.items.contains(name) {
            writer.append(name + ": ")
            isEmpty = false
        }
    }

    private mutating func move(to line: Int?) {
        if let line { writer.move(to: .line(line), within: true) }
    }

    /// The part that an element begins; nil if its text belongs to the part around it, or it has no text.
    private mutating func part(of element: Element) -> DocumentWriter.Part? {
        let (name, content) = (element.name, element.content)
        guard blocks == 0 || XMLName.blocks.contains(name) else { return nil }
        let isInText = open.last?.content.contains(.text) ?? false
        if XMLName.code.contains(name), content.contains(.text) { return .code() }
        if XMLName.items.contains(name), lists > 0 || blocks > 0 { return .item(depth: max(0, lists - 1)) }
        if XMLName.quotes.contains(name) { return content.contains(.text) ? .quote : nil }
        if XMLName.titles.contains(name), !isInText, !content.contains(.title) { return heading(name) }
        if XMLName.paragraphs.contains(name) {
            let isContainer = !content.contains(.text) && !["p", "para", "simpara", "ab"].contains(name)
            return isContainer ? nil : .paragraph
        }
        guard content.contains(.text) else { return nil }
        if content.contains(.elements) || content.contains(.longText) || open.isEmpty { return .paragraph }
        return .item(depth: 0)
    }

    private mutating func heading(_ name: String) -> DocumentWriter.Part {
        let first = firstTitleDepth ?? open.count
        firstTitleDepth = first
        if title == nil, titleText == nil { titleText = "" }
        if name.utf8.count == 2, let level = name.utf8.last.map({ Int($0) - 0x30 }) { return .heading(level: level) }
        return .heading(level: max(1, open.count - first + 1))
    }

    /// Writes a text that may be HTML. One without tags or entities, or that nests too deeply, is written as it is.
    private mutating func writePage(_ bytes: [UInt8]) {
        let isWritten: Bool? =
            !XMLName.isMarkup(bytes)
            ? nil
            : bytes.withUnsafeBufferPointer { bytes in
                try? HTMLTree.withTree(of: bytes) { tree in
                    var page = HTMLWriter(tree, to: writer)
                    page.write(HTMLContent.seen(of: tree, keepsHidden: false).parts)
                    writer = page.document
                    return true
                }
            }
        if isWritten == nil { writer.add(.paragraph, String(decoding: bytes, as: UTF8.self)) }
    }

    private mutating func end() {
        guard let element = open.popLast() else { return }
        if XMLName.lists.contains(element.name) { lists -= 1 }
        switch element.role {
        case .block, .record:
            blocks -= 1
            writer.end()
            isEmpty = true
            if let text = titleText {
                title = text.joiningWords()
                titleText = nil
                if title?.isEmpty == true { title = nil }
            }
        case .page:
            writePage(page ?? [])
            page = nil
        case .cell: cells -= 1
        case .row:
            let isHeader = open.last.map { $0.name == "thead" } ?? false
            writer.endRow(isHeader: isHeader)
        case .none:
            if ["table", "tgroup", "informaltable"].contains(element.name), cells == 0, blocks == 0 {
                writer.endTable()
            }
        }
    }
}
