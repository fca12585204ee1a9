public import QuarryCore

/// Counts Unicode scalars, white space included: the length that programs without a tokenizer usually measure by.
public struct CharacterCounter: TokenCounter {
    public init() {}

    /// - Complexity: O(bytes), without allocation for native strings.
    public func tokenCount(of text: String) -> Int {
        var text = text
        return text.withUTF8 { Self.count($0[...]) }
    }

    static func count(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Int {
        var count = 0
        for byte in bytes where byte & 0xC0 != 0x80 { count += 1 }
        return count
    }
}
