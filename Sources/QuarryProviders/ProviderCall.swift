import Foundation

/// A request to a provider without address and key.
package struct ProviderCall: Sendable {
    package var task: ModelTask
    package var model: String
    /// The path below the base address, unless the provider overrides it. `{model}` is replaced by the model's name.
    package var path: String
    package var contentType: String
    package var accept: String
    package var body: [UInt8]
    /// Further header fields. They are not secret.
    package var headers: [String: String] = [:]
    /// The estimated usage, for rate limits and budgets.
    package var estimate: BilledUsage
    /// The maximum number of tokens, for a token budget. The default is the estimate. A call that is billed in another
    /// unit must set it.
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

    /// A call with a JSON body. Sorted keys make equal requests equal bytes.
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
