import QuarryText

/// A question that is the heading of its answer.
struct QuestionHeading {
    enum Form {
        /// `Q: …`, `Вопрос 3. …`
        case labelled
        /// A line in bold.
        case emphasized
        /// The first line of a list item.
        case item
        /// A paragraph, or its first line.
        case sentence
    }

    var form: Form
    var range: Range<Int>
    /// The question without label and markup.
    var title: Range<Int>
    /// The number of its paragraph in the text.
    var paragraph = 0
    var indentation = 0
    /// Whether its label has a number.
    var isNumbered = false
    /// Whether its label is a letter that has other meanings too.
    var isAmbiguous = false
    var hasMark = true
    var isAnswered = false
    /// Whether the answer has a label, such as `A:`.
    var hasAnswerLabel = false
    /// Whether it ends a list of questions without answers.
    var followsQuestion = false

    /// The longest question, in bytes.
    static let longest = 300

    private static let questions: Set<String> = ["q", "question", "в", "вопрос", "f", "frage"]
    private static let ambiguous: Set<String> = ["в", "f"]
    private static let answers: Set<String> = [
        "a", "answer", "о", "ответ", "antwort", "r", "réponse", "reponse",
    ]

    /// Reads a line with a label. An answer on the same line is not part of the range.
    init?(labelled line: TextLine) {
        guard let label = Self.label(in: line, among: Self.questions, from: line.itemText ?? line.start) else {
            return nil
        }
        let text = line.skipping("*_ \t", from: label.end)
        guard text < line.end else { return nil }
        var end = line.end
        if !line.endsWithQuestionMark, let mark = Self.endOfQuestion(in: line, from: text) {
            end = mark
            isAnswered = true
            let rest = line.skipping("*_ \t", from: end)
            hasAnswerLabel = Self.label(in: line, among: Self.answers, from: rest) != nil
        }
        form = .labelled
        range = line.start..<end
        title = text..<max(text, line.trimming("*_ \t", endOf: text..<end))
        hasMark = line.endsWithQuestionMark || isAnswered
        isNumbered = label.isNumbered
        isAmbiguous = Self.ambiguous.contains(label.word)
        guard range.count <= Self.longest else { return nil }
    }

    /// Reads a line that ends with a question mark.
    /// - `start`: Where its paragraph begins, at most the start of the line.
    init?(_ line: TextLine, from start: Int, splitter: SentenceSplitter) {
        guard line.end - start <= Self.longest else { return nil }
        range = start..<line.end
        // The lines of the paragraph up to this one.
        let whole = TextLine(
            bytes: line.bytes, range: range, indentation: line.indentation, startsParagraph: true, followsSentence: true
        )
        let item = whole.itemText
        let text = whole.skipping("*_", from: item ?? start)
        let end = whole.trimming("*_", endOf: text..<line.end)
        title = text..<end
        let markup = whole.string(start..<text).filter { $0 == "*" || $0 == "_" }
        let isEmphasized = text > (item ?? start) && end < line.end && markup.count > 1
        form = item != nil ? .item : isEmphasized ? .emphasized : .sentence
        indentation = line.indentation
        // Emphasis that begins before the number: `**1. …?**`
        let number = TextLine(
            bytes: line.bytes, range: text..<max(text + 1, end), indentation: 0, startsParagraph: true,
            followsSentence: true
        ).itemText
        if let number, isEmphasized { title = number..<end }
        let first = whole.scalar(at: title.lowerBound)
        guard let first, first.properties.isUppercase || first == "¿" || first.properties.isIdeographic,
            Self.hasWords(whole, title), splitter.sentences(in: whole.string(title)).count == 1
        else { return nil }
    }

    /// At least three words, or five characters of a script without spaces.
    private static func hasWords(_ line: TextLine, _ range: Range<Int>) -> Bool {
        var spaces = 0
        var unspaced = 0
        for byte in line.bytes[range] {
            if byte == 0x20 || byte == 0x0A { spaces += 1 }
            if byte >= 0xE3 && byte <= 0xE9 { unspaced += 1 }
        }
        return spaces >= 2 || unspaced >= 5
    }

    /// The end of a question that an answer on the same line follows.
    private static func endOfQuestion(in line: TextLine, from start: Int) -> Int? {
        var offset = start
        var end: Int?
        while let byte = line.byte(offset) {
            offset += 1
            guard byte == 0x3F, line.byte(offset) == 0x20 || line.byte(offset) == 0x2A else { continue }
            end = offset
            if label(in: line, among: answers, from: line.skipping("*_ \t", from: offset)) != nil { break }
        }
        return end
    }

    /// Whether a line begins with the label of an answer.
    static func isAnswer(_ line: TextLine) -> Bool { label(in: line, among: answers, from: line.start) != nil }

    /// A word of `words` and perhaps a number, then `:`, `.` or `)`.
    private static func label(
        in line: TextLine, among words: Set<String>, from start: Int
    ) -> (word: String, end: Int, isNumbered: Bool)? {
        let start = line.skipping("*_", from: start)
        guard let first = line.byte(start), first >= 0x41, first <= 0x5A || first >= 0xC3 else { return nil }
        var end = start
        while let byte = line.byte(end), byte >= 0x80 || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A {
            end += 1
            if end - start > 16 { return nil }
        }
        let letters = end
        var number = line.skipping(" .#", from: end)
        if line.byte(number) == 0xE2, line.byte(number + 1) == 0x84, line.byte(number + 2) == 0x96 {
            number = line.skipping(" ", from: number + 3)
        }
        let endOfNumber = line.skipping("0123456789", from: number)
        let isNumbered = endOfNumber > number
        if isNumbered { end = endOfNumber }
        end = line.skipping("*_", from: end)
        // French puts a space before the colon.
        let colon = line.skipping(" ", from: end)
        if line.byte(colon) == 0x3A { end = colon }
        guard let mark = line.byte(end), StaticString(":.)").contains(mark) else { return nil }
        end = line.skipping("*_", from: end + 1)
        guard line.byte(end).map({ $0 == 0x20 || $0 == 0x09 }) ?? true else { return nil }
        let word = line.string(start..<letters).lowercased()
        guard words.contains(word) else { return nil }
        return (word, end, isNumbered)
    }
}

extension QuestionHeading {
    /// Questions of a text are headings at most this many paragraphs apart.
    private static let neighbourhood = 8
    /// The longest text that a single question may head, in bytes.
    private static let longestRecord = 2000

    /// The questions that are headings.
    ///
    /// A question without label or emphasis is one if others are near, or if it begins a short text.
    static func headings(among questions: [QuestionHeading], start: Int, length: Int) -> [QuestionHeading] {
        let answered = questions.filter { $0.isAnswered && !$0.followsQuestion && $0.isLabelledRight }
        return answered.indices.filter { index in
            let question = answered[index]
            if question.form == .labelled || question.form == .emphasized { return true }
            if question.range.lowerBound == start, length <= longestRecord { return true }
            func isNear(_ other: Int) -> Bool {
                answered.indices.contains(other)
                    && abs(answered[other].paragraph - question.paragraph) <= neighbourhood
            }
            return isNear(index - 1) || isNear(index + 1)
        }.map { answered[$0] }
    }

    private var isLabelledRight: Bool {
        guard form == .labelled else { return true }
        return isAmbiguous ? hasAnswerLabel : hasMark || hasAnswerLabel || isNumbered
    }
}
