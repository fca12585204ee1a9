/// Reads the facts of a text from its pieces.
struct FactReader {
    private let pieces: [TextPiece]
    private(set) var facts: [Fact] = []
    /// Whether 9:00 is in the morning, as in Russian.
    private let hasDayClock: Bool
    /// Whether `1,250` can only be a thousand: the text has common words of English.
    private let groupsByCommas: Bool

    init(_ pieces: [TextPiece]) {
        self.pieces = pieces
        hasDayClock = pieces.contains {
            $0.kind == .word && $0.text.unicodeScalars.contains { (0x400...0x4FF).contains($0.value) }
        }
        groupsByCommas = pieces.contains { $0.kind == .word && Self.englishWords.contains($0.folded) }
        var position = 0
        while position < pieces.count { position = max(position + 1, read(at: position)) }
    }

    private static let englishWords: Set<String> = [
        "the", "of", "is", "are", "was", "were", "and", "has", "with", "a", "it", "for", "at", "by", "from", "per",
    ]

    private func folded(_ index: Int) -> String { pieces.indices.contains(index) ? pieces[index].folded : "" }

    private func isWord(_ index: Int) -> Bool { pieces.indices.contains(index) && pieces[index].kind == .word }

    private func text(_ range: Range<Int>) -> String {
        range.reduce(into: "") { text, index in
            text += (index > range.lowerBound && !pieces[index].isAttached ? " " : "") + pieces[index].text
        }
    }

    private mutating func add(
        _ range: Range<Int>, _ readings: Set<FactToken>, unit: MeasureUnit? = nil, isWeak: Bool = false
    ) -> Int {
        facts.append(Fact(text: text(range), readings: readings, unit: unit, isWeak: isWeak, pieces: range))
        return range.upperBound
    }

    /// - Returns: The position after the fact that begins here; the same position if there is none.
    private mutating func read(at start: Int) -> Int {
        let piece = pieces[start]
        if piece.kind == .number, let parts = DateParts.parts(of: piece.text) {
            for part in parts {
                facts.append(Fact(text: part.text, readings: part.readings, pieces: start..<start + 1))
            }
            return start + 1
        }
        if let next = readTime(at: start) { return next }
        if let number = WrittenNumber(at: start, in: pieces, groupsByCommas: groupsByCommas) { return finish(number) }
        switch piece.kind {
        case .code: return readCode(at: start)
        case .word: return readWord(at: start)
        case .number, .mark: return start
        }
    }

    // MARK: Numbers

    /// Adds a number with the unit, and the sign of a currency, beside it.
    private mutating func finish(_ number: WrittenNumber) -> Int {
        var range = number.range
        var readings = Set(number.values.map { FactToken.number($0) })
        if number.isNegative { readings = Set(number.values.map { FactToken.number("-" + $0) }) }
        readings.formUnion(number.shares.map { .share($0) })
        var unit = unit(after: range.upperBound)
        if unit == nil { unit = self.unit(before: range.lowerBound).map { ($0, range.upperBound) } }
        if let unit { range = range.lowerBound..<unit.end }
        if unit?.unit == .percent { readings.formUnion(number.values.map { .share($0) }) }
        if unit?.unit == .hour, let hour = number.hour {
            let end = range.upperBound
            let minutes = dayTimes(hour: hour, minute: 0, at: &range)
            // "3 часа" is a time or a length of time, "3 часа дня" is a time.
            if range.upperBound > end { readings = [] }
            readings.formUnion(minutes.map { .time($0) })
        }
        if unit == nil, let hour = number.hour, opensTimes(after: range.upperBound, from: hour) {
            readings.formUnion([.time(hour * 60), .time((hour * 60 + 720) % 1_440)].prefix(hasDayClock ? 1 : 2))
        }
        return add(range, readings, unit: unit?.unit, isWeak: number.isWeak && unit == nil)
    }

