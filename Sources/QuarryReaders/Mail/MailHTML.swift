import QuarryCore

/// The text of an HTML part, in lines of Markdown: `> ` before quotations and `- ` before items of lists.
///
/// - Throws: ``HTMLTree/TooDeep``.
/// - Complexity: As ``HTMLTree/withTree(of:_:)``.
func htmlText(of html: [UInt8]) throws -> [UInt8] {
    let text = try html.withUnsafeBufferPointer { bytes in
        try HTMLTree.withTree(of: bytes) { tree in
            var writer = HTMLWriter(tree)
            writer.write(HTMLContent.seen(of: tree, keepsHidden: false).parts)
            return writer.document.document(id: "")?.document.text
        }
    }
    return Array((text ?? "").utf8)
}
