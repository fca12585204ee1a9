/// Reads vectors that are written as the base64 (RFC 4648, with padding) of little-endian 32-bit floats.
enum Base64Floats {
    /// - Returns: False where the text is not base64, or not of whole floats; `values` are then as they were.
    static func decode(_ text: UnsafeBufferPointer<UInt8>, appendingTo values: inout [Float]) -> Bool {
        guard text.count.isMultiple(of: 4) else { return false }
        let padding = text.suffix(2).count { $0 == UInt8(ascii: "=") }
        if padding == 1, text.last != UInt8(ascii: "=") { return false }
        let count = text.count / 4 * 3 - padding
        guard count.isMultiple(of: 4) else { return false }
        return withUnsafeTemporaryAllocation(byteCount: text.count / 4 * 3, alignment: 4) { scratch in
            guard decode(text, padding: padding, into: scratch) else { return false }
            let bits = scratch.bindMemory(to: UInt32.self)[..<(count / 4)]
            values.append(contentsOf: bits.lazy.map { Float(bitPattern: UInt32(littleEndian: $0)) })
            return true
        }
    }

    private static func decode(
        _ text: UnsafeBufferPointer<UInt8>, padding: Int, into bytes: UnsafeMutableRawBufferPointer
    ) -> Bool {
        table.withUnsafeBufferPointer { table in
            var written = 0
            // Bits 6 and 7 of a value say that a byte is not of the alphabet.
            var wrong: UInt8 = 0
            func value(_ offset: Int) -> UInt32 {
                let value = offset < text.count - padding ? table[Int(text[offset])] : 0
                wrong |= value
                return UInt32(value)
            }
            for offset in stride(from: 0, to: text.count, by: 4) {
                let group =
                    value(offset) << 18 | value(offset + 1) << 12 | value(offset + 2) << 6 | value(offset + 3)
                bytes[written] = UInt8(truncatingIfNeeded: group >> 16)
                bytes[written + 1] = UInt8(truncatingIfNeeded: group >> 8)
                bytes[written + 2] = UInt8(truncatingIfNeeded: group)
                written += 3
            }
            return wrong & 0xC0 == 0
        }
    }

    private static let table: [UInt8] = {
        var table = [UInt8](repeating: 0xFF, count: 256)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        for (value, character) in alphabet.utf8.enumerated() { table[Int(character)] = UInt8(value) }
        return table
    }()
}
