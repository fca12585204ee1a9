import QuarryCore

/// Token counts of words that were counted lately.
///
/// A table of fixed size (2.6 MB): a new word replaces another one with the same hash.
struct TokenMemo {
    private struct Entry {
        /// The bytes of the word, then zeros.
        var key: (UInt64, UInt64, UInt64, UInt64)
        /// In bytes; 0 for a free place.
        var length: Int32
        var tokens: Int32
    }

    /// Longer words are counted each time that they occur.
    private static let longestKept = 32
    private static let bits = 16

    let counter: any TokenCounter
    /// ``WordCounter`` is faster than a look-up.
    private let countsWords: Bool
    private var entries: [Entry]

    init(counter: any TokenCounter) {
        self.counter = counter
        countsWords = counter is WordCounter
        entries = Array(
            repeating: Entry(key: (0, 0, 0, 0), length: 0, tokens: 0), count: countsWords ? 1 : 1 << Self.bits)
    }

    /// Tokens of the word at `range`, at least one for every started 64 bytes, and whether the counter says the same.
    ///
    /// The lower bound limits the size of chunks with long runs that a tokenizer maps to one unknown token, or to none.
    ///
    /// - Parameter largest: The largest of the word's bytes, or more.
    @inline(__always)
    mutating func tokens(
        of range: Range<Int>, largest: UInt8, in bytes: UnsafeBufferPointer<UInt8>
    ) -> (tokens: Int, isExact: Bool) {
        if countsWords, range.count <= 64 {
            if largest < WordCounter.leastByteOfIdeographs { return (1, true) }
            let count = WordCounter.count(UnsafeBufferPointer(rebasing: bytes[range]))
            return (max(1, count), count > 0)
        }
        guard range.count <= Self.longestKept else { return count(range, in: bytes) }
        let key = Self.key(range, in: bytes)
        let place = Self.place(of: key)
        let isKnown = entries.withUnsafeBufferPointer { entries in
            Int(entries[place].length) == range.count && entries[place].key == key
        }
        return isKnown ? (Int(entries[place].tokens), true) : add(range, key: key, place: place, in: bytes)
    }

    @inline(never)
    private mutating func add(
        _ range: Range<Int>, key: (UInt64, UInt64, UInt64, UInt64), place: Int, in bytes: UnsafeBufferPointer<UInt8>
    ) -> (tokens: Int, isExact: Bool) {
        let counted = count(range, in: bytes)
        if counted.isExact, let tokens = Int32(exactly: counted.tokens) {
            entries[place] = Entry(key: key, length: Int32(range.count), tokens: tokens)
        }
        return counted
    }

    private func count(_ range: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) -> (tokens: Int, isExact: Bool) {
        TokenMemo.count(UnsafeBufferPointer(rebasing: bytes[range]), with: counter)
    }

    /// Tokens of a stretch without white space. Very long ones are counted in slices of a kilobyte.
    static func count(
        _ bytes: UnsafeBufferPointer<UInt8>, with counter: any TokenCounter
    ) -> (tokens: Int, isExact: Bool) {
        var total = 0
        var isExact = bytes.count <= 1024
        var start = 0
        while start < bytes.count {
            var end = min(start + 1024, bytes.count)
            while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
            let slice = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
            let counted = counter.tokenCount(of: slice)
            let least = (end - start + 63) / 64
            if counted < least { isExact = false }
            total += max(counted, least)
            start = end
        }
        return (total, isExact)
    }

    @inline(__always)
    private static func place(of key: (UInt64, UInt64, UInt64, UInt64)) -> Int {
        var hash = key.0 &* 0x9E37_79B9_7F4A_7C15
        if key.1 != 0 {
            hash = (hash ^ hash >> 29 ^ key.1) &* 0x9E37_79B9_7F4A_7C15
            hash = (hash ^ hash >> 29 ^ key.2) &* 0x9E37_79B9_7F4A_7C15
            hash = (hash ^ hash >> 29 ^ key.3) &* 0x9E37_79B9_7F4A_7C15
        }
        return Int(truncatingIfNeeded: hash >> UInt64(64 - bits))
    }

    @inline(__always)
    private static func key(
        _ range: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>
    ) -> (UInt64, UInt64, UInt64, UInt64) {
        let (start, count) = (range.lowerBound, range.count)
        if count <= 8 { return (load(start, count: count, in: bytes), 0, 0, 0) }
        return (
            load(start, count: 8, in: bytes), load(start + 8, count: min(8, count - 8), in: bytes),
            count > 16 ? load(start + 16, count: min(8, count - 16), in: bytes) : 0,
            count > 24 ? load(start + 24, count: count - 24, in: bytes) : 0
        )
    }

    /// One to eight bytes, as the low bytes of a number.
    @inline(__always)
    private static func load(_ start: Int, count: Int, in bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        if start + 8 <= bytes.count {
            let word = UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: start, as: UInt64.self)
            return UInt64(littleEndian: word) & (UInt64.max >> UInt64(64 - 8 * count))
        }
        var word: UInt64 = 0
        for offset in 0..<count { word |= UInt64(bytes[start + offset]) << UInt64(8 * offset) }
        return word
    }
}
