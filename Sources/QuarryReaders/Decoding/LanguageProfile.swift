import Foundation

/// The characters beyond ASCII that a language uses, and their frequencies.
///
/// The shares of letters are percent of all letters of running text, rounded, after published tables of letter
/// frequencies. Only their proportions count.
struct LanguageProfile: Sendable {
    enum Script: Sendable {
        /// Accented letters occur among ASCII letters.
        case latin
        /// Words consist only of characters beyond ASCII.
        case other
    }

    let script: Script
    /// How much rarer the language is than the others, as a logarithm of probability.
    let prior: Double
    /// Letters in both cases if the script has case, in the order of summation.
    private var shares: [(character: Unicode.Scalar, share: Double)]

    init(_ script: Script, prior: Double = 0, _ percents: KeyValuePairs<Unicode.Scalar, Double>) {
        self.script = script
        self.prior = prior
        let sum = percents.reduce(0) { $0 + $1.value }
        shares = percents.map { ($0.key, $0.value / sum) }
    }

    /// The profile with a share of one fifth for the other languages of Western Europe, which texts often quote.
    func blended() -> LanguageProfile {
        var blended = self
        blended.shares = shares.map { ($0.character, 0.8 * $0.share) }
        var positions: [Unicode.Scalar: Int] = [:]
        for (position, entry) in blended.shares.enumerated() { positions[entry.character] = position }
        for language in Self.western {
            for (character, share) in language.shares {
                let part = 0.2 * share / Double(Self.western.count)
                if let position = positions[character] {
                    blended.shares[position].share += part
                } else {
                    positions[character] = blended.shares.count
                    blended.shares.append((character, part))
                }
            }
        }
        return blended
    }

    /// Natural logarithms of the probability of each character among those beyond ASCII.
    var weights: [Unicode.Scalar: Double] {
        var weights = Self.marks
        for (character, share) in shares {
            let weight = log(share)
            weights[character] = weight
            let capital = character.properties.uppercaseMapping.unicodeScalars
            guard let first = capital.first, capital.count == 1, first != character else { continue }
            // In other scripts, the neighbours of a capital determine its likelihood.
            weights[first] = script == .latin ? weight - 2.5 : weight
        }
        return weights
    }

    /// The weight of a character that the language does not use, and of an invalid byte.
    static let unknownWeight = -12.0
    static let undefinedWeight = -25.0

    /// Marks that occur in any text.
    private static let marks: [Unicode.Scalar: Double] = {
        var marks: [Unicode.Scalar: Double] = [:]
        let groups: [(String, Double)] = [
            ("«»—–…“”’„\u{A0}", -3.5), ("№°©®§‘‚•·±×€™\u{AD}", -6), ("†‡‰‹›÷¢£¥¿¡ªº²³µ´½¼¾¹", -8),
        ]
        for (characters, weight) in groups {
            for scalar in characters.unicodeScalars { marks[scalar] = weight }
        }
        return marks
    }()

    /// Languages in Windows-1252.
    static let western = [
        english, german, french, spanish, portuguese, italian, swedish, danish, dutch, icelandic, catalan,
    ]
    /// Languages in Windows-1250.
    static let centralEuropean = [czech, slovak, polish, hungarian, romanian, croatian, slovene]
    /// Languages in Cyrillic encodings.
    static let cyrillic = [russian, ukrainian, belarusian, bulgarian, serbian]
}
