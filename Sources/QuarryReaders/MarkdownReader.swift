import QuarryCore
import QuarryText

/// Reads Markdown: the text keeps its markup, front matter becomes metadata and is left out of the text.
///
/// The title is front matter's, else the first heading of level 1. Blocks are those of ``MarkdownBlockParser``; links are
/// the targets of wikilinks outside code.
public struct MarkdownReader: Reader {
    public init() {}

    public func read(_ source: Source) -> ReadResult {
        do {
            return try document(of: source)
        } catch {
            return ReadResult(rejected: [error])
        }
    }

    private func document(of source: Source) throws(Rejection) -> ReadResult {
        var clean = try CleanSource(source)
        var frontMatter: FrontMatter?
        let whole = Array(clean.text.utf8)
        frontMatter = whole.withUnsafeBufferPointer { FrontMatter($0) }
        let start = frontMatter?.end ?? 0
        if start > 0 {
            clean.text = String(decoding: whole[start...], as: UTF8.self)
            clean.sourceMap = clean.sourceMap.suffix(from: start)
        }
        let (blocks, links) = whole.withUnsafeBufferPointer { bytes in
            let text = UnsafeBufferPointer(rebasing: bytes[start...])
            var parser = MarkdownBlockParser(bytes: text)
            parser.parse()
            return (parser.blocks, Wikilinks(bytes: text, code: parser.code).targets())
        }
        if blocks.isEmpty, !clean.text.utf8.contains(where: { $0 > 0x20 }) { throw Rejection.empty(source.id) }
        let document = Document(
            id: source.id, title: frontMatter?.title ?? MarkdownReader.title(blocks), text: clean.text,
            metadata: frontMatter?.metadata ?? [:], blocks: blocks, sourceMap: clean.sourceMap, links: links)
        let warnings = (frontMatter?.brokenLines ?? []).map { line, text in
            Rejection(
                source: source.id, line: line, reason: .brokenFrontMatter,
                message: "Front matter is read as \"key: value\" lines; this one is ignored: \(text.prefix(80))")
        }
        return ReadResult(
            documents: [document], warnings: clean.warnings + warnings,
            bidirectionalControls: clean.removed.bidirectionalControls)
    }

    private static func title(_ blocks: [Block]) -> String? {
        for block in blocks {
            if case .heading(level: 1, let title) = block.kind, !title.isEmpty { return title }
        }
        return nil
    }
}