    /// Whether a number opens a stretch of time that ends in a time of day: "from 9 to 17 o'clock", "с 9 до 17 часов".
    private func opensTimes(after index: Int, from hour: Int) -> Bool {
        guard ["to", "till", "until", "до", "-", "–", "—"].contains(folded(index)),
            let number = WrittenNumber(at: index + 1, in: pieces), let end = number.hour
        else { return false }
        let next = number.range.upperBound
        let isClock = folded(next) == "o" && folded(next + 2) == "clock"
        return isClock || half(after: next) != nil || end > hour && unit(after: next)?.unit == .hour
    }

    /// The currency whose sign or code stands before a number.
    private func unit(before index: Int) -> MeasureUnit? {
        guard index > 0 else { return nil }
        let piece = pieces[index - 1]
        let unit =
            MeasureUnit.unit(ofSign: piece.text)
            ?? (piece.text.count == 3 && piece.isCapitalized
                ? MeasureUnit.unit(of: piece.folded, isAttached: false) : nil)
        return unit.flatMap { $0.isCurrency ? $0 : nil }
    }

    private func unit(after index: Int) -> (unit: MeasureUnit, end: Int)? {
        guard pieces.indices.contains(index) else { return nil }
        let piece = pieces[index]
        if let sign = MeasureUnit.unit(ofSign: piece.text) {
            // "°C" is two pieces.
            let scale = sign.dimension == "degree" ? MeasureUnit.scale(of: folded(index + 1)) : nil
            return (scale ?? sign, index + (scale == nil ? 1 : 2))
        }
        if piece.folded == "-", piece.isAttached, isWord(index + 1), pieces[index + 1].isAttached {
            return MeasureUnit.unit(of: folded(index + 1), isAttached: false).map { ($0, index + 2) }
        }
        if piece.folded == "per", folded(index + 1) == "cent" { return (.percent, index + 2) }
        if ["percentage", "процентных", "процентный", "процентного", "процентные"].contains(piece.folded),
            ["point", "points", "пунктов", "пункт", "пункта", "пункты"].contains(folded(index + 1))
        {
            return (.percentagePoint, index + 2)
        }
        if ["sq", "square", "кв", "квадратных", "квадратный", "квадратного"].contains(piece.folded) {
            let next = folded(index + 1) == "." ? index + 2 : index + 1
            return MeasureUnit.unit(of: folded(next), isAttached: false).map { ($0.squared, next + 1) }
        }
        guard piece.kind != .number, piece.kind != .mark else { return nil }
        let name = piece.folded.replacing("²", with: "")
        // "10 Mb" may be of many things, but "2 May" is not.
        guard var unit = MeasureUnit.unit(of: name, isAttached: piece.isAttached) else { return nil }
        var end = index + 1
        if name != piece.folded { unit = unit.squared }
        if folded(end) == "/",
            ["h", "ч", "час"].contains(folded(end + 1))
                || folded(end) == "per" && folded(end + 1) == "hour" || folded(end) == "в" && folded(end + 1) == "час"
        {
            unit = unit.perHour
            end += 2
        }
        if unit.dimension == "degree" {
            // "degrees Celsius", "degrees C", "градусов по Цельсию".
            if folded(end) == "по" { end += 1 }
            let scale = MeasureUnit.unit(of: folded(end), isAttached: false)
            if let scale, scale.mayBe(unit) { return (scale, end + 1) }
            if let scale = MeasureUnit.scale(of: folded(end)), pieces[end].isCapitalized { return (scale, end + 1) }
            if folded(end - 1) == "по" { end -= 1 }
        }
        return (unit, end)
    }

