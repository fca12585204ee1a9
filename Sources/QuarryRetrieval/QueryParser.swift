public import QuarryCore

extension QueryExpression {
    /// Reads the operators of a question. It never fails: text that is not an operator is an ordinary word.
    ///
    /// - `"fail fast"` is a phrase, `+word` a word that must stand in every hit, `-word` one that may not, `pre*` the start
    ///   of a word, and `word~1` or `word~2` a word with so many other letters. `title:`, `heading:`, `body:` and `name:`
    ///   before a word or a phrase say where it has to stand. `+` and `-` can stand before any of these.
    /// - An operator is between white space. After `+` and `-` follows a letter: `-5`, `C++` and `e-mail` have none.
    /// - A text that ends as a sentence does, in a full stop or a question or exclamation mark, has no operators: the quotation
    ///   marks in `What does "fail fast" mean?` are those of the sentence. A text
    ///   with more than ``maximumClauses`` operators, or without any word beside them, has none either.
    ///
    /// - Complexity: O(length).
    public init(_ question: String) {
        self.init(text: question)
        guard !Self.isSentence(question) else { return }
        var parser = QueryParser(question)
        parser.parse()
        guard !parser.clauses.isEmpty, parser.clauses.count <= Self.maximumClauses,
            parser.text.contains(where: { $0.isLetter || $0.isNumber })
        else { return }
        self.init(text: parser.text, clauses: parser.clauses)
    }

    /// The most operators of a question: 32.
    public static let maximumClauses = 32

    /// The words that are looked up in the index with others that begin as they do or have other letters.
    var lookedUp: Set<String> {
        Set(clauses.filter { $0.match == .prefix || $0.match == .fuzzy }.map(\.text))
    }

    private static func isSentence(_ text: String) -> Bool {
        let last = text.last { !$0.isWhitespace && !"\"'”’»)]".contains($0) }
        return last.map { ".!?…。！？".contains($0) } ?? false
    }
}

extension Query {
    /// Its operators, read from the text unless they are given.
    var parsed: QueryExpression { expression ?? QueryExpression(text) }
}

/// Divides a question at white space, and tells operators from words.
private struct QueryParser {
    private let characters: [Character]
    /// The question without its operators.
    private(set) var text = ""
    private(set) var clauses: [QueryExpression.Clause] = []

    init(_ question: String) { characters = Array(question) }

    mutating func parse() {
        var position = 0
        while position < characters.count {
            if characters[position].isWhitespace {
                text.append(characters[position])
                position += 1
            } else if let (clause, end) = clause(at: position) {
                clauses.append(clause)
                if clause.occurrence == .excluded || clause.field == .name {
                    removeBlanks()
                } else {
                    text += clause.text
                }
                position = end
            } else {
                let end = characters[position...].firstIndex(where: \.isWhitespace) ?? characters.count
                text += String(characters[position..<end])
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

    /// The clause at the start of a word, and where it ends; nil if the word is none.
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
        let end = characters[position...].firstIndex(where: \.isWhitespace) ?? characters.count
        var word = characters[position..<end]
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
            end == characters.count || characters[end].isWhitespace || ",;.!?)".contains(characters[end])
        else { return nil }
        return (String(phrase), end)
    }
}
