/// The common properties of the pages of a PDF: the size of the text, the sizes of headings, and lines that repeat.
struct PDFLayout {
    /// The usual height of a line, by letters.
    let textHeight: Double
    /// The heights of headings, largest first, in tenths of points.
    private let headingHeights: [Int]
    private let repeated: Set<String>

    init(_ pages: [PDFPage]) {
        var letters: [Int: Int] = [:]
        for line in pages.lazy.flatMap(\.lines) { letters[Self.tenths(line), default: 0] += line.letters }
        let total = letters.values.reduce(0, +)
        var seen = 0
        var median = 100
        for (height, count) in letters.sorted(by: { $0.key < $1.key }) {
            seen += count
            if 2 * seen >= total {
                median = height
                break
            }
        }
        textHeight = Double(median) / 10
        // Sizes within a twentieth of each other are one.
        var heights: [Int] = []
        for height in letters.keys.sorted(by: >) where Double(height) >= Double(median) * Self.headingFactor {
            if let last = heights.last, Double(last) < Double(height) * 1.05 { continue }
            heights.append(height)
        }
        headingHeights = heights
        repeated = Self.repeatedLines(of: pages)
    }

    /// A line this much higher than the text is a heading.
    private static let headingFactor = 1.15

    private static func tenths(_ line: PDFPage.Line) -> Int {
        Int((min(max(0, line.textHeight), 10_000) * 10).rounded())
    }

    /// The level of a heading, from 1; nil for text.
    func headingLevel(of line: PDFPage.Line) -> Int? {
        guard line.textHeight >= textHeight * Self.headingFactor,
            line.words.contains(where: { $0.text.contains(where: \.isLetter) }), line.letters <= 200
        else { return nil }
        let height = Self.tenths(line)
        let larger = headingHeights.count { Double($0) > Double(height) * 1.05 }
        return min(6, larger + 1)
    }

    // MARK: Headers and footers

    /// The lines of a page that are headers, footers or page numbers; none if nothing else would be left.
    func repeatedLines(of page: PDFPage) -> Set<Int> {
        let found = page.lines.indices.filter { isRepeated(page.lines[$0], on: page) }
        return found.count == page.lines.count ? [] : Set(found)
    }

    private func isRepeated(_ line: PDFPage.Line, on page: PDFPage) -> Bool {
        guard Self.isInMargin(line, of: page) else { return false }
        return repeated.contains(Self.key(of: line, on: page))
            || line.box.top > page.height * 0.88 && Self.isPageNumber(line.text)
    }

    /// Lines in the margins at the same place of at least three pages and of a quarter of all pages, the page's
    /// number aside.
    private static func repeatedLines(of pages: [PDFPage]) -> Set<String> {
        var counts: [String: Int] = [:]
        for page in pages {
            let keys = page.lines.filter { isInMargin($0, of: page) }.map { key(of: $0, on: page) }
            for key in Set(keys) { counts[key, default: 0] += 1 }
        }
        return Set(counts.filter { $0.value >= 3 && $0.value * 4 >= pages.count }.keys)
    }

    private static func isInMargin(_ line: PDFPage.Line, of page: PDFPage) -> Bool {
        line.box.bottom < page.height * 0.12 || line.box.top > page.height * 0.82
    }

    /// The line without the number of its page, which may begin to count later.
    private static func key(of line: PDFPage.Line, on page: PDFPage) -> String {
        let words = line.words.map { word -> String in
            let digits = word.text.filter(\.isNumber)
            // Not the number of a quarter or a form: `Q3`, `10-Q`.
            guard !word.text.contains(where: \.isLetter), let number = Int(digits), abs(number - page.number) <= 30
            else { return word.text.lowercased() }
            return word.text.replacing(digits, with: "#\(number - page.number)").lowercased()
        }
        return "\(line.box.top < page.height / 2 ? "top" : "bottom") \(words.joined(separator: " "))"
    }

    private static func isPageNumber(_ text: String) -> Bool {
        let plain = text.filter { !"-–—|[]().·• ".contains($0) }.lowercased()
        guard !plain.isEmpty, plain.count <= 12 else { return false }
        return plain.allSatisfy(\.isNumber) || plain.allSatisfy { "ivxlc".contains($0) }
            || plain.wholeMatch(of: /(page|стр|страница|seite|p)?\d+((of|из|von|\/)\d+)?/) != nil
    }
}
