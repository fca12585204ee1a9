package import QuarryJSON

/// Decodes vectors from the base64 (RFC 4648, with padding) of little-endian 32-bit floats.
enum Base64Floats {
    /// - Returns: False if the text is not base64 or not of whole floats; `values` are then unchanged.
    static func decode(_ text: UnsafeBufferPointer<UInt8>, appendingTo values: inout [Float]) -> Bool {
        guard text.count.isMultiple(of: 4) else { return false }
        let padding = text.suffix(2).count { $0 == UInt8(ascii: "=") }
        if padding == 1, text.last != UInt8(ascii: "=") { return false }
        let count = text.count / 4 * 3 - padding
        guard count.isMultiple(of: 4) else { return false }
        return withUnsafeTemporaryAllocation(byteCount: text.count / 4 * 3, alignment: 4) { scratch in
            guard decode(text, padding: padding, into: scratch) else { return false }
            let bits = UnsafeMutableBufferPointer(rebasing: scratch.bindMemory(to: UInt32.self)[..<(count / 4)])
            for index in bits.indices { bits[index] = UInt32(littleEndian: bits[index]) }
            bits.withMemoryRebound(to: Float.self) { values.append(contentsOf: $0) }
            return true
        }
    }

    private static func decode(
        _ text: UnsafeBufferPointer<UInt8>, padding: Int, into bytes: UnsafeMutableRawBufferPointer
    ) -> Bool {
        guard !bytes.isEmpty, let text = text.baseAddress, let end = bytes.baseAddress.map({ $0 + bytes.count }) else {
            return true
        }
        return table.withUnsafeBufferPointer { table in
            // Bits 6 and 7 of a value mark a byte outside the alphabet.
            var wrong: UInt8 = 0
            func value(_ byte: UInt8) -> UInt32 {
                let value = table[Int(byte)]
                wrong |= value
                return UInt32(value)
            }
            var source = text
            var target = end - bytes.count
            func store(_ group: UInt32) {
                target.storeBytes(of: UInt8(truncatingIfNeeded: group >> 16), as: UInt8.self)
                target.storeBytes(of: UInt8(truncatingIfNeeded: group >> 8), toByteOffset: 1, as: UInt8.self)
                target.storeBytes(of: UInt8(truncatingIfNeeded: group), toByteOffset: 2, as: UInt8.self)
            }
            while target < end - 3 {
                store(value(source[0]) << 18 | value(source[1]) << 12 | value(source[2]) << 6 | value(source[3]))
                source += 4
                target += 3
            }
            // Only the last group may have padding.
            let third = padding < 2 ? value(source[2]) : 0
            let fourth = padding < 1 ? value(source[3]) : 0
            store(value(source[0]) << 18 | value(source[1]) << 12 | third << 6 | fourth)
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

extension JSONCursor {
    /// Appends the base64 of little-endian 32-bit floats to `values`.
    package mutating func base64Floats(appendingTo values: inout [Float]) throws {
        // Some servers escape the slash, which is a base64 character.
        guard try decodeString({ Base64Floats.decode($0, appendingTo: &values) }) else {
            throw fault("a vector is not the base64 of 32-bit floats")
        }
    }
}
