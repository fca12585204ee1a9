/// A number at a place of a text, in digits or words, with the words that multiply it.
struct WrittenNumber {
    private(set) var range: Range<Int>
    /// The possible values, as digits.
    private(set) var values: Set<String> = []
    /// A fraction of a whole in percent.
    private(set) var shares: Set<String> = []
    private(set) var isNegative = false
    /// Whether no number may be meant, as by "one of them" or "thousands of people".
    private(set) var isWeak = false

    /// The value as an hour of the day.
    var hour: Int? {
        guard shares.isEmpty, !isNegative, values.count == 1, let value = values.first.flatMap({ Int($0) }) else {
            return nil
        }
        return (0...24).contains(value) ? value : nil
    }

    private let pieces: [TextPiece]
    private let groupsByCommas: Bool

    /// - `groupsByCommas`: Whether `1,250` can only be a thousand, as in English.
    init?(at start: Int, in pieces: [TextPiece], groupsByCommas: Bool = false) {
        guard pieces.indices.contains(start) else { return nil }
        self.groupsByCommas = groupsByCommas && pieces[start].text.contains(",") && pieces[start].text.first != "0"
        self.pieces = pieces
        range = start..<start
        if pieces[start].kind == .number {
            readDigits(at: start)
        } else if let fraction = Self.vulgarFractions[pieces[start].text] {
            take(fraction, until: start + 1)
        } else if !readFraction(at: start), !readWords(at: start) {
            return nil
        }
    }

    private func folded(_ index: Int) -> String { pieces.indices.contains(index) ? pieces[index].folded : "" }

    private mutating func take(_ fraction: Share, until end: Int) {
        values = [fraction.ratio, fraction.decimal]
        shares = [fraction.percent]
        range = range.lowerBound..<end
    }

    // MARK: Digits

    private mutating func readDigits(at index: Int) {
        values = NumberReadings.values(of: pieces[index].text)
        if values.count > 1, groupsByCommas { values = [NumberReadings.whole(pieces[index].text)] }
        range = index..<index + 1
        if let fraction = Self.vulgarFractions[folded(index + 1)], pieces[index + 1].isAttached {
            let decimal = fraction.decimal.dropFirst()
            values = Set(values.map { $0 + decimal })
            range = index..<index + 2
        }
        if let share = Self.ratios[values.first ?? ""], values.count == 1 { shares = [share] }
        isNegative = hasMinus(before: index)
        multiply()
    }

    /// "-12", "−12", "minus 12". A hyphen after a word or number is none.
    private func hasMinus(before index: Int) -> Bool {
        guard index > 0 else { return false }
        if ["minus", "минус"].contains(folded(index - 1)) { return true }
        guard ["-", "−", "–"].contains(folded(index - 1)), pieces[index].isAttached else { return false }
        return index == 1 || !pieces[index - 1].isAttached || folded(index - 2) == "("
    }

    /// Reads "million", "тыс." and the like.
    private mutating func multiply() {
        while let power = NumberWords.power(of: folded(range.upperBound)), power > 0,
            pieces[range.upperBound].kind == .word
        {
            // With a word after it, a mark is that of the fraction: 1,250 million is rare, 1,250 млн is not.
            values = Set(values.map { NumberReadings.shifted($0, by: power) })
            var end = range.upperBound + 1
            let isShort = ["тыс", "млн", "млрд", "трлн"].contains(folded(range.upperBound))
            if isShort, folded(end) == ".", pieces[end].isAttached { end += 1 }
            range = range.lowerBound..<end
        }
    }

    // MARK: Words

