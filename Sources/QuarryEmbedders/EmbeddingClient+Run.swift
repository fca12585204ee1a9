import QuarryCore
import QuarryProviders

extension EmbeddingClient {
    /// The time for replies that are in flight when another request fails. They are billed, so they are kept.
    private static let drainTimeout = Duration.seconds(20)

    /// One request in flight.
    private struct Request {
        let task: Task<EmbeddingBatch, any Error>
        let slot: RequestSlot

        func cancel() {
            slot.close()
            task.cancel()
        }
    }

    private enum Event: Sendable {
        case ended(Range<Int>, Result<EmbeddingBatch, any Error>)
        case drainTimedOut
    }

    /// Sends the batches of a plan concurrently and reports each reply.
    ///
    /// The next request is sent while a reply is read and reported. After a failure nothing more is sent, but replies
    /// in flight are awaited for up to 20 s, because they are billed. After a cancellation all requests in flight are
    /// closed immediately. So they are after a failure without `onPart`, unless a budget needs their cost.
    func run(
        _ plan: EmbeddingPlan, as role: EmbeddingRole, prefix: String, dimension: Int,
        onPart: (@Sendable (EmbeddedPart) throws -> Void)?
    ) async throws -> EmbeddingBatch {
        var values: [Float] = []
        // Taken from the end.
        var waiting = Array(plan.batches.reversed())
        var failure: (any Error)?
        // Nil after it has thrown.
        var onPart = onPart
        var inFlight: [Range<Int>: Request] = [:]
        await withTaskGroup(of: Event.self) { group in
            func begin() {
                // Twice the allowed concurrency: the others read replies or wait for their slots.
                while failure == nil, inFlight.count < 2 * connection.concurrency, let range = nextRange(of: &waiting) {
                    guard !Task.isCancelled else {
                        failure = CancellationError()
                        return
                    }
                    let request = request(for: range, of: plan, as: role, prefix: prefix, dimension: dimension)
                    inFlight[range] = request
                    group.addTask {
                        await withTaskCancellationHandler {
                            .ended(range, await request.task.result)
                        } onCancel: {
                            request.cancel()
                        }
                    }
                }
            }
            func fail(_ error: any Error, drains: Bool) {
                let isFirst = failure == nil
                if isFirst { failure = error }
                guard drains else {
                    for request in inFlight.values { request.cancel() }
                    return
                }
                guard isFirst else { return }
                for request in inFlight.values { request.slot.close { [task = request.task] in task.cancel() } }
                group.addTask {
                    try? await Task.sleep(for: Self.drainTimeout)
                    return .drainTimedOut
                }
            }
            begin()
            // Allocated while the first requests are in flight, because a large block takes time.
            values = [Float](repeating: 0, count: plan.slots.count * dimension)
            while !inFlight.isEmpty, let event = await group.next() {
                guard case .ended(let range, let result) = event, let request = inFlight.removeValue(forKey: range)
                else {
                    group.cancelAll()
                    continue
                }
                switch result {
                case .success(let batch):
                    begin()
                    let part = part(of: plan, range, batch)
                    values.copyRows(of: part)
                    do {
                        try onPart?(part)
                    } catch {
                        onPart = nil
                        fail(error, drains: false)
                    }
                case .failure(let error as ProviderError) where error.mayConcernOneText && range.count > 1:
                    learnedSize.refused(range.count)
                    let middle = range.lowerBound + range.count / 2
                    waiting.append(middle..<range.upperBound)
                    waiting.append(range.lowerBound..<middle)
                    request.slot.release()
                    begin()
                case .failure(let error):
                    // Only one text was rejected: this is not evidence about the size of a request.
                    if (error as? ProviderError)?.mayConcernOneText == true { learnedSize.forget() }
                    let isBudget = (error as? ProviderError)?.code == .budgetExceeded
                    fail(named(error, plan, range), drains: onPart != nil || isBudget)
                    // Not earlier, because nothing may be sent after a failure.
                    request.slot.release()
                }
            }
            group.cancelAll()
        }
        if let failure { throw failure }
        return EmbeddingBatch(values: values, dimension: dimension)
    }

    /// Starts a request that can be cancelled separately. Its reply releases its slot; after a failure the caller does.
    private func request(
        for range: Range<Int>, of plan: EmbeddingPlan, as role: EmbeddingRole, prefix: String, dimension: Int
    ) -> Request {
        let tokens = plan.tokens[range].reduce(0, +)
        let slot = slot(tokens: tokens)
        slot.joinQueue()
        let task = Task {
            let call = try call(for: Array(plan.texts[range]), as: role, prefix: prefix, tokens: tokens)
            let batch = try await vectors(from: call, in: slot, count: range.count, dimension: dimension)
            slot.release()
            return batch
        }
        return Request(task: task, slot: slot)
    }

    /// The next batch, limited to the size of a request.
    private func nextRange(of waiting: inout [Range<Int>]) -> Range<Int>? {
        guard let range = waiting.popLast() else { return nil }
        guard let most = learnedSize.value, range.count > most else { return range }
        waiting.append(range.lowerBound + most..<range.upperBound)
        return range.lowerBound..<range.lowerBound + most
    }

    /// The vectors of a batch for all of its texts.
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

    /// Adds the position of the text to the error.
    private func named(_ error: any Error, _ plan: EmbeddingPlan, _ range: Range<Int>) -> any Error {
        guard var failure = error as? ProviderError else { return error }
        if failure.mayConcernOneText, let position = plan.positions(of: range.lowerBound).first {
            failure.position = position
            if failure.code == .inputTooLong {
                failure.message =
                    "Text \(position) of \(plan.slots.count) is too long for \(settings.model). \(failure.message)"
            }
        } else if let row = failure.position {
            failure.position = plan.positions(of: range.lowerBound + row).first
        }
        return failure
    }
}

extension [Float] {
    /// Copies the rows of a part to the positions of their texts.
    fileprivate mutating func copyRows(of part: EmbeddedPart) {
        let dimension = part.vectors.dimension
        for (row, position) in part.positions.enumerated() {
            replaceSubrange(position * dimension..<(position + 1) * dimension, with: part.vectors[row])
        }
    }
}

extension ProviderError {
    /// Whether a request of many texts may have been rejected because of a single text.
    fileprivate var mayConcernOneText: Bool {
        let codes: [Code] = [.inputTooLong, .contentFiltered, .requestRefused, .invalidInput]
        return position == nil && codes.contains(code)
    }
}
