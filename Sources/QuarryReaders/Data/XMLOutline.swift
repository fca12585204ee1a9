import QuarryCore

/// What each element of a document contains, in the order of their starts. It is found before the text is written,
/// because an element shows only later that it mixes text with elements.
struct XMLOutline {
    struct Content: OptionSet {
        let rawValue: UInt8
        /// Text of its own, other than white space.
        static let text = Content(rawValue: 1)
        static let elements = Content(rawValue: 2)
        /// More text than fits a line.
        static let longText = Content(rawValue: 4)
        /// Cells of a table.
        static let cells = Content(rawValue: 8)
        static let title = Content(rawValue: 16)
        /// Several elements, each with no more than a short text.
        static let record = Content(rawValue: 32)
    }

    private(set) var contents: [Content] = []
    private static let line = 200

    /// Of a document with a fault, the elements before it.
    init(_ bytes: UnsafeBufferPointer<UInt8>) { try? collect(bytes) }

    private mutating func collect(_ bytes: UnsafeBufferPointer<UInt8>) throws(XMLCursor.Malformed) {
        var cursor = try XMLCursor(bytes)
        var open: [(index: Int, length: Int, leaves: Int, others: Int)] = []
        while let event = try cursor.next() {
            switch event {
            case .start(let name):
                if let parent = open.last {
                    if XMLName.isText(name) { open[open.count - 1].others += 1 }
                    contents[parent.index].insert(.elements)
                    if XMLName.cells.contains(name) { contents[parent.index].insert(.cells) }
                    if name == "title" { contents[parent.index].insert(.title) }
                }
                open.append((contents.count, 0, 0, 0))
                contents.append([])
            case .end:
                guard let element = open.popLast() else { continue }
                let content = contents[element.index]
                if element.leaves > 1, element.others == 0 { contents[element.index].insert(.record) }
                guard let parent = open.indices.last else { continue }
                if content.contains(.elements) || content.contains(.longText) {
                    open[parent].others += 1
                } else if content.contains(.text) {
                    open[parent].leaves += 1
                }
            case .text(let text):
                guard let last = open.indices.last, text.utf8.contains(where: { $0 > 0x20 }) else { continue }
                open[last].length += text.utf8.count
                contents[open[last].index].insert(.text)
                if open[last].length > Self.line { contents[open[last].index].insert(.longText) }
            }
        }
    }
}

/// Names of elements in DocBook, TEI, JATS and feeds.
enum XMLName {
    static let titles: Set<String> = ["title", "head", "heading", "h1", "h2", "h3", "h4", "h5", "h6"]
    static let paragraphs: Set<String> = [
        "p", "para", "simpara", "formalpara", "ab", "l", "line", "sp", "stage", "speaker", "abstract", "summary",
        "description", "content", "caption", "note", "footnote", "seg", "s", "u", "text", "body", "encoded",
    ]
    static let feeds: Set<String> = ["rss", "RDF", "feed"]
    /// Elements of feeds whose text may be HTML.
    static let descriptions: Set<String> = ["description", "encoded", "summary", "content"]
    /// Whether a text has tags or entities of HTML.
    static func isMarkup(_ bytes: [UInt8]) -> Bool {
        bytes.indices.contains { start in
            var end = start + 1
            func name() -> String {
                let first = end
                while end < bytes.count, end < first + 12, bytes[end].isASCIILetterOrDigit { end += 1 }
                return String(decoding: bytes[first..<end], as: UTF8.self).lowercased()
            }
            switch bytes[start] {
            case UInt8(ascii: "<"):
                if end < bytes.count, bytes[end] == UInt8(ascii: "/") { end += 1 }
                return htmlTags.contains(name())
            case UInt8(ascii: "&"):
                if end < bytes.count, bytes[end] == UInt8(ascii: "#") { end += 1 }
                return !name().isEmpty && end < bytes.count && bytes[end] == UInt8(ascii: ";")
            default: return false
            }
        }
    }

    private static let htmlTags: Set<String> = [
        "p", "br", "a", "div", "span", "img", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "b", "i",
        "em", "strong", "blockquote", "pre", "code", "hr", "figure", "iframe", "sup", "sub", "small", "u",
    ]
    static let items: Set<String> = ["item", "li", "listitem", "list-item"]
    static let lists: Set<String> = ["list", "ul", "ol", "itemizedlist", "orderedlist", "simplelist", "variablelist"]
    static let code: Set<String> = ["programlisting", "screen", "pre", "eg", "code-block", "literallayout"]
    static let quotes: Set<String> = ["blockquote", "epigraph", "disp-quote"]
    static let rows: Set<String> = ["row", "tr"]
    static let cells: Set<String> = ["entry", "cell", "td", "th"]
    static let breaks: Set<String> = ["br", "lb", "newline", "pb", "tab"]
    /// Whether elements of a name hold text for people to read.
    static func isText(_ name: String) -> Bool {
        titles.contains(name) || blocks.contains(name) || paragraphs.contains(name) || cells.contains(name)
            || quotes.contains(name)
    }

    /// Blocks that end the paragraph around them.
    static let blocks = paragraphs.subtracting([
        "s", "seg", "u", "l", "text", "content", "note", "summary", "description",
    ])
    .union(items).union(code).union(quotes)
}
