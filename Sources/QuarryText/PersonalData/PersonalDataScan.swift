/// One pass over a text.
struct PersonalDataScan {
    typealias Match = PersonalData.Match

    let bytes: UnsafeBufferPointer<UInt8>
    private var found: [Match] = []
    private var lines = LabelledLines()

    init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func matches() -> [Match] {
        var emails = EmailScan(bytes: bytes).ranges()[...]
        var offset = 0
        while offset < bytes.count {
            if let email = emails.first, offset >= email.lowerBound {
                found.append(Match(kind: .email, range: email))
                offset = email.upperBound
                emails.removeFirst()
                continue
            }
            guard startsNumber(at: offset), let number = DigitGroups(bytes, at: offset) else {
                offset += 1
                continue
            }
            if let match = match(number), match.range.upperBound <= emails.first?.lowerBound ?? bytes.count {
                found.append(match)
                offset = match.range.upperBound
            } else {
                offset = number.groups[0].upperBound
            }
        }
        return found
    }

    private func startsNumber(at offset: Int) -> Bool {
        let byte = bytes[offset]
        if byte &- 0x30 < 10 { return true }
        guard offset + 1 < bytes.count, byte == 0x2B || byte == 0x28 else { return false }
        let next = bytes[offset + 1]
        return next &- 0x30 < 10 || (byte == 0x2B && next == 0x28)
    }

    private mutating func match(_ number: DigitGroups) -> Match? {
        let before = NumberStart(of: number.start, in: bytes)
        if number.hasPlus { return before.allowsPlus ? international(number) : nil }
        guard before != .joined, before != .word || number.isBracketed else { return nil }
        if let range = passport(number), label(before: number)?.names(.passport) == true {
            return Match(kind: .passport, range: range)
        }
        guard number.digitCount(number.groups.count) >= 5 else { return nil }
        let label = label(before: number)
        return card(number, before, label) ?? snils(number, label) ?? inn(number, label)
            ?? phone(number, before, label)
    }
}

/// What is directly before a number.
enum NumberStart {
    case free
    /// A letter.
    case word
    /// A sign of addresses and references, such as `/`, `=` or `#`: the number is likely to be an identifier.
    case reference
    /// It belongs to a longer number, word or amount.
    case joined

    init(of start: Int, in bytes: UnsafeBufferPointer<UInt8>) {
        guard start > 0 else {
            self = .free
            return
        }
        let byte = bytes[start - 1]
        switch byte {
        case 0x30...0x39, 0x5F, 0x24: self = .joined
        case 0x2E, 0x2C, 0x2D, 0x28:
            let previous = start > 1 ? bytes[start - 2] : 0
            let isJoined = previous &- 0x30 < 10 || (byte == 0x2D && Self.isLetter(at: start - 2, in: bytes))
            self = isJoined ? .joined : .free
        case 0x2F, 0x3D, 0x23, 0x26, 0x5C: self = .reference
        default: self = Self.isLetter(at: start - 1, in: bytes) ? .word : .free
        }
    }

    var allowsPlus: Bool { self != .joined }

    private static func isLetter(at offset: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard offset >= 0 else { return false }
        if (bytes[offset] | 0x20) &- 0x61 < 26 { return true }
        return offset > 0 && bytes[offset] & 0xC0 == 0x80 && bytes[offset - 1].leadsLetter
    }
}

// MARK: Ends

extension PersonalDataScan {
    /// Whether a number can end after its first groups. Neither a letter, a percent sign nor decimals may follow, nor
    /// another group after the gap that the number itself has.
    func ends(_ number: DigitGroups, after groupCount: Int) -> Bool {
        if groupCount < number.groups.count {
            let next = number.gaps[groupCount - 1]
            if next != .space && next != .opening { return false }
            let own = number.gaps[..<(groupCount - 1)].last
            return next == .opening || own != .space
        }
        let end = number.groups[groupCount - 1].upperBound
        guard end < bytes.count else { return true }
        switch bytes[end] {
        case 0x41...0x5A, 0x61...0x7A, 0x5F, 0x25: return false
        case 0x2C, 0x2E: return !hasDecimals(at: end + 1)
        default: return !bytes[end].leadsLetter
        }
    }

    /// Whether one or two digits follow that are not part of a list.
    private func hasDecimals(at start: Int) -> Bool {
        var end = start
        while end < bytes.count, end - start < 3, bytes[end] &- 0x30 < 10 { end += 1 }
        return end > start && end - start < 3
    }

