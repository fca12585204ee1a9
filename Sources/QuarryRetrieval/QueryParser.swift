public import QuarryCore

extension QueryExpression {
    /// Reads the operators of a question. It never fails: text that is not an operator is an ordinary word.
    ///
    /// - `"fail fast"` is a phrase, `+word` a word that must stand in every hit, `-word` one that may not, `pre*` the start
    ///   of a word, and `word~1` or `word~2` a word with so many other letters. `title:`, `heading:`, `body:` and `name:`
    ///   before a word or a phrase say where it has to stand. `+` and `-` can stand before any of these.
    /// - An operator is between white space; marks of punctuation may follow it. After `+` and `-` follows a letter: `-5`,
    ///   `C++` and `e-mail` have none.
    /// - In a sentence, which ends in a full stop or a question or exclamation mark, `-word` is text. The other operators
    ///   hold there too.
    /// - A text with more than ``maximumClauses`` operators, or without any word beside them, has none.
    ///
    /// ``literals`` names what looks like an operator and is text.
    ///
    /// - Complexity: O(length).
    public init(_ question: String) {
        var parser = QueryParser(question)
        parser.parse()
        guard parser.clauses.count <= Self.maximumClauses,
            parser.clauses.isEmpty || parser.text.contains(where: { $0.isLetter || $0.isNumber })
        else {
            self.init(text: question, literals: parser.operators + parser.literals)
            return
        }
        self.init(
            text: parser.clauses.isEmpty ? question : parser.text, clauses: parser.clauses, literals: parser.literals)
    }

    /// The most operators of a question: 32.
    public static let maximumClauses = 32

    /// The words that are looked up in the index with others that begin as they do or have other letters.
    var lookedUp: Set<String> {
        Set(clauses.filter { $0.match == .prefix || $0.match == .fuzzy }.map(\.text))
    }

    /// Says that parts of the question count as text; nil if there are none.
    var warning: String? {
        guard !literals.isEmpty else { return nil }
        let named = literals.prefix(3).map { "“\($0)”" }.joined(separator: ", ")
        let more = literals.count - 3
        return "Searched for as text, not as \(literals.count == 1 ? "an operator" : "operators"): \(named)"
            + (more > 0 ? " and \(more) more." : ".")
    }
}

extension Query {
    /// Its operators, read from the text unless they are given.
    var parsed: QueryExpression { expression ?? QueryExpression(text) }
}

/// Divides a question at white space, and tells operators from words.
private struct QueryParser {
    private let characters: [Character]
    private let isSentence: Bool
    /// The question without its operators.
    private(set) var text = ""
    private(set) var clauses: [QueryExpression.Clause] = []
    /// The clauses as written.
    private(set) var operators: [String] = []
    /// What looks like an operator and is text.
    private(set) var literals: [String] = []

    init(_ question: String) {
        characters = Array(question)
        let last = characters.last { !$0.isWhitespace && !"\"'”’»)]".contains($0) }
        isSentence = last.map { ".!?…。！？".contains($0) } ?? false
    }

    mutating func parse() {
        var position = 0
        while position < characters.count {
            if characters[position].isWhitespace {
                text.append(characters[position])
                position += 1
                continue
            }
            let end = endOfWord(at: position)
            if let (clause, end) = clause(at: position), !isSentence || !clause.isExcludedWord {
                clauses.append(clause)
                operators.append(String(characters[position..<end]))
                if clause.occurrence == .excluded || clause.field == .name {
                    removeBlanks()
                } else {
                    text += clause.text
                }
                position = end
            } else {
                let word = characters[position..<end]
                if looksLikeOperator(word) { literals.append(String(withoutMarks(word))) }
                text += String(word)
                position = end
            }
        }
        if !clauses.isEmpty {
            removeBlanks()
            text.removeSubrange(..<(text.firstIndex { !$0.isWhitespace } ?? text.startIndex))
        }
    }

    private mutating func removeBlanks() {
        while text.last?.isWhitespace == true { text.removeLast() }
    }

