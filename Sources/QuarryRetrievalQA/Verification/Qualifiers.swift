/// Words that restrict or widen what a sentence says. One that the passage does not have in any form makes another
/// statement of it.
enum Qualifiers {
    private struct Kind {
        var words: Set<String>
        /// Words of a passage, or their beginnings, that may mean the same.
        var hints: [String]
    }

    /// The words of a claim that restrict it where a place and what is around it restrict nothing.
    static func added(by claim: Statement, to statements: [Statement]) -> [String] {
        var added: [String] = []
        for kind in kinds {
            guard let word = claim.words.first(where: { kind.words.contains($0.piece.folded) }) else { continue }
            let isHinted = statements.contains { statement in
                statement.words.contains { word in
                    kind.words.contains(word.piece.folded) || kind.hints.contains { word.piece.folded.hasPrefix($0) }
                }
            }
            if !isHinted { added.append(word.piece.text) }
        }
        return added
    }

    private static let kinds: [Kind] = [
        Kind(
            words: ["only", "solely", "exclusively", "только", "лишь", "исключительно"],
            hints: [
                "just", "but", "no", "none", "sole", "single", "alone", "except", "unless", "merely", "limit",
                "restrict",
                "един", "кроме", "не", "огранич", "один", "одна", "одно",
            ]),
        Kind(
            words: ["if", "unless", "provided", "если"],
            hints: [
                "when", "where", "case", "once", "should", "until", "condition", "without", "after", "depend", "при",
                "когда", "случа", "услов", "без", "пока", "после",
            ]),
        Kind(
            words: ["except", "excluding", "кроме", "исключением"],
            hints: [
                "other", "apart", "besides", "but", "only", "not", "no", "exclu", "without", "unless", "исключ",
                "только",
                "не", "без", "помимо",
            ]),
        Kind(
            words: ["plus", "плюс"],
            hints: ["and", "addition", "extra", "exclu", "without", "not", "и", "без", "не", "дополн", "сверх"]),
    ]

    /// Words for all of a kind.
    private static let universal: Set<String> = [
        "all", "every", "any", "все", "всех", "всем", "всеми", "всю", "вся", "каждый", "каждая", "каждое", "каждого",
        "любой", "любая", "любое", "любые",
    ]
    private static let limiting: Set<String> = [
        "of", "for", "from", "in", "with", "at", "on", "who", "that", "which", "where", "для", "из", "в", "с", "на",
        "от", "у",
    ]

    /// Whether a claim says of all things of a kind what a place says of some: "all repairs" for "repairs of the roof".
    static func widens(_ claim: Statement, _ place: Statement) -> Bool {
        guard !place.words.contains(where: { universal.contains($0.piece.folded) || $0.piece.folded == "both" }) else {
            return false
        }
        for index in claim.words.indices.dropLast() where universal.contains(claim.words[index].piece.folded) {
            let noun = claim.words[index + 1]
            guard noun.isContent, let position = place.words.firstIndex(where: { $0.stem == noun.stem }),
                position + 1 < place.words.count, limiting.contains(place.words[position + 1].piece.folded),
                let kind = place.words[(position + 1)...].first(where: \.isContent)
            else { continue }
            if !claim.stems.contains(kind.stem) { return true }
        }
        return false
    }

    /// Points of the compass and sides, which must be the passage's own.
    static let sides: Set<String> = [
        "north", "south", "east", "west", "northern", "southern", "eastern", "western", "outside", "inside", "outdoors",
        "indoors", "север", "юг", "восток", "запад", "севернее", "южнее", "восточнее", "западнее", "снаружи", "внутри",
        "вне",
    ]

    /// The words of a claim that say for whom or in what time an amount is: "per person", "на человека".
    static func rates(of claim: Statement) -> [Statement.Word] {
        claim.words.indices.dropLast().compactMap { index in
            let next = claim.words[index + 1]
            switch claim.words[index].piece.folded {
            case "per": return next.isContent && !next.isInFact ? next : nil
            case "на", "с", "за":
                return ["человека", "персону", "душу", "лицо", "штуку"].contains(next.piece.folded) ? next : nil
            default: return nil
            }
        }
    }
}
