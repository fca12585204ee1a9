/// Percent-encoding of addresses (RFC 3986, 2.1).
enum PercentEncoding {
    /// The bytes with those escaped that addresses do not have, such as spaces and letters beyond ASCII. `%` is kept.
    static func encoded(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        for byte in bytes {
            if byte > 0x20, byte < 0x7F, !"\"<>\\^`{|}".utf8.contains(byte) {
                result.append(byte)
            } else {
                result += escaped(byte)
            }
        }
        return result
    }

    /// The bytes with the same escapes for the same characters (RFC 3986, 6.2.2): those of letters, digits and `-._~` are
    /// resolved, others get capital digits.
    static func normalized(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let high = Character(Unicode.Scalar(bytes[index + 1])).hexDigitValue,
                let low = Character(Unicode.Scalar(bytes[index + 2])).hexDigitValue
            else {
                result.append(bytes[index])
                index += 1
                continue
            }
            let byte = UInt8(high << 4 | low)
            let isUnreserved =
                (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || "-._~".utf8.contains(byte)
            result += isUnreserved ? [byte] : escaped(byte)
            index += 3
        }
        return result
    }

    private static func escaped(_ byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
}
