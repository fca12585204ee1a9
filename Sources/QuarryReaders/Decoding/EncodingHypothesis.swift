/// A single-byte encoding and its languages, with the weights of its bytes in each language.
struct EncodingHypothesis: Sendable {
    let encoding: TextEncoding
    /// How common the encoding is, as a logarithm of probability.
    let prior: Double
    /// The lowest plausible score for each byte beyond ASCII, without the prior.
    let floor: Double
    /// For each language, the weights of the bytes 0x80...0xFF and the language's prior.
    private let languages: [(weights: [Double], prior: Double)]
    private let structure: WordStructure

    /// Nil if the system has no table for the encoding.
    ///
    /// - `profiles`: Languages of one script.
    init?(_ encoding: TextEncoding, prior: Double, _ profiles: [LanguageProfile]) {
        guard let characters = CharsetTable.available[encoding]?.upperHalf else { return nil }
        let script = profiles.first?.script ?? .latin
        self.encoding = encoding
        self.prior = prior
        floor = script == .latin ? -5.5 : -4.6
        structure = WordStructure(characters: characters, script: script)
        languages = profiles.map { profile in
            let weights = profile.weights
            return (
                characters.map {
                    $0.map { weights[$0] ?? LanguageProfile.unknownWeight } ?? LanguageProfile.undefinedWeight
                },
                profile.prior
            )
        }
    }

    /// The best language's score, without the prior of the encoding.
    ///
    /// - Parameters:
    ///   - bytes: The text.
    ///   - counts: How often the text contains each byte 0x80...0xFF.
    /// - Complexity: O(*n* + 128 *l*) for *n* bytes and *l* languages.
    func score(_ bytes: ArraySlice<UInt8>, counts: [Int]) -> Double {
        let best = languages.map { weights, prior in
            zip(counts, weights).reduce(prior) { $1.0 > 0 ? $0 + Double($1.0) * $1.1 : $0 }
        }.max()
        return structure.score(bytes) + (best ?? -.infinity)
    }
}

/// How well letters beyond ASCII fit their neighbours, as a logarithm of probability.
private struct WordStructure: Sendable {
    private enum Kind: UInt8, Sendable {
        case other, asciiSmall, asciiCapital, small, capital
        /// A mark that does not occur in words, and one right after a letter.
        case mark, markInWord
        /// A mark that may join words or follow one.
        case joiner
    }

    private let kinds: [Kind]
    private let isLatin: Bool

    init(characters: [Unicode.Scalar?], script: LanguageProfile.Script) {
        isLatin = script == .latin
        kinds = characters.map { scalar in
            guard let scalar else { return .joiner }
            // Unicode classes Thai vowels and tones as marks, but they are part of words.
            if (0x0E00..<0x0E7F).contains(scalar.value) { return .small }
            if scalar.properties.isAlphabetic, scalar != "ª", scalar != "º" {
                return scalar.properties.isUppercase ? .capital : .small
            }
            return "’\u{AD}—–…·»”\u{A0}".unicodeScalars.contains(scalar) ? .joiner : .mark
        }
    }

    func score(_ bytes: ArraySlice<UInt8>) -> Double {
        var score = 0.0
        var previous = Kind.other
        for index in bytes.indices {
            let byte = bytes[index]
            guard byte >= 0x80 else {
                let isLetter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A
                guard isLetter else {
                    previous = .other
                    continue
                }
                if !isLatin, previous == .small || previous == .capital { score -= 4 }
                if previous == .markInWord { score -= 4 }
                previous = byte < 0x61 ? .asciiCapital : .asciiSmall
                continue
            }
            let kind = kinds[Int(byte) - 0x80]
            switch kind {
            case .small, .capital:
                score += isLatin ? latin(kind, after: previous) : foreign(kind, after: previous)
                if previous == .markInWord { score -= 4 }
                if !isLatin, previous != .small, previous != .capital {
                    score += alone(before: index + 1 < bytes.endIndex ? bytes[index + 1] : 0x20)
                }
                previous = kind
            case .mark: previous = previous == .other || previous == .joiner ? .other : .markInWord
            default: previous = .other
            }
        }
        return score
    }

    private func latin(_ kind: Kind, after previous: Kind) -> Double {
        switch previous {
        case .small: kind == .capital ? -9 : -3
        case .capital: -3
        case .asciiSmall: kind == .capital ? -6 : 0
        default: 0
        }
    }

    private func foreign(_ kind: Kind, after previous: Kind) -> Double {
        switch (previous, kind) {
        case (.small, .capital): -6
        case (.capital, .capital): -0.3
        case (.asciiSmall, .capital), (.asciiCapital, .capital): -5.9
        case (_, .capital): -1.9
        case (.capital, _): -1.3
        case (.asciiSmall, _), (.asciiCapital, _): -4
        default: 0
        }
    }

    /// The penalty for a letter that is both the start and the end of a word.
    private func alone(before next: UInt8) -> Double {
        if next >= 0x80 {
            let kind = kinds[Int(next) - 0x80]
            return kind == .small || kind == .capital ? 0 : -3
        }
        return (0x30...0x39).contains(next) ? -6 : -3
    }
}
