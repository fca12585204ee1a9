/// A number, part of a date, time of day or code in a form that does not depend on its notation.
package enum FactToken: Sendable, Hashable {
    /// Digits without separators, leading zeros and trailing zeros of the fraction: `1,234.50` is `1234.5`.
    case number(String)
    /// 1 to 12.
    case month(Int)
    /// 1 for Monday to 7.
    case weekday(Int)
    /// Minutes since midnight.
    case time(Int)
    /// A part of a whole in percent: half is `50`.
    case share(String)
    /// Letters and digits in one word, in upper case without hyphens: `RX-580` is `RX580`.
    case code(String)
}

/// A fact in a text, with its possible readings.
package struct Fact: Sendable, Hashable {
    package var text: String
    /// Several if the notation is ambiguous: `1,234` may be a thousand or a fraction, 3:00 may be at night.
    package var readings: Set<FactToken>
    /// The unit of a number, if it has a known one.
    package var unit: MeasureUnit?
    /// Whether the text may mean no number by it, as by "one" in "one of them".
    package var isWeak = false
    /// The pieces of the text that it consists of, with its unit.
    var pieces: Range<Int>
}

extension Fact {
    /// The numbers, dates, times and codes of a text, in text order. Dates come as their parts.
    ///
    /// Reads both notations of numbers (`1,234.5`, `1 234,5`, `1.234,5`), numbers in words ("twenty-five",
    /// "двадцать пять", "1.2 million"), fractions, dates of digits (`2021-05-09`, `09.05.2021`), English and Russian
    /// names of months and weekdays, and times of day ("3 pm", `15:00`, "три часа дня").
    /// - Complexity: O(length).
    package static func facts(in text: String) -> [Fact] { FactReader(TextPiece.pieces(of: text)).facts }

    /// The facts of a source for comparison: every reading of its facts.
    package static func tokens(of source: String) -> Set<FactToken> { Set(facts(in: source).flatMap(\.readings)) }

    /// Whether another fact says the same, in any notation. Units of one kind are converted; a number without a known
    /// unit may have any.
    package func equals(_ other: Fact) -> Bool {
        guard let unit, let theirs = other.unit, unit != theirs else {
            return !readings.isDisjoint(with: other.readings)
        }
        // 3 o'clock is a number of hours and a time.
        let times = readings.filter { if case .time = $0 { true } else { false } }
        if !times.isDisjoint(with: other.readings) { return true }
        if unit.mayBe(theirs) { return !readings.isDisjoint(with: other.readings) }
        guard unit.dimension == theirs.dimension else { return false }
        return values.contains { value in
            other.values.contains { abs(value * unit.factor - $0 * theirs.factor) <= 1e-6 * abs(value * unit.factor) }
        }
    }

    private var values: [Double] {
        readings.compactMap { if case .number(let digits) = $0 { Double(digits) } else { nil } }
    }

    var isNumber: Bool { readings.contains { if case .number = $0 { true } else { false } } }
}

/// The possible readings of a number in digits.
enum NumberReadings {
    static func readings(of text: String) -> Set<FactToken> { Set(values(of: text).map { .number($0) }) }

    static func values(of text: String) -> Set<String> {
        let separators = text.filter { !("0"..."9").contains($0) }
        if separators.contains(":") || separators.contains("/") { return [text.replacing("/", with: ":")] }
        let marks = Set(separators.filter { ".,".contains($0) })
        var values: Set<String> = [plain(text, decimal: nil)]
        if let last = separators.last(where: { ".,".contains($0) }) {
            let once = separators.count { $0 == last } == 1
            if once { values.insert(plain(text, decimal: last)) }
            // Two kinds of marks, or a last group that is not of three digits: the last mark is the decimal one.
            let tail = text.split(separator: last).last?.count ?? 0
            if once && (marks.count > 1 || tail != 3) { values = [plain(text, decimal: last)] }
            // A version or section number such as 1.2.3 stays as it is.
            if !once && tail != 3 { values = [text] }
        }
        return values
    }

    /// The digits without separators.
    static func whole(_ text: String) -> String { plain(text, decimal: nil) }

    /// A number times a power of ten, exactly.
    static func shifted(_ value: String, by power: Int) -> String {
        let parts = value.split(separator: ".", maxSplits: 1)
        let whole = parts.first ?? "0"
        let fraction = parts.count > 1 ? parts[1] : ""
        let padded = fraction + String(repeating: "0", count: max(0, power - fraction.count))
        return plain("\(whole)\(padded.prefix(power)).\(padded.dropFirst(power))", decimal: ".")
    }

    private static func plain(_ text: String, decimal: Character?) -> String {
        let parts =
            decimal.map { text.split(separator: $0, maxSplits: 1, omittingEmptySubsequences: false) } ?? [text[...]]
        let whole = (parts.first ?? "").filter { ("0"..."9").contains($0) }.drop { $0 == "0" }
        var fraction = parts.count > 1 ? parts[1].filter { ("0"..."9").contains($0) } : ""
        while fraction.last == "0" { fraction.removeLast() }
        return (whole.isEmpty ? "0" : String(whole)) + (fraction.isEmpty ? "" : "." + fraction)
    }
}
