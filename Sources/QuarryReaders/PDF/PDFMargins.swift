/// The headers, footers and page numbers of a PDF: lines at the top or bottom of pages that repeat.
struct PDFMargins {
    private let repeated: Set<String>

    private enum Edge {
        case top, bottom
    }

    init(_ pages: [PDFPage]) {
        var found: [String: [Int]] = [:]
        for (index, page) in pages.enumerated() {
            let keys = Self.edges(of: page).flatMap { Self.keys(of: page.lines[$0.key], at: $0.value, on: page) }
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
            return Self.keys(of: line, at: edge, on: page).contains(where: repeated.contains)
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

    /// The line as it is, and without each number that may be that of its page, which may begin to count later.
    ///
    /// Away from the edge a line counts only if it begins or ends with such a number: others may be the header of a table
    /// that goes on.
    private static func keys(of line: PDFPage.Line, at edge: Edge, on page: PDFPage) -> [String] {
        let isNear = isNearEdge(line, of: page)
        let words = line.words.prefix(40).map { $0.text.lowercased() }
        func key(_ words: [String]) -> String { "\(edge) \(words.joined(separator: " "))" }
        var keys = isNear ? [key(words)] : []
        for (index, word) in words.enumerated() where isNear || index == 0 || index == words.count - 1 {
            let digits = word.filter(\.isNumber)
            // Not the number of a quarter or a form: `Q3`, `10-Q`.
            guard !digits.isEmpty, !word.contains(where: \.isLetter), let number = Int(digits),
                abs(number - page.number) <= 30, keys.count < 8
            else { continue }
            var others = words
            others[index] = word.replacing(digits, with: "#\(number - page.number)")
            keys.append(key(others))
        }
        return keys
    }

    private static func isPageNumber(_ text: String) -> Bool {
        let plain = text.filter { !"-–—|[]().·• ".contains($0) }.lowercased()
        guard !plain.isEmpty, plain.count <= 12 else { return false }
        return plain.allSatisfy(\.isNumber) || plain.allSatisfy { "ivxlc".contains($0) }
            || plain.wholeMatch(of: /(page|стр|страница|seite|p)?\d+((of|из|von|\/)\d+)?/) != nil
    }
}
