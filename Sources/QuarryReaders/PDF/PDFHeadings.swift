/// The levels of the lines of a page that are headings.
///
/// pdftotext names no fonts, so bold type is not known. A heading is a line that is larger than the text, or a short
/// line of its own above a line of text or a table.
struct PDFHeadings {
    /// The level of each part of the page; nil for text and tables.
    private(set) var levels: [Int?]

    private let parts: [PDFPart]
    private let page: PDFPage
    private let layout: PDFLayout

    init(of parts: [PDFPart], on page: PDFPage, _ layout: PDFLayout) {
        (self.parts, self.page, self.layout) = (parts, page, layout)
        levels = parts.map { part in part.line.flatMap { layout.headingLevel(of: $0) } }
        dropText()
        addPlain()
    }

    /// Three large lines one after another, a large sentence, or an answer of a form with what follows it, are text.
    private mutating func dropText() {
        var start = 0
        while start < parts.count {
            var end = start + 1
            guard let first = parts[start].line, levels[start] != nil else {
                start = end
                continue
            }
            var (last, words) = (first, first.words.count)
            while end < parts.count, levels[end] == levels[start], let line = parts[end].line, line.block == first.block
            {
                words += line.words.count
                last = line
                end += 1
            }
            let isText = end - start > 2 || words > 5 && last.text.hasSuffix(".")
            let answer = (start..<end).first { parts[$0].line?.hasCheckBox ?? false } ?? end
            for index in (isText ? start : answer)..<end { levels[index] = nil }
            start = end
        }
    }

    // MARK: Headings in the size of the text

    private mutating func addPlain() {
        // From the end: a heading may be above another.
        var chain = 0
        for index in parts.indices.dropLast().reversed() {
            guard levels[index] == nil, let line = parts[index].line, chain < 3, let rank = Self.rank(of: line),
                isApart(index, rank: rank), isAbove(index, rank: rank, chain: chain)
            else {
                chain = 0
                continue
            }
            levels[index] = layout.levelOfPlainHeadings + rank
            chain += 1
        }
    }

    /// Whether a line is of its own: with more space above than between the lines of a text, and below too or with an end
    /// that is not the edge of the text. Lines in capital letters may follow each other closely.
    private func isApart(_ index: Int, rank: Int) -> Bool {
        func areApart(_ upper: PDFPart, _ lower: PDFPart) -> Bool {
            guard let upper = upper.line, let lower = lower.line else { return true }
            let gap = lower.box.top - upper.box.bottom
            return lower.box.top < upper.box.top || gap > max(1, layout.textHeight) * 0.5
                || rank == 0 && Self.rank(of: upper) == 0 && Self.rank(of: lower) == 0
        }
        guard index == 0 || areApart(parts[index - 1], parts[index]) else { return false }
        guard let line = parts[index].line, let next = parts[index + 1].line else { return true }
        return areApart(parts[index], parts[index + 1]) || line.endsEarly(before: next)
    }

    /// Whether what follows a line is text or a table that it may be the heading of.
    private func isAbove(_ index: Int, rank: Int, chain: Int) -> Bool {
        // Below the title of a table there may be its unit.
        guard let below = parts[(index + 1)...].firstIndex(where: { !Self.isInParentheses($0) }),
            below <= index + 3, let line = parts[index].line
        else { return false }
        guard case .line(let next) = parts[below] else { return rank == 0 }
        guard below == index + 1, next.box.top > line.box.top else { return false }
        if levels[below] != nil { return chain > 0 }
        guard let start = next.text.first(where: { $0.isLetter || $0.isNumber }), !start.isLowercase else {
            return false
        }
        return next.words.count > 5 && next.box.width > 0.35 * page.width && line.box.width < 0.8 * next.box.width
    }

    private static func isInParentheses(_ part: PDFPart) -> Bool {
        guard let text = part.line?.text else { return false }
        return text.hasPrefix("(") && text.hasSuffix(")") && text.count < 80
    }

    /// 0 for the name of a part or capital letters, 1 for other headings; nil for text.
    private static func rank(of line: PDFPage.Line) -> Int? {
        let text = line.text
        guard line.words.count <= 16, line.letters > 2, 2 * line.letters > text.utf8.count,
            let first = text.first, first.isUppercase || first.isNumber,
            let last = text.last, !".,;:…-–".contains(last),
            text.contains(where: \.isLetter), !text.contains("://"), !text.contains("@"), !line.hasCheckBox
        else { return nil }
        let opening = line.words[0].text.lowercased()
        // A caption belongs to a picture, which is not in the text.
        if captions.contains(opening) { return nil }
        let second = line.words.count > 1 ? line.words[1].text.first : nil
        if parts.contains(opening), second.map({ $0.isNumber || $0.isUppercase }) ?? false { return 0 }
        if !text.contains(where: \.isLowercase), line.words.count > 1 || line.letters > 8, !first.isNumber { return 0 }
        guard line.words.count <= 12 else { return nil }
        return !first.isNumber || second?.isUppercase ?? false ? 1 : nil
    }

    private static let captions: Set<String> = [
        "figure", "fig.", "table", "рис.", "рисунок", "таблица", "табл.", "abbildung", "abb.", "tabelle", "tableau",
    ]
    private static let parts: Set<String> = [
        "part", "chapter", "item", "note", "section", "article", "appendix", "annex", "часть", "глава", "раздел",
        "статья", "приложение", "kapitel", "teil", "anhang", "partie", "chapitre",
    ]
}

extension PDFPage.Line {
    /// Whether a box to tick is in the line, as in the answers of a form: `Yes ☐ No ☒`.
    var hasCheckBox: Bool {
        text.unicodeScalars.contains(where: Self.boxes.contains) || text.contains("[ ]")
            || words.contains { Self.boxesInOtherFonts.contains($0.text.lowercased()) }
    }

    private static let boxes: Set<Unicode.Scalar> = ["☐", "☑", "☒", "□", "⌧", "⊠", "🗵", "🗷", "🗹"]
    /// Boxes of Wingdings, which some files give as letters, and those of plain text.
    private static let boxesInOtherFonts: Set<String> = ["þ", "¨", "[x]", "[]"]
}
