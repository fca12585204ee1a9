public import QuarryCore

/// Packs whole sentences up to the target, without regard to lines and paragraphs.
///
/// It suits running prose, transcripts and text with arbitrary line breaks. A sentence longer than the maximum is cut
/// between words. With an overlap, a chunk begins with the last sentences of the previous one.
public struct SentenceChunker: Chunker {
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
        guard let unit = cutter.unit(0..<cutter.text.bytes.count, form: .sentences) else { return [] }
        let outline = Outline(title: document.title, length: length, counter: counter)
        var assembly = ChunkAssembly(document: document, cutter: cutter, length: length, outline: outline)
        assembly.add([unit])
        return assembly.chunks
    }
}
