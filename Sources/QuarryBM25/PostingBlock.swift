/// The frequencies of one term in one chunk.
package struct Posting: Sendable, Hashable {
    package var chunk: Int64
    package var counts: FieldCounts

    package init(chunk: Int64, counts: FieldCounts) {
        self.chunk = chunk
        self.counts = counts
    }
}

/// The chunk ids from `first` up to, but not including, `first + 2^level`; `first` is a multiple of `2^level`.
package struct IDRange: Sendable, Hashable {
    package var first: Int64
    package var level: UInt8

    package static let all = IDRange(first: 0, level: 63)

    package init(first: Int64, level: UInt8) {
        self.first = first
        self.level = level
    }

    /// The largest range that contains `id` and none of `others`.
    init(around id: Int64, apartFrom others: [Int64]) {
        level = others.map { UInt8(63 - (id ^ $0).leadingZeroBitCount) }.min() ?? IDRange.all.level
        first = level == 63 ? 0 : (id >> Int64(level)) << Int64(level)
    }

    /// - Throws: If no range of the level begins at `first`.
    init(checking first: Int64, level: UInt64) throws(Malformation) {
        guard level <= 63, first >= 0, level == 63 ? first == 0 : first & ((1 << Int64(level)) - 1) == 0 else {
            throw Malformation("no range of level \(level) begins at \(first)")
        }
        self.init(first: first, level: UInt8(level))
    }

    package func contains(_ id: Int64) -> Bool { id >= 0 && (level == 63 || (id ^ first) >> Int64(level) == 0) }

    var last: Int64 { level == 63 ? .max : first | ((1 << Int64(level)) - 1) }
    var lowerHalf: IDRange { IDRange(first: first, level: level - 1) }
    var upperHalf: IDRange { IDRange(first: first + (1 << Int64(level - 1)), level: level - 1) }
    /// The other half of ``parent``. Not for ``all``.
    var sibling: IDRange { IDRange(first: first ^ (1 << Int64(level)), level: level) }
    var parent: IDRange { IDRange(first: min(first, sibling.first), level: level + 1) }
}

/// The postings of one term in one range of ids, as stored in one row.
///
/// The bounds of blocks follow from the postings alone: a block covers the largest range (see ``IDRange``) with at most
/// ``capacity`` postings of its term. So removing a chunk leaves exactly the bytes of an index that never contained it.
///
/// Layout: a byte of `level | hasFields << 6`, the number of postings minus one as a varint, a byte of
/// `k of distances << 2 | k of counts`; then bits, all numbers in ``Golomb`` codes. For each posting: the distance from
/// the previous one (minus one; from the range's start for the first); with `hasFields`, a bit that says whether title or
/// heading have the term; if they do, the counts of title, heading and body, with k = 0; else that of the body minus one.
package struct PostingBlock: Sendable, Hashable {
    /// The maximum number of postings in a block. Most blocks take less than 1 KB, so a page of 8 KB fits several.
    package static let capacity = 512

    package var range: IDRange
    /// In ascending order of ids, without duplicates.
    package var postings: ArraySlice<Posting>

    package init(range: IDRange, postings: ArraySlice<Posting>) {
        self.range = range
        self.postings = postings
    }

    package func encoded() -> [UInt8] {
        let hasFields = postings.contains { $0.counts.hasOthersThanBody }
        var (distances, counts): ([UInt64], [UInt64]) = ([], [])
        distances.reserveCapacity(postings.count)
        counts.reserveCapacity(postings.count)
        var next = range.first
        for posting in postings {
            distances.append(UInt64(posting.chunk - next))
            if !posting.counts.hasOthersThanBody { counts.append(UInt64(posting.counts.body) - 1) }
            next = posting.chunk &+ 1
        }
        let (k, countK) = (Golomb.parameter(for: distances, below: 64), Golomb.parameter(for: counts, below: 4))

        var header = ByteWriter(reservingCapacity: 4)
        header.append(range.level | (hasFields ? 1 << 6 : 0))
        header.write(UInt64(postings.count - 1))
        header.append(UInt8(k << 2 | countK))
        var writer = BitWriter(after: header.bytes, reservingCapacity: 2 * postings.count)
        for (distance, posting) in zip(distances, postings) {
            writer.write(distance, k)
            let counts = posting.counts
            if hasFields { writer.writeBit(counts.hasOthersThanBody) }
            if counts.hasOthersThanBody {
                writer.write(UInt64(counts.title), 0)
                writer.write(UInt64(counts.heading), 0)
                writer.write(UInt64(counts.body), 0)
            } else {
                writer.write(UInt64(counts.body) - 1, countK)
            }
        }
        return writer.finished()
    }

    package init(first: Int64, decoding bytes: UnsafeRawBufferPointer) throws(Malformation) {
        var reader = try PostingReader(first: first, bytes)
        var postings: [Posting] = []
        postings.reserveCapacity(reader.count)
        while let posting = try reader.next() { postings.append(posting) }
        self.init(range: reader.range, postings: postings[...])
    }

    /// Splits the range until no block has more than ``capacity`` postings, and returns the blocks.
    package static func blocks(of postings: ArraySlice<Posting>, in range: IDRange) -> [PostingBlock] {
        if postings.isEmpty { return [] }
        if postings.count <= capacity || range.level == 0 { return [PostingBlock(range: range, postings: postings)] }
        var (low, high) = (postings.startIndex, postings.endIndex)
        while low < high {
            let middle = (low + high) / 2
            if postings[middle].chunk < range.upperHalf.first { low = middle + 1 } else { high = middle }
        }
        return blocks(of: postings[..<low], in: range.lowerHalf) + blocks(of: postings[low...], in: range.upperHalf)
    }
}

