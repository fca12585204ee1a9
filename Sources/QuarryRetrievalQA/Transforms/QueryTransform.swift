public import QuarryCore

/// What a language model writes to search for beside a question.
///
/// The question itself is always searched for too. Whether a transform helps depends on the model and the documents:
/// measure it on questions of your own.
public enum QueryTransform: String, Sendable, Hashable, Codable, CaseIterable {
    /// The question in other words (RAG-Fusion: Rackauckas, arXiv 2402.03367).
    case multi
    /// A passage as a document with the answer would have it. Its vector is searched for (HyDE: Gao, Ma, Lin and Callan,
    /// arXiv 2212.10496).
    case hyde
    /// A more general question (Zheng et al., arXiv 2310.06117).
    case stepBack = "step-back"
    /// The questions of which the question consists (Press et al., arXiv 2210.03350).
    case decompose

    /// The most texts of a transform.
    public static let maximumCount = 4
    /// The longest text of a transform, in bytes of UTF-8. A longer passage is cut, a longer question is left out.
    public static let maximumBytes = 2_000

    /// What a model writes to search for beside a question. One request is sent.
    ///
    /// - `question`: Without operators of the search, which a model does not know.
    /// - Returns: No text, and a warning, if the reply has none or the model failed for now.
    /// - Throws: An error of the model that a person must fix, such as an invalid key, and `CancellationError`.
    public func queries(for question: String, by model: any LanguageModel) async throws -> TransformedQuery {
        let asked = BareQuestion(question).text
        let prompts = try PromptSet.transform(self, of: asked)
        var result = TransformedQuery(transform: self, prompt: prompts.identity)
        do {
            let reply = try await model.reply(
                to: [
                    Message(.system, prompts.system.text),
                    Message(.user, prompts.user.substitute(["question": asked])),
                ], maximumTokens: 256)
            result.usage = reply.usage
            result.switches = reply.switches
            let found = self == .hyde ? Self.passage(in: reply.text).map { [$0] } ?? [] : Self.questions(in: reply.text)
            if found.isEmpty {
                result.warning =
                    "The model wrote nothing to search for beside the question, which was searched for alone."
            }
            var seen: Set = [Self.words(of: asked)]
            result.queries = Array(
                found.filter { seen.insert(Self.words(of: $0)).inserted }.prefix(Self.maximumCount))
        } catch let error where !(error is CancellationError) && (error as? any TransientFailure)?.isTransient != false
        {
            result.warning = "The model failed, so the question was searched for alone. \(error)"
        }
        return result
    }

    private static func words(of text: String) -> [String] { SurfaceWord.words(of: text).map(\.folded) }

    /// The whole reply on one line; nil if it has no words.
    private static func passage(in reply: String) -> String? {
        var text = reply.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        while text.utf8.count > maximumBytes, let space = text.lastIndex(of: " ") { text = String(text[..<space]) }
        return words(of: text).isEmpty || text.utf8.count > maximumBytes ? nil : text
    }

    /// The lines of a reply without numbers, bullets and quotation marks. A line that ends with a colon introduces others.
    private static func questions(in reply: String) -> [String] {
        reply.split(whereSeparator: \.isNewline).compactMap { line in
            var text = line.drop(while: \.isWhitespace)
            if let mark = text.prefixMatch(of: /([-*•–]|\(?[0-9]{1,2}[.):])\s+/) {
                text = text[mark.range.upperBound...]
            }
            let edge: Set<Character> = ["\"", "“", "”", "«", "»", "*", " ", "\t"]
            text = text.drop { edge.contains($0) }
            while let last = text.last, edge.contains(last) { text.removeLast() }
            let isText = text.utf8.count <= maximumBytes && !text.hasSuffix(":") && !words(of: String(text)).isEmpty
            return isText ? String(text) : nil
        }
    }
}

/// What a language model wrote to search for beside a question.
public struct TransformedQuery: Sendable, Hashable {
    public var transform: QueryTransform
    /// At most ``QueryTransform/maximumCount``, each at most ``QueryTransform/maximumBytes`` long; for
    /// ``QueryTransform/hyde``, a passage. None has the same words as the question or another one. Empty if a question
    /// needs no other, and if there is a warning.
    public var queries: [String] = []
    /// The texts of the prompt.
    public var prompt: PromptSet.Identity
    /// The tokens of the request; nil if the server did not report them.
    public var usage: TokenUsage?
    /// Models that failed before the one that wrote.
    public var switches: [ModelSwitch] = []
    /// Why nothing was written, for a person.
    public var warning: String?

    init(transform: QueryTransform, prompt: PromptSet.Identity) {
        self.transform = transform
        self.prompt = prompt
    }
}
