public import QuarryCore

/// Splits where the meaning changes, as an embedding model sees it.
///
/// Headings, tables and code are treated as by ``MarkdownChunker``, and no comparison goes across them. Each sentence of
/// the prose between them gets a vector, with the next one if it is shorter than a twelfth of the target. They share a
/// chunk where that makes chunks of the greatest coherence: the sum, over all pairs of pieces in a chunk, of their
/// similarity less the mean of the document. This is the cluster method of the study of chunking by Chroma (2024). A
/// text of more than 4,096 pieces has a mean for each stretch of that length.
///
/// The same vectors give the same chunks. A sentence that exceeds the maximum is not compared.
public struct SemanticChunker: Chunker {
    public let length: ChunkLength
    private let tokens: WordTokens
    private let embedder: any Embedder

    /// Creates a chunker that measures by `counter`: the tokenizer of `embedder`, or ``WordCounter``.
    public init(
        length: ChunkLength = ChunkLength(), counter: any TokenCounter, embedder: any Embedder
    ) throws(ChunkingError) {
        self.length = try length.validated()
        tokens = WordTokens(counter)
        self.embedder = embedder
    }

    /// - Throws: The errors of the embedder, and ``ChunkingError/wrongVectors(count:texts:)``.
    /// - Complexity: O(length of the text), and a vector for every piece.
    public func chunks(of document: Document) async throws -> [Chunk] {
        let cutter = UnitCutter(text: MeasuredText(document.text, tokens: tokens), length: length)
        var sections = MarkdownSections(document: document, cutter: cutter, length: length)
        var assembly = ChunkAssembly(document: document, cutter: cutter, length: length, outline: sections.outline)
        var stretch = SemanticStretch(cutter: cutter, length: length, outline: sections.outline)
        while let units = sections.next() {
            stretch.add(units)
            guard stretch.isFull else { continue }
            for units in try await stretch.cut(by: embedder) { assembly.add(units) }
        }
        for units in try await stretch.cut(by: embedder) { assembly.add(units) }
        return assembly.chunks
    }
}
