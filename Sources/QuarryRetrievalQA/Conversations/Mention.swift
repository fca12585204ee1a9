/// A name, or the subject of a question, that a pronoun can refer to.
struct Mention: Sendable, Hashable {
    var text: String
    var range: Range<String.Index>
    /// Whether a preposition of place is before it, as in "in Riga".
    var isPlace: Bool

    /// The names of a text in text order: capitalized words, codes with digits, and quoted titles.
    static func names(in text: String) -> [Mention] {
        let words = ConversationWord.words(of: text)
        var names: [Mention] = []
        var index = 0
        while index < words.count {
            guard isNamed(words[index]) else {
                index += 1
                continue
            }
            var end = index + 1
            while end < words.count, words[end].followsClosely, isNamed(words[end]) || words[end].isNumber { end += 1 }
            // "Bank of England" is one name.
            if end + 1 < words.count, joining.contains(words[end].folded), words[end].followsClosely,
                words[end + 1].followsClosely, isNamed(words[end + 1])
            {
                end += 2
            }
            // The first word of a sentence is capitalized anyway.
            let isCertain = !words[index].startsSentence || end - index > 1 || words[index].hasDigit
            if isCertain {
                let range = words[index].range.lowerBound..<words[end - 1].range.upperBound
                let isPlace = index > 0 && ConversationWords.placePrepositions.contains(words[index - 1].folded)
                names.append(Mention(text: withoutPossessive(text[range]), range: range, isPlace: isPlace))
            }
            index = end
        }
        return quotedTitles(in: text) + names
    }

    private static let joining: Set<String> = ["of", "de", "van", "von", "der", "la", "du"]

    private static func isNamed(_ word: ConversationWord) -> Bool {
        guard !ConversationWords.isFunctionWord(word) else { return false }
        let isCode = word.hasDigit && word.text.contains(where: \.isLetter)
        guard word.isCapitalized || isCode else { return false }
        return ConversationWords.kind(of: word) == nil
    }

    private static func withoutPossessive(_ text: Substring) -> String {
        ["'s", "’s"].first { text.hasSuffix($0) }.map { String(text.dropLast($0.count)) } ?? String(text)
    }

    /// Titles in quotation marks of at most 80 characters.
    private static func quotedTitles(in text: String) -> [Mention] {
        text.matches(of: /«([^«»\n]{2,80})»|“([^“”\n]{2,80})”/).map {
            Mention(text: String($0.output.0), range: $0.range, isPlace: false)
        }
    }

    /// What a question without a name speaks of, such as "the swimming pool" or «аренда»: the subject first, then other nouns
    /// that the rules find.
    static func topics(of question: String) -> [Mention] {
        let words = ConversationWord.words(of: question)
        func mention(_ range: Range<Int>, article: Bool = false) -> Mention {
            let place = words[range.lowerBound].range.lowerBound..<words[range.upperBound - 1].range.upperBound
            return Mention(text: (article ? "the " : "") + question[place], range: place, isPlace: false)
        }
        func isContent(_ word: ConversationWord) -> Bool {
            !ConversationWords.isFunctionWord(word) && !ConversationWords.determiners.contains(word.folded)
                && ConversationWords.kind(of: word) == nil && !word.isNumber
        }
        var found: [Mention] = []
        for (index, word) in words.enumerated() where ConversationWords.determiners.contains(word.folded) {
            var end = index + 1
            while end < words.count, end - index <= 4, words[end].followsClosely, isContent(words[end]) { end += 1 }
            // The verb after "does the pool" is not part of its name.
            let hasHelper = words[..<index].contains { ConversationWords.auxiliaries.contains($0.folded) }
            if end - index > 2, let last = words[index..<end].last, endsPhrase(last, afterHelper: hasHelper, in: words)
            {
                end -= 1
            }
            if end > index + 1 { found.append(mention(index + 1..<end, article: true)) }
        }
        if !found.isEmpty { return found }
        // "When was release 4.2 planned?"
        for (index, word) in words.enumerated() where ConversationWords.auxiliaries.contains(word.folded) {
            var end = index + 1
            while end < words.count, end - index <= 4, words[end].followsClosely,
                isContent(words[end]) || end > index + 1 && words[end].isNumber
            {
                end += 1
            }
            if end - index > 2, let last = words[index..<end].last, endsPhrase(last, afterHelper: true, in: words) {
                end -= 1
            }
            if end > index + 1, !ConversationWords.isVerbLike(words[index + 1]) { return [mention(index + 1..<end)] }
        }
        let contents = words.indices.filter { isContent(words[$0]) }
        let nouns = contents.filter { !ConversationWords.isVerbLike(words[$0]) && !words[$0].folded.hasSuffix("ed") }
        let isEnglish = words.first?.text.unicodeScalars.allSatisfy(\.isASCII) == true
        // English without an article: the object at the end. Russian: the first noun.
        let order = isEnglish ? Array((nouns.isEmpty ? contents : nouns).reversed()) : nouns.isEmpty ? contents : nouns
        return order.map { mention($0..<$0 + 1) }
    }

    private static func endsPhrase(
        _ word: ConversationWord, afterHelper hasHelper: Bool, in words: [ConversationWord]
    ) -> Bool {
        let doing = words.contains {
            ["do", "does", "did", "can", "will", "may", "should", "must"].contains($0.folded)
        }
        return hasHelper
            && (doing || word.folded.hasSuffix("ed")
                || ["open", "free", "built", "made", "born"].contains(word.folded))
    }
}

extension ConversationWord {
    var isNumber: Bool { hasDigit && !text.contains(where: \.isLetter) }
}
