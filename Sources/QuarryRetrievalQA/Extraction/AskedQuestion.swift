import QuarryText

/// A question's terms without function words, unless it has no others, and what it asks for.
struct AskedQuestion {
    let terms: [String]
    let words: AnalyzedText
    /// Folded words as written.
    let surface: Set<String>
    let type: AnswerType
    /// The terms of each name or number in the question.
    let names: [[String]]
    let script: Script?
    /// The terms of the thing whose meaning is asked for, as in "What is a berth?"; nil for other questions.
    let defined: Set<String>?
    /// Whether ``defined`` is not a person.
    private let asksForThing: Bool
    /// Whether it asks for code, a command or an example.
    let asksForCode: Bool
    /// Whether it denies something.
    let isNegated: Bool
    private let contentTerms: Set<String>
    /// The terms of the property that is asked for: of `colour` in "What colour is the penguin?".
    private let property: Set<String>

    init(_ text: String, reader: TermReader) {
        let analyzed = reader.words(text)
        let surface = SurfaceWord.words(of: text)
        let asksForMeaning = AskedQuestion.asksForMeaning(surface)
        let implied = asksForMeaning ? Set(reader.words(AskedQuestion.meaningWords).terms) : []
        let content = analyzed.terms.filter { !reader.functionTerms.contains($0) && !implied.contains($0) }
        self.words = analyzed
        self.terms = content.isEmpty ? analyzed.terms : content
        self.contentTerms = Set(content)
        self.surface = Set(surface.map(\.folded))
        self.type = AnswerType(of: text)
        self.names = surface.enumerated().filter {
            $0.offset > 0 && $0.element.startsUppercase || $0.element.digits > 0
        }
        .map { reader.words($0.element.folded).terms }.filter { !$0.isEmpty }
        self.script = dominantScript(of: text)
        let opening = surface.prefix(2).map(\.folded).joined(separator: " ")
        let isShort = contentTerms.count <= AskedQuestion.longestTerm
        self.defined = isShort && (asksForMeaning || AskedQuestion.definitions.contains(opening)) ? contentTerms : nil
        self.asksForThing = surface.first.map { !AskedQuestion.persons.contains($0.folded) } ?? true
        self.property = Set(AskedQuestion.property(in: surface.map(\.folded)).flatMap { reader.words($0).terms })
        self.isNegated = Negation.isStated(in: surface)
        self.asksForCode =
            !self.surface.isDisjoint(with: AskedQuestion.codeWords)
            || text.contains { "`_{}()<>".contains($0) } || text.contains("--")
    }

    /// The words that may name the property asked for: "what colour is …", "what is the colour of …", "what is the
    /// penguin's colour", "какого цвета …", "какой у пингвина цвет".
    private static func property(in words: [String]) -> [String] {
        guard let first = words.first, let last = words.last, words.count > 2, AnswerType.choosing.contains(first)
        else {
            return []
        }
        if words[0] != "what", words[0] != "which" { return [words[1], last] }
        if auxiliaries.contains(words[2]) { return [words[1]] }
        guard copulas.contains(words[1]) || words[1] == "s", words.count > 4 else { return [] }
        if let owner = words[2...].firstIndex(of: "s"), owner + 1 < words.count { return [words[owner + 1]] }
        return words[2] == "the" && ["of", "for"].contains(words[4]) ? [words[3]] : []
    }

    private static let auxiliaries: Set<String> = ["is", "are", "was", "were", "does", "do", "did", "has", "have"]

    /// Whether a field is what is asked for: the question names its key, and besides it no more than the property that
    /// the value is, or one word if the value has the type of answer asked for.
    func asksFor(_ field: Field, typeHeld: Bool, reader: TermReader) -> Bool {
        let key = reader.words(field.key)
        let named = key.terms.filter { !reader.functionTerms.contains($0) }
        guard !named.isEmpty, named.allSatisfy({ words.forms.contains($0) }) else { return false }
        let missing = contentTerms.filter { !words.isHeld($0, by: key.forms) }
        return missing.isEmpty || missing.count == 1 && (typeHeld || missing.isSubset(of: property))
    }

