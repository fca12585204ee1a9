import QuarryCore

/// Reads the elements of an XML part one level at a time.
///
/// Content that the caller does not read is skipped, and so are elements that nest too deeply.
struct ElementReader: ~Copyable {
    enum Child {
        case element(String)
        case text(String)
    }

    /// The deepest element that is read; libxml2 has a limit of its own.
    private static let maximumDepth = 160

    private var cursor: XMLCursor
    private var depth = 0
    /// Whether text was skipped because it nests too deeply.
    private(set) var isCut = false

    private init(_ cursor: consuming XMLCursor) { self.cursor = cursor }

    /// Calls `body` with a reader at the beginning of a part.
    ///
    /// - Throws: `XMLCursor.Malformed`, and what `body` throws.
    static func read<Value>(_ bytes: [UInt8], _ body: (inout ElementReader) throws -> Value) throws -> Value {
        guard !bytes.isEmpty else { throw XMLCursor.Malformed(line: 1) }
        return try bytes.withUnsafeBufferPointer { buffer in
            var reader = ElementReader(try XMLCursor(buffer))
            return try body(&reader)
        }
    }

    /// Calls `body` with each child of the element that started last. At the beginning, the child is the root.
    mutating func children(_ body: (inout ElementReader, Child) throws -> Void) throws {
        let level = depth
        guard level < Self.maximumDepth else {
            if try text().contains(where: { !$0.isWhitespace }) { isCut = true }
            return
        }
        while let event = try next() {
            switch event {
            case .end: return
            case .text(let text): try body(&self, .text(text))
            case .start(let name):
                try body(&self, .element(name))
                while depth > level { if try next() == nil { return } }
            }
        }
    }

    /// Calls `body` with the name of each child element.
    mutating func elements(_ body: (inout ElementReader, String) throws -> Void) throws {
        try children { reader, child in
            if case .element(let name) = child { try body(&reader, name) }
        }
    }

    /// Calls `body` with the names of all elements within the one that started last. It may read their attributes, or
    /// their ``text()``.
    mutating func descendants(_ body: (inout ElementReader, String) throws -> Void) throws {
        let level = depth
        while let event = try next() {
            if case .start(let name) = event { try body(&self, name) }
            if depth < level { return }
        }
    }

    /// The text of the element that started last, and of all within it.
    mutating func text() throws -> String {
        let level = depth
        var text = ""
        while depth >= level, let event = try next() {
            if case .text(let piece) = event { text += piece }
        }
        return text
    }

    private mutating func next() throws -> XMLCursor.Event? {
        let event = try cursor.next()
        switch event {
        case .start?: depth += 1
        case .end?: depth -= 1
        case .text?, nil: break
        }
        return event
    }

    /// The value of an attribute, by the name that the document gives it.
    func attribute(_ name: String) -> String? { cursor.attribute(name) }

    /// All attributes, by their names without prefixes.
    func attributes() -> [String: String] { cursor.attributes() }

    /// The `val` of a WordprocessingML element.
    var value: String? { cursor.attribute("w:val") ?? cursor.attributes()["val"] }

    /// Whether a WordprocessingML switch, such as `<w:vanish/>`, is on.
    var isOn: Bool {
        guard let value else { return true }
        return value != "0" && value != "false" && value != "off"
    }

    /// The id of a relationship (`r:id`).
    var relationship: String? { cursor.attribute("r:id") ?? cursor.attributes()["id"] }
}
