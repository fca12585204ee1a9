import Synchronization

/// Lets so many in at once; the others wait in the order they came.
///
/// Entering and leaving take O(1).
package final class ConcurrencyLimit: Sendable {
    private struct State {
        var free: Int
        /// Those who wait, by their place in the queue.
        var waiting: [UInt64: (number: UInt64, continuation: CheckedContinuation<Void, any Error>)] = [:]
        /// The places that are taken: from `first`, below `last`, less those who gave up.
        var first: UInt64 = 0
        var last: UInt64 = 0
        /// The place of each caller who waits.
        var places: [UInt64: UInt64] = [:]
        var cancelled: Set<UInt64> = []
        /// The number of the next caller.
        var next: UInt64 = 0
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

    /// Waits for a place.
    /// - Throws: `CancellationError`; the place in the queue is given up then.
    package func enter() async throws -> Permit {
        try Task.checkCancellation()
        let number = state.withLock { state -> UInt64 in
            defer { state.next += 1 }
            return state.next
        }
        // A cancellation may come just after the place was given.
        defer { state.withLock { _ = $0.cancelled.remove(number) } }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { admit(number, $0) }
        } onCancel: {
            giveUp(number)
        }
        return Permit(self)
    }

    private func admit(_ number: UInt64, _ continuation: CheckedContinuation<Void, any Error>) {
        let outcome: Result<Void, any Error>? = state.withLock { state in
            if state.cancelled.remove(number) != nil { return .failure(CancellationError()) }
            guard state.free == 0 else {
                state.free -= 1
                return .success(())
            }
            state.waiting[state.last] = (number, continuation)
            state.places[number] = state.last
            state.last += 1
            return nil
        }
        if let outcome { continuation.resume(with: outcome) }
    }

    private func giveUp(_ number: UInt64) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            guard let place = state.places.removeValue(forKey: number) else {
                // Not waiting yet, or let in already: only the former will look here.
                state.cancelled.insert(number)
                return nil
            }
            return state.waiting.removeValue(forKey: place)?.continuation
        }
        waiter?.resume(throwing: CancellationError())
    }

    private func release() {
        let waiter = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            while state.first < state.last {
                let waiter = state.waiting.removeValue(forKey: state.first)
                state.first += 1
                guard let waiter else { continue }
                state.places[waiter.number] = nil
                return waiter.continuation
            }
            state.free += 1
            return nil
        }
        waiter?.resume()
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
