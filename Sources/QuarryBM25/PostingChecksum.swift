package import QuarryCore

/// A checksum of one chunk's postings: its id, and its terms with their frequencies, in any order.
struct PostingChecksum {
    private var sum: UInt64

    init(of chunk: Int64) { sum = Checksum.combining(UInt64(bitPattern: chunk), 0) }

    /// - `term`: The checksum of the term's bytes.
    mutating func add(_ term: UInt64, _ counts: FieldCounts) {
        let fields = UInt64(counts.title) << 32 | UInt64(counts.heading)
        sum &+= Checksum.combining(Checksum.combining(term, fields), UInt64(counts.body))
    }

    var stored: Int64 { Int64(bitPattern: sum) }
}

extension BM25Table {
    /// The checksum that an index stores of a chunk with these terms.
    package static func checksum(of fields: BM25Fields, chunk: ChunkID) -> Int64 {
        var counts: [String: FieldCounts] = [:]
        for term in fields.title { counts[term, default: FieldCounts()].title += 1 }
        for term in fields.heading { counts[term, default: FieldCounts()].heading += 1 }
        for term in fields.body { counts[term, default: FieldCounts()].body += 1 }
        var checksum = PostingChecksum(of: chunk.rawValue)
        for (term, counts) in counts { checksum.add(Checksum.of(term), counts) }
        return checksum.stored
    }
}
