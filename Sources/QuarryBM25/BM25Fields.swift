import Foundation
import QuarryText

/// The terms of one chunk by field, made by an analyzer. Terms may repeat; their order does not matter.
///
/// A term that begins with U+0001 is another spelling of words that are listed as well, as made by `Analyzer`. It can be
/// found, and does not count in the length of the chunk.
public struct BM25Fields: Sendable, Hashable {
    /// Terms of the document's title.
    public var title: [String]
    /// Terms of the headings above the chunk.
    public var heading: [String]
    public var body: [String]

    public init(title: [String] = [], heading: [String] = [], body: [String] = []) {
        self.title = title
        self.heading = heading
        self.body = body
    }
}

extension BM25Fields {
    /// The lengths in words.
    var lengths: FieldCounts {
        func count(_ terms: [String]) -> UInt32 { UInt32(terms.count { Self.countsInLength($0.utf8) }) }
        return FieldCounts(title: count(title), heading: count(heading), body: count(body))
    }

    /// Whether a term counts in the length of its chunk.
    static func countsInLength(_ term: some Collection<UInt8>) -> Bool { term.first != Analyzer.additionalMark }
}

/// The parameters of BM25, chosen at query time.
public struct BM25Parameters: Sendable, Hashable, Codable {
    /// How slowly the score saturates with a term's frequency. With 0, only the presence of a term counts. The default
    /// is 1.2.
    public var k1: Double
    /// The penalty for long chunks, from 0 (none) to 1 (proportional). The default is 0.5: chunks have similar lengths,
    /// so length is a weaker signal than for whole documents.
    public var b: Double
    /// The weight of an occurrence in each field, at least 0 and not all 0. The default is 1 for each.
    public var weights: FieldWeights

    /// How a term's frequency becomes a score. The default is ``Variant/lucene``.
    public var variant: Variant

    public init(
        k1: Double = 1.2, b: Double = 0.5, weights: FieldWeights = FieldWeights(), variant: Variant = .lucene
    ) {
        self.k1 = k1
        self.b = b
        self.weights = weights
        self.variant = variant
    }

    /// Parameters stored without a variant are read as ``Variant/lucene``.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        k1 = try values.decode(Double.self, forKey: .k1)
        b = try values.decode(Double.self, forKey: .b)
        weights = try values.decode(FieldWeights.self, forKey: .weights)
        variant = try values.decodeIfPresent(Variant.self, forKey: .variant) ?? .lucene
    }

    /// A formula of the score of a term that occurs `tf` times in a chunk, with the relative length `r = 1 − b + b ·
    /// length / average`, in `n` of `N` chunks. Other terms of the question add nothing.
    public enum Variant: Sendable, Hashable, Codable {
        /// `ln(1 + (N − n + 0.5) / (n + 0.5)) · tf / (tf + k1 · r)`, as in Lucene since version 8.
        case lucene
        /// BM25+: `ln((N + 1) / n) · ((k1 + 1) · tf / (tf + k1 · r) + delta)`. An occurrence in a very long chunk counts
        /// at least `delta` (Lv and Zhai, “Lower-bounding term frequency normalization”, 2011).
        case plus(delta: Double = 1)
        /// BM25L: `ln((N + 1) / (n + 0.5)) · (k1 + 1) · (c + delta) / (k1 + c + delta)` with `c = tf / r`, which favours
        /// long chunks more (Lv and Zhai, “When documents are very long, BM25 fails!”, 2011).
        case long(delta: Double = 0.5)
    }

    public struct FieldWeights: Sendable, Hashable, Codable {
        public var title: Double
        public var heading: Double
        public var body: Double

        public init(title: Double = 1, heading: Double = 1, body: Double = 1) {
            self.title = title
            self.heading = heading
            self.body = body
        }
    }

    /// - Throws: ``BM25Error/invalidParameter(name:value:allowed:)``.
    func validate() throws {
        func check(_ name: String, _ value: Double, _ isAllowed: Bool, _ allowed: String) throws {
            guard value.isFinite, isAllowed else {
                throw BM25Error.invalidParameter(name: name, value: value, allowed: allowed)
            }
        }
        try check("k1", k1, k1 >= 0, "a number from 0 up")
        try check("b", b, (0...1).contains(b), "a number from 0 to 1")
        for (name, weight) in [("title", weights.title), ("heading", weights.heading), ("body", weights.body)] {
            try check("the weight of the field \(name)", weight, weight >= 0, "a number from 0 up")
        }
        switch variant {
        case .lucene: break
        case .plus(let delta), .long(let delta): try check("delta", delta, delta >= 0, "a number from 0 up")
        }
        let sum = weights.title + weights.heading + weights.body
        try check("the sum of the field weights", sum, sum > 0, "more than 0")
    }
}

extension BM25Parameters {
    /// The length of a chunk relative to the average, as far as it counts: `1 − b + b · length / average`.
    func relativeLength(_ length: Double, average: Double) -> Float {
        Float(1 - b + (average > 0 ? b * length / average : 0))
    }

    /// How much of the weight of a term its frequency in a chunk gets; 0 for the frequency 0. It grows with the frequency.
    @inline(__always)
    func saturation(_ frequency: Double, relativeLength: Float) -> Float {
        guard frequency > 0 else { return 0 }
        let relative = Double(relativeLength)
        switch variant {
        case .lucene: return Float(frequency / (frequency + k1 * relative))
        case .plus(let delta): return Float((k1 + 1) * (frequency / (frequency + k1 * relative)) + delta)
        case .long(let delta):
            // Both sides of the fraction times the relative length, which may be 0.
            let shifted = frequency + delta * relative
            return Float((k1 + 1) * (shifted / (k1 * relative + shifted)))
        }
    }

    /// The weight of a term that occurs in `count` of `chunks` chunks.
    func inverseFrequency(chunksWithTerm count: Int, chunks: Int) -> Double {
        switch variant {
        case .lucene: log1p((Double(chunks - count) + 0.5) / (Double(count) + 0.5))
        case .plus: log((Double(chunks) + 1) / Double(count))
        case .long: log((Double(chunks) + 1) / (Double(count) + 0.5))
        }
    }
}

extension BM25Parameters.FieldWeights {
    /// The weighted sum of the counts.
    @inline(__always)
    func weighted(_ counts: FieldCounts) -> Double {
        title * Double(counts.title) + heading * Double(counts.heading) + body * Double(counts.body)
    }
}

/// One count for each field: a term's frequencies in a chunk, or a chunk's lengths in terms.
package struct FieldCounts: Sendable, Hashable {
    package var title: UInt32 = 0
    package var heading: UInt32 = 0
    package var body: UInt32 = 0

    package init(title: UInt32 = 0, heading: UInt32 = 0, body: UInt32 = 0) {
        self.title = title
        self.heading = heading
        self.body = body
    }

    package var isZero: Bool { title | heading | body == 0 }
}
