/// The lengths, in terms, of the chunks of one range of ids, as stored in one row.
///
/// Layout, all numbers varints: the number of chunks; then for each the distance from the previous one (minus one; from
/// the range's start for the first) and the lengths of title, heading and body.
package struct LengthBlock: Sendable, Hashable {
    /// A block covers `2^shift` ids.
    package static let shift: Int64 = 10
    package static let width = 1 << Int(shift)

    package struct Entry: Sendable, Hashable {
        /// The offset of the id in the range.
        package var slot: Int
        package var lengths: FieldCounts

        package init(slot: Int, lengths: FieldCounts) {
            self.slot = slot
            self.lengths = lengths
        }
    }

    /// In ascending order of slots, without duplicates.
    package var entries: [Entry] = []

    package init(_ entries: [Entry] = []) { self.entries = entries }

    package func encoded() -> [UInt8] {
        var writer = ByteWriter(reservingCapacity: 2 + 5 * entries.count)
        writer.write(UInt64(entries.count))
        var next = 0
        for entry in entries {
            writer.write(UInt64(entry.slot - next))
            writer.write(UInt64(entry.lengths.title))
            writer.write(UInt64(entry.lengths.heading))
            writer.write(UInt64(entry.lengths.body))
            next = entry.slot + 1
        }
        return writer.bytes
    }

    package init(decoding bytes: UnsafeRawBufferPointer) throws(Malformation) {
        var reader = ByteReader(bytes)
        let count = try reader.read()
        guard (1...UInt64(LengthBlock.width)).contains(count) else {
            throw Malformation("\(count) lengths do not fit a block")
        }
        entries.reserveCapacity(Int(count))
        var next: UInt64 = 0
        for _ in 0..<count {
            let distance = try reader.read()
            guard distance < UInt64(LengthBlock.width) - next else {
                throw Malformation("a chunk is outside of the block")
            }
            let slot = next + distance
            let lengths = FieldCounts(
                title: try reader.readCount(), heading: try reader.readCount(), body: try reader.readCount())
            entries.append(Entry(slot: Int(slot), lengths: lengths))
            next = slot + 1
        }
        guard reader.isAtEnd else { throw Malformation("\(reader.remaining) bytes follow the last length") }
    }
}

/// The ids of the terms of one chunk, ascending, as varints of the distances. A removal updates these terms.
package struct TermList: Sendable, Hashable {
    package var terms: [Int64]

    package init(_ terms: [Int64]) { self.terms = terms }

    package func encoded() -> [UInt8] {
        var writer = ByteWriter(reservingCapacity: 2 * terms.count)
        var previous: Int64 = 0
        for term in terms {
            writer.write(UInt64(term - previous))
            previous = term
        }
        return writer.bytes
    }

    package init(decoding bytes: UnsafeRawBufferPointer) throws(Malformation) {
        var reader = ByteReader(bytes)
        terms = []
        terms.reserveCapacity(bytes.count)
        var previous: Int64 = 0
        while !reader.isAtEnd {
            let distance = try reader.read()
            guard distance > 0, distance <= UInt64(Int64.max - previous) else {
                throw Malformation("the terms are not in ascending order")
            }
            previous += Int64(distance)
            terms.append(previous)
        }
    }
}

/// The smaller of two heads of ascending lists; nil at the end of both lists.
@inline(__always)
func lower(of first: Int64?, _ second: Int64?) -> Int64? {
    guard let first, let second else { return first ?? second }
    return min(first, second)
}
