/// A cache of segmented words of one text.
///
/// Texts repeat their words, and a lookup touches far less memory than a search. Each slot has one word: a newer word
/// replaces an older one. Texts of few words need no allocation.
struct WordMemo {
    private struct Entry {
        var hash: UInt64 = 0
        var wordStart: UInt32 = 0
        /// 0 marks an empty entry.
        var wordLength: UInt32 = 0
        var idStart: UInt32 = 0
        var idCount: UInt32 = 0
    }

    private var entries: [Entry] = []
    private var words: [UInt8] = []
    private var ids: [Int32] = []
    private var wordsSeen = 0

    private static let entryCount = 8192
    /// Texts with fewer words are not worth the memory.
    private static let threshold = 512
    private static let longestWord = 64
    /// The cache is cleared after this many bytes of words.
    private static let capacity = 1 << 20

    /// Appends the ids of a cached word; false if it is not in the cache.
    @inline(__always)
    mutating func appendIDs(of word: UnsafeBufferPointer<UInt8>, to output: inout [Int32]) -> Bool {
        if entries.isEmpty {
            wordsSeen += 1
            return false
        }
        let hash = WordMemo.hash(of: word)
        let entry = entries[Int(hash >> 51)]
        guard entry.hash == hash, Int(entry.wordLength) == word.count else { return false }
        let start = Int(entry.wordStart)
        for index in 0..<word.count where words[start + index] != word[index] { return false }
        for index in Int(entry.idStart)..<Int(entry.idStart + entry.idCount) { output.append(ids[index]) }
        return true
    }

    mutating func remember(_ word: UnsafeBufferPointer<UInt8>, _ wordIDs: ArraySlice<Int32>) {
        guard wordsSeen >= WordMemo.threshold, !word.isEmpty, word.count <= WordMemo.longestWord else { return }
        if entries.isEmpty || words.count > WordMemo.capacity {
            entries = [Entry](repeating: Entry(), count: WordMemo.entryCount)
            words.removeAll(keepingCapacity: true)
            ids.removeAll(keepingCapacity: true)
        }
        let hash = WordMemo.hash(of: word)
        entries[Int(hash >> 51)] = Entry(
            hash: hash, wordStart: UInt32(words.count), wordLength: UInt32(word.count), idStart: UInt32(ids.count),
            idCount: UInt32(wordIDs.count))
        words += word
        ids += wordIDs
    }

    /// FNV-1a with a final mix, because the top bits choose the entry.
    @inline(__always)
    private static func hash(of word: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in word { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return (hash ^ (hash >> 29)) &* 0x9E37_79B9_7F4A_7C15
    }
}
