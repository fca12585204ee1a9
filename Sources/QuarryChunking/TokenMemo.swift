import QuarryCore

/// Token counts of the words of one text. Each distinct word is counted once.
///
/// An open-addressing table with ranges of the text as keys, so that a lookup neither allocates nor hashes a string.
struct TokenMemo {
    private struct Entry {
        var hash: UInt64
        var start: Int
        var length: Int
        var tokens: Int
    }

    /// Longer words rarely repeat.
    private static let longestKept = 64
    /// More distinct words are counted each time that they occur.
    private static let maximumCount = 1 << 20

    private let counter: any TokenCounter
    private var entries: [Entry] = []
    /// Index into `entries` plus one; 0 is a free slot. The number of slots is a power of two.
    private var slots: [Int32]

    init(counter: any TokenCounter) {
        self.counter = counter
        slots = Array(repeating: 0, count: 256)
    }

    /// Tokens of the word at `range`, at least one for every started 64 bytes.
    ///
    /// The lower bound limits the size of chunks with long runs that a tokenizer maps to one unknown token, or to none.
    mutating func tokens(of range: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        guard range.count <= Self.longestKept else { return count(range, in: bytes) }
        let hash = Self.hash(range, in: bytes)
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let entry = entries[Int(slots[slot]) - 1]
            if entry.hash == hash, entry.length == range.count, Self.areEqual(entry.start, range, in: bytes) {
                return entry.tokens
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        let tokens = count(range, in: bytes)
        guard entries.count < Self.maximumCount else { return tokens }
        entries.append(Entry(hash: hash, start: range.lowerBound, length: range.count, tokens: tokens))
        slots[slot] = Int32(entries.count)
        if entries.count * 2 > slots.count { grow() }
        return tokens
    }

    private static func areEqual(_ start: Int, _ range: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var offset = 0
        while offset < range.count {
            if bytes[start + offset] != bytes[range.lowerBound + offset] { return false }
            offset += 1
        }
        return true
    }

    private func count(_ range: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        TokenMemo.count(UnsafeBufferPointer(rebasing: bytes[range]), with: counter)
    }

    /// Tokens of a stretch without white space. Very long ones are counted in slices of a kilobyte.
    static func count(_ bytes: UnsafeBufferPointer<UInt8>, with counter: any TokenCounter) -> Int {
        var total = 0
        var start = 0
        while start < bytes.count {
            var end = min(start + 1024, bytes.count)
            while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
            let slice = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
            total += max(counter.tokenCount(of: slice), (end - start + 63) / 64)
            start = end
        }
        return total
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: slots.count * 4)
        for (index, entry) in entries.enumerated() {
            var slot = Int(truncatingIfNeeded: entry.hash) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(index + 1)
        }
    }

    /// FNV-1a, folded so that the low bits depend on all.
    private static func hash(_ range: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in range { hash = (hash ^ UInt64(bytes[index])) &* 0x0000_0100_0000_01B3 }
        return hash ^ (hash >> 29)
    }
}
