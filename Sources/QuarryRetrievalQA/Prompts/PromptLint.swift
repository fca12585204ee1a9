/// What may be wrong with a prompt, by five principles: a clear instruction, the context, examples, constraints, the format.
public struct PromptLint: Sendable, Hashable {
    public enum Principle: String, Sendable, Hashable, Codable, CaseIterable {
        case instruction, context, examples, constraints, format
    }

    public struct Finding: Sendable, Hashable, Codable {
        public var principle: Principle
        /// Of the file, from 1; nil for what is missing.
        public var line: Int?
        /// A sentence for a person.
        public var message: String
    }

    /// In the order of the principles.
    public let findings: [Finding]

    /// Rules for English and Russian; they look for words, and do not understand the text.
    /// - Complexity: O(length).
    public init(_ file: PromptFile) {
        var findings: [Finding] = []
        let set = file.prompts
        let text = (set.system.text + "\n" + set.user.text).lowercased()
        let variables = Set(set.system.variables + set.user.variables)
        func add(_ principle: Principle, _ message: String, line: Int? = nil) {
            findings.append(Finding(principle: principle, line: line, message: message))
        }
        func has(_ words: [String]) -> Bool { words.contains { text.contains($0) } }
        if !has(Self.instructions) {
            add(.instruction, "No instruction says what to do. Begin with a verb such as “Answer” («Ответь»).")
        }
        for section in file.sections where section.name == "system" || section.name == "user" {
            for (index, line) in section.text.lowercased().split(separator: "\n", omittingEmptySubsequences: false)
                .enumerated()
            {
                for word in Self.vague where Self.occurs(word, in: line) {
                    add(
                        .instruction, "“\(word)” is vague. Say exactly what to do, and when.",
                        line: section.line + index)
                }
            }
        }
        if !has(["instruction", "указани", "инструкц"]) {
            add(.context, "Nothing says that passages are material to read, and never instructions to follow.")
        }
        if set.examples.isEmpty {
            add(.examples, "There is no example. One or two show the form of an answer better than a description.")
        } else if !set.examples.contains(where: { $0.answer.contains(set.refusal) }) {
            add(.examples, "No example shows a refusal, so a model may always answer.")
        }
        if !set.examples.isEmpty, !set.examples.contains(where: { $0.answer.contains(/\[\d+\]/) }) {
            add(.examples, "No example has a marker such as [1].")
        }
        if !variables.contains("refusal"), !text.contains(set.refusal.lowercased()) {
            add(.constraints, "Nothing says what to reply if the passages do not hold the answer. Use {refusal}.")
        }
        if !has(["only", "nothing else", "только", "ни по чему", "ничего больше", "больше ничего"]) {
            add(.constraints, "Nothing limits the answer to the passages.")
        }
        if !text.contains(/\[\d+\]/) {
            add(.format, "Nothing says to put the number of a passage after a statement, like [1].")
        }
        if !has(Self.forms) { add(.format, "Nothing says how long an answer is, or which form it has.") }
        if !has(["language", "языке", "по-русски", "in english", "in russian"]) {
            add(.format, "Nothing says in which language to answer.")
        }
        let tokens = EstimatedTokenCounter().tokenCount(of: set.system.text + set.user.text)
        if tokens > Self.longest {
            add(.instruction, "The texts have about \(tokens) tokens, which leaves little of a prompt for passages.")
        }
        self.findings = Principle.allCases.flatMap { principle in findings.filter { $0.principle == principle } }
    }

    private static let longest = 1_500

    private static let instructions = [
        "answer", "reply", "write", "explain", "list", "summar", "extract", "translate", "classify", "use ", "отве",
        "пиши",
        "напиши", "объясни", "перечисли", "используй", "найди", "перескажи", "выпиши",
    ]
    private static let forms = [
        "brief", "short", "sentence", "paragraph", "list", "json", "table", "words", "кратк", "коротк", "предложени",
        "абзац", "список", "таблиц", "слов",
    ]
    private static let vague = [
        "if possible", "try to", "maybe", "somehow", "as needed", "appropriate", "and so on", "etc",
        "as good as you can",
        "по возможности", "постарайся", "желательно", "как-нибудь", "и так далее", "и т. д.", "и т.д.",
        "при необходимости",
    ]

    /// Whether words occur in a line as whole words.
    private static func occurs(_ words: String, in line: Substring) -> Bool {
        var rest = line[...]
        while let range = rest.firstRange(of: words) {
            let before = range.lowerBound == line.startIndex ? " " : line[line.index(before: range.lowerBound)]
            let after = range.upperBound == line.endIndex ? " " : line[range.upperBound]
            if !before.isLetter, !after.isLetter { return true }
            rest = rest[range.upperBound...]
        }
        return false
    }
}
