/// The headers, footers and page numbers of a PDF: lines at the top or bottom of pages that repeat.
struct PDFMargins {
    private let repeated: Set<String>

    private enum Edge {
        case top, bottom
    }

    init(_ pages: [PDFPage]) {
        var found: [String: [Int]] = [:]
        for (index, page) in pages.enumerated() {
            let keys = Self.edges(of: page).compactMap { Self.key(of: page.lines[$0.key], at: $0.value, on: page) }
            for key in Set(keys) { found[key, default: []].append(index) }
        }
        // On a quarter of all pages, or on 40 % of the pages of a stretch, such as the heads of a chapter.
        repeated = Set(
            found.filter { _, numbers in
                guard let first = numbers.first, let last = numbers.last, numbers.count >= 3 else { return false }
                return numbers.count * 4 >= pages.count || numbers.count * 5 >= (last - first + 1) * 2
            }.keys)
    }

    /// The lines of a page that are headers, footers or page numbers; none if nothing else would be left.
    func lines(of page: PDFPage) -> Set<Int> {
        let found = Self.edges(of: page).filter { index, edge in
            let line = page.lines[index]
            return Self.key(of: line, at: edge, on: page).map(repeated.contains) ?? false
                || line.box.top > page.height * 0.88 && Self.isPageNumber(line.text)
        }
        return found.count == page.lines.count ? [] : Set(found.keys)
    }

    /// Lines near the edge of the paper, and those in the two outermost rows: pages made from web pages have their footers
    /// where the text ends.
    private static func edges(of page: PDFPage) -> [Int: Edge] {
        var edges: [Int: Edge] = [:]
        for (index, line) in page.lines.enumerated() {
            if isNearEdge(line, of: page) { edges[index] = line.box.top < page.height / 2 ? .top : .bottom }
        }
        let order = page.lines.indices.sorted { page.lines[$0].box.middle < page.lines[$1].box.middle }
        func add(_ order: some Sequence<Int>, _ edge: Edge) {
            var rows = 0
            var last = -Double.infinity
            for index in order {
                let box = page.lines[index].box
                if abs(box.middle - last) > box.height / 2 {
                    rows += 1
                    last = box.middle
                }
                guard rows <= 2 else { return }
                if edges[index] == nil { edges[index] = edge }
            }
        }
        add(order, .top)
        add(order.reversed(), .bottom)
        return edges
    }

    private static func isNearEdge(_ line: PDFPage.Line, of page: PDFPage) -> Bool {
        line.box.bottom < page.height * 0.12 || line.box.top > page.height * 0.82
    }

    /// The line without the number of its page, which may begin to count later. Nil for a line away from the edge without
    /// such a number: it may be the header of a table that goes on.
    private static func key(of line: PDFPage.Line, at edge: Edge, on page: PDFPage) -> String? {
        var hasNumber = false
        let words = line.words.map { word -> String in
            let digits = word.text.filter(\.isNumber)
            // Not the number of a quarter or a form: `Q3`, `10-Q`.
            guard !digits.isEmpty, !word.text.contains(where: \.isLetter), let number = Int(digits),
                abs(number - page.number) <= 30
            else { return word.text.lowercased() }
            hasNumber = true
            return word.text.replacing(digits, with: "#\(number - page.number)").lowercased()
        }
        guard hasNumber || isNearEdge(line, of: page) else { return nil }
        return "\(edge) \(words.joined(separator: " "))"
    }

    private static func isPageNumber(_ text: String) -> Bool {
        let plain = text.filter { !"-–—|[]().·• ".contains($0) }.lowercased()
        guard !plain.isEmpty, plain.count <= 12 else { return false }
        return plain.allSatisfy(\.isNumber) || plain.allSatisfy { "ivxlc".contains($0) }
            || plain.wholeMatch(of: /(page|стр|страница|seite|p)?\d+((of|из|von|\/)\d+)?/) != nil
    }
}
