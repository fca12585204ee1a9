import GRDB
import QuarryCore

/// The relative lengths of all chunks, in slots: dense places in ascending order of ids, so that deleted ids need little
/// memory.
///
/// Memory: 4 bytes for each slot. A file of scattered ids is rejected before it takes far more memory than its own size.
struct ChunkLengths: Sendable {
    /// Numbers of the length blocks, ascending; block `i` has the slots from `i << LengthBlock.shift`.
    private var numbers: [Int64] = []
    /// As ``BM25Parameters/relativeLength(_:average:)``; negative for an id without a chunk.
    private var lengths: [Float] = []

    private static let freeSlots = 1 << 24
    private static let slotsPerChunk = 8
    private static let maximumSlots = 1 << 31

    /// - Throws: ``BM25Error/damaged(place:reason:)``, also if the lengths do not add up to the totals: a block is missing.
    init(_ db: Database, totals: BM25Table.Totals, parameters: BM25Parameters) throws {
        let statistics = totals.statistics
        let average = statistics.averageLength(parameters.weights)
        var (numbers, lengths): ([Int64], [Float]) = ([], [])
        lengths.reserveCapacity(min(statistics.chunks + LengthBlock.width, Self.freeSlots))
        var found = BM25Statistics(chunks: 0, title: 0, heading: 0, body: 0)
        try LengthStore(db: db, isChecked: totals.format == .checked).forEachBlock { number, block in
            let start = lengths.count
            guard start < Self.freeSlots || start / Self.slotsPerChunk < found.chunks + block.entries.count,
                start < Self.maximumSlots
            else {
                throw BM25Error.damaged(
                    place: "the chunk lengths, block \(number)", reason: "the ids are too far apart")
            }
            numbers.append(number)
            lengths.append(contentsOf: repeatElement(-1, count: LengthBlock.width))
            for entry in block.entries {
                found.add(entry.lengths)
                lengths[start + entry.slot] = parameters.relativeLength(
                    parameters.weights.weighted(entry.lengths), average: average)
            }
        }
        guard found == statistics else {
            throw BM25Error.damaged(
                place: "the chunk lengths", reason: "they add up to \(found.inWords), not to \(statistics.inWords)")
        }
        self.numbers = numbers
        self.lengths = lengths
    }

    var slots: Int { lengths.count }
    var byteCount: Int { 4 * lengths.count + 8 * numbers.count }

    func length(at slot: Int) -> Float { lengths[slot] }

    func id(at slot: Int) -> ChunkID {
        ChunkID((numbers[slot >> Int(LengthBlock.shift)] << LengthBlock.shift) + Int64(slot & (LengthBlock.width - 1)))
    }

    /// The slot of a chunk; nil if it is not in the index.
    func slot(of chunk: Int64) -> Int? {
        var block = 0
        return slot(of: chunk, after: &block)
    }

    /// The slot of a chunk; nil if it is not in the index.
    ///
    /// - `block`: The place of a block that is not after the chunk's. It moves to the chunk's.
    @inline(__always)
    func slot(of chunk: Int64, after block: inout Int) -> Int? {
        let number = chunk >> LengthBlock.shift
        if block < numbers.count, numbers[block] != number { block = place(of: number, from: block) }
        guard block < numbers.count, numbers[block] == number else { return nil }
        let slot = block << Int(LengthBlock.shift) | Int(chunk) & (LengthBlock.width - 1)
        return lengths[slot] >= 0 ? slot : nil
    }

    /// The place of the first block with at least this number.
    private func place(of number: Int64, from start: Int) -> Int {
        if start + 1 < numbers.count, numbers[start + 1] >= number { return start + 1 }
        var (low, high) = (start, numbers.count)
        while low < high {
            let middle = (low + high) / 2
            if numbers[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
