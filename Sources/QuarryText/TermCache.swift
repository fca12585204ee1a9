/// A hash table from words as written, with their language, to their terms.
///
/// Open addressing with linear probing. It starts small, doubles up to ``maximumCount`` words, and is then cleared. The
/// content affects only speed.
struct TermCache {
    private struct Entry {
        var hash: UInt64
        var offset: Int
        var count: Int
        var language: UInt8
    }

    static let maximumCount = 60_000

    private var slots = [Int32](repeating: -1, count: 1024)
    private var entries: [Entry] = []
    private var terms: [Term] = []
    private var bytes: [UInt8] = []

    /// The term of a word; nil if it is not in the cache.
    func term(of word: UnsafeBufferPointer<UInt8>, language: UInt8) -> Term? {
        let hash = Self.hash(word, seed: language)
        let mask = slots.count - 1
        return slots.withUnsafeBufferPointer { slots in
            var slot = Int(truncatingIfNeeded: hash) & mask
            while slots[slot] >= 0 {
                let index = Int(slots[slot])
                if isEntry(index, hash: hash, word: word, language: language) { return terms[index] }
                slot = (slot + 1) & mask
            }
            return nil
        }
    }

    @inline(__always)
    private func isEntry(_ index: Int, hash: UInt64, word: UnsafeBufferPointer<UInt8>, language: UInt8) -> Bool {
        let entry = entries[index]
        guard entry.hash == hash, entry.language == language, entry.count == word.count else { return false }
        return bytes.withUnsafeBufferPointer { held in
            for position in 0..<word.count where held[entry.offset + position] != word[position] { return false }
            return true
        }
    }

    /// Adds a word that is not in the cache.
    mutating func insert(_ term: Term, of word: UnsafeBufferPointer<UInt8>, language: UInt8) {
        if entries.count == Self.maximumCount { self = TermCache() }
        let hash = Self.hash(word, seed: language)
        slots[freeSlot(for: hash)] = Int32(entries.count)
        entries.append(Entry(hash: hash, offset: bytes.count, count: word.count, language: language))
        terms.append(term)
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
    @inline(__always)
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
