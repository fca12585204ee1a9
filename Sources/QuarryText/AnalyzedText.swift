/// The words of a text, for comparing it with another text.
///
/// A word can be written in several ways: `sign-off` has the words `sign` and `off`, and is also `signoff`. Two texts
/// share a word if they have the same term, or the same other spelling of a compound with it. Markup does not divide a
/// word: `her**on**` is the one word `heron`.
package struct AnalyzedText: Sendable {
    /// The stems of the words and of the parts of names, in text order, repeated as often as they occur.
    package private(set) var terms: [String] = []
    /// The terms and the other spellings.
    package private(set) var forms: Set<String> = []
    /// The other spellings of compounds, each with the position of the first term that it joins.
    private var joinedForms: [(form: String, position: Int)] = []
    /// The other spellings that a term is joined in: `signoff` for `sign`.
    private var spellings: [String: Set<String>] = [:]

    init(_ list: TermList, withStopWords: Bool) {
        terms.reserveCapacity(list.count)
        for compound in list.compounds {
            let isDivided = compound.contains { list.marks[$0].contains(.divided) }
            let positions = appendTerms(of: list, at: compound, isDivided: isDivided, withStopWords: withStopWords)
            guard !isDivided, positions.count < compound.count else { continue }
            for index in compound where list.marks[index].contains(.additional) && !list.texts[index].isEmpty {
                let form = list.texts[index]
                forms.insert(form)
                // A single character of Chinese, Japanese or Korean joins nothing.
                let joined = (list.joined[index] ?? compound).compactMap { positions[$0] }
                guard let first = joined.min() else { continue }
                joinedForms.append((form, first))
                for position in joined { spellings[terms[position], default: []].insert(form) }
            }
        }
        forms.formUnion(terms)
    }

    /// Appends the terms of a compound.
    ///
    /// - Returns: The position of each, by its index in the list.
    private mutating func appendTerms(
        of list: TermList, at compound: Range<Int>, isDivided: Bool, withStopWords: Bool
    ) -> [Int: Int] {
        var positions: [Int: Int] = [:]
        for index in compound where list.marks[index].contains(.additional) == isDivided {
            guard !list.texts[index].isEmpty, withStopWords || !list.marks[index].contains(.stopWord) else { continue }
            positions[index] = terms.count
            terms.append(list.texts[index])
        }
        return positions
    }

    /// Whether a term of this text is among the forms of another, as it is or in another spelling.
    /// - Complexity: O(spellings of the term).
    package func isHeld(_ term: String, by forms: Set<String>) -> Bool {
        forms.contains(term) || spellings[term].map { !$0.isDisjoint(with: forms) } ?? false
    }

    /// For each term of this text, the positions of its forms among the terms of another text.
    /// - Complexity: O(terms and spellings of both).
    package func positions(in other: AnalyzedText) -> [String: [Int]] {
        var places: [String: [Int]] = [:]
        for (position, form) in other.terms.enumerated() where forms.contains(form) {
            places[form, default: []].append(position)
        }
        for (form, position) in other.joinedForms where forms.contains(form) {
            places[form, default: []].append(position)
        }
        var found: [String: [Int]] = [:]
        for term in Set(terms) {
            found[term] = places[term, default: []] + (spellings[term] ?? []).flatMap { places[$0] ?? [] }
        }
        return found
    }
}
