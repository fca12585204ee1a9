public import QuarryCore

/// Reads source code: the declarations are headings, comments are prose, and the rest is code.
///
/// A heading has the name of a type or function, as in `Parser`, and below it `parse(_:)`. Comments on lines of their own
/// and docstrings are paragraphs, lists and examples, without the signs of comments; short remarks within code stay code.
/// The map leads to the bytes of the file. What the scanner does not understand stays code.
public struct SourceCodeReader: Reader {
    public init() {}

    public var formatName: String { "source code" }
    public var pathExtensions: Set<String> { Set(CodeLanguage.all.keys) }
    public var version: String { "code/2" }

    /// A comment with fewer words stays code, unless it is directly above a declaration.
    private static let minimumWords = 4

    /// - Complexity: O(bytes).
    public func read(_ source: Source) -> ReadResult {
        guard let language = pathExtension(of: source.id).flatMap({ CodeLanguage.all[$0] }) else {
            return PlainTextReader().read(source)
        }
        let fileName = source.id.split(separator: "/").last.map(String.init) ?? source.id
        return MarkupDocument.read(source, isTitled: false) { bytes in
            let lines = TextLines(bytes)
            let outline = CodeOutline(bytes, lines: lines, language: language, fileName: fileName)
            return MarkupDocument(writer: SourceCodeReader.write(outline, lines, language.name))
        }
    }

    private static func write(_ outline: CodeOutline, _ lines: TextLines, _ language: String) -> DocumentWriter {
        var writer = DocumentWriter()
        let bytes = lines.bytes
        var headings = outline.headings[...]
        var comments = outline.comments[...]
        /// The lines of code before the current one that are not written yet.
        var code: Int?
        func writeCode(before line: Int) {
            guard let start = code else { return }
            writer.begin(.code(language: language))
            var last = line - 1
            while last > start, lines.isBlank(last) { last -= 1 }
            writer.append(lines.start(of: start)..<lines[last].upperBound, of: bytes)
            writer.end()
            code = nil
        }
        var line = 0
        while line < lines.count {
            var isDocumentation = false
            if let heading = headings.first, heading.line == line {
                writeCode(before: line)
                writer.add(.heading(level: heading.level), heading.title)
                headings.removeFirst()
                isDocumentation = true
            }
            let kind = outline.kinds[line]
            guard kind == .comment || kind == .docstring else {
                if kind == .code, code == nil { code = line }
                line += 1
                continue
            }
            let stop = headings.first?.line ?? lines.count
            var end = line + 1
            while end < stop, outline.kinds[end] == kind { end += 1 }
            while let first = comments.first, first.firstLine < line { comments.removeFirst() }
            let block = comments.prefix { $0.lastLine < end }
            comments = comments.dropFirst(block.count)
            var comment = CodeComment(block, bytes)
            if isDocumentation || kind == .docstring || comment.words >= minimumWords {
                writeCode(before: line)
                comment.write(to: &writer)
            } else if code == nil {
                code = line
            }
            line = end
        }
        writeCode(before: lines.count)
        return writer
    }
}
