/// A set of chunk ids as a bit array: the chunks that pass a filter.
public struct ChunkMask: Sendable, Hashable {
    private var words: [UInt64] = []
    public private(set) var count = 0

    public init() {}

    /// - Precondition: Ids are not negative.
    public init(_ ids: some Sequence<ChunkID>) {
        for id in ids { insert(id) }
    }

    /// - Complexity: O(1), amortised.
    public mutating func insert(_ id: ChunkID) {
        let (word, bit) = (Int(id.rawValue >> 6), UInt64(1) << UInt64(id.rawValue & 63))
        if word >= words.count { words.append(contentsOf: repeatElement(0, count: word + 1 - words.count)) }
        if words[word] & bit == 0 {
            words[word] |= bit
            count += 1
        }
    }

    /// The 64 bits of the ids from `64 * index` on. Zero beyond the largest id.
    package func word(_ index: Int) -> UInt64 { words.indices.contains(index) ? words[index] : 0 }

    /// The number of words up to the largest id.
    package var wordCount: Int { words.count }

    /// - Complexity: O(1).
    public func contains(_ id: ChunkID) -> Bool {
        let word = Int(id.rawValue >> 6)
        return id.rawValue >= 0 && word < words.count && words[word] & (1 << UInt64(id.rawValue & 63)) != 0
    }

    /// The ids in ascending order.
    ///
    /// - Complexity: O(largest id).
    package var ids: [ChunkID] {
        var ids: [ChunkID] = []
        ids.reserveCapacity(count)
        for (index, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                ids.append(ChunkID(Int64(index << 6 + rest.trailingZeroBitCount)))
                rest &= rest - 1
            }
        }
        return ids
    }

    /// Removes the ids that the other set does not have.
    package mutating func formIntersection(_ other: ChunkMask) { combine(other) { $0 & $1 } }

    /// Removes the ids of the other set.
    package mutating func subtract(_ other: ChunkMask) { combine(other) { $0 & ~$1 } }

    private mutating func combine(_ other: ChunkMask, _ operation: (UInt64, UInt64) -> UInt64) {
        count = 0
        for index in words.indices {
            words[index] = operation(words[index], other.word(index))
            count += words[index].nonzeroBitCount
        }
    }
}
