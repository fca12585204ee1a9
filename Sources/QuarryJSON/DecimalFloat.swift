/// Reads the numbers of JSON as floats, rounded correctly, several times faster than by way of strings.
///
/// Up to 19 digits are gathered in an integer and scaled by a power of ten that a double holds exactly (Clinger, “How to
/// read floating point numbers accurately”, 1990). The double is then within two units of its last place of the
/// number, so that it rounds to the right float unless it lies next to the middle between two floats; those few, and
/// extreme exponents, are left to the standard library.
package enum DecimalFloat {
    /// Reads the number at `position` and moves behind it; nil if there is none. Numbers too large are infinite.
    package static func read(_ bytes: UnsafeBufferPointer<UInt8>, at position: inout Int) -> Float? {
        let start = position
        let end = bytes.count
        var cursor = start
        let isNegative = cursor < end && bytes[cursor] == UInt8(ascii: "-")
        if isNegative { cursor += 1 }

        var digits = Digits()
        let first = cursor
        digits.gather(bytes, &cursor)
        guard cursor > first, bytes[first] != UInt8(ascii: "0") || cursor == first + 1 else { return nil }
        var exponent = digits.dropped
        if cursor < end, bytes[cursor] == UInt8(ascii: ".") {
            cursor += 1
            let point = cursor
            let dropped = digits.dropped
            digits.gather(bytes, &cursor)
            guard cursor > point else { return nil }
            exponent -= cursor - point - (digits.dropped - dropped)
        }
        if cursor < end, bytes[cursor] | 0x20 == UInt8(ascii: "e") {
            cursor += 1
            guard let written = readExponent(bytes, &cursor) else { return nil }
            exponent += written
        }
        position = cursor
        if digits.value == 0 { return isNegative ? -0.0 : 0 }
        guard abs(exponent) < powersOfTen.count else { return exactly(bytes[start..<cursor]) }
        let power = powersOfTen[abs(exponent)]
        let value = exponent < 0 ? Double(digits.value) / power : Double(digits.value) * power
        // The 29 bits that a float does not have; their middle value is a tie.
        let rest = Int(truncatingIfNeeded: value.bitPattern & 0x1FFF_FFFF)
        if abs(rest - 0x1000_0000) <= 16 { return exactly(bytes[start..<cursor]) }
        return Float(isNegative ? -value : value)
    }

    /// Digits that were read, as an integer of at most 19 of them.
    private struct Digits {
        var value: UInt64 = 0
        /// The number of digits that did not fit. They count as powers of ten only.
        var dropped = 0

        @inline(__always)
        mutating func gather(_ bytes: UnsafeBufferPointer<UInt8>, _ cursor: inout Int) {
            while cursor + 8 <= bytes.count {
                let group = DigitGroup(bytes, at: cursor)
                guard group.count > 0 else { return }
                // Nineteen digits fit; of more, those at the end are looked at one by one.
                guard value < DigitGroup.limits[group.count] else { break }
                value = value &* DigitGroup.powers[group.count] &+ group.value
                cursor += group.count
                guard group.count == 8 else { return }
            }
            while cursor < bytes.count {
                let digit = bytes[cursor] &- UInt8(ascii: "0")
                guard digit < 10 else { return }
                if value < 1_000_000_000_000_000_000 {
                    value = value &* 10 &+ UInt64(digit)
                } else {
                    dropped += 1
                }
                cursor += 1
            }
        }
    }

    /// Up to eight digits at once, in three multiplications (Lemire, “Number parsing at a gigabyte per second”, 2021).
    private struct DigitGroup {
        /// How many digits come first among eight bytes.
        let count: Int
        private let word: UInt64

        /// - Precondition: There are eight bytes from `position` on.
        @inline(__always)
        init(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int) {
            word = UInt64(
                littleEndian: UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let values = word ^ 0x3030_3030_3030_3030
            // The upper bit of every byte that is not a digit. A carry only reaches bytes behind the first of them.
            let others = ((values &+ 0x7676_7676_7676_7676) | values) & 0x8080_8080_8080_8080
            count = others.trailingZeroBitCount >> 3
        }

        /// The number that the digits write. There must be a digit.
        @inline(__always)
        var value: UInt64 {
            // The first digit is in the lowest byte: zeros go before it.
            let digits = (word & 0x0F0F_0F0F_0F0F_0F0F) &<< UInt64(64 - 8 * count)
            let pairs = (digits &* 0xA01) >> 8
            let fours = ((pairs & 0x00FF_00FF_00FF_00FF) &* 0x64_0001) >> 16
            return ((fours & 0x0000_FFFF_0000_FFFF) &* 0x2710_0000_0001) >> 32
        }

        static let powers: [UInt64] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000]
        /// Ten to the power of nineteen less the number of digits.
        static let limits: [UInt64] = [
            10_000_000_000_000_000_000, 1_000_000_000_000_000_000, 100_000_000_000_000_000, 10_000_000_000_000_000,
            1_000_000_000_000_000, 100_000_000_000_000, 10_000_000_000_000, 1_000_000_000_000, 100_000_000_000,
        ]
    }

    private static func readExponent(_ bytes: UnsafeBufferPointer<UInt8>, _ cursor: inout Int) -> Int? {
        var isNegative = false
        if cursor < bytes.count, bytes[cursor] == UInt8(ascii: "-") || bytes[cursor] == UInt8(ascii: "+") {
            isNegative = bytes[cursor] == UInt8(ascii: "-")
            cursor += 1
        }
        let start = cursor
        var value = 0
        while cursor < bytes.count, bytes[cursor] &- UInt8(ascii: "0") < 10 {
            value = min(value * 10 + Int(bytes[cursor] &- UInt8(ascii: "0")), 1_000_000)
            cursor += 1
        }
        guard cursor > start else { return nil }
        return isNegative ? -value : value
    }

    private static func exactly(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Float? {
        Float(String(decoding: bytes, as: UTF8.self))
    }

    /// The powers of ten that a double holds exactly.
    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]
}
