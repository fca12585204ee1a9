/// Replaces grapheme clusters.
protocol CharacterMap: Sendable {
    /// Appends the replacement of a cluster or a single scalar, or returns false if there is none.
    ///
    /// A map matches its shortest known prefix, and the replacement covers the whole cluster.
    func appendReplacement(of cluster: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) -> Bool
}

/// SentencePiece's character normalisation, cluster by cluster.
///
/// The rule of the reference implementation: a grapheme cluster of fewer than six bytes is first looked up as a whole.
/// A longer cluster, or one without a replacement, is looked up scalar by scalar.
struct CharacterMapNormalizer<Map: CharacterMap>: Sendable {
    private let map: Map
    /// The output for a single ASCII byte; ``isDropped`` or ``isLonger`` if that is not one byte.
    private let ascii: [UInt8]

    private static var isDropped: UInt8 { 0xFF }
    private static var isLonger: UInt8 { 0xFE }

    init(_ map: Map) {
        self.map = map
        ascii = (0..<128).map { byte in
            var output: [UInt8] = []
            let isReplaced = [UInt8(byte)].withUnsafeBufferPointer { map.appendReplacement(of: $0, to: &output) }
            guard isReplaced else { return UInt8(byte) }
            guard let first = output.first else { return Self.isDropped }
            return output.count == 1 && first < 0x80 ? first : Self.isLonger
        }
    }

    /// Appends the normalised text.
    ///
    /// - Complexity: O(n).
    func normalize(_ text: UnsafeBufferPointer<UInt8>, into bytes: inout [UInt8]) {
        var index = 0
        while index < text.count {
            let byte = text[index]
            let unchanged = endOfUnchangedRun(text, from: index)
            if unchanged > index {
                bytes.append(copying: text, index..<unchanged)
                index = unchanged
                continue
            }
            let next = index + 1
            if byte < 0x80, next == text.count || text[next] < 0x80, byte != 0x0D {
                let mapped = ascii[Int(byte)]
                if mapped < 0x80 {
                    bytes.append(mapped)
                } else if mapped == Self.isLonger {
                    appendScalar(text, index..<next, to: &bytes)
                }
                index = next
            } else {
                let end = endOfUncertainRun(text, from: index)
                let length = decodeScalar(text, at: index).length
                if end == index + length {
                    appendScalar(text, index..<end, to: &bytes)
                } else {
                    appendClusters(text, index..<end, to: &bytes)
                }
                index = end
            }
        }
    }

    /// The end of the ASCII characters from `start` that are unchanged, regardless of the next character.
    @inline(__always)
    private func endOfUnchangedRun(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        ascii.withUnsafeBufferPointer { ascii in
            var end = start
            while end < text.count, text[end] < 0x80, ascii[Int(text[end])] == text[end], text[end] != 0x0D { end += 1 }
            // A mark of another script may combine with the last character.
            if end > start, end < text.count, text[end] >= 0x80 { end -= 1 }
            return end
        }
    }

    /// The first certain boundary after `start`.
    @inline(__always)
    private func endOfUncertainRun(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var (value, length) = decodeScalar(text, at: start)
        var end = start + length
        while end < text.count {
            let previous = value
            (value, length) = decodeScalar(text, at: end)
            if GraphemeBoundary.standsAlone(previous), GraphemeBoundary.standsAlone(value),
                previous != 0x0D || value != 0x0A
            {
                return end
            }
            end += length
        }
        return end
    }

    private func appendClusters(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, to bytes: inout [UInt8]) {
        let run = String(decoding: UnsafeBufferPointer(rebasing: text[range]), as: UTF8.self)
        for cluster in run {
            var cluster = String(cluster)
            cluster.withUTF8 { cluster in
                if cluster.count < 6, map.appendReplacement(of: cluster, to: &bytes) { return }
                var index = 0
                while index < cluster.count {
                    let end = index + decodeScalar(cluster, at: index).length
                    appendScalar(cluster, index..<end, to: &bytes)
                    index = end
                }
            }
        }
    }

    @inline(__always)
    private func appendScalar(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, to bytes: inout [UInt8]) {
        let scalar = UnsafeBufferPointer(rebasing: text[range])
        if !map.appendReplacement(of: scalar, to: &bytes) { bytes += scalar }
    }
}
