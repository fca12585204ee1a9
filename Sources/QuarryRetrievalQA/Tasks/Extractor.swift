public import QuarryCore
import QuarryJSON

/// Why nothing can be extracted.
public enum ExtractionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The schema cannot be used; a sentence for a person.
    case schema(String)
    /// A line of an example file, from 1, that is not one.
    case example(line: Int)

    public var description: String {
        switch self {
        case .schema(let text): text
        case .example(let line): "Line \(line): an example is an object with “text” and “value”."
        }
    }
}

/// Lets a language model fill in a JSON Schema from passages, and checks what it writes.
///
///     let extractor = try Extractor(schema: #"{"type": "object", "properties": {"tenant": {"type": "string"}}}"#)
///     let result = try await extractor.extract(from: passages, by: model)
///
/// A reply that does not fit the schema is sent back once with what is wrong. Every text and number of the value is looked
/// for in the passages. Values that are not there are listed as unsupported.
public struct Extractor: Sendable {
    /// A text with the value that a model should give for it.
    public struct Example: Sendable, Hashable {
        public var text: String
        public var json: String

        public init(text: String, json: String) {
            self.text = text
            self.json = json
        }
    }

    /// Examples of a JSON Lines text, each an object with `text` and `value`. Blank lines are skipped.
    ///
    /// - Throws: ``ExtractionError/example(line:)``.
    public static func examples(jsonl text: String) throws -> [Example] {
        try text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
            guard !line.allSatisfy(\.isWhitespace) else { return nil }
            guard let object = try? JSONValue(parsing: Array(line.utf8)), let text = object["text"]?.string,
                let value = object["value"]
            else { throw ExtractionError.example(line: index + 1) }
            return Example(text: text, json: value.json)
        }
    }

    /// What was extracted from passages.
    public struct Result: Sendable, Hashable {
        /// JSON that fits the schema; nil if the model gave none.
        public var json: String?
        /// What was wrong with the last reply; empty for a valid one.
        public var problems: [String] = []
        /// Where each text and number of the value is, by its path such as `/items/0/price`. Markers count from 1.
        public var citations: [(path: String, citation: Citation)] = []
        /// Paths of texts and numbers that the passages do not have.
        public var unsupported: [String] = []
        /// Passages that did not fit into the prompt.
        public var dropped = 0
        /// Whether the first reply was sent back.
        public var isRepaired = false
        public var usage: TokenUsage?
        /// The texts of the prompt: Russian if the passages are, English otherwise.
        public var prompt: PromptSet.Identity?

        public static func == (a: Result, b: Result) -> Bool {
            a.json == b.json && a.problems == b.problems && a.unsupported == b.unsupported && a.dropped == b.dropped
                && a.isRepaired == b.isRepaired && a.usage == b.usage
                && a.prompt == b.prompt
                && a.citations.elementsEqual(b.citations) { $0.path == $1.path && $0.citation == $1.citation }
        }

        public func hash(into hasher: inout Hasher) { hasher.combine(json) }
    }

    private let schema: JSONSchema
    public var examples: [Example]
    /// The most tokens of a prompt and of a reply. The defaults are 3,000 and 1,024.
    public var budget = 3_000
    public var maximumTokens = 1_024
    private let counter = EstimatedTokenCounter()

    /// - `schema`: A JSON Schema of types, properties, items, enumerations and bounds.
    /// - Throws: ``ExtractionError/schema(_:)``.
    public init(schema: String, examples: [Example] = []) throws {
        self.schema = try JSONSchema(schema)
        self.examples = examples
    }

    /// The value that a model finds in passages.
    ///
    /// - Throws: The errors of the model; ``PromptError/budgetTooSmall(budget:needed:)`` if not even the schema fits.
    public func extract(from passages: [ScoredChunk], by model: any LanguageModel) async throws -> Result {
        let fence = Fence(
            around: passages.flatMap { [$0.passage.source, $0.chunk.contextualText] } + examples.map(\.text))
        let sample = passages.prefix(20).map { String($0.chunk.text.prefix(2_000)) }.joined()
        let prompts = try PromptSet.extraction(in: QuestionLanguage(of: sample))
        let system = prompts.system.substitute(["schema": schema.text])
        let shown = examples.map { "\(fence.enclose($0.text, as: "example"))\nJSON: \($0.json)\n\n" }.joined()
        var left = budget - counter.tokenCount(of: system + shown) - 24
        guard left > 0 else { throw PromptError.budgetTooSmall(budget: budget, needed: budget - left) }
        var used: [ScoredChunk] = []
        var texts: [String] = []
        for hit in passages {
            let text = fence.enclose(
                hit.chunk.contextualText, number: used.count + 1, source: hit.location.name, lines: hit.location.lines)
            let tokens = counter.tokenCount(of: text) + 1
            guard tokens <= left else { continue }
            left -= tokens
            used.append(hit)
            texts.append(text)
        }
        var result = Result()
        result.prompt = prompts.identity
        result.dropped = passages.count - used.count
        guard !used.isEmpty else {
            result.problems = ["No passage fits into a prompt of \(budget) tokens."]
            return result
        }
        var messages = [
            Message(.system, system),
            Message(
                .user,
                prompts.user.substitute([
                    "fence": fence.key, "shown": shown, "passages": texts.joined(separator: "\n\n"),
                ])),
        ]
        var usages: [TokenUsage?] = []
        for attempt in 0..<2 {
            let reply = try await model.reply(to: messages, maximumTokens: maximumTokens, isPlain: false)
            usages.append(reply.usage)
            result.usage = TokenUsage.sum(usages)
            result.isRepaired = attempt > 0
            switch Self.value(in: reply.text) {
            case .success(let value):
                result.problems = schema.problems(of: value)
                if result.problems.isEmpty {
                    result.json = value.json
                    cite(value, in: used, into: &result)
                    return result
                }
            case .failure(let fault): result.problems = ["The reply is not JSON: \(fault.reason)"]
            }
            messages.append(Message(.assistant, reply.text))
            if let retry = prompts.retry {
                let problems = result.problems.joined(separator: " ")
                messages.append(Message(.user, retry.substitute(["problems": problems])))
            }
        }
        return result
    }

    private struct Fault: Error { var reason: String }

    /// The JSON value of a reply, without a code block or words around it.
    private static func value(in reply: String) -> Swift.Result<JSONValue, Fault> {
        let bytes = Array(reply.utf8)
        let opening = bytes.firstIndex { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "[") }
        let closing = bytes.lastIndex { $0 == UInt8(ascii: "}") || $0 == UInt8(ascii: "]") }
        let part = if let opening, let closing, opening < closing { Array(bytes[opening...closing]) } else { bytes }
        do {
            return .success(try JSONValue(parsing: part))
        } catch { return .failure(Fault(reason: "\(error)")) }
    }

    // MARK: Places

    /// Finds each text and number of a value in the passages.
    private func cite(_ value: JSONValue, in hits: [ScoredChunk], into result: inout Result) {
        let segmenter = PassageSegmenter(sentences: TextAnalysis().sentences)
        let places = hits.map { hit in
            let bytes = Array(hit.chunk.text.utf8)
            return segmenter.segments(of: hit.chunk.text, tableHeader: hit.chunk.tableHeader).map { segment in
                let text = String(decoding: bytes[segment.range], as: UTF8.self)
                return (range: segment.range, words: Self.words(of: text), facts: Fact.tokens(of: text))
            }
        }
        var leaves: [(path: String, text: String)] = []
        Self.collect(value, at: "", into: &leaves)
        for leaf in leaves {
            let words = Self.words(of: leaf.text)
            let facts = Fact.facts(in: leaf.text)
            guard words.count > 2 else { continue }
            var found: Citation?
            search: for (index, hit) in hits.enumerated() {
                for place in places[index]
                where place.words.contains(words)
                    || !facts.isEmpty && facts.allSatisfy({ !$0.readings.isDisjoint(with: place.facts) })
                        && Double(leaf.text) != nil
                {
                    found = Citation(marker: result.citations.count + 1, range: place.range, in: hit)
                    break search
                }
            }
            if let found {
                result.citations.append((leaf.path, found))
            } else {
                result.unsupported.append(leaf.path)
            }
        }
    }

    /// The words of a text between spaces, so that a text is contained word by word.
    private static func words(of text: String) -> String {
        " " + SurfaceWord.words(of: text).map(\.folded).joined(separator: " ") + " "
    }

    /// Truth values and null state nothing that could be found.
    private static func collect(_ value: JSONValue, at path: String, into leaves: inout [(path: String, text: String)])
    {
        switch value {
        case .string(let text): leaves.append((path, text))
        case .int, .number: leaves.append((path, value.json))
        case .array(let elements):
            for (index, element) in elements.enumerated() { collect(element, at: "\(path)/\(index)", into: &leaves) }
        case .object(let members):
            for (name, member) in members.sorted(by: { $0.key < $1.key }) {
                collect(member, at: "\(path)/\(name)", into: &leaves)
            }
        case .null, .bool: break
        }
    }
}
