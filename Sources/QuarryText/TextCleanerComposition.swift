import Foundation

/// Composes clusters (NFC) and removes stress marks from Cyrillic vowels.
struct CanonicalComposer {
    /// Cached results for clusters of one or two characters, which are by far the most frequent.
    private var known: [UInt64: [Unicode.Scalar]] = [:]

    /// Composes the cluster in place, without stress marks.
    mutating func compose(_ cluster: inout [Unicode.Scalar]) {
        if cluster.count == 1 {
            if cluster[0].mayDecompose || !cluster[0].startsCluster { cluster = composed(cluster) }
            return
        }
        if cluster.count == 2, cluster[0].isCyrillicVowel, cluster[1] == "\u{301}" {
            cluster.removeLast()
            return
        }
        cluster = composed(cluster)
        let marked = cluster.count
        var base: Unicode.Scalar = " "
        cluster.removeAll { scalar in
            if scalar == "\u{300}" || scalar == "\u{301}" { return base.isCyrillicVowel }
            if scalar.properties.canonicalCombiningClass == .notReordered { base = scalar }
            return false
        }
        if cluster.count < marked, cluster.count > 1 { cluster = composed(cluster) }
    }

    private mutating func composed(_ cluster: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var key: UInt64?
        if cluster.count <= 2 {
            let first = UInt64(cluster[0].value) << 32 | UInt64(cluster.count == 2 ? cluster[1].value : 0)
            if let result = known[first] { return result }
            key = first
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: cluster)
        let result = Array(String(text).precomposedStringWithCanonicalMapping.unicodeScalars)
        if let key, known.count < 1 << 16 { known[key] = result }
        return result
    }
}

extension Unicode.Scalar {
    /// Vowels of the Cyrillic alphabets of Slavic and Turkic languages, and of old Russian.
    fileprivate var isCyrillicVowel: Bool {
        switch value {
        case 0x0400, 0x0401, 0x0404, 0x0406, 0x0407, 0x040D, 0x0410, 0x0415, 0x0418, 0x041E, 0x0423, 0x042B,
            0x042D...0x042F, 0x0430, 0x0435, 0x0438, 0x043E, 0x0443, 0x044B, 0x044D...0x044F, 0x0450, 0x0451, 0x0454,
            0x0456, 0x0457, 0x045D, 0x0460...0x046D, 0x0474...0x0477, 0x04AE...0x04B1, 0x04D0...0x04DB,
            0x04E2...0x04F3:
            true
        default: false
        }
    }
}
