/// How a stretch of Unicode white space separates the text around it.
enum Separation: UInt8 {
    /// Inside a line.
    case space
    case line
    /// A blank line, a form feed or a paragraph separator.
    case paragraph
}

/// Length in bytes of the white-space scalar at `index`; 0 if there is none.
@inline(__always)
func whiteSpaceLength(at index: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
    let byte = bytes[index]
    if byte < 0x80 { return byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) ? 1 : 0 }
    return byte < 0xC2 || byte > 0xE3 ? 0 : lengthBeyondASCII(at: index, in: bytes)
}

/// The end of the word that starts at `index`, and an upper bound of its bytes.
@inline(__always)
func wordEnd(from index: Int, in bytes: UnsafeBufferPointer<UInt8>) -> (end: Int, largest: UInt8) {
    var index = index
    var largest: UInt8 = 0x7F
    while index + 8 <= bytes.count {
        let eight = EightBytes(at: index, in: bytes)
        if eight.word & EightBytes.highBits != 0 {
            if eight.mayBeginWideWhiteSpace { break }
            largest = 0xDF
        }
        let spaces = eight.controlsAndSpaces
        if spaces == 0 {
            index += 8
            continue
        }
        index += spaces.trailingZeroBitCount / 8
        if whiteSpaceLength(at: index, in: bytes) > 0 { return (index, largest) }
        index += 1
    }
    while index < bytes.count {
        let byte = bytes[index]
        // No other byte begins white space.
        if byte <= 0x20 || byte == 0xC2 || (byte >= 0xE1 && byte <= 0xE3), whiteSpaceLength(at: index, in: bytes) > 0 {
            break
        }
        largest = max(largest, byte)
        index += 1
    }
    return (index, largest)
}

/// The offset of the first line feed, or the end of the range without one.
@inline(__always)
func lineFeed(in range: Range<Int>, of bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var index = range.lowerBound
    while index + 8 <= range.upperBound, !EightBytes(at: index, in: bytes).holdsLineFeed { index += 8 }
    while index < range.upperBound, bytes[index] != 0x0A { index += 1 }
    return index
}

/// Eight bytes of a text, the first in the low bits. Tests of each byte give its high bit.
struct EightBytes {
    static let highBits: UInt64 = 0x8080_8080_8080_8080
    let word: UInt64

    @inline(__always)
    init(at index: Int, in bytes: UnsafeBufferPointer<UInt8>) {
        word = UInt64(
            littleEndian: UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: index, as: UInt64.self))
    }

    /// The bytes up to 0x20.
    @inline(__always)
    var controlsAndSpaces: UInt64 {
        ~((word & ~Self.highBits) &+ 0x5F5F_5F5F_5F5F_5F5F) & ~word & Self.highBits
    }

    /// Whether a byte is 0xC2, which begins a no-break space, or begins a scalar of three bytes.
    @inline(__always)
    var mayBeginWideWhiteSpace: Bool {
        let difference = word ^ 0xC2C2_C2C2_C2C2_C2C2
        let isC2 = (difference &- 0x0101_0101_0101_0101) & ~difference
        return (isC2 | word & word << 1 & word << 2) & Self.highBits != 0
    }

    /// Whether one of the bytes is a line feed.
    @inline(__always)
    var holdsLineFeed: Bool {
        let difference = word ^ 0x0A0A_0A0A_0A0A_0A0A
        return (difference &- 0x0101_0101_0101_0101) & ~difference & Self.highBits != 0
    }
}

private func lengthBeyondASCII(at index: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
    guard index + 1 < bytes.count else { return 0 }
    let second = bytes[index + 1]
    if bytes[index] == 0xC2 { return second == 0x85 || second == 0xA0 ? 2 : 0 }
    guard index + 2 < bytes.count else { return 0 }
    let third = bytes[index + 2]
    switch (bytes[index], second) {
    case (0xE1, 0x9A): return third == 0x80 ? 3 : 0
    case (0xE2, 0x80):
        return third <= 0x8A || third == 0xA8 || third == 0xA9 || third == 0xAF ? 3 : 0
    case (0xE2, 0x81): return third == 0x9F ? 3 : 0
    case (0xE3, 0x80): return third == 0x80 ? 3 : 0
    default: return 0
    }
}

/// The number of lines that the white-space scalar at `index` ends. `\r\n` ends one; a form feed and a paragraph
/// separator end two, like a blank line.
@inline(__always)
func lineBreaks(at index: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
    switch bytes[index] {
    case 0x0A: 1
    case 0x0D: index + 1 < bytes.count && bytes[index + 1] == 0x0A ? 0 : 1
    case 0x0C: 2
    case 0xC2: bytes[index + 1] == 0x85 ? 1 : 0
    case 0xE2: bytes[index + 2] == 0xA8 ? 1 : bytes[index + 2] == 0xA9 ? 2 : 0
    default: 0
    }
}

/// The last scalar boundary at or before `offset`.
func scalarBoundary(atOrBefore offset: Int, in bytes: [UInt8]) -> Int {
    var index = min(max(0, offset), bytes.count)
    while index > 0, index < bytes.count, bytes[index] & 0xC0 == 0x80 { index -= 1 }
    return index
}

/// The scalar that starts at `index`, and its length in bytes. Damaged bytes are U+FFFD.
@inline(__always)
func scalar(at index: Int, in bytes: UnsafeBufferPointer<UInt8>) -> (scalar: UInt32, length: Int) {
    let lead = UInt32(bytes[index])
    if lead < 0x80 { return (lead, 1) }
    let (length, mask): (Int, UInt32) = lead >= 0xF0 ? (4, 0x07) : lead >= 0xE0 ? (3, 0x0F) : (2, 0x1F)
    guard index + length <= bytes.count else { return (0xFFFD, bytes.count - index) }
    var scalar = lead & mask
    for offset in 1..<length { scalar = scalar << 6 | UInt32(bytes[index + offset] & 0x3F) }
    return (scalar, length)
}
