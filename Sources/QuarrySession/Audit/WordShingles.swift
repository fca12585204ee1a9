import QuarryText

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
        var hashes: [UInt64] = []
        var words = 0
        var recent = [UInt64](repeating: 0, count: Self.length)
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
        for scalar in text.unicodeScalars.lazy.map(\.value) {
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

extension UInt64 {
    /// The last step of SplitMix64: every bit depends on every bit.
    var mixed: UInt64 {
        var value = self &+ 0x9E37_79B9_7F4A_7C15
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
