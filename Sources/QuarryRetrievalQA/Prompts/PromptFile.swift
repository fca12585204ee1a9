/// A ``PromptSet`` as a text file.
///
///     name: short
///     version: 3
///
///     --- system
///     Answer from the passages only. If they do not hold the answer, reply exactly: {refusal}
///     --- user
///     Key: {fence}
///
///     {passages}
///
///     Question: {question}
///     --- refusal
///     The documents do not answer this question.
///     --- example
///     Question: When does the ferry leave?
///     Answer: The ferry leaves at 9:40 [2].
///
/// Lines before the first section that begin with `#` are comments. Examples are optional, and take the place of the
/// variable `{examples}`.
public struct PromptFile: Sendable, Hashable {
    public let prompts: PromptSet
    /// The line of each section's first line of text, from 1, in the order of the file.
    package let sections: [Section]

    package struct Section: Sendable, Hashable {
        package var name: String
        package var line: Int
        package var text: String
    }

    /// The largest file, in bytes.
    public static let maximumBytes = 256 << 10

    /// - `name`: The name of a set that does not give its own.
    /// - Throws: ``PromptError/malformedFile(line:reason:)``.
    /// - Complexity: O(length).
    public init(_ text: String, name: String) throws(PromptError) {
        guard text.utf8.count <= PromptFile.maximumBytes else {
            throw .malformedFile(
                line: 1, reason: "The file has \(text.utf8.count) bytes; at most \(PromptFile.maximumBytes) are read.")
        }
        var header: [String: String] = [:]
        var sections: [Section] = []
        var current: (name: String, line: Int, lines: [Substring])?
        func finished() -> Section? {
            current.map { section in
                var lines = section.lines[...]
                while let last = lines.last, last.allSatisfy(\.isWhitespace) { lines = lines.dropLast() }
                return Section(name: section.name, line: section.line, text: lines.joined(separator: "\n"))
            }
        }
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = line.hasSuffix("\r") ? line.dropLast() : line
            if line.hasPrefix("--- ") {
                let role = line.dropFirst(4).split(whereSeparator: \.isWhitespace).joined(separator: " ")
                guard PromptFile.roles.contains(role) else {
                    throw .malformedFile(
                        line: index + 1,
                        reason:
                            "“\(role)” is not a section. The sections are \(PromptFile.roles.joined(separator: ", ")).")
                }
                guard role == "example" || !sections.contains(where: { $0.name == role }),
                    current?.name != role || role == "example"
                else { throw .malformedFile(line: index + 1, reason: "There is a section \(role) already.") }
                if let section = finished() { sections.append(section) }
                current = (role, index + 2, [])
            } else if current != nil {
                current?.lines.append(line)
            } else if !line.allSatisfy(\.isWhitespace), !line.hasPrefix("#") {
                let parts = line.split(separator: ":", maxSplits: 1).map {
                    $0.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                }
                guard parts.count == 2, ["name", "version"].contains(parts[0]) else {
                    throw .malformedFile(
                        line: index + 1,
                        reason: "Before the first section are only “name: …”, “version: …” and comments with #.")
                }
                header[parts[0]] = parts[1]
            }
        }
        if let section = finished() { sections.append(section) }
        self.sections = sections
        func section(_ role: String) throws(PromptError) -> Section {
            guard let section = sections.first(where: { $0.name == role }), !section.text.isEmpty else {
                throw .malformedFile(line: 1, reason: "There is no text of the section “--- \(role)”.")
            }
            return section
        }
        func template(_ role: String) throws(PromptError) -> PromptTemplate {
            let section = try section(role)
            do throws(PromptError) {
                return try PromptTemplate(section.text)
            } catch { throw .malformedFile(line: section.line, reason: "\(error)") }
        }
        var examples: [PromptSet.Example] = []
        for section in sections where section.name == "example" {
            guard let example = PromptFile.example(section.text) else {
                throw .malformedFile(
                    line: section.line, reason: "An example is “Question: …” and on a later line “Answer: …”.")
            }
            examples.append(example)
        }
        let (system, user) = (try template("system"), try template("user"))
        let refusal = try section("refusal").text
        do throws(PromptError) {
            prompts = try PromptSet(
                system: system, user: user, refusal: refusal, examples: examples, name: header["name"] ?? name,
                version: header["version"] ?? "1")
        } catch { throw .malformedFile(line: 1, reason: "\(error)") }
    }

    private static let roles = ["system", "user", "refusal", "example"]

    private static func example(_ text: String) -> PromptSet.Example? {
        guard let match = text.wholeMatch(of: /(?s)(?:Question|Вопрос):(.*?)\n(?:Answer|Ответ):(.*)/) else {
            return nil
        }
        func trimmed(_ text: Substring) -> String {
            String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
        }
        return PromptSet.Example(question: trimmed(match.1), answer: trimmed(match.2))
    }

    /// A set as a file, which ``init(_:name:)`` reads as the same set.
    public static func text(of prompts: PromptSet) -> String {
        var text = "name: \(prompts.name)\nversion: \(prompts.version)\n\n"
        text +=
            "--- system\n\(prompts.system.text)\n\n--- user\n\(prompts.user.text)\n\n--- refusal\n\(prompts.refusal)\n"
        for example in prompts.examples {
            text += "\n--- example\nQuestion: \(example.question)\nAnswer: \(example.answer)\n"
        }
        return text
    }
}
