import Foundation

/// Replacements of single code points, as stored in the `E5S1` container.
///
/// The container lacks the sequences that the original map composes (a letter and its marks), so they are computed. The
/// original contains every spelling, under compatibility decomposition, of each composed character.
struct CodePointMap: CharacterMap {
    private var replacements: [UInt8] = []
    /// The offset of each record's replacement in `replacements`, and the end of the last one.
    private var starts: [Int] = [0]
    /// For each block of 256 code points, the number of its page; 0 for none.
    private var pageOfBlock = [UInt16](repeating: 0, count: 0x110000 >> 8)
    /// Pages of 256 record numbers plus 1; 0 for an unchanged code point.
    private var pages = [UInt16](repeating: 0, count: 256)

    /// Adds a record. It replaces an earlier one for the same code point.
    mutating func insert(_ codePoint: UInt32, _ output: [UInt32]) throws(TokenizerError) {
        guard Unicode.Scalar(codePoint) != nil, starts.count < Int(UInt16.max) else {
            throw TokenizerError(
                .malformed,
                "Normaliser record \(starts.count) is for \(codePoint), which is not a Unicode scalar value.")
        }
        for value in output {
            guard let scalar = Unicode.Scalar(value) else {
                throw TokenizerError(
                    .malformed,
                    "The normaliser maps U+\(String(codePoint, radix: 16)) to \(value), which is not a Unicode scalar value."
                )
            }
            replacements.append(utf8Of: scalar)
        }
        let block = Int(codePoint >> 8)
        if pageOfBlock[block] == 0 {
            pageOfBlock[block] = UInt16(pages.count >> 8)
            pages.append(contentsOf: repeatElement(0, count: 256))
        }
        pages[Int(pageOfBlock[block]) << 8 | Int(codePoint & 0xFF)] = UInt16(starts.count)
        starts.append(replacements.count)
    }

    func appendReplacement(of cluster: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) -> Bool {
        guard !cluster.isEmpty else { return false }
        let (first, length) = decodeScalar(cluster, at: 0)
        if first < 0x110000 {
            let record = Int(pages[Int(pageOfBlock[Int(first >> 8)]) << 8 | Int(first & 0xFF)])
            if record > 0 {
                for position in starts[record - 1]..<starts[record] { bytes.append(replacements[position]) }
                return true
            }
        }
        return length < cluster.count && appendComposition(of: cluster, to: &bytes)
    }

    /// Appends the composed form of the shortest prefix of at least two scalars that composes to one character.
    private func appendComposition(of cluster: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) -> Bool {
        let scalars = Array(String(decoding: cluster, as: UTF8.self).unicodeScalars)
        var decomposition = String.UnicodeScalarView()
        for scalar in scalars {
            let parts = String(Character(scalar)).decomposedStringWithCompatibilityMapping.unicodeScalars
            guard let part = parts.first, parts.count == 1 else { return false }
            decomposition.append(part)
            guard decomposition.count > 1 else { continue }
            let composed = String(decomposition).precomposedStringWithCanonicalMapping
            guard composed.unicodeScalars.count == 1,
                composed.decomposedStringWithCompatibilityMapping.unicodeScalars.elementsEqual(decomposition)
            else { continue }
            bytes += composed.precomposedStringWithCompatibilityMapping.utf8
            return true
        }
        return false
    }
}
