/// A number as people write it: groups of digits with one separator between two of them, `8 (495) 123-45-67`.
struct DigitGroups {
    enum Gap {
        case space, dash, dot
        /// An opening or a closing bracket, with or without a space.
        case opening, closing
    }

    /// Where the number starts, with its `+` or bracket.
    var start: Int
    var hasPlus = false
    /// Whether it starts with a bracket.
    var isBracketed = false
    var groups: [Range<Int>] = []
    /// One less than ``groups``.
    var gaps: [Gap] = []

    /// Longer numbers are not personal data of any kind.
    private static let longest = 21
    private static let mostGroups = 8

    /// - `start`: The offset of a digit, `+` or `(`.
    init?(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) {
        self.start = start
        var offset = start
        if bytes[offset] == 0x2B {
            hasPlus = true
            offset += 1
        }
        if offset < bytes.count, bytes[offset] == 0x28 {
            isBracketed = true
            offset += 1
        }
        var digits = 0
        while groups.count < Self.mostGroups, digits < Self.longest {
            let group = offset
            // The first group is read to its end, so that the scan goes on behind it.
            while offset < bytes.count, bytes[offset] &- 0x30 < 10, groups.isEmpty || digits < Self.longest {
                offset += 1
                digits += 1
            }
            guard offset > group else { break }
            groups.append(group..<offset)
            guard let (gap, next) = Self.gap(bytes, at: offset) else { break }
            gaps.append(gap)
            offset = next
        }
        guard !groups.isEmpty else { return nil }
        if gaps.count == groups.count { gaps.removeLast() }
    }

    /// The separator at an offset, if a digit follows it.
    private static func gap(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> (gap: Gap, next: Int)? {
        var offset = start
        var gap: Gap?
        while offset < bytes.count, offset - start < 8 {
            let byte = bytes[offset]
            if byte &- 0x30 < 10 { return gap.map { ($0, offset) } }
            let width: Int
            switch (byte, gap) {
            case (0x20, nil), (0x20, .opening?), (0x20, .closing?):
                gap = gap ?? .space
                width = 1
            case (0xC2, nil) where offset + 1 < bytes.count && bytes[offset + 1] == 0xA0:
                gap = .space
                width = 2
            case (0x2D, nil), (0x2D, .closing?):
                gap = gap ?? .dash
                width = 1
            case (0xE2, nil)
            where offset + 2 < bytes.count && bytes[offset + 1] == 0x80 && (0x90...0x93).contains(bytes[offset + 2]):
                gap = .dash
                width = 3
            case (0x2E, nil):
                gap = .dot
                width = 1
            case (0x28, nil), (0x28, .space?):
                gap = .opening
                width = 1
            case (0x29, nil):
                gap = .closing
                width = 1
            default: return nil
            }
            offset += width
        }
        return nil
    }

    /// Whether the first groups have these numbers of digits.
    func starts(with counts: [Int]) -> Bool {
        groups.count >= counts.count && zip(groups, counts).allSatisfy { $0.count == $1 }
    }

    /// The number of digits in the first groups.
    func digitCount(_ groupCount: Int) -> Int { groups[..<groupCount].reduce(0) { $0 + $1.count } }

    /// The digits of the first groups, as numbers.
    func digits(_ groupCount: Int, in bytes: UnsafeBufferPointer<UInt8>) -> [Int] {
        groups[..<groupCount].flatMap { $0.map { Int(bytes[$0] &- 0x30) } }
    }

    /// How many first groups have this many digits together; nil if none have.
    func groupCount(of digits: Int) -> Int? {
        var sum = 0
        for (index, group) in groups.enumerated() {
            sum += group.count
            if sum == digits { return index + 1 }
            if sum > digits { return nil }
        }
        return nil
    }

    /// Whether the gaps between the first groups are all the same.
    func hasOneGap(_ groupCount: Int) -> Bool { Set(gaps[..<(groupCount - 1)]).count <= 1 }
}
