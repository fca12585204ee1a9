import QuarryHTTP
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(30))) struct ConcurrencyLimitTests {
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

    @Test func `those who wait without a task stand in the same queue, and come in as a place is given back`()
        async throws
    {
        let limit = ConcurrencyLimit(1)
        let order = Shared<[String]>([])
        let held = Shared<[ConcurrencyLimit.Permit]>([])
        func line(up name: String) -> ConcurrencyLimit.Wait {
            limit.enter { permit in
                order.change { $0.append(name) }
                held.change { $0.append(permit) }
            }
        }
        let first = line(up: "a")
        #expect(order.current == ["a"])
        #expect(limit.enterIfFree() == nil)
        let task = Task { try await limit.run { order.change { $0.append("task") } } }
        try await wait { limit.occupancy.waiting == 1 }
        let (impatient, last) = (line(up: "b"), line(up: "c"))
        #expect(limit.occupancy == (1, 3))
        limit.giveUp(impatient)
        limit.giveUp(first)
        #expect(limit.occupancy == (1, 2))
        held.current.first?.leave()
        try await task.value
        try await wait { order.current.count == 3 }
        #expect(order.current == ["a", "task", "c"])
        limit.giveUp(last)
        held.change { $0 = [] }
        #expect(limit.occupancy == (0, 0))
        // On this thread, before the call returns.
        let permit = try #require(limit.enterIfFree())
        _ = line(up: "d")
        permit.leave()
        #expect(order.current.last == "d")
    }

    @Test func `a storm of waits without tasks keeps every place`() async throws {
        let limit = ConcurrencyLimit(4)
        let done = Shared(0)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<500 {
                        let wait = limit.enter { permit in
                            done.change { $0 += 1 }
                            // From a stack that is no deeper for it.
                            Task { permit.leave() }
                        }
                        if Bool.random() { limit.giveUp(wait) }
                        await Task.yield()
                    }
                }
            }
        }
        try await wait { limit.occupancy == (0, 0) }
        #expect(done.current > 0)
    }
}
