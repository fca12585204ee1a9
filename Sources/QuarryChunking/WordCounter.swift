public import QuarryCore

/// Counts words, or characters in scripts without spaces: a measure of length that needs no model.
///
/// A word is a run of anything but white space. Every Han, Hiragana or Katakana character in it counts as one word, and
/// so do the letters between them. CJK punctuation counts as zero. A word of English is about 1.3 tokens of a
/// multilingual model, a word of Russian about 1.8.
public struct WordCounter: TokenCounter {
    public init() {}

    public var isSumOfWords: Bool { true }

    /// - Complexity: O(bytes), without allocation for native strings.
    public func tokenCount(of text: String) -> Int {
        var text = text
        return text.withUTF8(Self.count)
    }

    /// A word whose bytes are all smaller counts as one.
    static let leastByteOfIdeographs: UInt8 = 0xE2

    static func count(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var count = 0
        var insideWord = false
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte < 0x80 {
                let isSpace = byte == 0x20 || (byte >= 0x09 && byte <= 0x0D)
                if !isSpace && !insideWord { count += 1 }
                insideWord = !isSpace
                index += 1
                continue
            }
            let space = whiteSpaceLength(at: index, in: bytes)
            if space > 0 {
                insideWord = false
                index += space
                continue
            }
            let (scalar, length) = scalar(at: index, in: bytes)
            switch scalar {
            case 0x3001...0x3003, 0x3008...0x301F, 0xFF01...0xFF0F, 0xFF1A...0xFF20:
                insideWord = false
            case 0x2E80...0x2FDF, 0x3005...0x3007, 0x3040...0x312F, 0x31F0...0x31FF, 0x3400...0x4DBF,
                0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFF:
                count += 1
                insideWord = false
            default:
                if !insideWord { count += 1 }
                insideWord = true
            }
            index += length
        }
        return count
    }
}
