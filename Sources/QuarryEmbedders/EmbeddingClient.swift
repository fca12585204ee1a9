import QuarryCore
import QuarryHTTP
import QuarryJSON
import QuarryProviders
import Synchronization

/// Requests vectors from a provider and checks the replies.
struct EmbeddingClient: Sendable {
    let connection: ProviderConnection
    let settings: EmbeddingSettings
    let format: any EmbeddingFormat
    let inputsPerRequest: Int
    let tokensPerRequest: Int
    /// Nil if unknown.
    let tokensPerInput: Int?
    let learnedSize = LearnedSize()

    /// A lower bound for all common tokenizers: one token for this many bytes of text.
    private static let bytesPerToken = 16

    /// Rejects texts that cannot be embedded, before anything is sent or billed.
    /// - Throws: `ProviderError` with code `invalidInput` or `inputTooLong`, with the text's position.
    func check(_ texts: [String]) throws {
        for (position, text) in texts.enumerated() {
            if text.isEmpty {
                throw ProviderError(
                    .invalidInput, "Text \(position) of \(texts.count) is empty.")
            }
            if let tokensPerInput, text.utf8.count / Self.bytesPerToken > tokensPerInput {
                var error = ProviderError(
                    .inputTooLong,
                    "Text \(position) of \(texts.count) has \(text.utf8.count) bytes, more than the \(tokensPerInput) tokens that "
                        + "\(settings.model) reads. Cut the documents into shorter chunks.")
                error.position = position
                throw error
            }
        }
    }

    /// Sends one request and returns the vectors of its reply.
    /// - Throws: `ProviderError`, or `CancellationError`.
    func vectors(
        of texts: [String], as role: EmbeddingRole, prefix: String, dimension: Int?
    ) async throws -> EmbeddingBatch {
        let call = try call(for: texts, as: role, prefix: prefix, tokens: TokenEstimate.tokens(in: texts))
        let slot = slot(tokens: call.estimate.input)
        defer { slot.release() }
        return try await vectors(from: call, in: slot, count: texts.count, dimension: dimension)
    }

    /// A request's slot at the provider.
    func slot(tokens: Int) -> RequestSlot {
        connection.slot(.embedding, model: settings.model, estimate: BilledUsage(input: tokens))
    }

    func call(
        for texts: [String], as role: EmbeddingRole, prefix: String, tokens: Int
    ) throws -> ProviderCall {
        try ProviderCall(
            .embedding, model: settings.model, path: format.path,
            json: format.body(for: texts, as: role, prefix: prefix), estimate: BilledUsage(input: tokens))
    }

    func vectors(
        from call: ProviderCall, in slot: RequestSlot, count: Int, dimension: Int?
    ) async throws -> EmbeddingBatch {
        try await connection.send(call, in: slot) { body in
            let reply = try read(body, from: connection.place(of: call))
            let batch = try reply.batch(
                count: count, dimension: dimension, normalizes: settings.normalizes, model: settings.model,
                from: connection.place(of: call))
            return (batch, reply.usage)
        }
    }

    /// Advice about invalid vectors.
    static let damageAdvice =
        "The model or its server may be faulty. Try again, restart the server, or use another model."

    private func read(_ body: [UInt8], from place: @autoclosure () -> String) throws -> EmbeddingReply {
        let reply: Result<EmbeddingReply, JSONFault>
        do {
            reply = .success(try format.reply(in: body))
        } catch let fault as JSONFault {
            reply = .failure(fault)
        }
        if case .success(let reply) = reply, !reply.isEmpty { return reply }
        if let failure = ProviderFailure(announcedIn: body) {
            throw ProviderError(
                .serverFailure, "\(place()) answered with an error: \(failure.message ?? "no reason given").")
        }
        do {
            return try reply.get()
        } catch {
            if let word = error.notANumber, ["NaN", "Infinity", "null"].contains(where: word.contains) {
                throw ProviderError(
                    .malformedReply,
                    "\(place()) sent a vector of \(settings.model) with “\(word)” instead of a number. "
                        + Self.damageAdvice, underlyingError: error)
            }
            let start = String(decoding: body.prefix(120), as: UTF8.self)
            throw ProviderError(
                .malformedReply,
                "\(place()) did not answer with a list of vectors: “\(start)”. Check the base address and the provider.",
                underlyingError: error)
        }
    }
}

/// The largest request that was accepted so far, shared by all batches.
final class LearnedSize: Sendable {
    private let size = Mutex<Int?>(nil)

    var value: Int? { size.withLock { $0 } }

    func refused(_ count: Int) { size.withLock { $0 = max(1, min($0 ?? count, (count + 1) / 2)) } }

    func forget() { size.withLock { $0 = nil } }
}
