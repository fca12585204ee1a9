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
