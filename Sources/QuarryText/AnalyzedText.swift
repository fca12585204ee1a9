/// The words of a text, for comparing it with another text.
///
/// A word can be written in several ways: `sign-off` has the words `sign` and `off`, and is also `signoff`. Two texts
/// share a word if they have the same term, or the same other spelling of its compound. Markup does not divide a word.
package struct AnalyzedText: Sendable {
    /// The stems of the words and of the parts of names, in text order, repeated as often as they occur.
    package private(set) var terms: [String] = []
    /// The terms and the other spellings of compounds.
    package private(set) var forms: Set<String> = []
    /// Each other spelling with the position of its compound's first term.
    private var otherForms: [(form: String, position: Int)] = []
    /// The other spellings of the compounds that a term is part of: `signoff` for `sign`.
    private var spellings: [String: Set<String>] = [:]

    init(_ list: TermList, withStopWords: Bool) {
        terms.reserveCapacity(list.count)
        var start = 0
        for index in 1...max(1, list.count) where index >= list.count || list.marks[index].contains(.first) {
            let compound = (start..<min(index, list.count)).filter {
                !list.texts[$0].isEmpty && (withStopWords || !list.marks[$0].contains(.stopWord))
            }
            start = index
            let isDivided = compound.contains { list.marks[$0].contains(.divided) }
            let words = compound.filter { list.marks[$0].contains(.additional) == isDivided }.map { list.texts[$0] }
            let position = terms.count
            terms += words
            guard words.count < compound.count else { continue }
            let others = Set(compound.map { list.texts[$0] }).subtracting(words)
            otherForms += others.map { ($0, position) }
            for word in words { spellings[word, default: []].formUnion(others) }
        }
        forms = Set(terms).union(otherForms.lazy.map(\.form))
    }

    /// Whether a term of this text is among the forms of another, as it is or in another spelling.
    package func isHeld(_ term: String, by forms: Set<String>) -> Bool {
        forms.contains(term) || spellings[term].map { !$0.isDisjoint(with: forms) } ?? false
    }

    /// For each term of this text, the positions of its forms among the terms of another text.
    /// - Complexity: O(terms of both).
    package func positions(in other: AnalyzedText) -> [String: [Int]] {
        var places: [String: [Int]] = [:]
        for (position, form) in other.terms.enumerated() where forms.contains(form) {
            places[form, default: []].append(position)
        }
        for (form, position) in other.otherForms where forms.contains(form) {
            places[form, default: []].append(position)
        }
        return Dictionary(
            terms.map { term in (term, ([term] + (spellings[term] ?? [])).flatMap { places[$0] ?? [] }) },
            uniquingKeysWith: { first, _ in first })
    }
}
