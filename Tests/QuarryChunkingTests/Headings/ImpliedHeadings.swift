import QuarryChunking
import QuarryCore
import QuarryReaders

/// A sentence of fifteen words.
let filler = "Stone sand gravel stone sand gravel stone sand gravel stone sand gravel stone sand gravel."

/// A chunker whose chunks are about two lines of ``filler``.
func smallChunker() throws -> MarkdownChunker {
    try MarkdownChunker(length: ChunkLength(target: 32, maximum: 40), counter: WordCounter())
}

func chunks(of text: String) throws -> [Chunk] { try smallChunker().chunks(of: Document(id: "d", text: text)) }

func chunks(ofMarkdown text: String) throws -> [Chunk] {
    let source = Source(id: "d.md", bytes: Array(text.utf8))
    return try MarkdownReader().read(source).documents.flatMap(smallChunker().chunks)
}

/// The innermost headings of all chunks, each once, in order. Those at the start of a chunk are in its text instead.
func headings(of chunks: [Chunk]) -> [String] {
    var headings: [String] = []
    for heading in chunks.compactMap(\.headings.last) where headings.last != heading { headings.append(heading) }
    return headings
}

/// Whether the text is cut as a text without headings is.
func hasNoHeadings(_ text: String) throws -> Bool {
    let document = Document(id: "d", text: text)
    let length = ChunkLength(target: 8, maximum: 12)
    return try MarkdownChunker(length: length, counter: WordCounter()).chunks(of: document)
        == RecursiveChunker(length: length, counter: WordCounter()).chunks(of: document)
}
