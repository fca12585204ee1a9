/// How well the passages found for a question cover the stretches of text that answer it.
///
/// The measures of Smith and Troynikov, "Evaluating Chunking Strategies for Retrieval" (Chroma, 2024), with lengths in
/// bytes of UTF-8. Each is from 0 to 1.
public struct PassageSpans: Sendable, Hashable {
    /// The share of the wanted text that was found.
    public let recall: Double
    /// The share of the found text that was wanted. Text that is found twice counts twice.
    public let precision: Double
    /// The wanted text that was found, divided by all text that was wanted or found. Text that is found twice counts twice.
    public let intersectionOverUnion: Double
    /// Whether each wanted stretch was found whole.
    public let isWhole: Bool

    /// - Parameters:
    ///   - wanted: Ranges by document; at least one that is not empty.
    ///   - found: The ranges of the passages, by document.
    /// - Complexity: O(n log n) in the number of ranges.
    public init(wanted: [String: [Range<Int>]], found: [String: [Range<Int>]]) {
        var (common, wantedLength, foundLength) = (0, 0, 0)
        var isWhole = true
        for (document, ranges) in wanted {
            let wanted = Self.union(ranges)
            let shared = Self.common(wanted, Self.union(found[document] ?? []))
            let length = wanted.reduce(0) { $0 + $1.count }
            common += shared
            wantedLength += length
            isWhole = isWhole && shared == length
        }
        for ranges in found.values { foundLength += ranges.reduce(0) { $0 + $1.count } }
        recall = wantedLength == 0 ? 0 : Double(common) / Double(wantedLength)
        precision = foundLength == 0 ? 0 : Double(common) / Double(foundLength)
        let union = foundLength + wantedLength - common
        intersectionOverUnion = union == 0 ? 0 : Double(common) / Double(union)
        self.isWhole = isWhole && wantedLength > 0
    }

    /// The ranges in order, with those that touch or overlap joined.
    private static func union(_ ranges: [Range<Int>]) -> [Range<Int>] {
        var joined: [Range<Int>] = []
        for range in ranges.filter({ !$0.isEmpty }).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = joined.last, range.lowerBound <= last.upperBound {
                joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                joined.append(range)
            }
        }
        return joined
    }

    /// The length of what two lists of separate ranges in order have in common.
    private static func common(_ a: [Range<Int>], _ b: [Range<Int>]) -> Int {
        var (i, j, length) = (0, 0, 0)
        while i < a.count, j < b.count {
            length += a[i].clamped(to: b[j]).count
            if a[i].upperBound < b[j].upperBound { i += 1 } else { j += 1 }
        }
        return length
    }
}
