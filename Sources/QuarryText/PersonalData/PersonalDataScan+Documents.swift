extension PersonalDataScan {
    func card(_ number: DigitGroups, _ before: NumberStart, _ label: LabelBefore?) -> Match? {
        guard !number.isBracketed else { return nil }
        let forms = [[4, 4, 4, 4, 3], [4, 4, 4, 4], [4, 6, 5], [4, 6, 4]]
        let count: Int
        if number.groups[0].count >= 13 {
            guard before == .free, number.groups[0].count <= 19 else { return nil }
            count = 1
        } else if let form = forms.first(where: { isCard(number, $0) }), number.gaps[0] != .dot {
            if isRow(number, form.count) { return nil }
            count = form.count
        } else {
            return nil
        }
        let digits = number.digits(count, in: bytes)
        guard NumberChecks.isCard(digits), NumberChecks.luhn(digits) else { return nil }
        guard count == number.groups.count ? ends(number, after: count) : number.gaps[count - 1] != .dot else {
            return nil
        }
        if count == 1, label?.names(.other, within: 24) == true { return nil }
        return match(.card, number, count)
    }

    private func isCard(_ number: DigitGroups, _ form: [Int]) -> Bool {
        guard number.starts(with: form), number.hasOneGap(form.count) else { return false }
        let digits = number.digits(form.count, in: bytes)
        return NumberChecks.isCard(digits) && NumberChecks.luhn(digits)
    }

    /// Whether groups are the beginning or a part of a row of figures with four digits each. A code of three digits, a
    /// date and another card may follow a card.
    private func isRow(_ number: DigitGroups, _ count: Int) -> Bool {
        let followsCard = found.last.map { $0.kind == .card && $0.range.upperBound == number.start - 1 } ?? false
        if number.gaps[0] == .space, !followsCard, followsFigure(number, digits: 4) { return true }
        guard count < number.groups.count, number.gaps[count - 1] == number.gaps[0] else { return false }
        let rest = number.groups[count...]
        if rest.count == 1 { return rest[count].count == 4 || number.gaps[0] == .dash && rest[count].count != 3 }
        if number.gaps[count] == .dash, number.gaps[0] != .dash { return false }
        if let next = DigitGroups(bytes, at: rest[count].lowerBound), isCard(next, [4, 4, 4, 4]) { return false }
        return rest[count].count == 4 || number.gaps[0] == .dash
    }

    func snils(_ number: DigitGroups, _ label: LabelBefore?) -> Match? {
        guard !number.isBracketed else { return nil }
        let count: Int
        if number.starts(with: [3, 3, 3, 2]), number.gaps[0] == number.gaps[1], number.gaps[0] != .dot {
            count = 4
        } else if number.groups[0].count == 11 {
            count = 1
        } else {
            return nil
        }
        guard NumberChecks.snils(number.digits(count, in: bytes)) else { return nil }
        // Another one may follow after a space.
        let isFollowed =
            count == 4 && count < number.groups.count && number.gaps[0] == .dash && number.gaps[3] == .space
        guard isFollowed || ends(number, after: count) else { return nil }
        if count == 4, number.gaps[0] == .dash { return match(.snils, number, count) }
        guard label?.label == .snils else { return nil }
        return match(.snils, number, count)
    }

    mutating func inn(_ number: DigitGroups, _ label: LabelBefore?) -> Match? {
        let count = number.groups[0].count
        guard count == 10 || count == 12, !number.isBracketed, NumberChecks.inn(number.digits(1, in: bytes)),
            ends(number, after: 1)
        else { return nil }
        if label?.label == .inn { return match(.inn, number, 1) }
        // A cell of a table whose heading says what it is.
        guard isCell(number.groups[0]), lines.mentionTaxpayerNumber(before: number.start, in: bytes) else { return nil }
        return match(.inn, number, 1)
    }

    /// Whether only a separator of cells or a line end is on either side.
    private func isCell(_ range: Range<Int>) -> Bool {
        func isEdge(_ offset: Int, _ step: Int) -> Bool {
            var offset = offset
            for _ in 0..<8 {
                guard bytes.indices.contains(offset) else { return true }
                switch bytes[offset] {
                case 0x20, 0x22: offset += step
                case 0x09, 0x0A, 0x2C, 0x3B, 0x7C: return true
                default: return false
                }
            }
            return false
        }
        return isEdge(range.lowerBound - 1, -1) && isEdge(range.upperBound, 1)
    }

    /// `45 08 123456`, `4508 № 123456`, `72 1234567`, or both without spaces.
    func passport(_ number: DigitGroups) -> Range<Int>? {
        let first = number.groups[0].count
        guard !number.isBracketed, [2, 4, 9, 10].contains(first) else { return nil }
        let form = first > 4 ? [first] : [[2, 2, 6], [4, 6], [2, 7]].first(where: number.starts)
        if let form {
            return ends(number, after: form.count)
                ? number.start..<number.groups[form.count - 1].upperBound : nil
        }
        let series = number.starts(with: [2, 2]) ? 2 : 1
        guard series == number.groups.count else { return nil }
        let digits = number.digitCount(series) == 4 ? 6 : 7
        return passportNumber(after: number.groups[series - 1].upperBound, digits: digits).map { number.start..<$0 }
    }

    /// The end of the digits after `№`, `номер`, `No.` or a comma.
    private func passportNumber(after start: Int, digits: Int) -> Int? {
        var offset = start
        while offset < bytes.count, offset - start < 24, !(bytes[offset] &- 0x30 < 10) {
            if bytes[offset] == 0x0A { return nil }
            offset += 1
        }
        let between = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<offset]), as: UTF8.self)
        let word = between.lowercased().filter { !" ,;:.\u{A0}".contains($0) }
        guard ["", "№", "номер", "n", "no", "nr", "number"].contains(word) else { return nil }
        var end = offset
        while end < bytes.count, end - offset <= digits, bytes[end] &- 0x30 < 10 { end += 1 }
        return end - offset == digits ? end : nil
    }
}
