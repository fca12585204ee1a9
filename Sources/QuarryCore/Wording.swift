/// The words of a text, without regard to the white space between them.
package struct Wording: Sendable, Hashable {
    /// White space is one space.
    private let bytes: [UInt8]
    private let digest: Int

    /// - Complexity: O(length).
    package init(of text: String) {
        var text = text
        bytes = text.withUTF8 { utf8 in
            // One more for the space behind the last word.
            [UInt8](unsafeUninitializedCapacity: utf8.count + 1) { buffer, count in
                forEachWord(of: utf8) { word in
                    for position in word {
                        buffer.initializeElement(at: count, to: utf8[position])
                        count += 1
                    }
                    buffer.initializeElement(at: count, to: 0x20)
                    count += 1
                }
            }
        }
        var hasher = Hasher()
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        digest = hasher.finalize()
    }

    package static func == (a: Wording, b: Wording) -> Bool { a.digest == b.digest && a.bytes == b.bytes }

    package func hash(into hasher: inout Hasher) { hasher.combine(digest) }

    /// The range of a text that holds the same words as a range of another one, if the texts have the same wording; nil
    /// for a range without words.
    ///
    /// - Parameters:
    ///   - range: UTF-8 offsets into `text`.
    ///   - text, other: UTF-8.
    /// - Complexity: O(length).
    package static func range(_ range: Range<Int>, of text: ArraySlice<UInt8>, in other: [UInt8]) -> Range<Int>? {
        // Words have the same bytes in both texts, so the bytes of words can be counted.
        let before = countOfWordBytes(text.prefix(upTo: range.lowerBound))
        let after = before + countOfWordBytes(text[range])
        var start: Int?
        var end: Int?
        var passed = 0
        forEachWord(of: other) { word in
            let offset = word.lowerBound - passed
            passed += word.count
            if start == nil, before < passed { start = before + offset }
            if end == nil, after <= passed { end = after + offset }
        }
        guard before < after, let start, let end else { return nil }
        return start..<end
    }

    private static func countOfWordBytes(_ text: ArraySlice<UInt8>) -> Int {
        var count = 0
        forEachWord(of: text) { count += $0.count }
        return count
    }
}

extension Passage {
    /// What makes two passages the same: their words, and the header of their table, which gives cells their meaning.
    package var wording: PassageWording {
        PassageWording(text: Wording(of: chunk.text), tableHeader: chunk.tableHeader.map(Wording.init))
    }
}

/// Equal for passages with the same words.
package struct PassageWording: Sendable, Hashable {
    fileprivate let text: Wording
    fileprivate let tableHeader: Wording?
}

/// The first and last bytes of a text that no white space has: equal for texts with the same words, and seldom for others.
package struct WordingEnds: Sendable, Hashable {
    private var first: SIMD16<UInt8> = .zero
    private var last: SIMD16<UInt8> = .zero

    package init(of text: String) {
        var text = text
        text.withUTF8 { utf8 in
            Self.fill(&first, with: utf8)
            Self.fill(&last, with: utf8.reversed())
        }
    }

    private static func fill(_ end: inout SIMD16<UInt8>, with bytes: some Sequence<UInt8>) {
        var count = 0
        for byte in bytes where !isPartOfSpace(byte) {
            end[count] = byte
            count += 1
            if count == 16 { return }
        }
    }

    /// Whether a byte occurs in the UTF-8 of a white space. Without such bytes, texts with the same words are equal.
    private static func isPartOfSpace(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x09...0x0D, 0x20, 0x80...0x8A, 0x9A, 0x9F, 0xA0, 0xA8, 0xA9, 0xAF, 0xC2, 0xE1...0xE3: true
        default: false
        }
    }
}

/// Calls `body` with each stretch between white space.
@inline(__always)
private func forEachWord<Bytes: RandomAccessCollection<UInt8>>(of text: Bytes, _ body: (Range<Int>) -> Void)
where Bytes.Index == Int {
    var start = text.startIndex
    var position = start
    while position < text.endIndex {
        let space = lengthOfSpace(at: position, in: text)
        guard space > 0 else {
            position += 1
            continue
        }
        if start < position { body(start..<position) }
        position += space
        start = position
    }
    if start < text.endIndex { body(start..<text.endIndex) }
}

/// The number of bytes of the white space at a position; 0 if there is none. White space is as Unicode defines it.
@inline(__always)
private func lengthOfSpace<Bytes: RandomAccessCollection<UInt8>>(at position: Int, in text: Bytes) -> Int
where Bytes.Index == Int {
    let byte = text[position]
    if byte > 0x20, byte < 0xC2 || byte > 0xE3 { return 0 }
    switch byte {
    case 0x09...0x0D, 0x20: return 1
    case 0xC2:
        guard position + 1 < text.endIndex else { return 0 }
        return text[position + 1] == 0x85 || text[position + 1] == 0xA0 ? 2 : 0
    case 0xE1...0xE3:
        guard position + 2 < text.endIndex else { return 0 }
        switch (byte, text[position + 1], text[position + 2]) {
        case (0xE1, 0x9A, 0x80), (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xA8...0xA9), (0xE2, 0x80, 0xAF),
            (0xE2, 0x81, 0x9F), (0xE3, 0x80, 0x80):
            return 3
        default: return 0
        }
    default: return 0
    }
}
