import QuarryCore

/// A question in the light of the turns before it.
struct FollowUp {
    private let question: String
    private let words: [ConversationWord]
    private let turns: [Conversation.Turn]

    init(_ question: String, after turns: [Conversation.Turn]) {
        self.question = question
        self.words = ConversationWord.words(of: question)
        self.turns = turns
    }

    var standalone: StandaloneQuestion {
        guard let last = turns.last, !words.isEmpty, words.count <= Self.longest else { return unchanged }
        return incomplete(after: last.understood) ?? withReference ?? unchanged
    }

    /// A longer question explains itself.
    private static let longest = 60

    private var unchanged: StandaloneQuestion { StandaloneQuestion(text: question, isRewritten: false) }

    private func rewritten(_ text: String, carrying carried: [String]) -> StandaloneQuestion {
        var text = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if let first = text.first { text.replaceSubrange(text.startIndex...text.startIndex, with: first.uppercased()) }
        return StandaloneQuestion(text: text, carried: carried, isRewritten: text != question)
    }

    /// The index of the first word that is not "and", "what about" or the like.
    private var opening: Int {
        var index = 0
        if words.count > 1, ConversationWords.connectives.contains(words[0].folded) { index = 1 }
        let rest = words[index...].map(\.folded)
        for phrase in [["what", "about"], ["how", "about"], ["what", "of"], ["как", "насчет"], ["что", "насчет"]]
        where rest.count > 2 && rest.starts(with: phrase) {
            return index + 2
        }
        return index
    }

    // MARK: Incomplete questions

    /// "And in winter?", "What about Berlin?", "Why?", with the rest of the question before; nil for a complete question.
    private func incomplete(after earlier: String) -> StandaloneQuestion? {
        let start = opening
        let rest = words[start...]
        guard let first = rest.first, let last = rest.last else { return nil }
        let asked = ConversationWord.words(of: earlier)
        if rest.count <= 2, rest.allSatisfy({ Self.asksAlone($0) }) {
            guard let old = asked.firstIndex(where: { !ConversationWords.askingWords.contains($0.folded) }), old > 0
            else { return nil }
            let carried = String(earlier[asked[old].range.lowerBound...])
            return rewritten(
                "\(question[first.range.lowerBound..<last.range.upperBound]) \(carried)", carrying: [carried])
        }
        let isShort = rest.count <= (start > 0 ? 6 : 3)
        let opensSo = start > 0 || ConversationWords.prepositions.contains(first.folded)
        guard isShort, opensSo, !rest.contains(where: Self.makesClause) else { return nil }
        var fragment = String(question[first.range.lowerBound..<last.range.upperBound])
        if ConversationWords.isFunctionWord(first) || ConversationWords.determiners.contains(first.folded) {
            fragment = fragment.prefix(1).lowercased() + fragment.dropFirst()
        }
        let merged = merge(Array(rest), fragment, into: earlier, asked)
        return rewritten(merged, carrying: [earlier])
    }

    private static func asksAlone(_ word: ConversationWord) -> Bool {
        ConversationWords.askingWords.contains(word.folded)
            || ["much", "many", "long", "often", "exactly", "именно", "долго", "часто"].contains(word.folded)
    }

    private static func makesClause(_ word: ConversationWord) -> Bool {
        ConversationWords.askingWords.contains(word.folded) || ConversationWords.auxiliaries.contains(word.folded)
            || ConversationWords.isVerbLike(word)
    }

    /// The earlier question with the fragment in place of what it corresponds to, or after it.
    private func merge(
        _ fragment: [ConversationWord], _ text: String, into earlier: String, _ asked: [ConversationWord]
    ) -> String {
        func replacing(_ range: Range<String.Index>) -> String {
            earlier[..<range.lowerBound] + text + earlier[range.upperBound...]
        }
        let preposition = fragment.first.flatMap {
            ConversationWords.prepositions.contains($0.folded) ? $0.folded : nil
        }
        for word in fragment {
            guard let kind = ConversationWords.kind(of: word),
                let place = asked.lastIndex(where: { ConversationWords.kind(of: $0) == kind })
            else { continue }
            let isAfterPreposition = place > 0 && ConversationWords.prepositions.contains(asked[place - 1].folded)
            let start = isAfterPreposition ? place - 1 : place
            if preposition == nil, isAfterPreposition {
                let isAdverb = word.folded.contains { ("а"..."я").contains($0) }
                return replacing(asked[isAdverb ? start : place].range.lowerBound..<asked[place].range.upperBound)
            }
            return replacing(asked[start].range.lowerBound..<asked[place].range.upperBound)
        }
        let isTime = fragment.contains { ConversationWords.kind(of: $0) != nil }
        if !isTime, let preposition, let start = asked.lastIndex(where: { $0.folded == preposition }) {
            let end =
                asked[(start + 1)...].firstIndex { ConversationWords.prepositions.contains($0.folded) } ?? asked.count
            if end > start + 1 {
                return replacing(asked[start].range.lowerBound..<asked[end - 1].range.upperBound)
            }
        }
        if !isTime, preposition == nil {
            if !Mention.names(in: "… " + text).isEmpty || fragment.allSatisfy(\.isCapitalized) {
                let names = Mention.names(in: earlier)
                if let name = names.last(where: { !$0.isPlace }) ?? names.last { return replacing(name.range) }
            }
            let topics = Mention.topics(of: earlier)
            // Russian nouns in one place of a sentence mostly end alike.
            let alike = topics.first { Self.ending(of: $0.text[...]) == Self.ending(of: fragment.last?.text) }
            if let topic = alike ?? topics.first {
                let words = ConversationWord.words(of: earlier)
                let article = words.last { $0.range.upperBound < topic.range.lowerBound }
                let hasArticle = fragment.first.map { ConversationWords.determiners.contains($0.folded) } ?? false
                let isArticle = article.map { ConversationWords.determiners.contains($0.folded) } ?? false
                let start = hasArticle && isArticle ? article?.range.lowerBound : nil
                return replacing((start ?? topic.range.lowerBound)..<topic.range.upperBound)
            }
        }
        var base = earlier[...]
        while let last = base.last, "?!. ".contains(last) { base = base.dropLast() }
        return "\(base) \(text)?"
    }

