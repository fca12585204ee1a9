/// Tells 8-bit encodings apart by how likely the text is that they make of the bytes.
///
/// Each pair of an encoding and a language that is written in it is a hypothesis. Its score is the logarithm of the
/// probability of the bytes above 0x7F: the language's letter frequencies, and what words do and do not do, as a capital
/// after a small letter, or an accented letter after another. Pairs that are not read take part, so that what is
/// theirs is not taken for a language that is. It is a naive Bayes classifier, with priors for how common encodings are.
enum LetterStatistics {
    enum Guess: Equatable {
        case text(TextEncoding)
        /// Most likely a language in an encoding that is not read; both as people call them.
        case foreign(language: String, encoding: String)
        /// No language that the tables know.
        case unknown
    }

    /// How many bytes are looked at, from shortly before the first that is not ASCII.
    private static let sampleLength = 1 << 16
    /// By how much an encoding that is not read must be more likely than one that is, as a logarithm.
    private static let margin = 4.0
    /// What texts of the tables' languages have at least for each byte, but for `slack` of very short ones.
    private static let cyrillicFloor = -4.6
    private static let westernFloor = -5.5
    private static let slack = 4.0

    /// In the order that breaks ties. How common each is, as a logarithm.
    private static let readable: [(encoding: TextEncoding, prior: Double)] = [
        (.windows1252, 0), (.windows1251, -1), (.koi8R, -2), (.cp866, -3), (.iso88595, -5), (.macCyrillic, -6),
    ]

    private static let read: [(encoding: TextEncoding, prior: Double, hypothesis: EncodingHypothesis)] =
        readable.map { encoding, prior in
            let profiles =
                encoding == .windows1252 ? LanguageProfile.western.map { $0.blended() } : LanguageProfile.cyrillic
            return (
                encoding, prior, EncodingHypothesis(table: encoding.table ?? [], profiles: profiles, prior: prior)
            )
        }

    private static let foreign: [(encoding: ForeignEncoding, hypothesis: EncodingHypothesis)] =
        ForeignEncoding.allCases.map {
            ($0, EncodingHypothesis(table: $0.table, profiles: $0.languages, prior: $0.prior))
        }

    /// - Parameter bytes: Text that is not UTF-8.
    static func guess(_ bytes: [UInt8]) -> Guess {
        guard let first = bytes.firstIndex(where: { $0 >= 0x80 }) else { return .unknown }
        let sample = bytes[max(0, first - 16)...].prefix(sampleLength)
        var counts = [Int](repeating: 0, count: 128)
        for byte in sample where byte >= 0x80 { counts[Int(byte) - 0x80] += 1 }

        var best: (encoding: TextEncoding, prior: Double, table: [UInt16], score: Double)?
        for candidate in read {
            let score = candidate.hypothesis.score(sample, counts: counts).score
            if let best, score <= best.score { continue }
            best = (candidate.encoding, candidate.prior, candidate.hypothesis.table, score)
        }
        guard let best else { return .unknown }
        var rival = (guess: Guess.unknown, score: best.score + margin)
        for (encoding, hypothesis) in foreign {
            // A rival that reads the same letters is none.
            let differs = counts.indices.contains { counts[$0] > 0 && best.table[$0] != hypothesis.table[$0] }
            guard differs else { continue }
            let (language, score) = hypothesis.score(sample, counts: counts)
            if score > rival.score { rival = (.foreign(language: language, encoding: encoding.rawValue), score) }
        }
        if let pairs = EastAsianPairs(sample, isCut: sample.endIndex < bytes.endIndex), pairs.score > rival.score {
            rival = (.foreign(language: pairs.language, encoding: pairs.encoding), pairs.score)
        }
        if rival.guess != .unknown { return rival.guess }
        let floor = best.encoding == .windows1252 ? westernFloor : cyrillicFloor
        let total = counts.reduce(0, +)
        return best.score - best.prior + slack < Double(total) * floor ? .unknown : .text(best.encoding)
    }
}
