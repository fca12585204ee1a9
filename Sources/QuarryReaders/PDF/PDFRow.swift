/// The words of a page at one height, divided into cells at wide gaps.
struct PDFRow {
    struct Cell {
        var text: String
        var left: Double
        var right: Double

        var width: Double { right - left }
        var words: Int { text.utf8.count { $0 == 0x20 } + 1 }

        /// Whether the cell has an amount: digits that are not a year or part of a date, a dash or a box.
        var isAmount: Bool { Self.isAmount(text) }

        static func isAmount(_ text: String) -> Bool {
            let scalars = text.unicodeScalars
            if scalars.count <= 2 { return !scalars.contains { $0.properties.isAlphabetic } }
            guard !scalars.contains(where: { $0.properties.isAlphabetic }) else { return false }
            guard scalars.count == 4, let year = Int(text) else { return true }
            return !(1900...2099).contains(year)
        }

        var hasNumber: Bool { text.contains(where: \.isNumber) }
    }

    var cells: [Cell]
    var top: Double
    var bottom: Double
    /// The lines of the page with these words.
    var lines: Set<Int>

    var height: Double { max(1, bottom - top) }

    /// The rows of a page, from top to bottom.
    ///
    /// A line belongs to one row with all of its words, so that a table that replaces it loses none.
    /// - Complexity: O(words · log words).
    static func rows(of page: PDFPage, without left: Set<Int>) -> [PDFRow] {
        let lines = page.lines.indices.filter { !left.contains($0) }.map { (index: $0, box: page.lines[$0].box) }
            .sorted { ($0.box.middle, $0.box.left, $0.index) < ($1.box.middle, $1.box.left, $1.index) }
        var rows: [[Int]] = []
        var middle = -Double.infinity
        for (index, box) in lines {
            if !rows.isEmpty, abs(box.middle - middle) <= box.height * 0.45 {
                rows[rows.count - 1].append(index)
            } else {
                rows.append([index])
                middle = box.middle
            }
        }
        return rows.map { PDFRow(lines: $0, of: page) }
    }

    private init(lines: [Int], of page: PDFPage) {
        let words = lines.flatMap { page.lines[$0].words }.sorted { $0.box.left < $1.box.left }
        var groups: [[PDFPage.Word]] = []
        var last: (word: PDFPage.Word, right: Double)?
        for word in words {
            if let before = last, !Self.beginsCell(word, after: before.word, at: before.right) {
                groups[groups.count - 1].append(word)
                last = (word, max(before.right, word.box.right))
            } else {
                groups.append([word])
                last = (word, word.box.right)
            }
        }
        cells = groups.map { group in
            Cell(
                text: Self.text(of: group), left: group.map(\.box.left).min() ?? 0,
                right: group.map(\.box.right).max() ?? 0)
        }
        top = words.map(\.box.top).min() ?? 0
        bottom = words.map(\.box.bottom).max() ?? 0
        self.lines = Set(lines)
    }

    private static let currencies: Set<String> = ["$", "€", "£", "¥", "₽"]
    private static let closings: Set<String> = ["%", ")", ")%", "%)"]

    private static func beginsCell(_ word: PDFPage.Word, after last: PDFPage.Word, at right: Double) -> Bool {
        let height = max(2, word.box.height)
        let gap = word.box.left - right
        // The sign of a currency is often far from its amount, at the left edge of the column.
        if currencies.contains(last.text), gap < 15 * height, let first = word.text.first {
            return !(first.isNumber || "(-–—−".contains(first))
        }
        if closings.contains(word.text) { return gap >= 1.5 * height }
        if currencies.contains(word.text), let end = last.text.last {
            return gap >= 0.2 * height && (end.isNumber || ")%—–".contains(end)) || gap >= 0.9 * height
        }
        return gap >= 0.9 * height
    }

    /// The words, with a currency's and a percent sign beside their amount.
    private static func text(of words: [PDFPage.Word]) -> String {
        guard words.contains(where: { currencies.contains($0.text) || closings.contains($0.text) }) else {
            return PDFPage.text(of: words)
        }
        var words = words
        for index in words.indices.dropFirst()
        where currencies.contains(words[index - 1].text) || closings.contains(words[index].text) {
            let right = words[index - 1].box.right
            words[index].box.left = right
            words[index].box.height = words[index - 1].box.height
            words[index].box.top = words[index - 1].box.top
        }
        return PDFPage.text(of: words)
    }
}
