/// The `precompiled_charsmap` of a SentencePiece model: a double-array trie from character sequences to replacements.
///
/// Layout, little-endian: u32 bytes of the trie, the trie's u32 units (Darts-clone), then the replacements as UTF-8,
/// each terminated by a NUL.
struct PrecompiledCharacterMap: CharacterMap {
    private let units: [UInt32]
    /// All replacements, each terminated by a NUL.
    private let replacements: [UInt8]

    init(_ bytes: [UInt8]) throws(TokenizerError) {
        guard bytes.count >= 4 else {
            throw TokenizerError(.malformed, "The precompiled_charsmap has \(bytes.count) bytes; its header needs 4.")
        }
        func unit(at offset: Int) -> UInt32 {
            UInt32(bytes[offset]) | UInt32(bytes[offset + 1]) << 8 | UInt32(bytes[offset + 2]) << 16
                | UInt32(bytes[offset + 3]) << 24
        }
        let trieBytes = Int(unit(at: 0))
        guard trieBytes > 0, trieBytes.isMultiple(of: 4), trieBytes <= bytes.count - 4 else {
            throw TokenizerError(
                .malformed,
                "The precompiled_charsmap declares a trie of \(trieBytes) bytes in \(bytes.count - 4) bytes.")
        }
        units = (0..<trieBytes / 4).map { unit(at: 4 + 4 * $0) }
        replacements = Array(bytes[(4 + trieBytes)...])
        guard String(validating: replacements, as: UTF8.self) != nil else {
            throw TokenizerError(.malformed, "The replacements of the precompiled_charsmap are not UTF-8.")
        }
    }

    func appendReplacement(of cluster: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) -> Bool {
        var node = offset(units[0])
        for byte in cluster {
            if byte == 0 { return false }
            node ^= Int(byte)
            guard node < units.count else { return false }
            let unit = units[node]
            guard unit & 0x8000_00FF == UInt32(byte) else { return false }
            node ^= offset(unit)
            if unit & 0x100 != 0 {
                guard node < units.count else { return false }
                return appendString(at: Int(units[node] & 0x7FFF_FFFF), to: &bytes)
            }
        }
        return false
    }

    @inline(__always)
    private func offset(_ unit: UInt32) -> Int { Int(unit >> 10) << Int((unit & 0x200) >> 6) }

    private func appendString(at start: Int, to bytes: inout [UInt8]) -> Bool {
        guard start < replacements.count else { return false }
        var end = start
        while end < replacements.count, replacements[end] != 0 {
            bytes.append(replacements[end])
            end += 1
        }
        return true
    }
}
