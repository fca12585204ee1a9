/// Remembers how words of one text were segmented.
///
/// Texts repeat their words, and a look here touches far less memory than a search. One word a slot: a newer word
/// takes the slot of an older one. Nothing is allocated for texts of few words.
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
    /// Texts of fewer words than this are not worth the memory.
    private static let threshold = 512
    private static let longestWord = 64
    /// When this many bytes of words are kept, all is forgotten.
    private static let capacity = 1 << 20

    /// Appends the ids of a word seen before; false where it is not known.
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

    /// FNV-1a with a last stir, for the top bits choose the entry.
    @inline(__always)
    private static func hash(of word: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in word { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return (hash ^ (hash >> 29)) &* 0x9E37_79B9_7F4A_7C15
    }
}
