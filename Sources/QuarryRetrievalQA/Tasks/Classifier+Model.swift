public import QuarryCore

extension Classifier {
    /// The label that a model gives a text: one of `labels`. It sees the most similar examples; the text and the examples
    /// are fenced. A reply that is none of the labels is asked for once more.
    ///
    /// - `labels`: At least one.
    /// - Returns: Nil if neither reply is a label; the votes are those of the nearest examples. Also the tokens, nil if the
    ///   server did not report them, and the texts of the prompt: Russian for a text in Russian, English otherwise.
    /// - Throws: The errors of the model and the embedder.
    public func label(
        of text: String, among labels: [String], by model: any LanguageModel
    ) async throws -> (label: String?, usage: TokenUsage?, prompt: PromptSet.Identity) {
        let similarities = try await similarities(of: [text])[0]
        let shown = similarities.indices.sorted {
            similarities[$0] != similarities[$1] ? similarities[$0] > similarities[$1] : $0 < $1
        }.prefix(neighbours).reversed().map { examples[$0] }
        let fence = Fence(around: [text] + shown.map(\.text))
        let prompts = try PromptSet.classification(of: text)
        let listed = labels.joined(separator: ", ")
        let word = QuestionLanguage(of: text) == .russian ? "Метка" : "Label"
        var known = ""
        for example in shown { known += "\(fence.enclose(example.text, as: "text"))\n\(word): \(example.label)\n\n" }
        var messages = [
            Message(.system, prompts.system.substitute(["labels": listed])),
            Message(
                .user,
                prompts.user.substitute([
                    "fence": fence.key, "shown": known, "text": fence.enclose(text, as: "text"),
                ])),
        ]
        var usages: [TokenUsage?] = []
        for _ in 0..<2 {
            let reply = try await model.reply(to: messages, maximumTokens: 32)
            usages.append(reply.usage)
            if let label = Self.label(in: reply.text, among: labels) {
                return (label, TokenUsage.sum(usages), prompts.identity)
            }
            messages.append(Message(.assistant, reply.text))
            if let retry = prompts.retry {
                messages.append(Message(.user, retry.substitute(["labels": listed])))
            }
        }
        return (nil, TokenUsage.sum(usages), prompts.identity)
    }

    /// The label that a reply consists of, whatever its case and punctuation.
    private static func label(in reply: String, among labels: [String]) -> String? {
        func folded(_ text: String) -> [String] { SurfaceWord.words(of: text).map(\.folded) }
        let words = folded(reply)
        if let exact = labels.first(where: { folded($0) == words }) { return exact }
        guard words.first == "label" || words.first == "метка" else { return nil }
        return labels.first { folded($0) == Array(words.dropFirst()) }
    }
}
