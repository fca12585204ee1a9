import QuarryCore

/// Groups the blocks of a document into sections: headings with the text below them.
///
/// Sections of different headings do not share a chunk, with two exceptions. A heading without its own text joins the
/// next section. Adjacent siblings (same level, same parent) that are each below the tiny length are merged, so that a
/// glossary does not become one chunk per line. Their breadcrumb is only the common parent, so it is correct for both.
///
/// Sections are made one after the other, so that a text of many small blocks is never in memory as units.
struct MarkdownSections {
    private struct Section {
        var units: [TextUnit] = []
        var level = 0
        /// Index of the breadcrumb above the heading of the section's text.
        var parent = 0
        var tokens = 0
        var hasText = false
        /// The section's opening headings.
        var headings: [Opening] = []
    }

    private struct Opening {
        var level: Int
        /// The breadcrumb above the heading.
        var parent: Int
        /// Index of the heading among the section's units; nil if it has no text.
        var unit: Int?
    }

    private struct OpenHeading {
        var level: Int
        var title: String
        /// The breadcrumb of text under this heading.
        var breadcrumb: Int
    }

    private let cutter: UnitCutter
    private let length: ChunkLength
    /// The document's title.
    private let title: String?
    /// It grows with the sections.
    let outline: Outline
    /// The blocks that are not in a section yet.
    private var blocks: ArraySlice<Block>
    /// Where the last block ends.
    private var end = 0
    private var path: [OpenHeading] = []
    private var section = Section()
    /// The finished sections that may share chunks with the next one, and the last of them without its units.
    private var waiting: (units: [TextUnit], last: Section) = ([], Section())
    /// Units to hand out.
    private var ready: [[TextUnit]] = []

    /// A longer section is divided, and longer siblings are not merged. No chunk has that many units.
    private static let maximumUnits = 1 << 14

    /// Blocks that are empty, out of order or outside the text are ignored.
    init(document: Document, cutter: UnitCutter, length: ChunkLength) {
        title = document.title
        self.cutter = cutter
        self.length = length
        outline = Outline(title: title, length: length, counter: cutter.text.counter)
        blocks = ImpliedHeadings.blocks(document.blocks, in: cutter.text.bytes)[...]
    }

    /// The next units that may share chunks, in text order; nil at the end. All together omit only white space.
    mutating func next() -> [TextUnit]? {
        while ready.isEmpty, let block = blocks.popFirst() { add(block) }
        if ready.isEmpty {
            add(cutter.unit(end..<cutter.text.bytes.count, form: .paragraphs))
            end = cutter.text.bytes.count
            finishSection()
            handOut()
        }
        return ready.isEmpty ? nil : ready.removeFirst()
    }

    private mutating func add(_ block: Block) {
        let start = scalarBoundary(atOrBefore: block.range.lowerBound, in: cutter.text.bytes)
        let blockEnd = scalarBoundary(atOrBefore: block.range.upperBound, in: cutter.text.bytes)
        guard start >= end, start < blockEnd else { return }
        add(cutter.unit(end..<start, form: .paragraphs))
        add(block.kind, range: start..<blockEnd)
        end = blockEnd
    }

    private mutating func add(_ kind: Block.Kind, range: Range<Int>) {
        switch kind {
        case .heading(let level, let title): open(level: level, title: title, range: range)
        case .paragraph, .quote: add(cutter.unit(range, form: .paragraphs))
        case .list: add(cutter.unit(range, form: .items))
        case .code: add(cutter.unit(range, form: .codeParagraphs))
        case .table(let header): addTable(range, header: header)
        }
    }

    private mutating func add(_ unit: TextUnit?) {
        guard var unit else { return }
        if section.units.count >= Self.maximumUnits { finishSection() }
        unit.breadcrumb = path.last?.breadcrumb ?? 0
        section.units.append(unit)
        section.tokens += unit.tokens
        section.hasText = true
    }

