/// Distinguishes non-Unicode encodings by the likelihood of the decoded text.
///
/// A hypothesis is an encoding with its languages. Its score is the logarithm of the probability of the bytes beyond
/// ASCII. It uses the letter frequencies of the language and the structure of words, such as a capital after a small
/// letter, or two accented letters in a row. It is a naive Bayes classifier, with priors for how common encodings are.
enum LetterStatistics {
    /// The number of bytes to examine, from shortly before the first byte beyond ASCII.
    private static let sampleLength = 1 << 16
    /// The permitted distance below the floor for a very short text.
    private static let slack = 4.0

    /// In the order that breaks ties.
    private static let singleByte: [EncodingHypothesis] = [
        EncodingHypothesis(.windows1252, prior: 0, LanguageProfile.western.map { $0.blended() }),
        EncodingHypothesis(.windows1251, prior: -1, LanguageProfile.cyrillic),
        EncodingHypothesis(.koi8R, prior: -2, LanguageProfile.cyrillic),
        EncodingHypothesis(.cp866, prior: -3, LanguageProfile.cyrillic),
        EncodingHypothesis(.iso88595, prior: -5, LanguageProfile.cyrillic),
        EncodingHypothesis(.macCyrillic, prior: -6, LanguageProfile.cyrillic),
        EncodingHypothesis(.windows1250, prior: -4, LanguageProfile.centralEuropean),
        EncodingHypothesis(.iso88592, prior: -4, LanguageProfile.centralEuropean),
        EncodingHypothesis(.windows1254, prior: -4, [.turkish]),
        EncodingHypothesis(.windows1257, prior: -4, [.lithuanian, .latvian, .estonian]),
        EncodingHypothesis(.iso88597, prior: -4, [.greek]),
        EncodingHypothesis(.windows1253, prior: -4, [.greek]),
        EncodingHypothesis(.windows1255, prior: -4, [.hebrew]),
        EncodingHypothesis(.windows1256, prior: -4, [.arabic]),
        EncodingHypothesis(.iso88596, prior: -4, [.arabic]),
        EncodingHypothesis(.tis620, prior: -4, [.thai]),
        EncodingHypothesis(.koi8U, prior: -4, [.ukrainian]),
        EncodingHypothesis(
            .iso885915, prior: -4, [LanguageProfile.english, .french, .german].map { $0.blended() }),
        EncodingHypothesis(.cp852, prior: -10, [.czech, .slovak, .polish, .hungarian]),
        EncodingHypothesis(.cp855, prior: -10, [.russian]),
        EncodingHypothesis(.cp850, prior: -10, dos),
        EncodingHypothesis(.macRoman, prior: -10, dos),
    ].compactMap(\.self)

    /// Languages that were common on computers of the 1980s.
    private static let dos = [LanguageProfile.german, .french, .spanish, .swedish, .danish, .italian, .portuguese].map {
        $0.blended()
    }

    /// The most likely encoding; nil if none is likely.
    ///
    /// - Parameter bytes: Text that is not UTF-8.
    static func guess(_ bytes: [UInt8]) -> TextEncoding? {
        guard let first = bytes.firstIndex(where: { $0 >= 0x80 }) else { return nil }
        let sample = bytes[max(0, first - 16)...].prefix(sampleLength)
        var counts = [Int](repeating: 0, count: 128)
        for byte in sample where byte >= 0x80 { counts[Int(byte) - 0x80] += 1 }
        let total = Double(counts.reduce(0, +))

        var best: (encoding: TextEncoding?, score: Double) = (nil, -.infinity)
        func consider(_ encoding: TextEncoding, score: Double, isLikely: Bool) {
            if score > best.score { best = (isLikely ? encoding : nil, score) }
        }
        for hypothesis in singleByte {
            let score = hypothesis.score(sample, counts: counts)
            consider(
                hypothesis.encoding, score: score + hypothesis.prior,
                isLikely: score + slack >= total * hypothesis.floor)
        }
        for hypothesis in EastAsianHypothesis.all {
            guard let (score, isLikely) = hypothesis.score(sample, isCut: sample.endIndex < bytes.endIndex) else {
                continue
            }
            consider(hypothesis.encoding, score: score + hypothesis.prior, isLikely: isLikely)
        }
        return best.encoding
    }
}
