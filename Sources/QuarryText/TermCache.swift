/// A term as analysis found it.
struct Term {
    var text: String
    /// Whether the word is a function word of its language.
    var isStopWord: Bool
}

/// A hash table from words as written, and the language they are read in, to their terms.
///
/// Open addressing with linear probing; it starts small, doubles up to ``maximumCount`` words, then starts afresh. What it
/// holds changes only speed.
struct TermCache {
    private struct Entry {
        var hash: UInt64
        var offset: Int
        var count: Int
        var language: UInt8
        var term: Term
    }

    static let maximumCount = 60_000

    private var slots = [Int32](repeating: -1, count: 1024)
    private var entries: [Entry] = []
    private var bytes: [UInt8] = []

    /// The term of a word, computed where it is not held.
    mutating func term(
        of word: UnsafeBufferPointer<UInt8>, language: UInt8, otherwise make: () -> Term
    ) -> Term {
        let hash = Self.hash(word, seed: language)
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] >= 0 {
            let index = Int(slots[slot])
            if entries[index].hash == hash, entries[index].language == language, holds(word, at: index) {
                return entries[index].term
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        let term = make()
        insert(word, hash: hash, language: language, term: term, slot: slot)
        return term
    }

    private func holds(_ word: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
        let offset = entries[index].offset
        let count = entries[index].count
        guard count == word.count else { return false }
        return bytes.withUnsafeBufferPointer { held in
            for position in 0..<count where held[offset + position] != word[position] { return false }
            return true
        }
    }

    private mutating func insert(
        _ word: UnsafeBufferPointer<UInt8>, hash: UInt64, language: UInt8, term: Term, slot: Int
    ) {
        if entries.count == Self.maximumCount {
            self = TermCache()
            insert(word, hash: hash, language: language, term: term, slot: freeSlot(for: hash))
            return
        }
        slots[slot] = Int32(entries.count)
        entries.append(Entry(hash: hash, offset: bytes.count, count: word.count, language: language, term: term))
        bytes.append(contentsOf: word)
        guard entries.count * 2 > slots.count else { return }
        slots = [Int32](repeating: -1, count: slots.count * 2)
        for index in entries.indices { slots[freeSlot(for: entries[index].hash)] = Int32(index) }
    }

    private func freeSlot(for hash: UInt64) -> Int {
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        return slot
    }

    /// Multiply and fold, eight bytes at a time, as in wyhash.
    private static func hash(_ word: UnsafeBufferPointer<UInt8>, seed: UInt8) -> UInt64 {
        var hash = 0x9E37_79B9_7F4A_7C15 ^ UInt64(seed) ^ UInt64(word.count) << 8
        let raw = UnsafeRawBufferPointer(word)
        var offset = 0
        while offset < raw.count {
            var piece: UInt64 = 0
            if offset + 8 <= raw.count {
                piece = raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            } else {
                for position in offset..<raw.count { piece = piece << 8 | UInt64(raw[position]) }
            }
            let product = (hash ^ piece).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
            hash = product.high ^ product.low
            offset += 8
        }
        return hash
    }
}
