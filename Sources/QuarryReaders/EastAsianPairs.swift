/// How likely bytes are pairs of one of the EUC encodings, in which runs beyond ASCII have even lengths.
struct EastAsianPairs {
    let language: String
    let encoding: String
    /// A logarithm of probability.
    let score: Double

    /// Nil where the bytes are not pairs.
    ///
    /// - Parameter isCut: Whether more bytes follow, so that the last may be the first half of a pair.
    init?(_ bytes: ArraySlice<UInt8>, isCut: Bool) {
        // A cell of 94 in a row, the same chance for all.
        let cell = -4.54
        var korean = 0.0
        var chinese = 0.0
        var japanese = 0.0
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let lead = bytes[index]
            guard lead >= 0x80 else {
                index += 1
                continue
            }
            if isCut, lead >= 0xA1, index + 1 == bytes.endIndex { break }
            guard lead >= 0xA1, index + 1 < bytes.endIndex, bytes[index + 1] >= 0xA1 else { return nil }
            // Rows of Hangul, of common Chinese characters, of Hiragana and of Katakana.
            korean += cell + ((0xB0...0xC8).contains(lead) ? -3.2 : -7)
            chinese += cell + ((0xB0...0xD7).contains(lead) ? -3.9 : -6)
            japanese += lead == 0xA4 ? -5.3 : lead == 0xA5 ? -6.7 : cell - 5.5
            index += 2
        }
        let best = max(korean, chinese, japanese)
        score = best
        (language, encoding) =
            best == korean ? ("Korean", "EUC-KR") : best == chinese ? ("Chinese", "GBK") : ("Japanese", "EUC-JP")
    }
}
