/// Puts the lines of columns in order: each column from top to bottom, the left one first.
///
/// pdftotext sometimes gives the right column before the left one, and two columns with a small gap row by row, as lines
/// over both. Its order stays unless the columns are clear: on both sides of a gap there are lines of running text beside
/// each other, whose paragraphs do not begin at the same heights, as the cells of a table do. Lines over the gap, such as
/// titles, divide the columns above and below them.
enum PDFColumns {
    fileprivate typealias Line = PDFPage.Line

    /// More columns beside each other are not looked for.
    private static let maximumColumns = 6
    /// The left edges that are tried for a column.
    private static let triedEdges = 8
    /// The fewest lines of a column.
    fileprivate static let fewestLines = 5

    /// The lines of a page in the order of its columns.
    ///
    /// - Complexity: O(words · log words).
    static func ordered(_ lines: [PDFPage.Line]) -> [PDFPage.Line] { ordered(lines, columns: maximumColumns) ?? lines }

    /// Nil without clear columns.
    private static func ordered(_ lines: [Line], columns: Int) -> [Line]? {
        guard columns > 1 else { return nil }
        for edge in edges(of: lines) {
            let bands = bands(of: lines, at: edge).filter(\.isColumns)
            guard !bands.isEmpty else { continue }
            var order = Array(lines.indices)
            var output = lines.map { [$0] }
            for band in bands {
                let right = band.right.map { (line: Line) -> Line in
                    var line = line
                    // Lines of two columns are not one block. Blocks count from 0.
                    line.block = -1 - line.block
                    return line
                }
                for member in band.members { output[member] = [] }
                output[band.members[0]] = [band.left, right].flatMap { side in
                    ordered(side, columns: columns - 1) ?? byHeight(side)
                }
                order = moved(band.members, in: order) { lines[$0].box.middle < band.top }
            }
            return order.flatMap { output[$0] }
        }
        return nil
    }

    // MARK: Gaps

    /// The least width of a gap beside a line.
    private static func gap(of box: PDFPage.Box) -> Double { min(12, max(3, 0.55 * box.height)) }

    /// The usual left edges of three words and more after a gap, from the left, without the first.
    private static func edges(of lines: [Line]) -> [Double] {
        var counts: [Int: Int] = [:]
        for line in lines {
            let gap = gap(of: line.box)
            var (start, words, right) = (0.0, 0, -Double.infinity)
            for word in line.words {
                if word.box.left - right >= gap { (start, words) = (word.box.left, 0) }
                words += 1
                if words == 3 { counts[Int(min(max(0, start), 1e6)), default: 0] += 1 }
                right = max(right, word.box.right)
            }
        }
        let usual = counts.filter { $0.value >= fewestLines }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return usual.prefix(triedEdges).map { Double($0.key) }.sorted().dropFirst().map(\.self)
    }

    /// The lines on both sides of a gap, between two lines that reach over it.
    fileprivate struct Band {
        var left: [Line] = []
        var right: [Line] = []
        var top = Double.infinity
        /// The positions of its lines on the page. A line over both sides that has the gap is divided.
        var members: [Int] = []
    }

    private static func bands(of lines: [Line], at edge: Double) -> [Band] {
        let divided = lines.map { parts(of: $0, at: edge) }
        let over = zip(lines, divided).filter { $1.left == nil && $1.right == nil }.map(\.0.box.middle).sorted()
        var bands = [Band](repeating: Band(), count: over.count + 1)
        for (index, part) in divided.enumerated() where part.left != nil || part.right != nil {
            let box = lines[index].box
            var (low, high) = (0, over.count)
            while low < high {
                let middle = (low + high) / 2
                if over[middle] < box.middle { low = middle + 1 } else { high = middle }
            }
            if let left = part.left { bands[low].left.append(left) }
            if let right = part.right { bands[low].right.append(right) }
            bands[low].top = min(bands[low].top, box.top)
            bands[low].members.append(index)
        }
        return bands
    }