    /// A number with an attached unit or ending (`10km`, `5-го`, `16-year-old`) is that number; others are codes.
    private mutating func readCode(at index: Int) -> Int {
        let text = pieces[index].text
        let bare = text.filter { $0.isLetter || $0.isNumber }.uppercased()
        var readings: Set<FactToken> = [.code(bare)]
        let digits = text.prefix { ("0"..."9").contains($0) || ".,".contains($0) }
        let rest = pieces[index].folded.drop { ("0"..."9").contains($0) || ".,".contains($0) }
        guard !digits.isEmpty, !rest.contains(where: { ("0"..."9").contains($0) }) else {
            return add(index..<index + 1, readings)
        }
        let values = NumberReadings.values(of: String(digits))
        let word = rest.split(whereSeparator: { "-‑–".contains($0) }).first.map(String.init) ?? ""
        let scales = ["M": 6, "B": 9, "К": 3]
        if let power = NumberWords.power(of: word) ?? scales[String(text.drop { !$0.isLetter })] {
            readings.formUnion(values.map { .number(NumberReadings.shifted($0, by: power)) })
            return add(index..<index + 1, readings, unit: unit(before: index))
        }
        // "1.2m crowns" is millions, "1.2m long" is metres.
        if word == "m" || word == "м", isWord(index + 1), !pieces[index + 1].isCapitalized,
            unit(before: index) != nil || folded(index + 1).count > 4 && folded(index + 1).last == "s"
                || MeasureUnit.unit(of: folded(index + 1), isAttached: false)?.isCurrency == true
        {
            let millions = values.map { FactToken.number(NumberReadings.shifted($0, by: 6)) }
            let counted = unit(after: index + 1)
            return add(
                index..<(counted?.end ?? index + 1), readings.union(millions),
                unit: counted?.unit ?? unit(before: index))
        }
        var range = index..<index + 1
        if ["am", "pm", "ч"].contains(word), let hour = Int(digits), (0...24).contains(hour) {
            readings = Set(dayTimes(hour: hour, minute: 0, at: &range, half: word).map { .time($0) })
            return add(range, readings.union(word == "ч" ? values.map { .number($0) } : []))
        }
        readings.formUnion(values.map { .number($0) })
        let unit = MeasureUnit.unit(of: word.replacing("²", with: ""), isAttached: true)
        return add(range, readings, unit: word.hasSuffix("²") ? unit?.squared : unit)
    }

    // MARK: Dates and times

    private mutating func readWord(at index: Int) -> Int {
        let piece = pieces[index]
        if let day = NumberWords.weekday(of: piece.folded) { return add(index..<index + 1, [.weekday(day)]) }
        if ["среду", "среды"].contains(piece.folded), ["в", "со", "по"].contains(folded(index - 1)) {
            return add(index..<index + 1, [.weekday(3)])
        }
        if let month = NumberWords.month(of: piece.folded), isMonth(index) {
            return add(index..<index + 1, [.month(month)])
        }
        if let number = RomanNumeral.value(of: piece.text), index > 0, isName(index - 1) {
            return add(index..<index + 1, [.number(String(number))], isWeak: number == 1)
        }
        return index
    }

    private func isName(_ index: Int) -> Bool {
        isWord(index) && pieces[index].isCapitalized && pieces[index].text.count > 1
            && !NameWords.common.contains(pieces[index].folded)
    }

    /// A month's name is one beside a number ("May 9", "9 мая"), after a preposition ("in May"), or where it can be
    /// nothing else.
    private func isMonth(_ index: Int) -> Bool {
        for near in [index - 2, index - 1, index + 1, index + 2] where pieces.indices.contains(near) {
            if pieces[near].kind == .number || pieces[near].kind == .code { return true }
        }
        let before = folded(index - 1)
        if NumberWords.part(of: before)?.isOrdinal == true { return true }
        let isPlaced = ["in", "of", "until", "since", "by", "from", "till", "в", "с", "до", "к", "по"].contains(before)
        return isPlaced && (pieces[index].isCapitalized || !pieces[index].text.utf8.allSatisfy { $0 < 0x80 })
    }

