public import QuarryCore

/// Splits plain text at blank lines, then at lines, then between sentences, then between words.
///
/// Each level is used only if the pieces of the level above exceed the maximum. Pieces are merged from left to right up
/// to the target, so a paragraph that fits a chunk is never cut, and a short document is one chunk. A last chunk below
/// 15 % of the target joins the previous one if the maximum permits. Words longer than a chunk are cut between Unicode
/// scalars.
///
/// The document's blocks are ignored; see ``MarkdownChunker``. Its title is the breadcrumb of every chunk, up to a
/// quarter of the target.
public struct RecursiveChunker: Chunker {
    public let length: ChunkLength
    private let counter: any TokenCounter

    /// Creates a chunker that measures by `counter`: the tokenizer of the model that will read the chunks, or
    /// ``WordCounter``.
    public init(length: ChunkLength = ChunkLength(), counter: any TokenCounter) throws(ChunkingError) {
        self.length = try length.validated()
        self.counter = counter
    }

    /// - Complexity: O(length of the text), and one count of every distinct word and every chunk.
    public func chunks(of document: Document) -> [Chunk] {
        let cutter = UnitCutter(text: MeasuredText(document.text, counter: counter), length: length)
        guard let unit = cutter.unit(0..<cutter.text.bytes.count, form: .paragraphs) else { return [] }
        let outline = Outline(title: document.title, length: length, counter: counter)
        var assembly = ChunkAssembly(document: document, cutter: cutter, length: length, outline: outline)
        assembly.add([unit])
        return assembly.chunks
    }
}
