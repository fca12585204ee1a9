import CQuarryHTML

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The elements and texts of an HTML page, in text order, each before its content. Parsed by gumbo as browsers do.
///
/// It is valid only inside of ``withTree(of:_:)``.
struct HTMLTree {
    struct Node {
        /// The name of an element in lower case; empty for text.
        var tag: String
        var parent: Int
        /// The index after the node and its content.
        var end: Int
        fileprivate var element: UnsafePointer<GumboElement>?
        fileprivate var text: UnsafePointer<GumboText>?

        var isText: Bool { text != nil }
    }

    /// Why a page is not parsed: it is so entangled that this could take very long.
    enum Obstacle: Error, CustomStringConvertible {
        case nesting, attributes

        /// For a sentence about the page: `its elements …`.
        var description: String {
            switch self {
            case .nesting: "its elements are nested too deeply"
            case .attributes: "one of its elements has too many attributes"
            }
        }
    }

    private(set) var nodes: [Node] = []
    let source: UnsafeBufferPointer<UInt8>

    /// Parses a page, and calls `body` with its tree.
    ///
    /// - Throws: ``Obstacle``, and what `body` throws.
    /// - Complexity: O(bytes · depth).
    static func withTree<Result>(
        of bytes: UnsafeBufferPointer<UInt8>, _ body: (HTMLTree) throws -> Result
    ) throws -> Result {
        guard TagLimits.firstExcess(in: bytes) == nil else { throw Obstacle.attributes }
        guard HTMLNesting(bytes).isAcceptable else { throw Obstacle.nesting }
        var options = kGumboDefaultOptions
        options.max_errors = 0
        return try bytes.withMemoryRebound(to: CChar.self) { characters in
            guard let start = characters.baseAddress,
                let output = gumbo_parse_with_options(&options, start, characters.count)
            else { return try body(HTMLTree(source: bytes)) }
            defer { gumbo_destroy_output(&options, output) }
            var tree = HTMLTree(source: bytes)
            if let root = output.pointee.root { tree.collect(root) }
            return try body(tree)
        }
    }

    private init(source: UnsafeBufferPointer<UInt8>) { self.source = source }

    private mutating func collect(_ root: UnsafeMutablePointer<GumboNode>) {
        var open: [(node: Int, children: GumboVector, next: Int)] = []
        var current: UnsafeMutablePointer<GumboNode>? = root
        while true {
            if let node = current {
                add(node, parent: open.last?.node ?? -1)
                if let element = nodes.last?.element, node.pointee.type != GUMBO_NODE_TEXT {
                    open.append((nodes.count - 1, element.pointee.children, 0))
                }
                current = nil
            }
            guard var last = open.popLast() else { return }
            if last.next < Int(last.children.length) {
                let child = last.children.data[last.next]
                last.next += 1
                open.append(last)
                let node = child?.assumingMemoryBound(to: GumboNode.self)
                if let node, Self.isKept(node.pointee.type) { current = node }
            } else {
                nodes[last.node].end = nodes.count
            }
        }
    }

    private static func isKept(_ type: GumboNodeType) -> Bool {
        type == GUMBO_NODE_ELEMENT || type == GUMBO_NODE_TEXT || type == GUMBO_NODE_CDATA
            || type == GUMBO_NODE_WHITESPACE
    }

    private mutating func add(_ node: UnsafeMutablePointer<GumboNode>, parent: Int) {
        let raw = UnsafeRawPointer(node) + (MemoryLayout<GumboNode>.offset(of: \.v) ?? 0)
        var added = Node(tag: "", parent: parent, end: nodes.count + 1)
        if node.pointee.type == GUMBO_NODE_ELEMENT {
            let element = raw.assumingMemoryBound(to: GumboElement.self)
            added.element = element
            added.tag = Self.name(of: element.pointee)
        } else {
            added.text = raw.assumingMemoryBound(to: GumboText.self)
        }
        nodes.append(added)
    }

    private static let names: [String] = (0..<GUMBO_TAG_UNKNOWN.rawValue).map {
        String(cString: gumbo_normalized_tagname(GumboTag($0)))
    }

    private static func name(of element: GumboElement) -> String {
        if element.tag.rawValue < GUMBO_TAG_UNKNOWN.rawValue { return names[Int(element.tag.rawValue)] }
        var piece = element.original_tag
        gumbo_tag_from_original_text(&piece)
        guard let start = piece.data, piece.length > 0 else { return "?" }
        let bytes = UnsafeRawBufferPointer(start: start, count: min(piece.length, 64))
        return String(decoding: bytes, as: UTF8.self).lowercased()
    }

    /// The value of an attribute of an element; nil if it has none.
    func attribute(_ name: String, of index: Int) -> String? {
        guard let attributes = nodes[index].element?.pointee.attributes, attributes.length > 0 else { return nil }
        return withUnsafePointer(to: attributes) { gumbo_get_attribute($0, name) }.map {
            String(cString: $0.pointee.value)
        }
    }

    /// The decoded text of a text node, and its bytes in the source.
    func text(of index: Int) -> (text: UnsafeBufferPointer<UInt8>, source: Range<Int>) {
        guard let text = nodes[index].text, let decoded = text.pointee.text else {
            return (UnsafeBufferPointer(start: nil, count: 0), 0..<0)
        }
        let length = strlen(decoded)
        let bytes = UnsafeRawBufferPointer(start: decoded, count: length).assumingMemoryBound(to: UInt8.self)
        guard let raw = text.pointee.original_text.data, let start = source.baseAddress else { return (bytes, 0..<0) }
        let offset = UnsafeRawPointer(raw) - UnsafeRawPointer(start)
        let end = min(source.count, max(0, offset) + text.pointee.original_text.length)
        return (bytes, max(0, min(offset, end))..<end)
    }

    /// The text of an element's content, with white space as it is.
    func content(of index: Int) -> String {
        var content = ""
        for child in index..<nodes[index].end where nodes[child].isText {
            content += String(decoding: text(of: child).text, as: UTF8.self)
        }
        return content
    }

    /// The index of the first element with a tag; nil if there is none.
    func first(_ tag: String) -> Int? { nodes.firstIndex { $0.tag == tag } }
}
