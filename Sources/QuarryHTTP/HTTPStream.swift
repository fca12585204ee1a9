import Synchronization

/// A response in progress. Its body is read once, by one task, piece by piece.
///
/// The connection is paused while pieces wait to be read. When the last reference goes, the transfer is closed.
package struct HTTPStream: Sendable, AsyncSequence {
    package typealias Element = [UInt8]

    package let head: HTTPResponseHead
    let body: HTTPBody

    package struct AsyncIterator: AsyncIteratorProtocol {
        let body: HTTPBody

        /// The next bytes, at least one; nil at the end.
        /// - Throws: ``HTTPError``, or `CancellationError`.
        package mutating func next() async throws -> [UInt8]? { try await body.next() }
    }

    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(body: body) }

    /// The rest of the body. Its pieces are gathered where they arrive: the task is woken once, at the end.
    package func collect() async throws -> [UInt8] { try await body.rest() }

    /// The start of what is left of the body.
    /// - Parameter limit: Bytes beyond are not waited for, and left out.
    package func collect(upTo limit: Int) async throws -> [UInt8] {
        var whole: [UInt8] = []
        while whole.count < limit, let piece = try await body.next() {
            if whole.isEmpty { whole = piece } else { whole.append(contentsOf: piece) }
        }
        if whole.count > limit { whole.removeLast(whole.count - limit) }
        return whole
    }
}

/// The task's end of a transfer.
final class HTTPBody: Sendable {
    private let transfer: Transfer
    private let engine: TransferEngine
    // The client's end stops the engine, so it must outlive its transfers.
    private let client: HTTPClient
    private let unreadBytes = Mutex<[UInt8]>([])

    init(transfer: Transfer, engine: TransferEngine, client: HTTPClient) {
        self.transfer = transfer
        self.engine = engine
        self.client = client
    }

    deinit { engine.cancel(transfer) }

    /// Begins the transfer when it may depart, and waits for the head. Once cancelled, nothing begins.
    func head(by departure: Departure) async throws -> Transfer.Arrival {
        try await withTaskCancellationHandler {
            departure.begin { [transfer, engine] heldUp in
                if let heldUp { transfer.finish(.failure(heldUp)) } else { engine.start(transfer) }
            }
            return try await withCheckedThrowingContinuation { transfer.waitForHead($0) }
        } onCancel: {
            cancel()
        }
    }

    /// Puts bytes back in front of the rest.
    func unread(_ bytes: [UInt8]) { unreadBytes.withLock { $0 = bytes + $0 } }

    func next() async throws -> [UInt8]? {
        let unread = takeUnread()
        if !unread.isEmpty { return unread }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                if transfer.waitForBody(continuation) { engine.resume(transfer) }
            }
        } onCancel: {
            cancel()
        }
    }

    func rest() async throws -> [UInt8] {
        let unread = takeUnread()
        let rest = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                if transfer.waitForRest(continuation) { engine.resume(transfer) }
            }
        } onCancel: {
            cancel()
        }
        return unread.isEmpty ? rest : unread + rest
    }

    private func takeUnread() -> [UInt8] {
        unreadBytes.withLock { bytes in
            defer { bytes = [] }
            return bytes
        }
    }

    private func cancel() {
        transfer.abandon(CancellationError())
        engine.cancel(transfer)
    }
}