    private mutating func addTable(_ range: Range<Int>, header: Range<Int>) {
        let end = min(scalarBoundary(atOrBefore: header.upperBound, in: cutter.text.bytes), range.upperBound)
        var index: Int?
        if end > range.lowerBound, let heading = cutter.unit(range.lowerBound..<end, form: .lines),
            heading.tokens <= length.tableHeader
        {
            index = outline.tableHeaders.count
            outline.tableHeaders.append(.init(text: cutter.text.string(heading.range), tokens: heading.tokens))
        }
        add(cutter.unit(range, form: .rows(headerEnd: end, header: index)))
    }

    private mutating func open(level: Int, title: String, range: Range<Int>) {
        while let last = path.last, last.level >= level { path.removeLast() }
        let parent = path.last?.breadcrumb ?? 0
        let sharesSection = ImpliedHeadings.isTurn(level: level)
        if section.hasText && !sharesSection || section.units.count >= Self.maximumUnits { finishSection() }
        if !sharesSection || section.units.isEmpty {
            section.level = level
            section.parent = parent
        }
        var opening = Opening(level: level, parent: parent)
        if var unit = cutter.unit(range, form: .lines) {
            unit.isHeading = true
            opening.unit = section.units.count
            section.units.append(unit)
            section.tokens += unit.tokens
        }
        section.headings.append(opening)
        path.append(OpenHeading(level: level, title: title, breadcrumb: outline.breadcrumbs.count))
        outline.breadcrumbs.append(breadcrumb())
    }

    /// The document's title and the open headings, without the outermost ones that exceed a quarter of the target.
    private func breadcrumb() -> Outline.Breadcrumb {
        var titles: [String] = []
        var tokens = 0
        for heading in path.reversed() where !heading.title.isEmpty {
            let joined = titles.isEmpty ? heading.title : "\(heading.title) >"
            let sum = tokens + cutter.text.counter.tokenCount(of: joined)
            guard sum <= length.breadcrumb else { break }
            titles.append(heading.title)
            tokens = sum
        }
        guard let outermost = titles.last else { return outline.breadcrumbs[0] }
        if let title, !title.isEmpty, outermost != title {
            let sum = tokens + cutter.text.counter.tokenCount(of: "\(title) >")
            if sum <= length.breadcrumb {
                titles.append(title)
                tokens = sum
            }
        }
        return .init(titles: titles.reversed(), tokens: tokens)
    }

    /// Hands out the sections before this one, unless it is merged with them.
    private mutating func finishSection() {
        defer { section = Section() }
        guard !section.units.isEmpty else { return }
        placeHeadings()
        let (before, units) = (waiting.last, section.units)
        section.units = []
        if isTiny(before), isTiny(section), section.level > 0, before.level == section.level,
            before.parent == section.parent, waiting.units.count < Self.maximumUnits
        {
            waiting.units += units
        } else {
            handOut()
            waiting.units = units
        }
        waiting.last = section
    }

    private mutating func handOut() {
        if !waiting.units.isEmpty { ready.append(waiting.units) }
        waiting.units = []
    }

    /// Gives the section's headings their breadcrumbs.
    ///
    /// If a heading closes one without text, both share the section, with a breadcrumb above both: each heading has the
    /// breadcrumb above the last heading that closes it.
    /// - Complexity: O(headings · log levels).
    private mutating func placeHeadings() {
        // From the end: the headings that close all deeper ones before them, with levels that become smaller.
        var closing: [Opening] = []
        for heading in section.headings.reversed() {
            if heading.level < closing.last?.level ?? .max { closing.append(heading) }
            guard let unit = heading.unit else { continue }
            var (low, high) = (0, closing.count - 1)
            while low < high {
                let middle = (low + high) / 2
                if closing[middle].level <= heading.level { high = middle } else { low = middle + 1 }
            }
            section.units[unit].breadcrumb = closing[low].parent
        }
        section.headings = []
    }

    private func isTiny(_ section: Section) -> Bool { section.tokens < length.tiny }
}