    /// The class of a Russian word's last letter; nil for other words.
    private static func ending(of word: Substring?) -> Int? {
        guard let last = word?.lowercased().last else { return nil }
        let classes = ["ыи", "ая", "ую", "оеё", "бвгджзйклмнпрстфхцчшщ", "ь"]
        return classes.firstIndex { $0.contains(last) }
    }

    // MARK: Pronouns

    /// The question with what its first open pronoun refers to; nil if it has none, or nothing to refer to.
    private var withReference: StandaloneQuestion? {
        let names = Mention.names(in: question)
        for (index, word) in words.enumerated() {
            guard let pronoun = Pronoun(word, at: index, in: words) else { continue }
            // A name before it is what it refers to.
            if names.contains(where: { $0.range.lowerBound < word.range.lowerBound }) { return nil }
            guard let referent = referent(of: pronoun) else { return nil }
            let start = words[min(opening, index)].range.lowerBound
            let before = question[start..<word.range.lowerBound]
            let after = question[word.range.upperBound...]
            let inserted: String
            switch pronoun.form {
            case .subject where !pronoun.isRussian || Pronoun.agrees(referent.text, with: pronoun.gender):
                inserted = referent.text
            case .possessive where !pronoun.isRussian:
                inserted = referent.text + (referent.text.hasSuffix("s") ? "’" : "’s")
            case .determiner(let end):
                let noun = words[end].range.upperBound
                return rewritten(
                    "\(before)\(question[word.range.lowerBound..<noun]) (\(referent.text))\(question[noun...])",
                    carrying: [referent.text])
            default: inserted = "\(word.text) (\(referent.text))"
            }
            return rewritten("\(before)\(inserted)\(after)", carrying: [referent.text])
        }
        return nil
    }

    private func referent(of pronoun: Pronoun) -> Mention? {
        for (age, turn) in turns.reversed().enumerated() {
            let asked = Mention.names(in: turn.understood)
            let answered = Mention.names(in: turn.answer ?? "").filter { name in
                !asked.contains { $0.text.contains(name.text) || name.text.contains($0.text) }
            }
            var candidates: [Mention]
            if pronoun.isPersonal, Self.asksForPerson(turn.understood) {
                candidates = answered.filter { !$0.isPlace } + asked
            } else if pronoun.isOnlyPersonal {
                candidates = asked.filter { !$0.isPlace } + answered.filter { !$0.isPlace }
            } else {
                candidates = asked.isEmpty ? Mention.topics(of: turn.understood) : asked
                if pronoun.form == .place { candidates = asked.filter(\.isPlace) + candidates }
                if age == 0 { candidates += answered }
            }
            if pronoun.isRussian,
                let agreeing = candidates.first(where: { Pronoun.agrees($0.text, with: pronoun.gender) })
            {
                return agreeing
            }
            if let first = candidates.first { return first }
        }
        return nil
    }

    /// Whether the answer names a person: "Who founded Acme?", but not "Who is Ada Lovelace?".
    private static func asksForPerson(_ question: String) -> Bool {
        let words = ConversationWord.words(of: question)
        guard let place = words.firstIndex(where: { ["who", "whom", "кто", "кем", "кого"].contains($0.folded) })
        else { return false }
        let next = words.dropFirst(place + 1).first
        let following = words.dropFirst(place + 2).first
        if let next, ["такой", "такая", "такие"].contains(next.folded) { return false }
        let isLinked = next.map { ["is", "was", "are", "were", "был", "была"].contains($0.folded) } ?? false
        return !(isLinked && following?.isCapitalized == true)
    }
}
