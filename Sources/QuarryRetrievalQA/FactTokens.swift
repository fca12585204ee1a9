/// A number, month or code in a form that does not depend on its notation.
package enum FactToken: Sendable, Hashable {
    /// Digits without separators, leading zeros and trailing zeros of the fraction: `1,234.50` is `1234.5`.
    case number(String)
    /// 1 to 12.
    case month(Int)
    /// Letters and digits in one word, in upper case without hyphens: `RX-580` is `RX580`.
    case code(String)
}

/// A fact in a text, with its possible readings.
package struct Fact: Sendable, Hashable {
    package var text: String
    /// Several if the notation is ambiguous: `1,234` may be a thousand or a fraction.
    package var readings: Set<FactToken>
}

extension Fact {
    /// The numbers, dates and codes of a text, in text order. Dates come as their parts.
    ///
    /// Reads both notations of numbers (`1,234.5`, `1 234,5`, `1.234,5`), dates of digits (`2021-05-09`, `09.05.2021`)
    /// and English and Russian names of months.
    /// - Complexity: O(length).
    package static func facts(in text: String) -> [Fact] {
        FactScanner(text).facts()
    }

    /// The facts of a source for comparison: every reading of its facts, and numbers written as words.
    package static func tokens(of source: String) -> Set<FactToken> {
        var tokens = Set(facts(in: source).flatMap(\.readings))
        for word in SurfaceWord.words(of: source) {
            if let value = NumberWords.value(of: word.folded) { tokens.insert(.number(String(value))) }
            if let month = NumberWords.month(of: word.folded) { tokens.insert(.month(month)) }
        }
        return tokens
    }
}

private struct FactScanner {
    private let scalars: [Unicode.Scalar]
    private var position = 0

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    func facts() -> [Fact] {
        var scanner = self
        var facts: [Fact] = []
        while let run = scanner.nextRun() { facts += scanner.read(run) }
        return facts
    }

    /// The next stretch of letters and digits with the separators between digits and the hyphens of codes.
    private mutating func nextRun() -> Range<Int>? {
        while position < scalars.count, !isWordScalar(position) { position += 1 }
        guard position < scalars.count else { return nil }
        let start = position
        while position < scalars.count {
            if isWordScalar(position) || joins(position, from: start) {
                position += 1
            } else {
                break
            }
        }
        return start..<position
    }

    private func isDigit(_ index: Int) -> Bool {
        scalars.indices.contains(index) && ("0"..."9").contains(scalars[index])
    }

    private func isWordScalar(_ index: Int) -> Bool { isDigit(index) || scalars[index].properties.isAlphabetic }

    /// Whether a separator holds two parts of one number, date or code together.
    private func joins(_ index: Int, from start: Int) -> Bool {
        guard index + 1 < scalars.count, isWordScalar(index + 1), index > start else { return false }
        switch scalars[index] {
        case ".", ",", "'", "’", ":", "/":
            return isDigit(index - 1) && isDigit(index + 1)
        case " ", "\u{A0}", "\u{202F}", "\u{2009}":
            // A thousands group: one to three digits, the space, exactly three digits.
            let group = (1...3).allSatisfy { isDigit(index + $0) } && !isDigit(index + 4)
            let digits = scalars[start..<index].reversed().prefix { ("0"..."9").contains($0) }.count
            return group && (1...3).contains(digits) && !(index + 4 < scalars.count && isWordScalar(index + 4))
        case "-", "‑", "–":
            return isDigit(index - 1) && isDigit(index + 1) ? isDateDash(index, from: start) : hasDigit(around: index)
        default: return false
        }
    }

    /// A hyphen between digits joins a date such as 2021-05-09, and separates a range such as 10-20.
    private func isDateDash(_ index: Int, from start: Int) -> Bool {
        let before = scalars[start..<index]
        if before.contains(where: { $0.properties.isAlphabetic }) { return true }
        if before.contains("-") { return before.count == 7 }
        return before.count == 4 && isDigit(index + 2) && index + 3 < scalars.count && scalars[index + 3] == "-"
    }

    /// A hyphen next to a letter joins a code if one of the two words contains a digit.
    private func hasDigit(around index: Int) -> Bool {
        var left = index - 1
        while left >= 0, isWordScalar(left) {
            if isDigit(left) { return true }
            left -= 1
        }
        var right = index + 1
        while right < scalars.count, isWordScalar(right) {
            if isDigit(right) { return true }
            right += 1
        }
        return false
    }