    /// The digit before a number and one space, as in a row of figures.
    private func followsFigure(_ number: DigitGroups) -> Bool {
        let start = number.start
        return start > 1 && bytes[start - 1] == 0x20 && bytes[start - 2] &- 0x30 < 10
    }

    func label(before number: DigitGroups) -> LabelBefore? { LabelBefore(of: number.start, in: bytes) }

    private func match(_ kind: PersonalData.Kind, _ number: DigitGroups, _ groupCount: Int) -> Match {
        Match(kind: kind, range: number.start..<number.groups[groupCount - 1].upperBound)
    }
}

// MARK: Cards and documents

extension PersonalDataScan {
    private func card(_ number: DigitGroups, _ before: NumberStart, _ label: LabelBefore?) -> Match? {
        guard !number.isBracketed else { return nil }
        let forms = [[4, 4, 4, 4, 3], [4, 4, 4, 4], [4, 6, 5], [4, 6, 4]]
        let count: Int
        if number.groups[0].count >= 13 {
            guard before == .free, number.groups[0].count <= 19 else { return nil }
            count = 1
        } else if let form = forms.first(where: number.starts), number.hasOneGap(form.count), number.gaps[0] != .dot {
            // A fifth group of four digits belongs to a row of figures.
            if form.count < number.groups.count, number.gaps[form.count - 1] == number.gaps[0],
                number.groups[form.count].count == 4 || number.gaps[0] == .dash
            {
                return nil
            }
            if followsFigure(number), number.gaps[0] == .space { return nil }
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

    private func snils(_ number: DigitGroups, _ label: LabelBefore?) -> Match? {
        guard !number.isBracketed else { return nil }
        let count: Int
        if number.starts(with: [3, 3, 3, 2]), number.gaps[0] == number.gaps[1], number.gaps[0] != .dot {
            count = 4
        } else if number.groups[0].count == 11 {
            count = 1
        } else {
            return nil
        }
        guard NumberChecks.snils(number.digits(count, in: bytes)), ends(number, after: count) else { return nil }
        if count == 4, number.gaps[0] == .dash { return match(.snils, number, count) }
        guard label?.label == .snils else { return nil }
        return match(.snils, number, count)
    }

    private mutating func inn(_ number: DigitGroups, _ label: LabelBefore?) -> Match? {
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
    private func passport(_ number: DigitGroups) -> Range<Int>? {
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

// MARK: Phones

extension PersonalDataScan {
    /// `+` and a country code. The longest number has 15 digits (ITU-T E.164).
    private func international(_ number: DigitGroups) -> Match? {
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
            return match(.phone, number, count)
        }
        return nil
    }

    private func isDecimal(_ number: DigitGroups, _ count: Int) -> Bool { count == 2 && number.gaps[0] == .dot }

    private func phone(_ number: DigitGroups, _ before: NumberStart, _ label: LabelBefore?) -> Match? {
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

/// Where the word for a taxpayer number occurs in the lines around a number that no blank line divides.
private struct LabelledLines {
    private var scanned = 0
    private var isMentioned = false

    /// - Complexity: O(bytes) for all calls with growing offsets together.
    mutating func mentionTaxpayerNumber(before end: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        while scanned < end {
            if bytes[scanned] == 0x0A, scanned > 0, bytes[scanned - 1] == 0x0A { isMentioned = false }
            if let width = Self.mention(at: scanned, in: bytes) {
                isMentioned = true
                scanned += width
            } else {
                scanned += 1
            }
        }
        return isMentioned
    }

    /// The length of `ИНН`, `инн` or `INN` at an offset.
    private static func mention(at offset: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        for word in words where offset + word.count <= bytes.count {
            guard bytes[offset] == word[0], bytes[offset..<(offset + word.count)].elementsEqual(word) else { continue }
            let end = offset + word.count
            let continues = end < bytes.count && ((bytes[end] | 0x20) &- 0x61 < 26 || bytes[end].leadsLetter)
            let isContinued =
                offset > 0 && ((bytes[offset - 1] | 0x20) &- 0x61 < 26 || bytes[offset - 1] & 0xC0 == 0x80)
            if !continues, !isContinued { return word.count }
        }
        return nil
    }

    private static let words = ["ИНН", "инн", "INN"].map { Array($0.utf8) }
}
