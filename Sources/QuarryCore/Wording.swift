/// The words of a text, without regard to the white space between them.
package struct Wording: Sendable, Hashable {
    /// Each word is followed by one space.
    private let bytes: [UInt8]

    /// - Complexity: O(length).
    package init(of text: String) {
        let utf8 = Array(text.utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(utf8.count + 1)
        forEachWord(of: utf8[...]) { word in
            bytes += utf8[word]
            bytes.append(0x20)
        }
        self.bytes = bytes
    }

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
        forEachWord(of: other[...]) { word in
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

/// Calls `body` with each stretch between white space.
private func forEachWord(of text: ArraySlice<UInt8>, _ body: (Range<Int>) -> Void) {
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
private func lengthOfSpace(at position: Int, in text: ArraySlice<UInt8>) -> Int {
    switch text[position] {
    case 0x09...0x0D, 0x20: return 1
    case 0xC2:
        guard position + 1 < text.endIndex else { return 0 }
        return text[position + 1] == 0x85 || text[position + 1] == 0xA0 ? 2 : 0
    case 0xE1...0xE3:
        guard position + 2 < text.endIndex else { return 0 }
        switch (text[position], text[position + 1], text[position + 2]) {
        case (0xE1, 0x9A, 0x80), (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xA8...0xA9), (0xE2, 0x80, 0xAF),
            (0xE2, 0x81, 0x9F), (0xE3, 0x80, 0x80):
            return 3
        default: return 0
        }
    default: return 0
    }
}
