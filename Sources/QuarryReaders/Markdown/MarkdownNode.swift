import CQuarryMarkdown

/// A node in a tree of cmark-gfm, which owns it.
struct MarkdownNode: Equatable {
    let pointer: OpaquePointer

    init?(_ pointer: OpaquePointer?) {
        guard let pointer else { return nil }
        self.pointer = pointer
    }

    var type: cmark_node_type { cmark_node_get_type(pointer) }
    var startLine: Int { Int(cmark_node_get_start_line(pointer)) }
    var endLine: Int { Int(cmark_node_get_end_line(pointer)) }
    var parent: MarkdownNode? { MarkdownNode(cmark_node_parent(pointer)) }
    var next: MarkdownNode? { MarkdownNode(cmark_node_next(pointer)) }
    var firstChild: MarkdownNode? { MarkdownNode(cmark_node_first_child(pointer)) }
    var lastChild: MarkdownNode? { MarkdownNode(cmark_node_last_child(pointer)) }
    var headingLevel: Int { Int(cmark_node_get_heading_level(pointer)) }

    /// Removes the node and its children from the tree and frees them.
    func free() { cmark_node_free(pointer) }

    /// Calls `body` with the node and its descendants, in text order. It does not recurse.
    func forEach(_ body: (MarkdownNode) -> Void) {
        let iterator = cmark_iter_new(pointer)
        defer { cmark_iter_free(iterator) }
        while true {
            let event = cmark_iter_next(iterator)
            if event == CMARK_EVENT_DONE { break }
            if event == CMARK_EVENT_ENTER, let node = MarkdownNode(cmark_iter_get_node(iterator)) { body(node) }
        }
    }

    /// The first bytes of the unparsed inlines. The library leaves them undefined if the text is empty.
    func content(maximum: Int) -> [UInt8] {
        guard let content = cmark_node_get_string_content(pointer) else { return [] }
        var bytes: [UInt8] = []
        while bytes.count <= maximum, content[bytes.count] != 0 {
            bytes.append(UInt8(bitPattern: content[bytes.count]))
        }
        if bytes.count > maximum { while let last = bytes.popLast(), last & 0xC0 == 0x80 {} }
        return bytes
    }

    func setContent(_ bytes: [UInt8]) {
        cmark_node_set_string_content(pointer, String(decoding: bytes, as: UTF8.self))
    }

    /// The text of the inlines without markup, on one line.
    var plainText: String {
        var text = ""
        forEach { inline in
            switch inline.type {
            case CMARK_NODE_TEXT, CMARK_NODE_CODE:
                if let literal = cmark_node_get_literal(inline.pointer) { text += String(cString: literal) }
            case CMARK_NODE_SOFTBREAK, CMARK_NODE_LINEBREAK: text += " "
            default: break
            }
        }
        return text.joiningWords()
    }

    /// The first word of a code fence's info string; nil if there is none.
    func language(maximum: Int) -> String? {
        guard let info = cmark_node_get_fence_info(pointer) else { return nil }
        let word = String(cString: info).utf8.prefix(maximum).prefix { $0 != 0x20 && $0 != 0x09 }
        return word.isEmpty ? nil : String(decoding: word, as: UTF8.self)
    }
}
