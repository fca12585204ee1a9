/// Why bytes cannot be decoded.
package struct Malformation: Error, Hashable {
    package var reason: String
    package init(_ reason: String) { self.reason = reason }
}

/// Writes numbers as base-128 varints, least significant group first (as in Protocol Buffers).
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    init(reservingCapacity capacity: Int) { bytes.reserveCapacity(capacity) }

    mutating func append(_ byte: UInt8) { bytes.append(byte) }

    mutating func write(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

/// Reads the output of ``ByteWriter``, and rejects everything else.
struct ByteReader {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { offset == bytes.count }
    var remaining: Int { bytes.count - offset }

    mutating func readByte() throws(Malformation) -> UInt8 {
        guard offset < bytes.count else { throw Malformation("it ends inside its header") }
        offset += 1
        return bytes[offset - 1]
    }

    @inline(__always)
    mutating func read() throws(Malformation) -> UInt64 {
        guard offset < bytes.count else { throw Malformation("it ends inside a number") }
        let byte = bytes[offset]
        if byte < 0x80 {
            offset += 1
            return UInt64(byte)
        }
        return try readLong()
    }

    private mutating func readLong() throws(Malformation) -> UInt64 {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            guard shift < 63 || byte <= 1 else { throw Malformation("a number has more than 64 bits") }
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 {
                guard byte != 0 else { throw Malformation("the encoding of a number is too long") }
                return number
            }
            shift += 7
        }
        throw Malformation("it ends inside a number")
    }

    /// A number that fits 32 bits.
    @inline(__always)
    mutating func readCount() throws(Malformation) -> UInt32 {
        guard let count = UInt32(exactly: try read()) else { throw Malformation("a count has more than 32 bits") }
        return count
    }
}