    private func endOfWord(at start: Int) -> Int {
        characters[start...].firstIndex(where: \.isWhitespace) ?? characters.count
    }

    /// A word without the punctuation after it.
    private func withoutMarks(_ word: ArraySlice<Character>) -> ArraySlice<Character> {
        word[..<(word.lastIndex { !Self.marks.contains($0) }.map { $0 + 1 } ?? word.startIndex)]
    }

    private static let marks: Set<Character> = [",", ";", ".", "!", "?", "…", ")", "。", "！", "？"]

    /// The clause at the start of a word, and where it ends; nil if no clause starts there.
    private func clause(at start: Int) -> (QueryExpression.Clause, end: Int)? {
        var position = start
        var sign: QueryExpression.Occurrence?
        switch characters[start] {
        case "+": sign = .required
        case "-": sign = .excluded
        default: break
        }
        if sign != nil { position += 1 }
        let field = field(at: position)
        if let field { position += field.rawValue.count + 1 }
        guard position < characters.count else { return nil }
        if characters[position] == "\"" {
            guard let (phrase, end) = phrase(at: position) else { return nil }
            let occurrence = sign ?? (field == nil ? .preferred : .required)
            return (.init(occurrence, .phrase, phrase, field: field), end)
        }
        var word = withoutMarks(characters[position..<endOfWord(at: position)])
        let end = word.endIndex
        if field == .name {
            return word.contains { $0.isLetter || $0.isNumber }
                ? (.init(sign ?? .required, .word, String(word), field: field), end) : nil
        }
        var (match, edits) = (QueryExpression.Match.word, Int?.none)
        if word.last == "*" {
            match = .prefix
            word.removeLast()
        } else if word.count > 2, word.dropLast().last == "~", let count = word.last?.wholeNumberValue, 1...2 ~= count {
            (match, edits) = (.fuzzy, count)
            word.removeLast(2)
        }
        guard match != .word || sign != nil || field != nil, word.count >= (match == .fuzzy ? 3 : 2),
            word.allSatisfy({ $0.isLetter || $0.isNumber || (field != nil && "-_.'".contains($0)) }),
            let first = word.first, first.isLetter || (sign == nil && match != .fuzzy && first.isNumber)
        else { return nil }
        let occurrence = sign ?? (field == nil ? .preferred : .required)
        return (.init(occurrence, match, String(word), field: field, edits: edits), end)
    }

    private func field(at position: Int) -> QueryExpression.Field? {
        QueryExpression.Field.allCases.first { characters[position...].starts(with: $0.rawValue + ":") }
    }

    /// The text between quotation marks, whose last one ends a word.
    private func phrase(at start: Int) -> (String, end: Int)? {
        guard let last = characters[(start + 1)...].firstIndex(of: "\"") else { return nil }
        let phrase = characters[(start + 1)..<last]
        let end = last + 1
        guard phrase.contains(where: { $0.isLetter || $0.isNumber }),
            end == characters.count || characters[end].isWhitespace || Self.marks.contains(characters[end])
        else { return nil }
        return (String(phrase), end)
    }

    /// Whether a word that is text begins or ends as an operator does: `-240`, `"open`, `title:`, `a*`, `word~3`.
    private func looksLikeOperator(_ word: ArraySlice<Character>) -> Bool {
        let word = withoutMarks(word)
        guard let first = word.first, let last = word.last else { return false }
        func isPart(_ character: Character?) -> Bool { character.map { $0.isLetter || $0.isNumber } ?? false }
        if "+-".contains(first), word.count > 1 {
            let next = word[word.startIndex + 1]
            return isPart(next) || next == "\""
        }
        if first == "\"" { return word.contains(where: isPart) }
        if field(at: word.startIndex) != nil { return true }
        let before = word.dropLast().last
        return isPart(first) && (last == "*" && isPart(before) || last.isNumber && before == "~")
    }
}

extension QueryExpression.Clause {
    /// Whether it is `-word`, which may be a dash before a word.
    fileprivate var isExcludedWord: Bool { occurrence == .excluded && match == .word && field == nil }
}
