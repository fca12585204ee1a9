public import QuarryCore
import QuarryText

/// Reads Markdown: the text keeps its markup; front matter becomes metadata and is removed from the text.
///
/// The title is front matter's, or the first heading of level 1. If a file has only front matter with a title, the
/// title becomes the text, so that the note can be found. Blocks are those of ``MarkdownBlockParser``; links are the
/// targets of wikilinks outside code.
public struct MarkdownReader: Reader {
    public init() {}

    public var formatName: String { "Markdown" }
    public var pathExtensions: Set<String> { ["md", "markdown", "mdown", "mkd", "mdx", "qmd"] }
    public var version: String { "markdown/4" }

    public func read(_ source: Source) -> ReadResult {
        do {
            return try document(of: source)
        } catch {
            return ReadResult(rejected: [error])
        }
    }

    private func document(of source: Source) throws(Rejection) -> ReadResult {
        var clean = try CleanSource(source)
        let whole = Array(clean.text.utf8)
        let frontMatter = whole.withUnsafeBufferPointer { FrontMatter($0) }
        let content = frontMatter?.content ?? FrontMatterContent()
        let start = frontMatter?.end ?? 0
        let wholeMap = clean.sourceMap
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
        if blocks.isEmpty, !clean.text.utf8.contains(where: { $0 > 0x20 }) {
            guard let range = frontMatter?.titleRange, let text = MarkdownReader.text(ofTitle: content.title)
            else {
                throw Rejection.empty(source.id)
            }
            let written = wholeMap.sourceRange(of: range)
            clean.text = text
            clean.sourceMap = SourceMap(
                segments: [
                    .init(
                        clean: 0, source: written.lowerBound, cleanUnit: text.utf8.count,
                        sourceUnit: max(1, written.count), count: 1)
                ], lineStarts: wholeMap.lineStarts)
        }
        let document = Document(
            id: source.id, title: content.title ?? MarkdownReader.title(blocks), text: clean.text,
            metadata: content.metadata, blocks: blocks, sourceMap: clean.sourceMap, links: links)
        let warnings = content.problems.map { line, reason in
            Rejection(
                source: source.id, line: line + 2, reason: .brokenFrontMatter,
                message: "This line of front matter is ignored. \(reason)")
        }
        return ReadResult(
            documents: [document], warnings: clean.warnings + warnings,
            bidirectionalControls: clean.removed.bidirectionalControls)
    }

    /// A title as a separate text; nil if it is empty. Escapes may have added characters that cleaning removes.
    private static func text(ofTitle title: String?) -> String? {
        guard let title, let cleaned = try? TextCleaner.clean(Array(title.utf8)).text.joiningWords() else { return nil }
        return cleaned.isEmpty ? nil : cleaned
    }

    private static func title(_ blocks: [Block]) -> String? {
        for block in blocks {
            if case .heading(level: 1, let title) = block.kind, !title.isEmpty { return title }
        }
        return nil
    }
}