    /// "twenty-five", "two hundred and five", "nineteen ninety-eight", "двести пять тысяч".
    private mutating func readWords(at start: Int) -> Bool {
        guard pieces[start].kind == .word else { return false }
        var position = start
        var total = 0
        var current: Int?
        var end = start
        var count = 0
        var isOrdinal = false
        while !isOrdinal, let part = NumberWords.part(of: folded(position)), count < 12 {
            if part.isScale {
                if part.value == 100 {
                    guard current.map({ $0 < 100 }) ?? true else { break }
                    current = (current ?? 1) * 100
                } else {
                    guard total == 0 || total % (part.value * 1_000) == 0 else { break }
                    total += (current ?? 1) * part.value
                    current = nil
                }
            } else if let held = current {
                guard let joined = Self.join(held, part.value) else { break }
                current = joined
            } else {
                current = part.value
            }
            isOrdinal = part.isOrdinal
            count += 1
            position += 1
            end = position
            let isJoined = ["-", "‑", "–"].contains(folded(position)) && pieces[position].isAttached
            if isJoined || folded(position) == "and" && (current ?? 0) % 100 == 0 && count > 1 {
                guard NumberWords.part(of: folded(position + 1)) != nil else { break }
                position += 1
            }
        }
        guard count > 0 else { return false }
        let value = total + (current ?? 0)
        values = [String(value)]
        range = start..<end
        let first = folded(start)
        let isPlural = count == 1 && total > 0 && first != "миллион" && first != "тысяча" && first != "million"
        isWeak =
            count == 1 && (value == 1 && !isOrdinal || isPlural && !["a", "одна", "один"].contains(folded(start - 1)))
            || isOrdinal && count == 1 && start == 0 && value < 4
        isNegative = ["minus", "минус"].contains(folded(start - 1))
        if total == 0, !isOrdinal { multiply() }
        return true
    }

    /// Two words of one number: twenty five, сто двадцать; also the halves of a year: nineteen ninety.
    private static func join(_ held: Int, _ next: Int) -> Int? {
        if held >= 10, held < 100, next >= 10, next < 100, held < 21 { return held * 100 + next }
        if held % 1_000 == 0 || held % 100 == 0 && next < 100 || held % 10 == 0 && held % 100 >= 20 && next < 10 {
            return next > 0 ? held + next : nil
        }
        return nil
    }

    // MARK: Fractions

    /// "half", "a quarter", "two thirds", "две трети".
    private mutating func readFraction(at start: Int) -> Bool {
        let word = folded(start)
        if ["полтора", "полторы", "полутора"].contains(word) {
            values = ["1.5"]
            range = start..<start + 1
            multiply()
            return true
        }
        if ["half", "половина", "половины", "половину", "половине"].contains(word) {
            take(Share(1, 2), until: start + 1)
            return true
        }
        var top = 1
        var position = start
        if word == "a" || word == "an" {
            position += 1
        } else if let part = NumberWords.part(of: word), !part.isScale, !part.isOrdinal, part.value < 10, part.value > 0
        {
            top = part.value
            position += 1
            if folded(position) == "-" { position += 1 }
        } else if !["треть", "трети", "четверть", "четверти"].contains(word) {
            return false
        }
        guard let bottom = Self.denominators[folded(position)], top < bottom else { return false }
        take(Share(top, bottom), until: position + 1)
        return true
    }

    private struct Share {
        var ratio: String
        var decimal: String
        var percent: String

        init(_ top: Int, _ bottom: Int) {
            ratio = "\(top):\(bottom)"
            decimal = Self.digits(Double(top) / Double(bottom))
            percent = Self.digits(Double(top) / Double(bottom) * 100)
        }

        /// Four decimals without zeros at the end.
        private static func digits(_ value: Double) -> String {
            let scaled = Int((value * 10_000).rounded())
            var fraction = String(scaled % 10_000)
            fraction = String(repeating: "0", count: 4 - fraction.count) + fraction
            while fraction.last == "0" { fraction.removeLast() }
            return "\(scaled / 10_000)" + (fraction.isEmpty ? "" : "." + fraction)
        }
    }

    private static let denominators = [
        "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourth": 4, "fourths": 4, "fifth": 5, "fifths": 5,
        "sixth": 6, "eighth": 8, "eighths": 8, "tenth": 10, "tenths": 10, "half": 2, "треть": 3, "трети": 3,
        "четверть": 4, "четверти": 4, "пятая": 5, "пятых": 5, "десятая": 10, "десятых": 10,
    ]

    private static let vulgarFractions = [
        "½": Share(1, 2), "¼": Share(1, 4), "¾": Share(3, 4), "⅓": Share(1, 3), "⅔": Share(2, 3),
    ]

    private static let ratios: [String: String] = Dictionary(
        uniqueKeysWithValues: [(1, 2), (1, 3), (2, 3), (1, 4), (3, 4), (1, 5), (1, 10)].map {
            ("\($0.0):\($0.1)", Share($0.0, $0.1).percent)
        })
}
