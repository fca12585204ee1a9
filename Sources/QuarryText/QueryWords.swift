import QuarryCore

/// The words of a question, from its terms in several languages and spellings.
struct QueryWords {
    /// Of equal count; the first is in the question's language, as written.
    private let lists: [TermList]

    init(_ lists: [TermList]) { self.lists = lists.filter { $0.count == lists[0].count } }

    func terms(_ stopWords: Analyzer.StopWords) -> [QueryTerm] {
        guard let first = lists.first else { return [] }
        let hasContent = first.marks.contains { !$0.contains(.stopWord) }
        let keepsStopWords = stopWords == .kept || (stopWords == .removedFromQueries && !hasContent)
        var terms: [QueryTerm] = []
        for compound in first.compounds {
            let unit = compound.filter { !first.texts[$0].isEmpty }
            terms += self.terms(
                of: unit, keeping: unit.filter { keepsStopWords || !first.marks[$0].contains(.stopWord) })
        }
        return terms
    }

    /// The terms of a word or compound.
    ///
    /// A word also matches the other spellings of its compound: both words of `sign-off` match `signoff`. The terms of a
    /// name share the weight that its words would have apart.
    private func terms(of unit: [Int], keeping kept: [Int]) -> [QueryTerm] {
        guard let start = unit.first else { return [] }
        let marks = lists[0].marks
        let joined = unit.filter { !marks[$0].isDisjoint(with: [.additional, .whole]) }
        let words = kept.filter { marks[$0].isDisjoint(with: [.additional, .whole]) }
        let isName = unit.contains { !marks[$0].isDisjoint(with: [.whole, .part]) }
        guard isName, !joined.isEmpty else {
            if unit == joined { return characterOfRun(at: start) }
            // A compound of stop words is a word: `peut-être`, `to-do`.
            if words.isEmpty, !joined.isEmpty { return [QueryTerm(forms: forms(of: joined))] }
            return words.map { QueryTerm(forms: forms(of: [$0] + joined)) }
        }
        let isOneNumber = marks[start].contains(.part) && words.allSatisfy { isNumber(at: $0) } && joined.count == 1
        // A single digit counts as a word, but is not a term of its own: `Apollo1`.
        let hasLostDigit = hasDigit(at: joined[0]) && !words.contains { hasDigit(at: $0) }
        let wordCount = isOneNumber ? 1 : max(1, words.count { isWord(at: $0) } + (hasLostDigit ? 1 : 0))
        let weight = min(1, Double(wordCount) / Double(words.count + 1))
        return [QueryTerm(forms: forms(of: joined), weight: weight)]
            + words.map { QueryTerm(forms: forms(of: [$0] + joined), weight: weight) }
    }

    /// A Chinese character of a longer run: less than the pairs of characters, because many words have it.
    ///
    /// nDCG@10 of BM25 on XQuAD in Chinese: 0.963 with pairs alone, 0.966 with a weight of 0.2 or 0.5.
    private func characterOfRun(at index: Int) -> [QueryTerm] {
        guard let scalar = lists[0].texts[index].unicodeScalars.first, Script(ofLetter: scalar.value) == .han else {
            return []
        }
        return [QueryTerm(forms: forms(of: [index]), weight: 0.25)]
    }

    private func isNumber(at index: Int) -> Bool { lists[0].texts[index].utf8.allSatisfy { $0 &- 0x30 < 10 } }

    private func hasDigit(at index: Int) -> Bool { lists[0].texts[index].utf8.contains { $0 &- 0x30 < 10 } }

    /// Whether a part of a name is a word by itself: not a single letter.
    private func isWord(at index: Int) -> Bool {
        isNumber(at: index) || lists[0].texts[index].unicodeScalars.count > 1
    }

    /// The distinct index terms, in all languages and spellings.
    private func forms(of indices: [Int]) -> [String] {
        var forms: [String] = []
        var known: Set<String> = []
        for index in indices {
            for list in lists where !list.texts[index].isEmpty {
                let term = list.indexTerm(at: index)
                if known.insert(term).inserted { forms += [term, Analyzer.additional(term)] }
            }
        }
        return forms
    }
}
