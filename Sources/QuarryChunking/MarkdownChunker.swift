public import QuarryCore

/// Cuts by the structure that a reader found: headings, lists, tables, code.
///
/// - A chunk carries the document's title and the titles of the headings above it, outermost first. A heading that
///   stands in the chunk's own text is not repeated there. A breadcrumb that takes more than a quarter of the target
///   loses its outermost titles; a document's title that stands alone there loses its last words.
/// - Sections of different headings share a chunk only where a heading has no text of its own, or where both are
///   below 15 % of the target and siblings. A heading always goes with the text under it.
/// - Lists are cut between items, tables between rows with the header repeated in `Chunk.tableHeader` (unless the
///   header alone takes half of the target), code between lines; each stays whole where it fits the maximum.
///
/// A document without blocks is cut as ``RecursiveChunker`` cuts it, so one chunker serves a mixed corpus.
public struct MarkdownChunker: Chunker {
    public let length: ChunkLength
    private let counter: any TokenCounter

    /// Measures by `counter`: the tokenizer of the model that will read the chunks, or ``WordCounter``.
    public init(length: ChunkLength = ChunkLength(), counter: any TokenCounter) throws(ChunkingError) {
        self.length = try length.validated()
        self.counter = counter
    }

    /// - Complexity: O(length of the text), and one count of every distinct word, every heading and every chunk.
    public func chunks(of document: Document) -> [Chunk] {
        let cutter = UnitCutter(text: MeasuredText(document.text, counter: counter), length: length)
        let (segments, outline) = MarkdownSections.read(document, cutter: cutter, length: length)
        var assembly = ChunkAssembly(document: document, cutter: cutter, length: length, outline: outline)
        return assembly.chunks(of: segments)
    }
}
