/// The sets of consecutive words of a text: what two texts have in common, whatever their layout.
///
/// A shingle is a run of ``length`` words. Case, punctuation, white space and markup do not count. A character of a script
/// without spaces counts as a word.
package struct WordShingles: Sendable, Hashable {
    /// Words in a shingle.
    package static let length = 5

    /// The 64-bit hashes of the distinct shingles, ascending.
    package let hashes: [UInt64]
    /// The number of words in the text.
    package let words: Int

    /// - Complexity: O(n log n) in the length of the text.
    package init(of text: String) {
        var text = text
        var hashes: [UInt64] = []
        var words = 0
        var recent = [UInt64](repeating: 0, count: Self.length)
        text.withUTF8 { bytes in
            func end(_ word: UInt64) {
                recent[words % Self.length] = word
                words += 1
                guard words >= Self.length else { return }
                var shingle: UInt64 = 0
                for step in 0..<Self.length {
                    shingle = (shingle ^ recent[(words + step) % Self.length]).mixed
                }
                hashes.append(shingle)
            }
            var word: UInt64?
            var offset = 0
            while offset < bytes.count {
                let (scalar, width) = bytes.scalar(at: offset)
                offset += width
                let kind = ScalarClass(of: scalar)
                if kind == .unspaced {
                    if let word { end(word) }
                    word = nil
                    end(UInt64(scalar).mixed)
                } else if kind.startsWord || word != nil && kind == .mark {
                    word = ((word ?? Self.seed) ^ UInt64(Self.lower(scalar, kind))) &* 0x100_0000_01B3
                } else if kind != .transparent, let ended = word {
                    end(ended)
                    word = nil
                }
            }
            if let word { end(word) }
        }
        hashes.sort()
        self.hashes = hashes.indices.filter { $0 == 0 || hashes[$0] != hashes[$0 - 1] }.map { hashes[$0] }
        self.words = words
    }

    package init(hashes: [UInt64], words: Int) {
        self.hashes = hashes
        self.words = words
    }

    /// The share of shingles that both texts have among those that at least one of them has (Jaccard); 0 for two texts
    /// without shingles.
    package func similarity(to other: WordShingles) -> Double {
        var (common, a, b) = (0, 0, 0)
        while a < hashes.count, b < other.hashes.count {
            let (left, right) = (hashes[a], other.hashes[b])
            if left == right { common += 1 }
            if left <= right { a += 1 }
            if right <= left { b += 1 }
        }
        let all = hashes.count + other.hashes.count - common
        return all == 0 ? 0 : Double(common) / Double(all)
    }

    private static let seed: UInt64 = 0xCBF2_9CE4_8422_2325

    private static func lower(_ scalar: UInt32, _ kind: ScalarClass) -> UInt32 {
        guard kind == .upper else { return scalar == 0x451 ? 0x435 : scalar }
        if scalar < 0x80 || (0x410..<0x430).contains(scalar) { return scalar + 0x20 }
        if scalar == 0x401 { return 0x435 }
        let mapped = Unicode.Scalar(scalar)?.properties.lowercaseMapping.unicodeScalars.first?.value
        return mapped ?? scalar
    }
}

/// A sketch of a set of shingles: two sketches agree in about as many places as the sets have in common (Broder 1997).
package struct MinHash: Sendable, Hashable {
    /// The smallest value of each hash function over the set.
    package let values: [UInt32]

    package static let count = bands * rows
    /// Two sets of similarity *s* agree in all rows of some band with probability 1 − (1 − s⁴)¹⁶: 99 % for 0.7, 6 % for 0.25.
    package static let bands = 16
    package static let rows = 4

    /// - Complexity: O(shingles × ``count``).
    package init(of shingles: WordShingles) {
        var values = [UInt32](repeating: .max, count: Self.count)
        values.withUnsafeMutableBufferPointer { values in
            Self.functions.withUnsafeBufferPointer { functions in
                for hash in shingles.hashes {
                    var index = 0
                    while index < Self.count {
                        let function = functions[index]
                        let value = UInt32(truncatingIfNeeded: (hash &* function.factor &+ function.addend) >> 32)
                        if value < values[index] { values[index] = value }
                        index += 1
                    }
                }
            }
        }
        self.values = values
    }

    /// An estimate of the similarity of the two sets, with a standard error of at most 1/16.
    package func similarity(to other: MinHash) -> Double {
        Double(zip(values, other.values).count { $0 == $1 }) / Double(Self.count)
    }

    /// A hash of the values of one band.
    package func band(_ number: Int) -> UInt64 {
        values[number * Self.rows..<(number + 1) * Self.rows].reduce(UInt64(number)) { ($0 ^ UInt64($1)).mixed }
    }

    /// Multiply-shift functions with fixed factors, so that equal texts have equal sketches in every run.
    private static let functions: [(factor: UInt64, addend: UInt64)] = {
        var state: UInt64 = 0x5175_6172_7279
        func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            return state.mixed
        }
        return (0..<count).map { _ in (next() | 1, next()) }
    }()
}

extension UInt64 {
    /// The last step of SplitMix64: every bit depends on every bit.
    fileprivate var mixed: UInt64 {
        var value = self &+ 0x9E37_79B9_7F4A_7C15
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
