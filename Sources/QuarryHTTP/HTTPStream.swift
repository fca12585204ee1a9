import Synchronization

/// A response whose body is still being received. One task reads the body once, piece by piece.
///
/// The connection is paused while pieces wait to be read. Releasing the last reference closes the transfer.
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

    /// The rest of the body. The task resumes once, at the end.
    package func collect() async throws -> [UInt8] { try await body.rest() }

    /// The start of the rest of the body.
    /// - Parameter limit: The maximum number of bytes. Bytes beyond it are neither waited for nor returned.
    package func collect(upTo limit: Int) async throws -> [UInt8] {
        var whole: [UInt8] = []
        while whole.count < limit, let piece = try await body.next() {
            if whole.isEmpty { whole = piece } else { whole.append(contentsOf: piece) }
        }
        if whole.count > limit { whole.removeLast(whole.count - limit) }
        return whole
    }
}

/// The reader of a transfer's body.
final class HTTPBody: Sendable {
    private let transfer: Transfer
    private let engine: TransferEngine
    // The client stops the engine when it is deallocated, so it must outlive its transfers.
    private let client: HTTPClient
    private let unreadBytes = Mutex<[UInt8]>([])

    init(transfer: Transfer, engine: TransferEngine, client: HTTPClient) {
        self.transfer = transfer
        self.engine = engine
        self.client = client
    }

    deinit { engine.cancel(transfer) }

    /// Starts the transfer when it is admitted, and waits for the head. A cancelled transfer does not start.
    func head(starting start: AttemptStart) async throws -> HTTPResponseHead {
        try await withTaskCancellationHandler {
            start.begin { [transfer, engine] notAdmitted in
                if let notAdmitted { transfer.finish(.failure(notAdmitted)) } else { engine.start(transfer) }
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
