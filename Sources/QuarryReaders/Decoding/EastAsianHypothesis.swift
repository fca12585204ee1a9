/// A multi-byte encoding of Chinese, Japanese or Korean, with the weights of its characters.
struct EastAsianHypothesis: Sendable {
    let encoding: TextEncoding
    /// How common the encoding is, as a logarithm of probability.
    let prior: Double
    /// First bytes of the rows of characters that are in common use.
    private let rows: ClosedRange<UInt8>
    private let language: Language
    private let table: CharsetTable

    private init?(_ encoding: TextEncoding, prior: Double, rows: ClosedRange<UInt8>, _ language: Language) {
        guard let table = CharsetTable.available[encoding] else { return nil }
        self.encoding = encoding
        self.prior = prior
        self.rows = rows
        self.language = language
        self.table = table
    }

    static let all: [EastAsianHypothesis] = [
        EastAsianHypothesis(.eucKR, prior: -4, rows: 0xB0...0xC8, .korean),
        EastAsianHypothesis(.gb18030, prior: -4, rows: 0xB0...0xD7, .chinese),
        EastAsianHypothesis(.shiftJIS, prior: -4, rows: 0x88...0x98, .japanese),
        EastAsianHypothesis(.eucJP, prior: -4, rows: 0xB0...0xCF, .japanese),
        EastAsianHypothesis(.big5, prior: -4, rows: 0xA4...0xC6, .chinese),
        EastAsianHypothesis(.eucTW, prior: -8, rows: 0xC4...0xFD, .chinese),
        EastAsianHypothesis(.johab, prior: -14, rows: 0x88...0xD3, .korean),
    ].compactMap(\.self)

    /// The weight of a letter of ASCII.
    private static let asciiWeight = -3.0

    /// The most frequent characters of a language with their weights, which are logarithms of probability.
    private struct Language: Sendable {
        var frequent: Set<Unicode.Scalar>
        var frequentWeight: Double
        /// The weight of other characters in rows of common use.
        var commonWeight: Double

        static let korean = Language(
            frequent: Set("이다는에의가고을하지로은도기를사한리서자어그나대시인있아해라".unicodeScalars), frequentWeight: -4.3,
            commonWeight: -7.9)
        static let chinese = Language(
            frequent: Set(
                ("的一是不了在人有我他这這个個们們中来來上大为為和国國地到以说說时時要就出会會可也你对對生"
                    + "能而子那得于於着著下自之年过過发發后後作里用道行所然家种種事成方多经經么麼去法学學如都同"
                    + "现現当當没沒动動面起看定天分还還进進好小部其些主样樣理心她本前开開但因只从從想实實日").unicodeScalars),
            frequentWeight: -5.3, commonWeight: -8.8)
        static let japanese = Language(
            frequent: Set(
                "のにはをたがでてとしれさいるあなもこらうかりくすっんまきよだせおめわけそちつどえやばみろじび".unicodeScalars),
            frequentWeight: -4.2, commonWeight: -9.2)
    }

    /// The logarithm of the probability, and whether it is high enough for text of the language; nil if the bytes are
    /// not valid in the encoding.
    ///
    /// - `isCut`: Whether more bytes follow, so that the last character may be incomplete.
    func score(_ bytes: ArraySlice<UInt8>, isCut: Bool) -> (score: Double, isLikely: Bool)? {
        bytes.withUnsafeBufferPointer { bytes in
            var reader = CharsetTable.Reader(table)
            var score = 0.0
            var characters = 0
            var offset = 0
            while offset < bytes.count {
                guard bytes[offset] >= 0x80 else {
                    offset += 1
                    continue
                }
                guard let (scalar, length) = reader.character(in: bytes, at: offset) else {
                    if isCut, offset + 4 > bytes.count { break }
                    return nil
                }
                score += weight(of: scalar, isCommon: length == 2 && rows.contains(bytes[offset]))
                // Single-byte encodings do not score bytes below 0x80, so such a second byte must not count here.
                if length == 2, bytes[offset + 1] < 0x80 { score -= Self.asciiWeight }
                characters += 1
                offset += length
            }
            return (score, score + 8 >= Double(characters) * -9)
        }
    }

    private func weight(of scalar: Unicode.Scalar, isCommon: Bool) -> Double {
        if language.frequent.contains(scalar) { return language.frequentWeight }
        switch scalar.value {
        case 0x3000...0x303F, 0xFF01...0xFF5E: return -6.5
        case 0x3040...0x30FF where encoding == .shiftJIS || encoding == .eucJP: return -6.5
        default: return isCommon ? language.commonWeight : -12
        }
    }
}
