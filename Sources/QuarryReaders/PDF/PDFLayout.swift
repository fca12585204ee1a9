/// The common properties of the pages of a PDF: the size of the text, the sizes of headings, and its title.
struct PDFLayout {
    /// The usual height of a line, by letters.
    let textHeight: Double
    /// The heights of headings, largest first, in tenths of points.
    private let headingHeights: [Int]
    /// The largest lines of the first page with text.
    let title: String?
    let margins: PDFMargins

    init(_ pages: [PDFPage]) {
        var letters: [Int: Int] = [:]
        for line in pages.lazy.flatMap(\.lines) { letters[Self.tenths(line.textHeight), default: 0] += line.letters }
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
        margins = PDFMargins(pages)
        title = Self.title(of: pages, textHeight: textHeight)
    }

    /// A line this much higher than the text is a heading.
    private static let headingFactor = 1.15
    /// The height of recognised lines depends on their letters.
    private static let recognizedHeadingFactor = 1.4

    private static func tenths(_ height: Double) -> Int { Int((min(max(0, height), 10_000) * 10).rounded()) }

    /// The level of a heading by its size, from 1; nil for text.
    func headingLevel(of line: PDFPage.Line) -> Int? {
        let factor = line.isRecognized ? Self.recognizedHeadingFactor : Self.headingFactor
        guard line.textHeight >= textHeight * factor, line.letters <= 200,
            line.words.contains(where: { $0.text.contains(where: \.isLetter) })
        else { return nil }
        let height = Self.tenths(line.textHeight)
        let larger = headingHeights.count { Double($0) > Double(height) * 1.05 }
        return min(6, larger + 1)
    }

    /// The level of a heading in the size of the text: below all others.
    var levelOfPlainHeadings: Int { min(5, headingHeights.count + 1) }

    /// The largest lines of the first page with text, joined, if they are larger than the text and short.
    private static func title(of pages: [PDFPage], textHeight: Double) -> String? {
        guard let page = pages.first(where: { !$0.lines.isEmpty }) else { return nil }
        var answer: PDFPage.Line?
        let lines = page.lines.filter { line in
            let goesOn = answer.map { $0.block == line.block && abs($0.textHeight - line.textHeight) < 0.5 } ?? false
            if line.hasCheckBox || !goesOn { answer = line.hasCheckBox ? line : nil }
            return answer == nil && line.letters > 1 && line.text.contains(where: \.isLetter)
        }
        guard let largest = lines.map(\.textHeight).max(), largest >= textHeight * headingFactor else { return nil }
        var parts: [String] = []
        var last: PDFPage.Line?
        for line in lines where line.textHeight >= largest * 0.95 {
            if let last, let part = parts.last, line.box.top >= last.box.top,
                line.box.top - last.box.bottom < last.box.height
            {
                parts[parts.count - 1] = part + " " + line.text
            } else {
                parts.append(line.text)
            }
            last = line
        }
        let title = parts.joined(separator: " – ")
        return title.count <= 200 ? title : nil
    }
}
