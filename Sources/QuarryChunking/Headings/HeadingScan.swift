import QuarryCore
import QuarryText

/// Finds the lines of a text that are headings without being marked as such.
struct HeadingScan {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let splitter = SentenceSplitter()
    private(set) var laws: [LawHeading] = []
    private(set) var turns: [SpeakerTurn] = []
    private(set) var questions: [QuestionHeading] = []
    /// The number of paragraphs so far. A turn or a list item begins one too.
    private(set) var paragraphs = 0
    /// Where the text begins, without white space.
    private(set) var start: Int?

    private var paragraphStart = 0
    private var isAfterBreak = true
    private var endsWithMark = false
    /// The last line may get an answer.
    private var question: Int?
    /// The last line was a question.
    private var isAfterQuestion = false
    /// The last line was an article's number without its title.
    private var isAfterBareLaw = false
    private var isAfterUncertainLaw = false

    /// Reads the text of the gaps between blocks, of paragraphs and of lists.
    /// - `blocks`: In order, inside the text, not overlapping.
    /// - Complexity: O(bytes).
    init(_ bytes: UnsafeBufferPointer<UInt8>, blocks: [Block]) {
        self.bytes = bytes
        var end = 0
        for block in blocks {
            read(end..<block.range.lowerBound)
            switch block.kind {
            case .paragraph, .list: read(block.range)
            case .heading: passHeading()
            case .code, .table, .quote: passBlock()
            }
            end = block.range.upperBound
        }
        read(end..<bytes.count)
    }

    private mutating func passHeading() {
        finishQuestion()
        breakParagraph()
        isAfterBareLaw = false
        start = start ?? 0
    }

    private mutating func passBlock() {
        if let question { questions[question].isAnswered = true }
        paragraphs += 1
        passHeading()
    }

    private mutating func breakParagraph() {
        isAfterBreak = true
        isAfterUncertainLaw = false
    }

    private mutating func read(_ range: Range<Int>) {
        breakParagraph()
        var offset = range.lowerBound
        while offset < range.upperBound {
            let lineEnd = lineFeed(in: offset..<range.upperBound, of: bytes)
            var first = offset
            while first < lineEnd, bytes[first] == 0x20 || bytes[first] == 0x09 || bytes[first] == 0x0D { first += 1 }
            var end = lineEnd
            while end > first, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 || bytes[end - 1] == 0x0D { end -= 1 }
            if first < end {
                if isAfterBreak { paragraphStart = first }
                read(
                    TextLine(
                        bytes: bytes, range: first..<end, indentation: first - offset, startsParagraph: isAfterBreak,
                        followsSentence: endsWithMark))
            } else {
                breakParagraph()
            }
            offset = lineEnd + 1
        }
        breakParagraph()
    }

    private mutating func read(_ line: TextLine) {
        let isItem = line.itemText != nil
        if line.startsParagraph || isItem { paragraphs += 1 }
        if isItem { paragraphStart = line.start }
        start = start ?? line.start
        defer {
            isAfterBreak = false
            endsWithMark = line.endsWithMark
        }
        if isAfterUncertainLaw {
            isAfterUncertainLaw = false
            if line.isLowercase(at: line.start) { laws.removeLast() }
        }
        if let law = LawHeading(line) { return add(law, line) }
        if isAfterBareLaw, addTitle(line) { return }
        isAfterBareLaw = false
        if let question, questions[question].form == .labelled, QuestionHeading.isAnswer(line) {
            questions[question].isAnswered = true
            questions[question].hasAnswerLabel = true
            return finishQuestion()
        }
        if let labelled = QuestionHeading(labelled: line) { return add(labelled) }
        if continueQuestion(line) { return }
        if let turn = SpeakerTurn(line) {
            if !line.startsParagraph { paragraphs += 1 }
            turns.append(turn)
        } else if line.endsWithQuestionMark, let found = QuestionHeading(line, from: paragraphStart, splitter: splitter)
        {
            return add(found)
        }
        answer(with: line, isItem: isItem)
    }

    private mutating func add(_ law: LawHeading, _ line: TextLine) {
        finishQuestion()
        laws.append(law)
        isAfterBareLaw = law.isBare
        isAfterUncertainLaw = law.mayBeSentence
        // What follows on the next line begins a sentence.
        endsWithMark = true
    }

    /// Takes a line after an article's number as its title, unless it is text.
    private mutating func addTitle(_ line: TextLine) -> Bool {
        isAfterBareLaw = false
        guard let law = laws.indices.last, line.itemText == nil, !line.endsWithMark,
            LawHeading.isTitle(line.start..<line.trimming("*_", endOf: line.range), of: line)
        else { return false }
        laws[law].range = laws[law].range.lowerBound..<line.end
        laws[law].title = laws[law].title.lowerBound..<line.end
        return true
    }

    private mutating func add(_ found: QuestionHeading) {
        var found = found
        found.paragraph = paragraphs
        // A question right after another one, which has no answer.
        found.followsQuestion = isAfterQuestion && found.form != .labelled && found.form != .emphasized
        questions.append(found)
        isAfterQuestion = !found.isAnswered
        question = found.isAnswered ? nil : questions.count - 1
    }

    /// Adds a further line to a question with a label.
    private mutating func continueQuestion(_ line: TextLine) -> Bool {
        guard let question, !line.startsParagraph, questions[question].form == .labelled, !questions[question].hasMark,
            !questions[question].isNumbered,
            line.end - questions[question].range.lowerBound <= QuestionHeading.longest
        else { return false }
        questions[question].range = questions[question].range.lowerBound..<line.end
        questions[question].title = questions[question].title.lowerBound..<line.trimming("*_", endOf: line.range)
        questions[question].hasMark = line.endsWithQuestionMark
        return true
    }

    /// Takes a line of text as the beginning of the answer to the question before it.
    private mutating func answer(with line: TextLine, isItem: Bool) {
        defer { finishQuestion() }
        guard let question else { return }
        let asked = questions[question]
        // The next item of a list does not answer the question of this one.
        if asked.form == .item, isItem, line.indentation <= asked.indentation { return }
        // The sentence goes on.
        if !line.startsParagraph, !isItem, line.isLowercase(at: line.start) { return }
        questions[question].isAnswered = true
    }

    private mutating func finishQuestion() {
        question = nil
        isAfterQuestion = false
    }
}
