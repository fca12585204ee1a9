public import QuarryCore

/// Verifies the requirements of `LanguageModel`: it streams text, ends with exactly one `.finished`, has no negative
/// counts, answers two concurrent requests, and stops when the consumer stops reading.
///
/// Call it from a test: `try await verifyLanguageModel(myModel)`. It sends four short requests.
/// - Throws: ``ConformanceFailure``, or the errors of the model.
public func verifyLanguageModel(_ model: some LanguageModel) async throws {
    try require(!model.name.isEmpty, "The model has no name.")
    let request = GenerationRequest(
        messages: [Message(.system, "Answer in one short sentence."), Message(.user, "Name a fruit.")],
        maximumTokens: 16)
    try await verifyReply(of: model, to: request)
    async let first: Void = verifyReply(of: model, to: request)
    async let second: Void = verifyReply(of: model, to: request)
    _ = try await (first, second)
    for try await event in model.generate(request) {
        if case .text = event { break }
    }
    let cancelled = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        for try await _ in model.generate(request) {}
    }
    if case .failure(let error) = await cancelled.result, !(error is CancellationError) {
        throw ConformanceFailure("A cancelled task got “\(error)” instead of a CancellationError or the end.")
    }
}

private func verifyReply(of model: some LanguageModel, to request: GenerationRequest) async throws {
    var text = ""
    var end: (reason: FinishReason, usage: TokenUsage?)?
    for try await event in model.generate(request) {
        try require(end == nil, "An event followed .finished.")
        switch event {
        case .text(let piece): text += piece
        case .switched(let from, let to, _):
            try require(text.isEmpty, "\(to) replaced \(from) after text was sent.")
        case .cached: try require(text.isEmpty, "A cached reply was announced after text was sent.")
        case .finished(let reason, let usage): end = (reason, usage)
        }
    }
    guard let end else { throw ConformanceFailure("The stream ended without .finished.") }
    try require(!text.isEmpty || end.reason != .stop, "The reply is empty, but its finish reason is .stop.")
    if let usage = end.usage {
        try require(usage.input >= 0 && usage.output >= 0, "The usage has negative counts: \(usage).")
    }
}
