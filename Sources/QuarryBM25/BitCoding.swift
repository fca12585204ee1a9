/// Numbers as bits, the most significant first, in exponential Golomb codes (Teuhola, 1978): a number `n` with the
/// parameter `k` takes `2 · ⌊log2((n >> k) + 1)⌋ + 1 + k` bits.
enum Golomb {
    /// The number of bits of a code.
    @inline(__always)
    static func bits(_ number: UInt64, _ k: UInt64) -> Int {
        2 * (63 - ((number >> k) + 1).leadingZeroBitCount) + 1 + Int(k)
    }

    /// The parameter below `limit` with the shortest codes, of those near the average width of the numbers.
    static func parameter(for numbers: [UInt64], below limit: Int) -> UInt64 {
        let width = numbers.reduce(0) { $0 + 64 - $1.leadingZeroBitCount } / max(1, numbers.count)
        var best = (k: 0, bits: Int.max)
        let lowest = min(max(0, width - 2), limit - 1)
        for k in lowest...min(max(lowest, width), limit - 1) {
            let bits = numbers.reduce(0) { $0 + Self.bits($1, UInt64(k)) }
            if bits < best.bits { best = (k, bits) }
        }
        return UInt64(best.k)
    }
}

/// Writes ``Golomb`` codes after whole bytes.
struct BitWriter {
    private(set) var bytes: [UInt8]
    private var window: UInt64 = 0
    /// The bits of the window that are in use, from the top; below 8 between calls.
    private var used: UInt64 = 0

    init(after header: [UInt8], reservingCapacity capacity: Int) {
        bytes = header
        bytes.reserveCapacity(header.count + capacity)
    }

    @inline(__always)
    mutating func writeBit(_ bit: Bool) { write(bit ? 1 : 0, count: 1) }

    @inline(__always)
    mutating func write(_ number: UInt64, _ k: UInt64) {
        let upper = (number >> k) + 1
        let width = UInt64(63 - upper.leadingZeroBitCount)
        if 2 * width + 1 + k <= 56 {
            write(upper << k | number & ((1 << k) - 1), count: 2 * width + 1 + k)
            return
        }
        writeLong(0, count: width)
        writeLong(upper, count: width + 1)
        writeLong(number, count: k)
    }

    /// Writes the lower `count` bits, at most 64.
    private mutating func writeLong(_ bits: UInt64, count: UInt64) {
        if count > 32 { write(bits >> 32 & ((1 << (count - 32)) - 1), count: count - 32) }
        let rest = min(count, 32)
        write(bits & ((1 << rest) - 1), count: rest)
    }

    /// - `bits`: Has no more than `count` bits, at most 56.
    @inline(__always)
    private mutating func write(_ bits: UInt64, count: UInt64) {
        guard count > 0 else { return }
        window |= bits << (64 - used - count)
        used += count
        while used >= 8 {
            bytes.append(UInt8(truncatingIfNeeded: window >> 56))
            window <<= 8
            used -= 8
        }
    }

    /// The bytes, the last one filled with zeros.
    func finished() -> [UInt8] { used == 0 ? bytes : bytes + [UInt8(truncatingIfNeeded: window >> 56)] }
}

/// Reads the output of ``BitWriter``, and never beyond its end.
struct BitReader {
    private let bytes: UnsafeRawBufferPointer
    private var position: Int
    private let end: Int

    /// - `start`: The byte where the bits begin.
    init(_ bytes: UnsafeRawBufferPointer, from start: Int) {
        self.bytes = bytes
        position = start * 8
        end = bytes.count * 8
    }

    /// Whether nothing but the filling of the last byte is left.
    var isAtEnd: Bool { end - position < 8 && (end == position || peek() == 0) }

    /// The next bits, at least 57, the first at the top; zeros beyond the end.
    @inline(__always)
    private func peek() -> UInt64 {
        let offset = position >> 3
        if offset + 8 <= bytes.count {
            return UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                << UInt64(position & 7)
        }
        var window: UInt64 = 0
        for index in offset..<bytes.count { window |= UInt64(bytes[index]) << UInt64(56 - 8 * (index - offset)) }
        return window << UInt64(position & 7)
    }

    @inline(__always)
    mutating func readBit() throws(Malformation) -> Bool {
        guard position < end else { throw Self.cut }
        let bit = peek() >> 63 == 1
        position += 1
        return bit
    }

    @inline(__always)
    mutating func read(_ k: UInt64) throws(Malformation) -> UInt64 {
        let window = peek()
        let width = UInt64(window.leadingZeroBitCount)
        let count = 2 * width + 1 + k
        guard count <= 57 else { return try readLong(k) }
        guard position + Int(count) <= end else { throw Self.cut }
        position += Int(count)
        let bits = window >> (64 - count)
        return ((bits >> k) - 1) << k | bits & ((1 << k) - 1)
    }

    private mutating func readLong(_ k: UInt64) throws(Malformation) -> UInt64 {
        var width: UInt64 = 0
        while try !readBit() {
            width += 1
            guard width < 64 else { throw Malformation("a number has more than 64 bits") }
        }
        var upper: UInt64 = 1
        for _ in 0..<width { upper = upper << 1 | (try readBit() ? 1 : 0) }
        var lower: UInt64 = 0
        for _ in 0..<k { lower = lower << 1 | (try readBit() ? 1 : 0) }
        guard ((upper - 1) << k) >> k == upper - 1 else { throw Malformation("a number has more than 64 bits") }
        return (upper - 1) << k | lower
    }

    private static var cut: Malformation { Malformation("it ends inside a number") }
}
