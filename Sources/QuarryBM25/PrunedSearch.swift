import QuarryCore

/// The best chunks without reading all postings: MaxScore (Turtle and Flood, 1995) in windows of slots, with the highest
/// saturations of blocks of postings (Ding and Suel, “Faster top-k document retrieval using block-max indexes”, 2011).
///
/// Terms whose bounds together stay below the score to beat are not walked through: they are looked up for chunks with
/// another term. Sums of bounds and parts only decide what is left out, with a margin for their rounding. A chunk that
/// is kept gets its score in the order of all terms, so results are those of adding up everything, to the last bit.
struct PrunedSearch {
    private struct Cursor {
        let postings: ScoredPostings
        let weight: Float
        /// What the term adds at most.
        let bound: Float
        /// The place of the first posting that is not passed.
        var place = 0

        var isAtEnd: Bool { place == postings.count }
        var slot: UInt32 { postings.slots[place] }

        /// The saturation of a slot that is not passed. Moves to the slot.
        @inline(__always)
        mutating func saturation(of slot: UInt32) -> Float? {
            place = postings.place(of: slot, from: place)
            return !isAtEnd && self.slot == slot ? postings.saturations[place] : nil
        }
    }

    /// The slots of a window.
    private static let window = 4096

    private let clauses: [BM25Question.Clause]
    private let lengths: ChunkLengths
    private let mask: ChunkMask?
    /// From the highest bound to the lowest.
    private var cursors: [Cursor]
    /// The cursor of each clause.
    private let places: [Int]
    /// The sum of the bounds from each cursor on, and 0.
    private let bounds: [Float]
    /// The cursors before this are walked through; the others together cannot reach the score to beat.
    private var essential: Int
    private var best: BestHits
    /// A chunk with less cannot be a hit: somewhat less than the score to beat.
    private var needed: Float = 0
    private let margin: Float

    /// - `clauses`: Their weights are positive.
    init(_ clauses: [BM25Question.Clause], lengths: ChunkLengths, limit: Int, mask: ChunkMask?) {
        self.clauses = clauses
        self.lengths = lengths
        self.mask = mask
        let bounds = clauses.map { Float($0.weight) * $0.postings.maximum }
        let order = clauses.indices.sorted { bounds[$0] != bounds[$1] ? bounds[$0] > bounds[$1] : $0 < $1 }
        cursors = order.map {
            Cursor(postings: clauses[$0].postings, weight: Float(clauses[$0].weight), bound: bounds[$0])
        }
        var places = Array(repeating: 0, count: order.count)
        for (place, clause) in order.enumerated() { places[clause] = place }
        self.places = places
        var sums: [Float] = [0]
        for cursor in cursors.reversed() { sums.append(sums[sums.count - 1] + cursor.bound) }
        self.bounds = sums.reversed()
        essential = order.count
        best = BestHits(limit: limit)
        // The relative error of a sum of n numbers is below n · 2⁻²⁴.
        margin = 1 - Float(order.count + 8) * 0x1p-22
    }

    mutating func run() -> [ScoredID] {
        var parts: [Float] = Array(repeating: 0, count: Self.window)
        var touched: [UInt64] = Array(repeating: 0, count: Self.window / 64)
        while essential > 0 {
            if essential == 1 {
                walkOne()
                break
            }
            var start = UInt32.max
            for cursor in cursors[..<essential] where !cursor.isAtEnd { start = min(start, cursor.slot) }
            guard start < .max else { break }
            walkWindow(from: start, &parts, &touched)
            updateEssential()
        }
        return best.sorted()
    }

    /// Adds up the essential terms over a window, then looks at the slots with one of them.
    private mutating func walkWindow(from start: UInt32, _ parts: inout [Float], _ touched: inout [UInt64]) {
        let end = start.addingReportingOverflow(UInt32(Self.window)).overflow ? .max : start + UInt32(Self.window)
        var ends: [Int] = []
        for index in 0..<essential {
            let cursor = cursors[index]
            ends.append(
                Self.accumulate(cursor.postings, from: cursor.place, cursor.weight, start, end, &parts, &touched))
        }
        for word in touched.indices where touched[word] != 0 {
            var bits = touched[word]
            touched[word] = 0
            while bits != 0 {
                let offset = word << 6 | bits.trailingZeroBitCount
                bits &= bits - 1
                let part = parts[offset]
                parts[offset] = 0
                if part + bounds[essential] >= needed { consider(start + UInt32(offset), part) }
            }
        }
        for index in 0..<essential { cursors[index].place = ends[index] }
    }

    /// - Returns: The place of the first posting from `end` on.
    private static func accumulate(
        _ postings: ScoredPostings, from place: Int, _ weight: Float, _ start: UInt32, _ end: UInt32,
        _ parts: inout [Float], _ touched: inout [UInt64]
    ) -> Int {
        postings.slots.withUnsafeBufferPointer { slots in
            postings.saturations.withUnsafeBufferPointer { saturations in
                parts.withUnsafeMutableBufferPointer { parts in
                    touched.withUnsafeMutableBufferPointer { touched in
                        var place = place
                        while place < slots.count, slots[place] < end {
                            let offset = Int(slots[place] &- start)
                            parts[offset] += weight * saturations[place]
                            touched[offset >> 6] |= 1 << UInt64(offset & 63)
                            place += 1
                        }
                        return place
                    }
                }
            }
        }
    }

    /// Walks through the only essential term, without the blocks that cannot hold a hit.
    private mutating func walkOne() {
        let (postings, weight) = (cursors[0].postings, cursors[0].weight)
        let rest = bounds[1]
        while essential == 1, !cursors[0].isAtEnd {
            let start = cursors[0].place
            let end = min((start / ScoredPostings.width + 1) * ScoredPostings.width, postings.count)
            if weight * postings.maxima[start / ScoredPostings.width] + rest >= needed {
                for place in start..<end {
                    let part = weight * postings.saturations[place]
                    if part + rest >= needed {
                        cursors[0].place = place
                        consider(postings.slots[place], part)
                    }
                }
            }
            cursors[0].place = end
            updateEssential()
        }
    }

    /// Inserts a slot among the best if it belongs there.
    ///
    /// - `part`: What the essential terms add.
    private mutating func consider(_ slot: UInt32, _ part: Float) {
        let id = lengths.id(at: Int(slot))
        if let mask, !mask.contains(id) { return }
        var sum = part
        for index in essential..<cursors.count {
            guard sum + bounds[index] >= needed else { return }
            if let saturation = cursors[index].saturation(of: slot) { sum += cursors[index].weight * saturation }
        }
        guard sum >= needed else { return }
        var score = 0.0
        for (clause, place) in zip(clauses, places) {
            if let saturation = cursors[place].saturation(of: slot) { score += clause.weight * Double(saturation) }
        }
        guard score > 0 else { return }
        best.insert(ScoredID(id: id, score: Float(score)))
        if let lowest = best.lowestScore { needed = lowest * margin }
    }

    private mutating func updateEssential() {
        while essential > 0, bounds[essential - 1] < needed { essential -= 1 }
    }
}
