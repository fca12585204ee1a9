import Synchronization

/// Lets so many in at once; the others wait in the order they came.
///
/// Entering and leaving take O(1).
package final class ConcurrencyLimit: Sendable {
    private struct State {
        var free: Int
        /// Those who wait, by their place in the queue.
        var waiting: [UInt64: Waiter] = [:]
        /// The places that are taken: from `first`, below `last`, less those who gave up.
        var first: UInt64 = 0
        var last: UInt64 = 0
        /// The place of each caller who waits.
        var places: [UInt64: UInt64] = [:]
        var cancelled: Set<UInt64> = []
        /// The number of the next caller.
        var next: UInt64 = 0

        mutating func number() -> UInt64 {
            defer { next += 1 }
            return next
        }

        /// Takes who waits out of the queue; nil where the caller is not in it.
        mutating func withdraw(_ number: UInt64) -> Waiter? {
            places.removeValue(forKey: number).flatMap { waiting.removeValue(forKey: $0) }
        }
    }

    private struct Waiter: Sendable {
        var number: UInt64
        /// Told whether a place is there, or the wait is over without one.
        var answer: @Sendable (_ hasPlace: Bool) -> Void
    }

    package let limit: Int
    private let state: Mutex<State>

    /// - Parameter limit: At least 1; less counts as 1.
    package init(_ limit: Int) {
        self.limit = max(1, limit)
        self.state = Mutex(State(free: max(1, limit)))
    }

    /// A place inside. It is given back by ``leave()``, and at the latest when the last reference goes.
    package final class Permit: Sendable {
        private let limit: ConcurrencyLimit
        private let isHeld = Mutex(true)

        fileprivate init(_ limit: ConcurrencyLimit) { self.limit = limit }

        deinit { leave() }

        /// Gives the place back; further calls do nothing.
        package func leave() {
            let wasHeld = isHeld.withLock { isHeld in
                defer { isHeld = false }
                return isHeld
            }
            if wasHeld { limit.release() }
        }
    }

    /// A wait without a task, to give it up.
    package struct Wait: Sendable {
        fileprivate let number: UInt64
    }

    /// Waits for a place.
    /// - Throws: `CancellationError`; the place in the queue is given up then.
    package func enter() async throws -> Permit {
        try Task.checkCancellation()
        let number = state.withLock { $0.number() }
        // A cancellation may come just after the place was given.
        defer { state.withLock { _ = $0.cancelled.remove(number) } }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                admit(
                    Waiter(number: number) { hasPlace in
                        continuation.resume(with: hasPlace ? .success(()) : .failure(CancellationError()))
                    })
            }
        } onCancel: {
            let waiter = state.withLock { state -> Waiter? in
                let waiter = state.withdraw(number)
                // Not waiting yet, or let in already: only the former will look here.
                if waiter == nil { state.cancelled.insert(number) }
                return waiter
            }
            waiter?.answer(false)
        }
        return Permit(self)
    }

    /// Waits for a place without a task.
    ///
    /// - Parameter admitted: Called once, unless the wait is given up: at once, or later on the thread that gives a
    ///   place back. It must return soon.
    /// - Returns: What ``giveUp(_:)`` takes.
    @discardableResult
    package func enter(_ admitted: @escaping @Sendable (Permit) -> Void) -> Wait {
        let number = state.withLock { $0.number() }
        admit(Waiter(number: number) { hasPlace in if hasPlace { admitted(Permit(self)) } })
        return Wait(number: number)
    }

    /// Leaves the queue. Does nothing where the place is there already.
    package func giveUp(_ wait: Wait) {
        state.withLock { state -> Waiter? in state.withdraw(wait.number) }?.answer(false)
    }

    /// A place, if one is free now.
    package func enterIfFree() -> Permit? {
        let isFree = state.withLock { state in
            guard state.free > 0 else { return false }
            state.free -= 1
            return true
        }
        return isFree ? Permit(self) : nil
    }

    private func admit(_ waiter: Waiter) {
        let answer: Bool? = state.withLock { state in
            if state.cancelled.remove(waiter.number) != nil { return false }
            guard state.free == 0 else {
                state.free -= 1
                return true
            }
            state.waiting[state.last] = waiter
            state.places[waiter.number] = state.last
            state.last += 1
            return nil
        }
        if let answer { waiter.answer(answer) }
    }

    private func release() {
        let waiter = state.withLock { state -> Waiter? in
            while state.first < state.last {
                let waiter = state.waiting.removeValue(forKey: state.first)
                state.first += 1
                guard let waiter else { continue }
                state.places[waiter.number] = nil
                return waiter
            }
            state.free += 1
            return nil
        }
        waiter?.answer(true)
    }

    /// Runs the body in a place of its own.
    package func run<Value>(_ body: () async throws -> Value) async throws -> Value {
        let permit = try await enter()
        defer { permit.leave() }
        return try await body()
    }

    /// How many are inside, and how many wait.
    package var occupancy: (inside: Int, waiting: Int) {
        state.withLock { (limit - $0.free, $0.waiting.count) }
    }
}
