/// The heading of a part of a law or contract: `Статья 15. …`, `§ 12`, `Art. 3`, `Section 4.2`, `CHAPTER I`.
struct LawHeading {
    /// The parts of laws, from the largest.
    enum Unit: Int {
        case part, title, chapter, section, article, paragraph, clause
    }

    var unit: Unit
    var range: Range<Int>
    /// The part of ``range`` without markup.
    var title: Range<Int>
    /// Whether it is only the number, so that the next line may be its title.
    var isBare: Bool
    /// Whether it is a number with a title and no mark between: no heading if the next line goes on with a small letter.
    var mayBeSentence: Bool

    /// Longer lines, in bytes, are not headings.
    private static let longest = 200

    private static let units: [String: Unit] = [
        "part": .part, "часть": .part, "teil": .part, "partie": .part, "annex": .part, "annexe": .part,
        "appendix": .part, "schedule": .part, "приложение": .part, "anhang": .part, "anlage": .part,
        "title": .title, "раздел": .title, "titel": .title, "titre": .title,
        "chapter": .chapter, "глава": .chapter, "kapitel": .chapter, "chapitre": .chapter,
        "section": .section, "sec": .section, "abschnitt": .section,
        "article": .article, "art": .article, "статья": .article, "ст": .article, "artikel": .article,
        "§": .paragraph, "параграф": .paragraph, "clause": .clause, "пункт": .clause, "klausel": .clause,
    ]

    /// Reads a heading of one line.
    init?(_ line: TextLine) {
        let start = line.skipping("*_#", from: line.start)
        guard let (unit, number) = Self.unit(in: line, at: start) else { return nil }
        guard let end = Self.endOfNumber(in: line, from: number) else { return nil }
        let afterNumber = line.skipping("*_", from: end)
        let mark = Self.mark(in: line, at: afterNumber)
        let rest = line.skipping("*_ \t", from: mark ?? afterNumber)
        let titleEnd = max(rest, line.trimming("*_# \t", endOf: rest..<line.end))
        guard line.startsParagraph || line.followsSentence else { return nil }
        self.unit = unit
        isBare = rest >= titleEnd
        mayBeSentence = mark == nil && !isBare
        if isBare {
            range = line.range
            title = start..<end
            return
        }
        guard mark != nil || (afterNumber < rest && Self.isTitle(rest..<titleEnd, of: line)) else { return nil }
        guard !Self.isOfContents(line) else { return nil }
        if line.range.count <= Self.longest, mark == nil || Self.isTitle(rest..<titleEnd, of: line) {
            range = line.range
            title = start..<titleEnd
        } else {
            range = line.start..<(mark ?? end)
            title = start..<end
        }
    }

    /// The unit, and where its number begins.
    private static func unit(in line: TextLine, at start: Int) -> (Unit, Int)? {
        var end = start
        if line.byte(start) == 0xC2, line.byte(start + 1) == 0xA7 {
            return (.paragraph, line.skipping(" ", from: start + 2))
        }
        guard line.isUppercase(at: start) else { return nil }
        while let byte = line.byte(end), byte >= 0x80 || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A {
            end += 1
            if end - start > 24 { return nil }
        }
        var number = end
        if line.byte(number) == 0x2E { number += 1 }
        number = line.skipping(" ", from: number)
        guard number > end, let first = line.byte(number), first < 0x80 else { return nil }
        let isNumber = first >= 0x30 && first <= 0x39 || StaticString("IVXLCRDp").contains(first)
        guard isNumber, let unit = units[line.string(start..<end).lowercased()] else { return nil }
        return (unit, number)
    }

    /// The end of `15`, `4.2`, `5a`, `IV`, `L. 121-1`, `1er` or `premier`.
    private static func endOfNumber(in line: TextLine, from start: Int) -> Int? {
        var end = start
        if !line.isDigit(at: end) {
            while let byte = line.byte(end), StaticString("IVXLC").contains(byte), end - start < 9 { end += 1 }
            if end > start, !line.isLetter(at: end), !line.isDigit(at: end) {
                let prefix = line.bytes[start]
                // The codes of France have articles such as L. 121-1.
                let digits = line.skipping(". ", from: end)
                guard prefix == 0x4C, end == start + 1, digits > end, line.isDigit(at: digits) else { return end }
                end = digits
            } else if line.string(start..<min(start + 7, line.end)) == "premier" {
                end = start + 7
            } else {
                guard let prefix = line.byte(start), StaticString("LRD").contains(prefix) else { return nil }
                end = line.skipping(". ", from: start + 1)
            }
        }
        while let byte = line.byte(end) {
            if StaticString("0123456789").contains(byte) {
                end += 1
            } else if StaticString(".-/").contains(byte), line.isDigit(at: end + 1) {
                end += 1
            } else {
                break
            }
        }
        if line.isDigit(at: end - 1) {
            // A letter, or `er`, `bis`, `ter`.
            var letters = end
            while let byte = line.byte(letters), byte | 0x20 >= 0x61, byte | 0x20 <= 0x7A { letters += 1 }
            if letters - end <= 3 { end = letters }
        }
        guard end > start, !line.isLetter(at: end), !line.isDigit(at: end) else { return nil }
        return end
    }

    /// The end of `.`, `:`, `)` or a dash with white space after it, at the end of the number.
    private static func mark(in line: TextLine, at start: Int) -> Int? {
        guard let byte = line.byte(start) else { return start }
        var end = start
        if byte == 0x2E || byte == 0x3A || byte == 0x29 {
            end = line.skipping("*_", from: start + 1)
        } else {
            let dash = line.skipping(" ", from: start)
            if line.byte(dash) == 0x2D {
                end = dash + 1
            } else if line.byte(dash) == 0xE2, line.byte(dash + 1) == 0x80,
                line.byte(dash + 2) == 0x93 || line.byte(dash + 2) == 0x94
            {
                end = dash + 3
            }
        }
        guard end > start else { return nil }
        guard let next = line.byte(end) else { return end }
        return next == 0x20 || next == 0x09 ? end : nil
    }

    /// Whether a text is the title of a section: no sentence.
    static func isTitle(_ range: Range<Int>, of line: TextLine) -> Bool {
        guard let first = line.byte(range.lowerBound), range.count <= longest / 2 else { return false }
        if line.endsWithMark && range.upperBound == line.end {
            // A short name with a full stop is one, as in `Article 5. Definitions.`
            guard line.bytes[range.upperBound - 1] == 0x2E, range.count <= 40 else { return false }
        }
        return line.isUppercase(at: range.lowerBound) || first == 0x5B || first == 0x28
    }

    /// A row of a table of contents ends with the number of a page.
    private static func isOfContents(_ line: TextLine) -> Bool {
        guard line.isDigit(at: line.end - 1) else { return false }
        let end = line.trimming("0123456789", endOf: line.range)
        let gap = line.trimming(". \t", endOf: line.start..<end)
        return end - gap >= 2 || line.bytes[max(line.start, end - 1)] == 0x09
    }
}