/// Reads the postings of a stored block one after the other.
struct PostingReader {
    let range: IDRange
    let count: Int
    private let hasFields: Bool
    private let k: UInt64
    private let countK: UInt64
    private var reader: BitReader
    private var read = 0
    private var following: Int64

    init(first: Int64, _ bytes: UnsafeRawBufferPointer) throws(Malformation) {
        var header = ByteReader(bytes)
        let start = try header.readByte()
        guard start < 1 << 7 else { throw Malformation("the first byte, \(start), is unknown") }
        range = try IDRange(checking: first, level: UInt64(start & 63))
        hasFields = start >> 6 == 1
        let last = try header.read()
        guard last < UInt64(PostingBlock.capacity) else {
            throw Malformation("\(last) postings and one more do not fit a block")
        }
        count = Int(last) + 1
        let parameters = try header.readByte()
        (k, countK) = (UInt64(parameters >> 2), UInt64(parameters & 3))
        reader = BitReader(bytes, from: bytes.count - header.remaining)
        following = first
    }

    @inline(__always)
    mutating func next() throws(Malformation) -> Posting? {
        if read == count {
            guard reader.isAtEnd else { throw Malformation("bytes follow the last posting") }
            return nil
        }
        let distance = try reader.read(k)
        guard following >= 0, distance <= UInt64(Int64.max - following) else {
            throw Malformation("an id has more than 63 bits")
        }
        let chunk = following + Int64(distance)
        guard range.contains(chunk) else { throw Malformation("chunk \(chunk) is outside of the block") }
        var counts = FieldCounts()
        if hasFields, try reader.readBit() {
            counts.title = try count(reader.read(0))
            counts.heading = try count(reader.read(0))
            counts.body = try count(reader.read(0))
            guard counts.hasOthersThanBody else { throw Malformation("chunk \(chunk) has neither title nor heading") }
        } else {
            let rest = try reader.read(countK)
            guard rest < UInt64(UInt32.max) else { throw Malformation("a count has more than 32 bits") }
            counts.body = UInt32(rest + 1)
        }
        following = chunk &+ 1
        read += 1
        return Posting(chunk: chunk, counts: counts)
    }

    private func count(_ number: UInt64) throws(Malformation) -> UInt32 {
        guard let count = UInt32(exactly: number) else { throw Malformation("a count has more than 32 bits") }
        return count
    }
}

extension FieldCounts {
    /// Whether the title or the headings have the term.
    var hasOthersThanBody: Bool { title | heading != 0 }
}