    /// "What does luffing mean?"
    private static func asksForMeaning(_ words: [SurfaceWord]) -> Bool {
        guard words.count > 2, ["what", "что"].contains(words[0].folded) else { return false }
        return ["означает", "значит"].contains(words[1].folded)
            || words[1].folded == "does" && ["mean", "means"].contains(words[words.count - 1].folded)
    }

    private static let meaningWords = "mean means означает значит"
    private static let persons: Set<String> = ["who", "кто"]

    /// A question with more content words than this asks for more than a meaning.
    private static let longestTerm = 3

    private static let definitions: Set<String> = [
        "what is", "what are", "what's a", "who is", "who was", "who are", "define the", "define a", "что такое",
        "кто такой", "кто такая", "кто такие", "кто такое", "что означает", "что значит",
    ]

    private static let codeWords: Set<String> = [
        "code", "command", "commands", "example", "examples", "syntax", "script", "snippet", "function", "method",
        "код", "кода", "команда", "команду", "команды", "командой", "пример", "примеры", "синтаксис", "скрипт",
        "функция", "функцию", "метод",
    ]

    /// Whether all its words other than function words but `missing` of them are in the forms of a text.
    func isHeld(by forms: Set<String>, but missing: Int = 0) -> Bool {
        !contentTerms.isEmpty && contentCount(in: forms) >= max(1, contentTerms.count - missing)
    }

    /// The number of distinct words other than function words that the forms of a text hold.
    func contentCount(in forms: Set<String>) -> Int { contentTerms.count { words.isHeld($0, by: forms) } }

    /// Share of the names and numbers that the forms of a text do not hold; 0 for a question without names.
    func missingNames(in forms: Set<String>) -> Double {
        guard !names.isEmpty else { return 0 }
        let missing = names.count { name in !name.contains { words.isHeld($0, by: forms) } }
        return Double(missing) / Double(names.count)
    }

    func holdsNumbers(in forms: Set<String>) -> Bool {
        terms.allSatisfy { term in !term.contains(where: \.isNumber) || words.isHeld(term, by: forms) }
    }

    /// Share of the question's neighbouring terms that are at most four terms apart in a sentence.
    func proximity(in sentence: AnalyzedText) -> Double {
        guard terms.count > 1 else { return 0 }
        let positions = words.positions(in: sentence)
        let pairs = zip(terms, terms.dropFirst())
        let near = pairs.count { first, second in
            guard first != second, let a = positions[first], let b = positions[second] else { return false }
            return a.contains { x in b.contains { abs($0 - x) <= 4 } }
        }
        return Double(near) / Double(terms.count - 1)
    }

    /// Whether a sentence says what the thing is: it begins with the thing, and a verb, dash or colon follows.
    func isDefined(by sentence: String, reader: TermReader) -> Bool {
        guard let defined, !defined.isEmpty else { return false }
        let opening = sentence.prefix(160)
        var head = ""
        for word in opening.split(separator: " ").prefix(defined.count + 7) {
            let isColon = asksForThing && word.hasSuffix(":")
            if isColon || AskedQuestion.copulas.contains(word.lowercased()) {
                if isColon { head += " \(word)" }
                let terms = reader.words(head).terms
                return terms.count <= defined.count + 4 && defined.allSatisfy { terms.contains($0) }
            }
            head += head.isEmpty ? String(word) : " \(word)"
        }
        return false
    }

    private static let copulas: Set<String> = [
        "is", "are", "was", "were", "means", "refers", "denotes", "—", "–", "-", "это", "является", "являются",
        "называется", "называются", "называют", "означает", "был", "была", "было", "были",
    ]
}
