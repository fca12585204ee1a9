import Synchronization

/// An async semaphore, first in, first out.
///
/// Acquiring and releasing take O(1).
package final class AsyncSemaphore: Sendable {
    private struct State {
        var available: Int
        /// The waiters by their position in the queue.
        var waiters: [UInt64: Waiter] = [:]
        /// The queue's positions, from `first` to below `last`. Cancelled waiters leave gaps.
        var first: UInt64 = 0
        var last: UInt64 = 0
        /// The queue position of each waiter's id.
        var positions: [UInt64: UInt64] = [:]
        var cancelled: Set<UInt64> = []
        var nextID: UInt64 = 0

        mutating func makeID() -> UInt64 {
            defer { nextID += 1 }
            return nextID
        }

        /// Removes a waiter from the queue; nil if it is not in the queue.
        mutating func remove(_ id: UInt64) -> Waiter? {
            positions.removeValue(forKey: id).flatMap { waiters.removeValue(forKey: $0) }
        }
    }

    private struct Waiter: Sendable {
        var id: UInt64
        /// Called once: with true when the semaphore is acquired, with false after a cancellation.
        var resume: @Sendable (_ isAcquired: Bool) -> Void
    }

    /// The number of permits.
    package let limit: Int
    private let state: Mutex<State>

    /// - Parameter limit: The number of permits, at least 1; less counts as 1.
    package init(_ limit: Int) {
        self.limit = max(1, limit)
        self.state = Mutex(State(available: max(1, limit)))
    }

    /// One acquisition. ``release()`` ends it, or at the latest the release of the last reference.
    package final class Permit: Sendable {
        private let semaphore: AsyncSemaphore
        private let isHeld = Mutex(true)

        fileprivate init(_ semaphore: AsyncSemaphore) { self.semaphore = semaphore }

        deinit { release() }

        /// Releases the semaphore. Further calls do nothing.
        package func release() {
            let wasHeld = isHeld.withLock { isHeld in
                defer { isHeld = false }
                return isHeld
            }
            if wasHeld { semaphore.release() }
        }
    }

    /// A wait without a task, for ``cancel(_:)``.
    package struct Wait: Sendable {
        fileprivate let id: UInt64
    }

    /// Waits for a permit.
    /// - Throws: `CancellationError`. The task then leaves the queue.
    package func acquire() async throws -> Permit {
        try Task.checkCancellation()
        let id = state.withLock { $0.makeID() }
        // The cancellation may come just after the acquisition.
        defer { state.withLock { _ = $0.cancelled.remove(id) } }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                enqueue(
                    Waiter(id: id) { isAcquired in
                        continuation.resume(with: isAcquired ? .success(()) : .failure(CancellationError()))
                    })
            }
        } onCancel: {
            let waiter = state.withLock { state -> Waiter? in
                let waiter = state.remove(id)
                // Either not queued yet or already acquired. Only the former will check `cancelled`.
                if waiter == nil { state.cancelled.insert(id) }
                return waiter
            }
            waiter?.resume(false)
        }
        return Permit(self)
    }

    /// Waits for a permit without a task.
    ///
    /// - Parameter onAcquire: Called once unless the wait is cancelled: immediately, or later on the thread that
    ///   releases a permit. It must return soon.
    /// - Returns: The argument for ``cancel(_:)``.
    @discardableResult
    package func acquire(_ onAcquire: @escaping @Sendable (Permit) -> Void) -> Wait {
        let id = state.withLock { $0.makeID() }
        enqueue(Waiter(id: id) { isAcquired in if isAcquired { onAcquire(Permit(self)) } })
        return Wait(id: id)
    }

    /// Leaves the queue. Does nothing after the acquisition.
    package func cancel(_ wait: Wait) {
        state.withLock { state -> Waiter? in state.remove(wait.id) }?.resume(false)
    }

    /// A permit if one is available immediately.
    package func tryAcquire() -> Permit? {
        let isAvailable = state.withLock { state in
            guard state.available > 0 else { return false }
            state.available -= 1
            return true
        }
        return isAvailable ? Permit(self) : nil
    }

    private func enqueue(_ waiter: Waiter) {
        let isAcquired: Bool? = state.withLock { state in
            if state.cancelled.remove(waiter.id) != nil { return false }
            guard state.available == 0 else {
                state.available -= 1
                return true
            }
            state.waiters[state.last] = waiter
            state.positions[waiter.id] = state.last
            state.last += 1
            return nil
        }
        if let isAcquired { waiter.resume(isAcquired) }
    }

    private func release() {
        let waiter = state.withLock { state -> Waiter? in
            while state.first < state.last {
                let waiter = state.waiters.removeValue(forKey: state.first)
                state.first += 1
                guard let waiter else { continue }
                state.positions[waiter.id] = nil
                return waiter
            }
            state.available += 1
            return nil
        }
        waiter?.resume(true)
    }

    /// Runs the body while holding a permit.
    package func withPermit<Value>(_ body: () async throws -> Value) async throws -> Value {
        let permit = try await acquire()
        defer { permit.release() }
        return try await body()
    }

    /// The numbers of held permits and of waiters.
    package var occupancy: (held: Int, waiting: Int) {
        state.withLock { (limit - $0.available, $0.waiters.count) }
    }
}
