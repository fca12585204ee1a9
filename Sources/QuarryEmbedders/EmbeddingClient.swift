import QuarryCore
import QuarryHTTP
import QuarryProviders
import Synchronization

/// Sends the batches of a plan, some at a time, and checks what comes back.
struct EmbeddingClient: Sendable {
    let connection: ProviderConnection
    let settings: EmbeddingSettings
    let format: any EmbeddingFormat
    let inputsPerRequest: Int
    let tokensPerRequest: Int
    /// Nil where it is not known.
    let tokensPerInput: Int?
    private let learnedSize = LearnedSize()

    /// No tokenizer in use makes fewer tokens than one for so many bytes of text.
    private static let bytesPerToken = 16

    /// Refuses texts that cannot be embedded, before anything is sent or paid for.
    /// - Throws: ``ProviderError`` with code `invalidInput` or `inputTooLong`, naming the text's position.
    func check(_ texts: [String]) throws {
        for (position, text) in texts.enumerated() {
            if text.isEmpty {
                throw ProviderError(
                    .invalidInput, "Text \(position) of \(texts.count) is empty; there is nothing to embed.")
            }
            if let tokensPerInput, text.utf8.count / Self.bytesPerToken > tokensPerInput {
                throw ProviderError(
                    .inputTooLong,
                    "Text \(position) of \(texts.count) has \(text.utf8.count) bytes, more than the \(tokensPerInput) tokens that "
                        + "\(settings.model) reads. Cut the documents into shorter chunks.")
            }
        }
    }

    /// One request, and the vectors of its reply.
    /// - Throws: ``ProviderError``, or `CancellationError`.
    func vectors(
        of texts: [String], as role: EmbeddingRole, prefix: String, dimension: Int?
    ) async throws -> EmbeddingBatch {
        let call = try call(for: texts, as: role, prefix: prefix, tokens: TokenEstimate.tokens(in: texts))
        return try await vectors(from: call, count: texts.count, dimension: dimension)
    }

    private func call(
        for texts: [String], as role: EmbeddingRole, prefix: String, tokens: Int
    ) throws -> ProviderCall {
        try ProviderCall(
            .embedding, model: settings.model, path: format.path,
            json: format.body(for: texts, as: role, prefix: prefix), estimate: BilledUsage(input: tokens))
    }

    /// - Parameter onReply: Called when a reply has come that can be read, before it is.
    private func vectors(
        from call: ProviderCall, count: Int, dimension: Int?, onReply: () -> Void = {}
    ) async throws -> EmbeddingBatch {
        try await connection.send(call, onReply: onReply) { body in
            let reply = try read(body, from: connection.place(of: call))
            let batch = try reply.batch(
                count: count, dimension: dimension, normalizes: settings.normalizes, from: connection.place(of: call))
            return (batch, reply.usage)
        }
    }

    private func read(_ body: [UInt8], from place: @autoclosure () -> String) throws -> EmbeddingReply {
        let reply: Result<EmbeddingReply, JSONCursor.Fault>
        do {
            reply = .success(try format.reply(in: body))
        } catch let fault as JSONCursor.Fault {
            reply = .failure(fault)
        }
        if case .success(let reply) = reply, !reply.isEmpty { return reply }
        if let failure = ProviderFailure(announcedIn: body) {
            throw ProviderError(
                .serverFailure, "\(place()) answered with an error: \(failure.message ?? "it gives no reason").")
        }
        do {
            return try reply.get()
        } catch {
            let start = String(decoding: body.prefix(120), as: UTF8.self)
            throw ProviderError(
                .malformedReply,
                "\(place()) did not answer with a list of vectors: “\(start)”. Check the base address and the provider.",
                underlyingError: error)
        }
    }

    /// How one request ended.
    private enum Outcome: Sendable {
        case vectors(EmbeddingBatch)
        /// It may still hold its slot.
        case failed(any Error, holdsSlot: Bool)
    }

