import QuarryCore
package import QuarryRetrievalQA

extension QueryReply {
    /// What a language model wrote to search for beside the question.
    package struct Transform: Sendable, Codable {
        package var kind: QueryTransform
        /// Texts that were searched for too; for `hyde`, a passage whose vector was.
        package var queries: [String]
        /// The texts of the prompt.
        package var prompt: PromptSet.Identity
    }

    /// Adds what a model wrote to search for: after the answer, whose tokens and models are added to.
    mutating func add(_ written: TransformedQuery) {
        transform = Transform(kind: written.transform, queries: written.queries, prompt: written.prompt)
        if let warning = written.warning { warnings.append(warning) }
        let changes = written.switches + (switches ?? []).filter { !written.switches.contains($0) }
        switches = changes.isEmpty ? nil : changes
        usage = answer == nil ? written.usage : TokenUsage.sum([written.usage, usage])
    }
}
