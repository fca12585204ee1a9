/// One pass over a text.
struct PersonalDataScan {
    typealias Match = PersonalData.Match

    let bytes: UnsafeBufferPointer<UInt8>
    var found: [Match] = []
    var lines = LabelledLines()

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

    // MARK: Ends

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

    /// Whether a number follows a figure and one space, as in a row of figures.
    ///
    /// - `digits`: How many digits the figure has; nil for any number.
    func followsFigure(_ number: DigitGroups, digits: Int? = nil) -> Bool {
        let start = number.start
        guard start > 1, bytes[start - 1] == 0x20 else { return false }
        var first = start - 1
        while first > 0, start - first < 8, bytes[first - 1] &- 0x30 < 10 { first -= 1 }
        let count = start - 1 - first
        return digits.map { $0 == count } ?? (count > 0)
    }

    private func label(before number: DigitGroups) -> LabelBefore? { LabelBefore(of: number.start, in: bytes) }

    func match(_ kind: PersonalData.Kind, _ number: DigitGroups, _ groupCount: Int) -> Match {
        Match(kind: kind, range: number.start..<number.groups[groupCount - 1].upperBound)
    }
}
