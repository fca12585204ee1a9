/// The chunks with a term, and how much of the term's weight each gets: what a search needs, decoded once.
///
/// Memory: 8 bytes for each posting.
final class ScoredPostings: Sendable {
    /// Ascending, without duplicates.
    let slots: [UInt32]
    /// As ``BM25Parameters/saturation(_:relativeLength:)``.
    let saturations: [Float]
    /// The highest saturation of each ``width`` postings.
    let maxima: [Float]
    let maximum: Float

    static let width = 64

    var count: Int { slots.count }
    var byteCount: Int { 8 * slots.count + 4 * maxima.count + 200 }

    private init(slots: [UInt32], saturations: [Float]) {
        self.slots = slots
        self.saturations = saturations
        var maxima: [Float] = []
        maxima.reserveCapacity(slots.count / Self.width + 1)
        for start in stride(from: 0, to: saturations.count, by: Self.width) {
            var maximum: Float = 0
            for index in start..<min(start + Self.width, saturations.count) {
                maximum = max(maximum, saturations[index])
            }
            maxima.append(maximum)
        }
        self.maxima = maxima
        maximum = maxima.max() ?? 0
    }

    /// Decodes the postings of a term with one form.
    ///
    /// - Throws: ``BM25Error/damaged(place:reason:)``, also for a chunk without a length.
    convenience init(_ postings: StoredPostings, lengths: ChunkLengths, parameters: BM25Parameters) throws {
        var (slots, saturations): ([UInt32], [Float]) = ([], [])
        slots.reserveCapacity(postings.count)
        saturations.reserveCapacity(postings.count)
        var block = 0
        try postings.forEach { posting throws(Malformation) in
            guard let slot = lengths.slot(of: posting.chunk, after: &block) else {
                throw Malformation("chunk \(posting.chunk) has no length")
            }
            slots.append(UInt32(slot))
            saturations.append(
                parameters.saturation(
                    parameters.weights.weighted(posting.counts), relativeLength: lengths.length(at: slot)))
        }
        self.init(slots: slots, saturations: saturations)
    }

    /// Several forms as one term: in each chunk the form with the highest frequency counts, which has the highest
    /// saturation.
    convenience init(merging forms: [ScoredPostings]) {
        var (slots, saturations): ([UInt32], [Float]) = ([], [])
        for form in forms {
            if slots.isEmpty {
                (slots, saturations) = (form.slots, form.saturations)
                continue
            }
            var (merged, values): ([UInt32], [Float]) = ([], [])
            merged.reserveCapacity(slots.count + form.count)
            values.reserveCapacity(slots.count + form.count)
            var (left, right) = (0, 0)
            while left < slots.count || right < form.count {
                if right == form.count || left < slots.count && slots[left] < form.slots[right] {
                    merged.append(slots[left])
                    values.append(saturations[left])
                    left += 1
                } else {
                    let isShared = left < slots.count && slots[left] == form.slots[right]
                    merged.append(form.slots[right])
                    values.append(isShared ? max(saturations[left], form.saturations[right]) : form.saturations[right])
                    if isShared { left += 1 }
                    right += 1
                }
            }
            (slots, saturations) = (merged, values)
        }
        self.init(slots: slots, saturations: saturations)
    }

    /// The first place from `start` on whose slot is not below `slot`; the number of postings if there is none.
    ///
    /// - Complexity: O(log distance).
    @inline(__always)
    func place(of slot: UInt32, from start: Int) -> Int {
        slots.withUnsafeBufferPointer { slots in
            guard start < slots.count, slots[start] < slot else { return start }
            var (low, step) = (start, 1)
            while low + step < slots.count, slots[low + step] < slot {
                low += step
                step <<= 1
            }
            // The slot at `low` is below.
            var high = min(low + step, slots.count)
            low += 1
            while low < high {
                let middle = (low + high) / 2
                if slots[middle] < slot { low = middle + 1 } else { high = middle }
            }
            return low
        }
    }

    /// The saturation of a slot; nil without the term.
    func saturation(of slot: UInt32) -> Float? {
        let place = place(of: slot, from: 0)
        return place < count && slots[place] == slot ? saturations[place] : nil
    }
}