    /// The parts of a line on both sides of an edge; none if it reaches over the edge without a gap.
    private static func parts(of line: Line, at edge: Double) -> (left: Line?, right: Line?) {
        let end = edge - gap(of: line.box)
        if line.box.right <= edge - 1 { return (line, nil) }
        if line.box.left >= edge - 1 { return (nil, line) }
        guard let first = line.words.firstIndex(where: { $0.box.left >= edge - 1 }), first > 0,
            line.words[..<first].allSatisfy({ $0.box.right <= end }),
            line.words[first...].allSatisfy({ $0.box.left >= edge - 1 })
        else { return (nil, nil) }
        return (line.part(line.words[..<first]), line.part(line.words[first...]))
    }

    // MARK: Order

    /// The lines that pdftotext gives one after another as a block, from top to bottom.
    private static func byHeight(_ side: [Line]) -> [Line] {
        var blocks: [[Line]] = []
        for line in side {
            if let last = blocks.last?.last, last.block == line.block, last.box.top <= line.box.top {
                blocks[blocks.count - 1].append(line)
            } else {
                blocks.append([line])
            }
        }
        return blocks.enumerated().sorted { a, b in
            (a.element[0].box.top, a.offset) < (b.element[0].box.top, b.offset)
        }.flatMap(\.element)
    }

    /// The order with some of its lines one after another. Lines that were between them come before them if they are higher
    /// on the page, and after them otherwise.
    private static func moved(_ members: [Int], in order: [Int], below isAbove: (Int) -> Bool) -> [Int] {
        let known = Set(members)
        guard let first = order.firstIndex(where: known.contains), let last = order.lastIndex(where: known.contains)
        else { return order }
        let between = order[first...last].filter { !known.contains($0) }
        return order[..<first] + between.filter(isAbove) + members + between.filter { !isAbove($0) }
            + order[(last + 1)...]
    }
}

extension PDFColumns.Band {
    /// Whether both sides are running text, beside each other, and not the cells of a table.
    fileprivate var isColumns: Bool {
        guard let first = Side(left), let second = Side(right) else { return false }
        let shared = min(first.bottom, second.bottom) - max(first.top, second.top)
        guard shared > 0.5 * min(first.bottom - first.top, second.bottom - second.top) else { return false }
        var (same, index) = (0, 0)
        for start in first.starts {
            while index < second.starts.count, second.starts[index] < start - 2 { index += 1 }
            if index < second.starts.count, second.starts[index] <= start + 2 { same += 1 }
        }
        return same < 2 || 2 * same < min(first.starts.count, second.starts.count)
    }

    /// Lines of running text: paragraphs of some lines, most of which fill the width.
    private struct Side {
        let top: Double
        let bottom: Double
        /// The heights at which paragraphs begin, without the first.
        let starts: [Double]

        /// Nil for other lines.
        init?(_ lines: [PDFPage.Line]) {
            guard lines.count >= PDFColumns.fewestLines else { return nil }
            let lines = lines.sorted { ($0.box.top, $0.box.left) < ($1.box.top, $1.box.left) }
            let left = lines.lazy.map(\.box.left).min() ?? 0
            let right = lines.lazy.map(\.box.right).max() ?? 0
            let words = lines.reduce(0) { $0 + $1.words.count }
            let full = lines.count { $0.box.right >= right - 0.15 * (right - left) }
            var starts: [Double] = []
            var (length, inParagraphs) = (1, 0)
            for (last, line) in zip(lines, lines.dropFirst()) {
                if line.box.top - last.box.bottom > 0.5 * line.box.height
                    || last.box.right < right - 0.3 * (right - left)
                {
                    starts.append(line.box.top)
                    if length > 2 { inParagraphs += length }
                    length = 0
                }
                length += 1
            }
            if length > 2 { inParagraphs += length }
            guard 5 * full >= 3 * lines.count, words >= 4 * lines.count, 2 * inParagraphs >= lines.count else {
                return nil
            }
            top = lines.first?.box.top ?? 0
            bottom = lines.lazy.map(\.box.bottom).max() ?? 0
            self.starts = starts
        }
    }
}

extension PDFPage.Line {
    /// The line with some of its words.
    fileprivate func part(_ words: ArraySlice<PDFPage.Word>) -> PDFPage.Line {
        var part = self
        part.words = Array(words)
        let left = words.lazy.map(\.box.left).min() ?? box.left
        let right = words.lazy.map(\.box.right).max() ?? box.right
        part.box = PDFPage.Box(left: left, top: box.top, width: right - left, height: box.height)
        part.measure()
        return part
    }
}