    /// Sends the plan's batches and tells of each that is answered.
    ///
    /// The next request is on its way while a reply is read and told of. After a failure nothing more is sent; what is
    /// under way is cancelled, unless only the budget forbids the next.
    func run(
        _ plan: EmbeddingPlan, as role: EmbeddingRole, prefix: String, dimension: Int,
        onPart: @Sendable (EmbeddedPart) throws -> Void
    ) async throws -> EmbeddingBatch {
        var values: [Float] = []
        // Taken from the end.
        var waiting = Array(plan.batches.reversed())
        var failure: (any Error)?
        let slots = RequestSlots(connection.concurrency)
        await withTaskGroup(of: (range: Range<Int>, outcome: Outcome).self) { group in
            var underWay = 0
            func begin() {
                // Twice as many as may be at the server: the others read replies, or wait for their turn.
                while failure == nil, underWay < 2 * connection.concurrency, var range = waiting.popLast() {
                    if let most = learnedSize.value, range.count > most {
                        waiting.append(range.lowerBound + most..<range.upperBound)
                        range = range.lowerBound..<range.lowerBound + most
                    }
                    underWay += 1
                    group.addTask {
                        let outcome = await send(
                            range, of: plan, as: role, prefix: prefix, dimension: dimension, slots)
                        return (range, outcome)
                    }
                }
            }
            begin()
            // While the first requests are under way: a large block takes its time.
            values = [Float](repeating: 0, count: plan.slots.count * dimension)
            while let (range, outcome) = await group.next() {
                underWay -= 1
                switch outcome {
                case .vectors(let batch):
                    begin()
                    let part = part(of: plan, range, batch)
                    values.copyRows(of: part)
                    do {
                        try onPart(part)
                    } catch {
                        failure = failure ?? error
                        group.cancelAll()
                    }
                case .failed(let error as ProviderError, let holdsSlot)
                where error.code == .inputTooLong && range.count > 1:
                    learnedSize.refused(range.count)
                    let middle = range.lowerBound + range.count / 2
                    waiting.append(middle..<range.upperBound)
                    waiting.append(range.lowerBound..<middle)
                    if holdsSlot { slots.giveBack() }
                    begin()
                case .failed(let error, let holdsSlot):
                    // One text was too long: that says nothing of how many a request may hold.
                    if (error as? ProviderError)?.code == .inputTooLong { learnedSize.forget() }
                    if failure == nil {
                        failure = named(error, plan, range)
                        if (error as? ProviderError)?.code != .budgetExceeded { group.cancelAll() }
                    }
                    // Not before the others are cancelled: nothing may be sent after a failure.
                    if holdsSlot { slots.giveBack() }
                }
            }
        }
        if let failure { throw failure }
        return EmbeddingBatch(values: values, dimension: dimension)
    }

    /// One request of a plan, from the wait for its turn to what became of it.
    private func send(
        _ range: Range<Int>, of plan: EmbeddingPlan, as role: EmbeddingRole, prefix: String, dimension: Int,
        _ slots: RequestSlots
    ) async -> Outcome {
        var holdsSlot = false
        do {
            // Ready when its turn comes.
            let call = try call(
                for: Array(plan.texts[range]), as: role, prefix: prefix, tokens: plan.tokens[range].reduce(0, +))
            await slots.take()
            holdsSlot = true
            try Task.checkCancellation()
            let batch = try await vectors(from: call, count: range.count, dimension: dimension) {
                holdsSlot = false
                slots.giveBack()
            }
            return .vectors(batch)
        } catch {
            return .failed(error, holdsSlot: holdsSlot)
        }
    }

    /// The vectors of a batch for all texts that they belong to.
    private func part(of plan: EmbeddingPlan, _ range: Range<Int>, _ batch: EmbeddingBatch) -> EmbeddedPart {
        var positions: [Int] = []
        positions.reserveCapacity(range.count)
        for slot in range { positions.append(contentsOf: plan.positions(of: slot)) }
        guard positions.count > range.count else { return EmbeddedPart(positions: positions, vectors: batch) }
        var values: [Float] = []
        values.reserveCapacity(positions.count * batch.dimension)
        for (row, slot) in range.enumerated() {
            for _ in plan.positions(of: slot) { values.append(contentsOf: batch[row]) }
        }
        return EmbeddedPart(
            positions: positions, vectors: EmbeddingBatch(values: values, dimension: batch.dimension))
    }

    /// The error, naming the text where a request with one text was too long.
    private func named(_ error: any Error, _ plan: EmbeddingPlan, _ range: Range<Int>) -> any Error {
        guard var failure = error as? ProviderError, failure.code == .inputTooLong,
            let position = plan.positions(of: range.lowerBound).first
        else { return error }
        failure.message =
            "Text \(position) of \(plan.slots.count) is too long for \(settings.model). \(failure.message)"
        return failure
    }
}

/// How many texts a request may hold, as far as refusals have shown: other batches need not be refused as well.
private final class LearnedSize: Sendable {
    private let size = Mutex<Int?>(nil)

    var value: Int? { size.withLock { $0 } }

    func refused(_ count: Int) { size.withLock { $0 = max(1, min($0 ?? count, (count + 1) / 2)) } }

    func forget() { size.withLock { $0 = nil } }
}

extension [Float] {
    /// Puts the rows of a part where their texts stand.
    fileprivate mutating func copyRows(of part: EmbeddedPart) {
        let dimension = part.vectors.dimension
        for (row, position) in part.positions.enumerated() {
            replaceSubrange(position * dimension..<(position + 1) * dimension, with: part.vectors[row])
        }
    }
}
