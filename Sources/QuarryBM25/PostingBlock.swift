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
/// Layout, all numbers varints: level and number of postings. Then for each posting: the distance from the previous one
/// (minus one; from the range's start for the first), `body << 2 | hasHeading << 1 | hasTitle`, and the counts of title
/// and heading if present.
package struct PostingBlock: Sendable, Hashable {
    /// The maximum number of postings in a block. Most blocks take 1 to 1.5 KB, so a page of 8 KB fits several.
    package static let capacity = 512

    package var range: IDRange
    /// In ascending order of ids, without duplicates.
    package var postings: ArraySlice<Posting>

    package init(range: IDRange, postings: ArraySlice<Posting>) {
        self.range = range
        self.postings = postings
    }

    package func encoded() -> [UInt8] {
        var writer = ByteWriter(reservingCapacity: 4 + 3 * postings.count)
        writer.write(UInt64(range.level))
        writer.write(UInt64(postings.count))
        var next = range.first
        for posting in postings {
            let counts = posting.counts
            writer.write(UInt64(posting.chunk - next))
            writer.write(UInt64(counts.body) << 2 | (counts.heading > 0 ? 2 : 0) | (counts.title > 0 ? 1 : 0))
            if counts.title > 0 { writer.write(UInt64(counts.title)) }
            if counts.heading > 0 { writer.write(UInt64(counts.heading)) }
            next = posting.chunk &+ 1
        }
        return writer.bytes
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
    private var reader: ByteReader
    private var read = 0
    private var following: Int64

    init(first: Int64, _ bytes: UnsafeRawBufferPointer) throws(Malformation) {
        reader = ByteReader(bytes)
        let level = try reader.read()
        guard level <= 63, first >= 0, level == 63 ? first == 0 : first & ((1 << Int64(level)) - 1) == 0 else {
            throw Malformation("no range of level \(level) begins at \(first)")
        }
        let count = try reader.read()
        guard (1...UInt64(PostingBlock.capacity)).contains(count) else {
            throw Malformation("\(count) postings do not fit a block")
        }
        range = IDRange(first: first, level: UInt8(level))
        self.count = Int(count)
        following = first
    }

    @inline(__always)
    mutating func next() throws(Malformation) -> Posting? {
        if read == count {
            guard reader.isAtEnd else { throw Malformation("\(reader.remaining) bytes follow the last posting") }
            return nil
        }
        let distance = try reader.read()
        guard following >= 0, distance <= UInt64(Int64.max - following) else {
            throw Malformation("an id has more than 63 bits")
        }
        let chunk = following + Int64(distance)
        guard range.contains(chunk) else { throw Malformation("chunk \(chunk) is outside of the block") }
        let code = try reader.read()
        guard code >> 2 <= UInt64(UInt32.max) else { throw Malformation("a count has more than 32 bits") }
        var counts = FieldCounts(body: UInt32(code >> 2))
        if code & 1 != 0 { counts.title = try reader.readCount() }
        if code & 2 != 0 { counts.heading = try reader.readCount() }
        guard !counts.isZero, code & 1 == 0 || counts.title > 0, code & 2 == 0 || counts.heading > 0 else {
            throw Malformation("chunk \(chunk) holds the term zero times")
        }
        following = chunk &+ 1
        read += 1
        return Posting(chunk: chunk, counts: counts)
    }
}
