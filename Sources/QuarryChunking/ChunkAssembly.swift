import QuarryCore

/// Turns segments of units into finished chunks.
struct ChunkAssembly {
    let document: Document
    let cutter: UnitCutter
    let length: ChunkLength
    let outline: Outline

    private(set) var chunks: [Chunk] = []
    /// The headings and the table header of the last chunk, and the tokens of what stands before its text.
    private var context: (breadcrumb: Int, tableHeader: Int?, tokens: Int) = (-1, nil, 0)

    init(document: Document, cutter: UnitCutter, length: ChunkLength, outline: Outline) {
        self.document = document
        self.cutter = cutter
        self.length = length
        self.outline = outline
    }

    /// The chunks of a document, cut by one form without regard to its blocks.
    static func chunks(
        of document: Document, cutAt form: TextUnit.Form, length: ChunkLength, tokens: WordTokens
    ) -> [Chunk] {
        let cutter = UnitCutter(text: MeasuredText(document.text, tokens: tokens), length: length)
        guard let unit = cutter.unit(0..<cutter.text.bytes.count, form: form) else { return [] }
        let outline = Outline(title: document.title, length: length, counter: tokens.counter)
        var assembly = ChunkAssembly(document: document, cutter: cutter, length: length, outline: outline)
        assembly.add([unit])
        return assembly.chunks
    }

    /// Cuts units that may share chunks, in text order.
    mutating func add(_ segment: [TextUnit]) {
        var packer = ChunkPacker(cutter: cutter, length: length, outline: outline)
        for run in packer.pack(segment) { finish(run, factor: 1) }
    }

    /// Counts the tokens of the whole chunk. If the sum of its words was too low, the chunk is cut again, shorter.
    private mutating func finish(_ run: ChunkPacker.Run, factor: Double) {
        // The previous chunk may now be shorter than this one's overlap.
        if let last = chunks.last, last.range.lowerBound >= run.range.lowerBound {
            return finish(run.withoutOverlap, factor: factor)
        }
        var chunk = Chunk(
            documentID: document.id, ordinal: chunks.count, range: run.range, text: cutter.text.string(run.range),
            headings: outline.breadcrumbs[run.breadcrumb].titles,
            tableHeader: run.tableHeader.map { outline.tableHeaders[$0].text }, tokenCount: 0)
        chunk.tokenCount = tokens(of: chunk, in: run)
        let smaller = chunk.tokenCount > length.maximum ? shorter(run, counted: chunk.tokenCount, factor: factor) : nil
        guard let smaller else {
            chunks.append(chunk)
            return
        }
        for run in smaller.runs { finish(run, factor: smaller.factor) }
    }

    /// Tokens of a chunk with its headings and table header, as the counter counts them.
    private mutating func tokens(of chunk: Chunk, in run: ChunkPacker.Run) -> Int {
        guard let text = cutter.text.exactTokens(in: run.range) else {
            return cutter.text.counter.tokenCount(of: chunk.contextualText)
        }
        if run.breadcrumb != context.breadcrumb || run.tableHeader != context.tableHeader {
            var empty = chunk
            empty.text = ""
            let tokens = cutter.text.counter.tokenCount(of: empty.contextualText)
            context = (run.breadcrumb, run.tableHeader, tokens)
        }
        return context.tokens + text
    }

    /// The run without its overlap, or cut into several runs; nil if it is a single scalar.
    private func shorter(
        _ run: ChunkPacker.Run, counted: Int, factor: Double
    ) -> (runs: [ChunkPacker.Run], factor: Double)? {
        let unit = run.fresh
        if unit.range != run.range { return ([run.withoutOverlap], factor) }
        let context = outline.tokens(breadcrumb: run.breadcrumb, tableHeader: run.tableHeader)
        let room = ChunkLength(target: max(1, length.target - context), maximum: max(1, length.maximum - context))
        // The sum of the words' tokens underestimated the chunk by this factor.
        var factor = min(factor * 0.8, Double(length.maximum) / Double(counted))
        while true {
            var packer = ChunkPacker(cutter: cutter, length: room.scaled(by: factor), outline: nil)
            let runs = packer.pack([unit])
            if runs.count > 1 { return (runs, factor) }
            if Double(room.maximum) * factor < 1 { return nil }
            factor *= 0.7
        }
    }
}