    private mutating func readTime(at index: Int) -> Int? {
        let word = folded(index)
        if let minutes = Self.namedTimes[word] { return add(index..<index + 1, [.time(minutes)]) }
        if word == "half" || word == "quarter", ["past", "to"].contains(folded(index + 1)),
            let number = WrittenNumber(at: index + 2, in: pieces), let hour = number.hour
        {
            let minute = word == "half" ? 30 : 15
            let isPast = folded(index + 1) == "past"
            var range = index..<number.range.upperBound
            let minutes = dayTimes(
                hour: isPast ? hour : hour + 23, minute: isPast ? minute : 60 - minute, at: &range)
            return add(range, Set(minutes.map { .time($0) }))
        }
        if let (hour, end) = nextHourOfHalf(at: index) {
            var range = index..<end
            let minutes = dayTimes(hour: (hour + 11) % 12, minute: 30, at: &range)
            return add(range, Set(minutes.map { .time($0) }))
        }
        guard pieces[index].kind == .number || isWord(index) else { return nil }
        var range = index..<index + 1
        if pieces[index].kind == .number, pieces[index].text.contains(where: { ":.".contains($0) }) {
            let parts = pieces[index].text.split(whereSeparator: { ":.".contains($0) })
            let isColon = pieces[index].text.contains(":")
            guard parts.count == 2, parts[1].count == 2, let hour = Int(parts[0]), let minute = Int(parts[1]),
                (0...24).contains(hour), (0...59).contains(minute), isColon || half(after: index + 1) != nil
            else { return nil }
            var minutes = dayTimes(hour: hour, minute: minute, at: &range)
            if hasDayClock, minutes.count > 1 { minutes = [hour * 60 + minute] }
            let hasHalf = range.upperBound > index + 1
            return add(range, Set(minutes.map { .time($0) }).union(hasHalf ? [] : [.number(pieces[index].text)]))
        }
        guard let number = WrittenNumber(at: index, in: pieces), let hour = number.hour else { return nil }
        range = number.range
        let isClock = folded(range.upperBound) == "o" && folded(range.upperBound + 2) == "clock"
        guard isClock || half(after: range.upperBound) != nil else { return nil }
        if isClock { range = range.lowerBound..<range.upperBound + 3 }
        let minutes = dayTimes(hour: hour, minute: 0, at: &range)
        return add(range, Set(minutes.map { .time($0) }))
    }

    /// The hour that "половина шестого" or "полшестого" leads to, and where the words end.
    private func nextHourOfHalf(at index: Int) -> (hour: Int, end: Int)? {
        let word = folded(index)
        let isHalf = ["половина", "половине", "половину"].contains(word)
        let name = isHalf ? folded(index + 1) : word.hasPrefix("пол") ? String(word.dropFirst(3)) : ""
        guard let part = NumberWords.part(of: name), part.isOrdinal, (1...12).contains(part.value) else { return nil }
        return (part.value, index + (isHalf ? 2 : 1))
    }

    private static let namedTimes = [
        "noon": 720, "midday": 720, "midnight": 0, "полдень": 720, "полдня": 720, "полночь": 0, "полуночи": 0,
    ]

    /// Whether the half of the day stands after an index ("pm", "p.m.", "in the evening", "дня"), and where it ends.
    private func half(after index: Int) -> (isLate: Bool, end: Int)? {
        switch folded(index) {
        case "am": return (false, index + 1)
        case "pm": return (true, index + 1)
        case "a", "p":
            guard folded(index + 1) == ".", folded(index + 2) == "m" else { return nil }
            return (folded(index) == "p", index + (folded(index + 3) == "." ? 4 : 3))
        case "in" where folded(index + 1) == "the":
            switch folded(index + 2) {
            case "morning": return (false, index + 3)
            case "afternoon", "evening": return (true, index + 3)
            default: return nil
            }
        case "утра", "ночи": return (false, index + 1)
        case "дня" where index > 0 && !["2", "3", "4", "два", "три", "четыре"].contains(folded(index - 1)):
            return (true, index + 1)
        case "вечера": return (true, index + 1)
        default: return nil
        }
    }

    /// The minutes since midnight of a time whose half of the day may follow `range`, which is then extended.
    ///
    /// - Parameter attached: An attached "am" or "pm".
    private func dayTimes(
        hour: Int, minute: Int, at range: inout Range<Int>, half attached: String? = nil
    ) -> Set<Int> {
        var isLate: Bool?
        if attached == "am" || attached == "pm" { isLate = attached == "pm" }
        if let half = half(after: range.upperBound) {
            isLate = half.isLate
            range = range.lowerBound..<half.end
        }
        let hour = hour % 24
        if let isLate {
            let hour = isLate ? (hour < 12 ? hour + 12 : hour) : hour % 12
            return [hour * 60 + minute]
        }
        return hour < 13 ? [hour % 12 * 60 + minute, (hour % 12 + 12) * 60 + minute] : [hour * 60 + minute]
    }
}
