import QuarryCore
import QuarryProviders

extension EmbeddingClient {
    /// How long replies are waited for that were under way when another request failed: they are paid for.
    private static let patience = Duration.seconds(20)

    /// One request under way.
    private struct Request {
        let task: Task<EmbeddingBatch, any Error>
        let turn: ProviderTurn

        func cancel() {
            turn.close()
            task.cancel()
        }
    }

    private enum Event: Sendable {
        case ended(Range<Int>, Result<EmbeddingBatch, any Error>)
        case patienceIsOver
    }

    /// Sends the batches of a plan, some at a time, and tells of each that is answered.
    ///
    /// The next request is on its way while a reply is read and told of. After a failure nothing more is sent, but what
    /// is at the provider is waited for, up to 20 s: it is paid for. Where nobody is told of parts (unless a budget has
    /// to know of them), and after a cancellation, everything under way is closed at once.
    func run(
        _ plan: EmbeddingPlan, as role: EmbeddingRole, prefix: String, dimension: Int,
        onPart: (@Sendable (EmbeddedPart) throws -> Void)?
    ) async throws -> EmbeddingBatch {
        var values: [Float] = []
        // Taken from the end.
        var waiting = Array(plan.batches.reversed())
        var failure: (any Error)?
        // Nil once it has failed.
        var teller = onPart
        var underWay: [Range<Int>: Request] = [:]
        await withTaskGroup(of: Event.self) { group in
            func begin() {
                // Twice as many as may be at the server: the others read replies, or are ready for their turn.
                while failure == nil, underWay.count < 2 * connection.concurrency, let range = nextRange(of: &waiting) {
                    guard !Task.isCancelled else {
                        failure = CancellationError()
                        return
                    }
                    let request = request(for: range, of: plan, as: role, prefix: prefix, dimension: dimension)
                    underWay[range] = request
                    group.addTask {
                        await withTaskCancellationHandler {
                            .ended(range, await request.task.result)
                        } onCancel: {
                            request.cancel()
                        }
                    }
                }
            }
            func fail(_ error: any Error, keepsWhatIsSent: Bool) {
                let isFirst = failure == nil
                if isFirst { failure = error }
                guard keepsWhatIsSent else {
                    for request in underWay.values { request.cancel() }
                    return
                }
                guard isFirst else { return }
                for request in underWay.values { request.turn.close { [task = request.task] in task.cancel() } }
                group.addTask {
                    try? await Task.sleep(for: Self.patience)
                    return .patienceIsOver
                }
            }
            begin()
            // While the first requests are under way: a large block takes its time.
            values = [Float](repeating: 0, count: plan.slots.count * dimension)
            while !underWay.isEmpty, let event = await group.next() {
                guard case .ended(let range, let result) = event, let request = underWay.removeValue(forKey: range)
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
                        try teller?(part)
                    } catch {
                        teller = nil
                        fail(error, keepsWhatIsSent: false)
                    }
                case .failure(let error as ProviderError) where error.mayConcernOneText && range.count > 1:
                    learnedSize.refused(range.count)
                    let middle = range.lowerBound + range.count / 2
                    waiting.append(middle..<range.upperBound)
                    waiting.append(range.lowerBound..<middle)
                    request.turn.end()
                    begin()
                case .failure(let error):
                    // One text was rejected: that says nothing about how many a request may hold.
                    if (error as? ProviderError)?.mayConcernOneText == true { learnedSize.forget() }
                    let isBudget = (error as? ProviderError)?.code == .budgetExceeded
                    fail(named(error, plan, range), keepsWhatIsSent: teller != nil || isBudget)
                    // Now that the others know: nothing may be sent after a failure.
                    request.turn.end()
                }
            }
            group.cancelAll()
        }
        if let failure { throw failure }
        return EmbeddingBatch(values: values, dimension: dimension)
    }

    /// Begins a request, which can be cancelled by itself. Its turn ends with its reply; after a failure it is the
    /// caller's to end.
    private func request(
        for range: Range<Int>, of plan: EmbeddingPlan, as role: EmbeddingRole, prefix: String, dimension: Int
    ) -> Request {
        let tokens = plan.tokens[range].reduce(0, +)
        let turn = turn(tokens: tokens)
        turn.reservePlace()
        let task = Task {
            let call = try call(for: Array(plan.texts[range]), as: role, prefix: prefix, tokens: tokens)
            let batch = try await vectors(from: call, in: turn, count: range.count, dimension: dimension)
            turn.end()
            return batch
        }
        return Request(task: task, turn: turn)
    }

    /// The next batch, or as much of it as a request may hold.
    private func nextRange(of waiting: inout [Range<Int>]) -> Range<Int>? {
        guard let range = waiting.popLast() else { return nil }
        guard let most = learnedSize.value, range.count > most else { return range }
        waiting.append(range.lowerBound + most..<range.upperBound)
        return range.lowerBound..<range.lowerBound + most
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

    /// The error, naming the text among those that were handed over.
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
    /// Puts the rows of a part where their texts stand.
    fileprivate mutating func copyRows(of part: EmbeddedPart) {
        let dimension = part.vectors.dimension
        for (row, position) in part.positions.enumerated() {
            replaceSubrange(position * dimension..<(position + 1) * dimension, with: part.vectors[row])
        }
    }
}

extension ProviderError {
    /// Whether a request of many texts may have been rejected because of one of them.
    fileprivate var mayConcernOneText: Bool {
        let codes: [Code] = [.inputTooLong, .contentFiltered, .requestRefused, .invalidInput]
        return position == nil && codes.contains(code)
    }
}
