import QuarryHTTP
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct ConcurrencyLimitTests {
    /// Something that several tasks change.
    private final class Shared<Value: Sendable>: Sendable {
        private let value: Mutex<Value>
        init(_ value: Value) { self.value = Mutex(value) }
        var current: Value { value.withLock { $0 } }
        func change(_ body: (inout Value) -> Void) {
            value.withLock { value in
                var copy = value
                body(&copy)
                value = copy
            }
        }
    }

    private struct Counts: Sendable {
        var inside = 0
        var most = 0
    }

    private func wait(until condition: () -> Bool) async throws {
        while !condition() { try await Task.sleep(for: .milliseconds(1)) }
    }

    @Test func `no more than the limit are inside`() async throws {
        let limit = ConcurrencyLimit(3)
        let counts = Shared(Counts())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    try await limit.run {
                        counts.change {
                            $0.inside += 1
                            $0.most = max($0.most, $0.inside)
                        }
                        await Task.yield()
                        counts.change { $0.inside -= 1 }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(counts.current.most <= 3)
        #expect(limit.occupancy == (0, 0))
    }

    @Test func `those who wait come in the order they came`() async throws {
        let limit = ConcurrencyLimit(1)
        let order = Shared<[Int]>([])
        let permit = try await limit.enter()
        var tasks: [Task<Void, any Error>] = []
        for number in 0..<50 {
            tasks.append(Task { try await limit.run { order.change { $0.append(number) } } })
            try await wait { limit.occupancy.waiting == number + 1 }
        }
        permit.leave()
        for task in tasks { try await task.value }
        #expect(order.current == Array(0..<50))
    }

    @Test func `whoever gives up leaves the queue, and loses no place`() async throws {
        let limit = ConcurrencyLimit(1)
        let permit = try await limit.enter()
        let impatient = (0..<20).map { _ in Task { try await limit.run {} } }
        try await wait { limit.occupancy.waiting == 20 }
        let patient = Task { try await limit.run { true } }
        try await wait { limit.occupancy.waiting == 21 }
        for task in impatient { task.cancel() }
        for task in impatient { await #expect(throws: CancellationError.self) { try await task.value } }
        #expect(limit.occupancy == (1, 1))
        permit.leave()
        permit.leave()
        #expect(try await patient.value)
        #expect(limit.occupancy == (0, 0))
        let cancelled = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await limit.run {}
        }
        await #expect(throws: CancellationError.self) { try await cancelled.value }
    }

    @Test func `a storm of arrivals, exits and cancellations keeps every place`() async throws {
        let limit = ConcurrencyLimit(4)
        var generator = SystemRandomNumberGenerator()
        let tasks = (0..<2000).map { _ in
            Task { try await limit.run { await Task.yield() } }
        }
        for task in tasks where Bool.random(using: &generator) { task.cancel() }
        for task in tasks { _ = await task.result }
        #expect(limit.occupancy == (0, 0))
    }

    @Test func `a permit that is dropped or an error inside gives the place back`() async throws {
        struct Failure: Error {}
        let limit = ConcurrencyLimit(1)
        do { _ = try await limit.enter() }
        await #expect(throws: Failure.self) { try await limit.run { throw Failure() } }
        #expect(limit.occupancy == (0, 0))
    }
}
