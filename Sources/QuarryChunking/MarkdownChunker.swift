public import QuarryCore

/// Splits by the document's structure: headings, lists, tables, code.
///
/// - Questions with their answers, articles of laws and numbered sections of contracts (English, Russian, German,
///   French) are headings too, where a text does not mark them as such. Doubtful lines are not.
/// - Turns of a transcript share chunks. A chunk that begins inside a turn has the speaker among its headings.
/// - A chunk carries the document's title and the titles of the headings above it, outermost first. Headings in the
///   chunk's own text are not repeated. A breadcrumb of more than a quarter of the target loses its outermost titles; a
///   lone document title loses its last words.
/// - Sections of different headings share a chunk in two cases: if a heading has no text of its own, or if both are
///   siblings below 15 % of the target. A heading always stays with the text under it.
/// - Lists are split between items, and code between lines. Tables are split between rows, with the header repeated in
///   `Chunk.tableHeader` unless it exceeds half of the target. Each stays whole if it fits the maximum.
///
/// A document without blocks and such headings is split as by ``RecursiveChunker``, so one chunker serves a mixed corpus.
public struct MarkdownChunker: Chunker {
    public let length: ChunkLength
    private let tokens: WordTokens

    /// Creates a chunker that measures by `counter`: the tokenizer of the model that will read the chunks, or
    /// ``WordCounter``.
    public init(length: ChunkLength = ChunkLength(), counter: any TokenCounter) throws(ChunkingError) {
        self.length = try length.validated()
        tokens = WordTokens(counter)
    }

    /// - Complexity: O(length of the text), and one count of every distinct word, every heading and every chunk.
    public func chunks(of document: Document) -> [Chunk] {
        let cutter = UnitCutter(text: MeasuredText(document.text, tokens: tokens), length: length)
        var sections = MarkdownSections(document: document, cutter: cutter, length: length)
        var assembly = ChunkAssembly(document: document, cutter: cutter, length: length, outline: sections.outline)
        while let units = sections.next() { assembly.add(units) }
        return assembly.chunks
    }
}