    private func read(_ run: Range<Int>) -> [Fact] {
        let text = String(String.UnicodeScalarView(scalars[run]))
        let hasDigits = run.contains { isDigit($0) }
        let hasLetters = run.contains { scalars[$0].properties.isAlphabetic }
        if hasDigits && hasLetters { return [code(text)] }
        if hasDigits { return date(text) ?? [Fact(text: text, readings: NumberReadings.readings(of: text))] }
        let folded = text.lowercased()
        guard let month = NumberWords.month(of: folded), isBesideDigit(run) else { return [] }
        return [Fact(text: text, readings: [.month(month)])]
    }

    /// A number with an attached unit or ending (`10km`, `5-го`, `50кг`) is that number; other mixtures are codes.
    private func code(_ text: String) -> Fact {
        let bare = text.filter { $0.isLetter || $0.isNumber }.uppercased()
        var readings: Set<FactToken> = [.code(bare)]
        let digits = text.prefix { ("0"..."9").contains($0) || ".,".contains($0) }
        let rest = text[digits.endIndex...]
        if !digits.isEmpty, !rest.contains(where: { ("0"..."9").contains($0) }) {
            readings.formUnion(
                NumberReadings.readings(
                    of: String(digits.last.map { ".,".contains($0) } == true ? digits.dropLast() : digits)))
        }
        return Fact(text: text, readings: readings)
    }

    /// A month's name is a date only beside a number: "May 9", "9 мая", "март 2021".
    private func isBesideDigit(_ run: Range<Int>) -> Bool {
        let before = scalars[max(0, run.lowerBound - 6)..<run.lowerBound]
        let after = scalars[run.upperBound..<min(scalars.count, run.upperBound + 3)]
        return before.contains { ("0"..."9").contains($0) } || after.contains { ("0"..."9").contains($0) }
    }

    /// The parts of a date in digits: year-month-day, or day.month.year.
    private func date(_ text: String) -> [Fact]? {
        let parts = text.split(omittingEmptySubsequences: false) { "-./‑–".contains($0) }.map(String.init)
        guard parts.count == 3, parts.allSatisfy({ part in part.allSatisfy { ("0"..."9").contains($0) } }),
            !text.contains(",")
        else { return nil }
        let values = parts.compactMap { Int($0) }
        guard values.count == 3 else { return nil }
        let order: (year: Int, month: Int, day: Int)
        switch (parts[0].count, parts[1].count, parts[2].count) {
        case (4, 2, 1...2): order = (0, 1, 2)
        case (1...2, 1...2, 4), (2, 2, 2): order = (2, 1, 0)
        default: return nil
        }
        guard (1...31).contains(values[order.day]), (1...12).contains(values[order.month]) || text.contains("/") else {
            return nil
        }
        // Month and day of a slashed date may be in either order.
        let month = values[order.month]
        let day = values[order.day]
        let either = text.contains("/")
        return [
            Fact(text: parts[order.year], readings: [.number(String(values[order.year]))]),
            Fact(
                text: parts[order.month],
                readings: either ? [.month(month), .number(String(month))] : [.month(month)]),
            Fact(
                text: parts[order.day],
                readings: either ? [.number(String(day)), .month(day)] : [.number(String(day))]),
        ]
    }
}

/// The possible readings of a number in digits.
enum NumberReadings {
    static func readings(of text: String) -> Set<FactToken> {
        let separators = text.filter { !("0"..."9").contains($0) }
        if separators.contains(":") || separators.contains("/") {
            return [.number(text.replacing("/", with: ":"))]
        }
        let marks = Set(separators.filter { ".,".contains($0) })
        var readings: Set<FactToken> = [plain(text, decimal: nil)]
        if let last = separators.last(where: { ".,".contains($0) }) {
            let once = separators.count { $0 == last } == 1
            if once { readings.insert(plain(text, decimal: last)) }
            // Two kinds of marks, or a last group that is not of three digits: the last mark is the decimal one.
            let tail = text.split(separator: last).last?.count ?? 0
            if once && (marks.count > 1 || tail != 3) { readings = [plain(text, decimal: last)] }
            // A version or section number such as 1.2.3 stays as it is.
            if !once && tail != 3 { readings = [.number(text)] }
        }
        return readings
    }

    private static func plain(_ text: String, decimal: Character?) -> FactToken {
        let parts = decimal.map { text.split(separator: $0, maxSplits: 1) } ?? [text[...]]
        let whole = (parts.first ?? "").filter { ("0"..."9").contains($0) }.drop { $0 == "0" }
        var fraction = parts.count > 1 ? parts[1].filter { ("0"..."9").contains($0) } : ""
        while fraction.last == "0" { fraction.removeLast() }
        return .number((whole.isEmpty ? "0" : String(whole)) + (fraction.isEmpty ? "" : "." + fraction))
    }
}
