import Foundation

/// A request to a provider, before it has an address and a key.
package struct ProviderCall: Sendable {
    package var task: ModelTask
    package var model: String
    /// Below the base address, where the provider names no path of its own; `{model}` stands for the model's name.
    package var path: String
    package var contentType: String
    package var accept: String
    package var body: [UInt8]
    /// More header fields, none of them secret.
    package var headers: [String: String] = [:]
    /// What it may take, to keep limits and budgets by.
    package var estimate: BilledUsage
    /// Tokens it may take at most, for a budget of tokens. The default is those of the estimate; a call that is billed in
    /// another unit has to say it.
    package var tokens: Int

    package init(
        _ task: ModelTask, model: String, path: String, contentType: String, accept: String = "application/json",
        body: [UInt8], estimate: BilledUsage, tokens: Int? = nil
    ) {
        self.task = task
        self.model = model
        self.path = path
        self.contentType = contentType
        self.accept = accept
        self.body = body
        self.estimate = estimate
        self.tokens = tokens ?? estimate.tokens
    }

    /// A call whose body is JSON, with sorted keys: the same request is the same bytes.
    package init(
        _ task: ModelTask, model: String, path: String, json body: some Encodable, accept: String = "application/json",
        estimate: BilledUsage, tokens: Int? = nil
    ) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        self.init(
            task, model: model, path: path, contentType: "application/json", accept: accept,
            body: Array(try encoder.encode(body)), estimate: estimate, tokens: tokens)
    }
}
