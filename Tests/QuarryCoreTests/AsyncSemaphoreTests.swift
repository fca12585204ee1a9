import QuarryCore
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(30))) struct AsyncSemaphoreTests {
    /// A value that several tasks change.
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
        var held = 0
        var most = 0
    }

    private func wait(until condition: () -> Bool) async throws {
        while !condition() { try await Task.sleep(for: .milliseconds(1)) }
    }

    @Test func `no more permits than the limit are held`() async throws {
        let semaphore = AsyncSemaphore(3)
        let counts = Shared(Counts())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    try await semaphore.withPermit {
                        counts.change {
                            $0.held += 1
                            $0.most = max($0.most, $0.held)
                        }
                        await Task.yield()
                        counts.change { $0.held -= 1 }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(counts.current.most <= 3)
        #expect(semaphore.occupancy == (0, 0))
    }

    @Test func `waiters acquire in first-in, first-out order`() async throws {
        let semaphore = AsyncSemaphore(1)
        let order = Shared<[Int]>([])
        let permit = try await semaphore.acquire()
        var tasks: [Task<Void, any Error>] = []
        for number in 0..<50 {
            tasks.append(Task { try await semaphore.withPermit { order.change { $0.append(number) } } })
            try await wait { semaphore.occupancy.waiting == number + 1 }
        }
        permit.release()
        for task in tasks { try await task.value }
        #expect(order.current == Array(0..<50))
    }

    @Test func `a cancelled waiter leaves the queue, and no permit is lost`() async throws {
        let semaphore = AsyncSemaphore(1)
        let permit = try await semaphore.acquire()
        let cancelled = (0..<20).map { _ in Task { try await semaphore.withPermit {} } }
        try await wait { semaphore.occupancy.waiting == 20 }
        let waiting = Task { try await semaphore.withPermit { true } }
        try await wait { semaphore.occupancy.waiting == 21 }
        for task in cancelled { task.cancel() }
        for task in cancelled { await #expect(throws: CancellationError.self) { try await task.value } }
        #expect(semaphore.occupancy == (1, 1))
        permit.release()
        permit.release()
        #expect(try await waiting.value)
        #expect(semaphore.occupancy == (0, 0))
        let late = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await semaphore.withPermit {}
        }
        await #expect(throws: CancellationError.self) { try await late.value }
    }

    @Test func `many concurrent acquisitions and cancellations lose no permit`() async throws {
        let semaphore = AsyncSemaphore(4)
        var generator = SystemRandomNumberGenerator()
        let tasks = (0..<2000).map { _ in
            Task { try await semaphore.withPermit { await Task.yield() } }
        }
        for task in tasks where Bool.random(using: &generator) { task.cancel() }
        for task in tasks { _ = await task.result }
        #expect(semaphore.occupancy == (0, 0))
    }

    @Test func `a dropped permit or an error in the body releases the semaphore`() async throws {
        struct Failure: Error {}
        let semaphore = AsyncSemaphore(1)
        do { _ = try await semaphore.acquire() }
        await #expect(throws: Failure.self) { try await semaphore.withPermit { throw Failure() } }
        #expect(semaphore.occupancy == (0, 0))
    }

    @Test func `waiters without a task share the queue, and acquire on release`()
        async throws
    {
        let semaphore = AsyncSemaphore(1)
        let order = Shared<[String]>([])
        let held = Shared<[AsyncSemaphore.Permit]>([])
        func enqueue(_ name: String) -> AsyncSemaphore.Wait {
            semaphore.acquire { permit in
                order.change { $0.append(name) }
                held.change { $0.append(permit) }
            }
        }
        let first = enqueue("a")
        #expect(order.current == ["a"])
        #expect(semaphore.tryAcquire() == nil)
        let task = Task { try await semaphore.withPermit { order.change { $0.append("task") } } }
        try await wait { semaphore.occupancy.waiting == 1 }
        let (cancelled, last) = (enqueue("b"), enqueue("c"))
        #expect(semaphore.occupancy == (1, 3))
        semaphore.cancel(cancelled)
        semaphore.cancel(first)
        #expect(semaphore.occupancy == (1, 2))
        held.current.first?.release()
        try await task.value
        try await wait { order.current.count == 3 }
        #expect(order.current == ["a", "task", "c"])
        semaphore.cancel(last)
        held.change { $0 = [] }
        #expect(semaphore.occupancy == (0, 0))
        // On this thread, before the call returns.
        let permit = try #require(semaphore.tryAcquire())
        _ = enqueue("d")
        permit.release()
        #expect(order.current.last == "d")
    }

    @Test func `many waits without tasks lose no permit`() async throws {
        let semaphore = AsyncSemaphore(4)
        let done = Shared(0)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<500 {
                        let wait = semaphore.acquire { permit in
                            done.change { $0 += 1 }
                            // On another stack, so that this one does not grow.
                            Task { permit.release() }
                        }
                        if Bool.random() { semaphore.cancel(wait) }
                        await Task.yield()
                    }
                }
            }
        }
        try await wait { semaphore.occupancy == (0, 0) }
        #expect(done.current > 0)
    }
}
