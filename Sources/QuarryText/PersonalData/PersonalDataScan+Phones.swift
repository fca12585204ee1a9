extension PersonalDataScan {
    /// `+` and a country code. The longest number has 15 digits (ITU-T E.164).
    func international(_ number: DigitGroups) -> Match? {
        for count in stride(from: number.groups.count, through: 1, by: -1) {
            let total = number.digitCount(count)
            guard (10...15).contains(total), !isDecimal(number, count), ends(number, after: count) else { continue }
            let digits = number.digits(count, in: bytes)
            guard let code = NumberChecks.countryCodeLength(digits), code > 1 || total == 11 else { continue }
            let first = number.groups[0].count
            guard count == 1 || first == code || first >= code + 2 else { continue }
            // `+420 123 456 789` is a phone, `+12 345 678 901` an amount.
            let isGrouped = count > 2 && number.groups[1..<count].allSatisfy { $0.count == 3 }
            guard !isGrouped || (first == code && total == code + 9 && code > 1) else { continue }
            var match = match(.phone, number, count)
            // `(+86) 28 85423680`
            if number.gaps.first == .closing, number.start > 0, bytes[number.start - 1] == 0x28 {
                match.range = (number.start - 1)..<match.range.upperBound
            }
            return match
        }
        return nil
    }

    private func isDecimal(_ number: DigitGroups, _ count: Int) -> Bool { count == 2 && number.gaps[0] == .dot }

    func phone(_ number: DigitGroups, _ before: NumberStart, _ label: LabelBefore?) -> Match? {
        let isLabelled = continuesPhones(number) || label?.names(.phone, within: 40) == true
        if label?.names(.other, within: 24) == true || (before == .reference && !isLabelled) { return nil }
        if let count = russian(number, isLabelled) ?? northAmerican(number, isLabelled) {
            return match(.phone, number, count)
        }
        return isLabelled ? labelled(number).map { match(.phone, number, $0) } : nil
    }

    /// Whether the number directly follows a phone number, as in `тел. 123-45-67, 123-45-68`.
    private func continuesPhones(_ number: DigitGroups) -> Bool {
        guard let last = found.last, last.kind == .phone, number.start - last.range.upperBound <= 4 else {
            return false
        }
        return bytes[last.range.upperBound..<number.start].allSatisfy { [0x20, 0x2C, 0x3B, 0x2F].contains($0) }
    }

    private func russian(_ number: DigitGroups, _ isLabelled: Bool) -> Int? {
        let first = number.groups[0].count
        if number.isBracketed {
            // `(495) 123-45-67`
            guard (3...5).contains(first), number.gaps.first == .closing, let count = number.groupCount(of: 10),
                count > 2 || isLabelled, number.gaps[1..<(count - 1)].allSatisfy({ $0 == .dash || $0 == .space }),
                NumberChecks.isRussian(number.digits(count, in: bytes)), ends(number, after: count)
            else { return nil }
            return number.groups[1].count == 3 && count == 3 && number.groups[2].count == 4 ? nil : count
        }
        guard let count = number.groupCount(of: 11), ends(number, after: count) else { return nil }
        let digits = number.digits(count, in: bytes)
        let national = digits.dropFirst()
        guard digits[0] == 8 || (digits[0] == 7 && isLabelled), NumberChecks.isRussian(national) else { return nil }
        if count == 1 { return isLabelled || NumberChecks.isWellKnownRussian(national) ? 1 : nil }
        if number.gaps[..<(count - 1)].contains(.opening) {
            return number.gaps[0] == .opening && number.gaps.dropFirst().first == .closing ? count : nil
        }
        guard !number.gaps[..<(count - 1)].contains(.dot) || number.hasOneGap(count) else { return nil }
        let sizes = number.groups[..<count].map(\.count)
        let forms = [[1, 3, 3, 2, 2], [1, 3, 3, 4], [1, 4, 2, 2, 2], [1, 3, 7], [1, 5, 1, 2, 2], [1, 10]]
        guard forms.contains(sizes) || isLabelled else { return nil }
        // In a row of figures only the usual form of a well-known code is a number.
        if number.gaps[..<(count - 1)].allSatisfy({ $0 == .space }), !isLabelled {
            guard sizes.count >= 4, NumberChecks.isWellKnownRussian(national), !followsFigure(number) else {
                return nil
            }
        }
        return count
    }

    private func northAmerican(_ number: DigitGroups, _ isLabelled: Bool) -> Int? {
        if number.isBracketed {
            guard number.starts(with: [3, 3, 4]), number.gaps[0] == .closing, ends(number, after: 3),
                NumberChecks.isNorthAmerican(number.digits(3, in: bytes))
            else { return nil }
            return 3
        }
        let start = number.starts(with: [1, 3, 3, 4]) && bytes[number.groups[0].lowerBound] == 0x31 ? 1 : 0
        let count = start + 3
        guard number.groups.count >= count, number.groups[start..<count].map(\.count) == [3, 3, 4],
            ends(number, after: count), NumberChecks.isNorthAmerican(number.digits(count, in: bytes).suffix(10))
        else { return nil }
        let gaps = number.gaps[..<(count - 1)]
        if gaps.contains(.opening) { return start == 1 && gaps[0] == .opening && gaps[1] == .closing ? count : nil }
        // Three groups with spaces may be figures.
        return gaps.allSatisfy({ $0 == .dash }) || gaps.allSatisfy({ $0 == .dot }) || isLabelled ? count : nil
    }

    /// A number of any country after a word such as "tel": 7 to 15 digits, or 5 and 6 with dashes, and not a date.
    private func labelled(_ number: DigitGroups) -> Int? {
        for count in stride(from: number.groups.count, through: 1, by: -1) {
            let sizes = number.groups[..<count].map(\.count)
            let total = sizes.reduce(0, +)
            let isShort = total >= 5 && count > 2 && number.gaps[..<(count - 1)].allSatisfy { $0 == .dash }
            guard total >= 7 || isShort, total <= 15, ends(number, after: count) || number.gaps.count >= count else {
                continue
            }
            let isDate = total == 8 && count == 3 && (sizes[0] == 4 || sizes[2] == 4)
            guard !isDate, !isDecimal(number, count) else { continue }
            return count
        }
        return nil
    }
}
