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

/// The end of the word that starts at `index`.
@inline(__always)
func endOfWord(from index: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var index = index
    while index < bytes.count {
        let byte = bytes[index]
        // No other byte begins white space.
        if byte <= 0x20 || byte == 0xC2 || (byte >= 0xE1 && byte <= 0xE3), whiteSpaceLength(at: index, in: bytes) > 0 {
            break
        }
        index += 1
    }
    return index
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
