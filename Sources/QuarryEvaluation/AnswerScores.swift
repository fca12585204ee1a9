/// The normalised tokens of an answer as in SQuAD: lower case, without punctuation and English articles.
///
/// For Russian, ё becomes е, and combining stress marks and soft hyphens are removed. All Unicode punctuation is
/// removed, including guillemets and dashes, and so are ASCII signs such as `$` and `+`. As in SQuAD's script, the text
/// on both sides is joined.
public func answerTokens(_ text: String) -> [String] {
    var cleaned = String.UnicodeScalarView()
    for scalar in text.lowercased().unicodeScalars {
        switch scalar {
        case "ё": cleaned.append("е")
        case "\u{301}", "\u{AD}", "$", "+", "<", "=", ">", "^", "`", "|", "~": continue
        default: if !scalar.properties.generalCategory.isPunctuation { cleaned.append(scalar) }
        }
    }
    return String(cleaned).split(whereSeparator: \.isWhitespace).map(String.init)
        .filter { $0 != "a" && $0 != "an" && $0 != "the" }
}

/// Whether an answer equals an accepted one, after ``answerTokens(_:)``.
///
/// - `accepted`: Empty for a question without an answer. Then only an empty answer matches.
public func exactMatch(_ answer: String, accepted: [String]) -> Bool {
    let tokens = answerTokens(answer)
    return orEmptyAnswer(accepted).contains { answerTokens($0) == tokens }
}

/// The best token F1 of an answer with an accepted one (Rajpurkar et al. 2016), from 0 to 1.
///
/// - `accepted`: Empty for a question without an answer. Then only an empty answer scores.
public func answerF1(_ answer: String, accepted: [String]) -> Double {
    let tokens = answerTokens(answer)
    return orEmptyAnswer(accepted).map { tokenF1(tokens, answerTokens($0)) }.max() ?? 0
}

private func orEmptyAnswer(_ accepted: [String]) -> [String] { accepted.isEmpty ? [""] : accepted }

private func tokenF1(_ answer: [String], _ accepted: [String]) -> Double {
    guard !answer.isEmpty, !accepted.isEmpty else { return answer == accepted ? 1 : 0 }
    var remaining = Dictionary(accepted.map { ($0, 1) }, uniquingKeysWith: +)
    var common = 0
    for token in answer {
        guard let count = remaining[token], count > 0 else { continue }
        remaining[token] = count - 1
        common += 1
    }
    return 2 * Double(common) / Double(answer.count + accepted.count)
}

/// Whether any of the sentences contains an accepted answer as consecutive tokens.
public func sentenceHit(_ sentences: [String], accepted: [String]) -> Bool {
    let answers = accepted.map(answerTokens).filter { !$0.isEmpty }
    return sentences.contains { sentence in
        let tokens = answerTokens(sentence)
        return answers.contains { tokens.contains($0) }
    }
}

extension Unicode.GeneralCategory {
    fileprivate var isPunctuation: Bool {
        switch self {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            true
        default: false
        }
    }
}
