import CQuarryCurl
import Synchronization

/// One exchange. libcurl's thread writes the response, and a task reads it.
final class Transfer: @unchecked Sendable {
    // The properties before `state` belong to the engine's thread once the transfer was passed to it. All shared state
    // is in `state`.
    let request: HTTPRequest
    let limits: HTTPLimits
    /// The machines that it may connect to.
    let hosts: HostPolicy
    let redactor: Redactor
    let tracer: Tracer?
    let reading: Reading
    /// Called on the engine's thread when a whole successful response has arrived.
    private let onSuccess: @Sendable (HTTPResponseHead) -> Void
    var handle: UnsafeMutableRawPointer?
    var headerList: UnsafeMutablePointer<curl_slist>?
    var resolveList: UnsafeMutablePointer<curl_slist>?
    var errorText: UnsafeMutablePointer<CChar>?
    var head = ResponseHeadParser()
    var bodyBytes = 0
    var started = ContinuousClock.now
    var lastActivity = ContinuousClock.now
    var isHeadDelivered = false
    /// Nil unless the response is an event stream.
    private var events: EventActivity?
    /// Why a callback stopped libcurl.
    var refusal: HTTPError?
    var remoteAddress = ""
    /// The start of the body if bodies are traced.
    var tracedBody: [UInt8] = []

    private let state = Mutex(State())

    /// How the body of a successful response is read.
    enum Reading {
        /// Piece by piece, as it arrives.
        case pieces
        /// As a whole: it is collected here, and the task resumes when it is complete.
        case whole
    }

    private struct State {
        var head: HTTPResponseHead?
        /// Whether the head waits for the whole body.
        var defersHead = false
        var buffer: [UInt8] = []
        var isPaused = false
        var end: Result<Void, any Error>?
        var headWaiter: CheckedContinuation<HTTPResponseHead, any Error>?
        var bodyWaiter: CheckedContinuation<[UInt8]?, any Error>?
        /// Waits for the rest of the body.
        var restWaiter: CheckedContinuation<[UInt8], any Error>?

        var hasNoReader: Bool { bodyWaiter == nil && restWaiter == nil }

        mutating func takeWaiters() -> Waiters {
            var waiters = Waiters(head: headWaiter, received: head, body: bodyWaiter, rest: restWaiter)
            if restWaiter != nil { swap(&waiters.bytes, &buffer) }
            (headWaiter, bodyWaiter, restWaiter) = (nil, nil, nil)
            return waiters
        }
    }

    /// The tasks that wait when the exchange ends, and the bytes for `rest`.
    private struct Waiters {
        var head: CheckedContinuation<HTTPResponseHead, any Error>?
        /// The head if it arrived before the end.
        var received: HTTPResponseHead?
        var body: CheckedContinuation<[UInt8]?, any Error>?
        var rest: CheckedContinuation<[UInt8], any Error>?
        var bytes: [UInt8] = []
    }

    /// The connection is paused when the buffer holds this much.
    private static let highWaterMark = 256 << 10

    /// The longest buffer to reserve for an announced `Content-Length`.
    private static let maximumReserve = 1 << 20

    init(
        _ request: HTTPRequest, reading: Reading, limits: HTTPLimits, hosts: HostPolicy, redactor: Redactor,
        tracer: Tracer?, onSuccess: @escaping @Sendable (HTTPResponseHead) -> Void
    ) {
        self.onSuccess = onSuccess
        self.reading = reading
        self.request = request
        self.limits = limits
        self.hosts = hosts
        self.redactor = redactor
        self.tracer = tracer
    }

    deinit { EasyHandle.destroy(self) }

    enum Acceptance { case taken, pause, unwanted }

    func deliver(_ head: HTTPResponseHead) {
        isHeadDelivered = true
        if head.mediaType == "text/event-stream" { events = EventActivity() }
        let waiter = state.withLock { state -> CheckedContinuation<HTTPResponseHead, any Error>? in
            state.head = head
            if reading == .whole, head.isSuccess {
                state.defersHead = true
                let announced = head.headers["content-length"].flatMap { Int($0) } ?? 0
                state.buffer.reserveCapacity(min(max(0, announced), Self.maximumReserve))
                return nil
            }
            defer { state.headWaiter = nil }
            return state.headWaiter
        }
        waiter?.resume(returning: head)
    }

    /// Restarts the idle time, unless the bytes are only comments of an event stream whose first event is overdue.
    func noteActivity(_ bytes: UnsafeRawBufferPointer) {
        let now = ContinuousClock.now
        let isReply = events?.take(bytes) ?? true
        let isWaiting = events?.hasBegun == false && now < started + limits.firstByteTimeout
        if isReply || isWaiting { lastActivity = now }
    }

    func deliver(_ bytes: UnsafeRawBufferPointer) -> Acceptance {
        let (acceptance, waiter) = state.withLock { state -> (Acceptance, CheckedContinuation<[UInt8]?, any Error>?) in
            guard state.end == nil else { return (.unwanted, nil) }
            if let waiter = state.bodyWaiter {
                state.bodyWaiter = nil
                return (.taken, waiter)
            }
            guard state.defersHead || state.restWaiter != nil || state.buffer.count < Self.highWaterMark else {
                state.isPaused = true
                return (.pause, nil)
            }
            state.buffer.append(contentsOf: bytes)
            return (.taken, nil)
        }
        waiter?.resume(returning: Array(bytes))
        return acceptance
    }

    var isPaused: Bool { state.withLock { $0.isPaused } }

    /// Whether the exchange has ended.
    var isFinished: Bool { state.withLock { $0.end != nil } }

    /// Reports a whole successful response. Called on the engine's thread, before the exchange ends.
    func reportSuccess() {
        let head = state.withLock { $0.defersHead ? $0.head : nil }
        if let head { onSuccess(head) }
    }

    /// Ends the exchange. Only the first call counts. Buffered bytes can still be read.
    func finish(_ result: Result<Void, any Error>) {
        let result = result.mapError(redactor.redact)
        let waiters: Waiters? = state.withLock { state in
            guard state.end == nil else { return nil }
            state.end = result
            return state.takeWaiters()
        }
        guard let waiters else { return }
        waiters.head?.resume(with: waiters.received.map { .success($0) } ?? result.flatMap { .failure(Self.noHead) })
        waiters.body?.resume(with: result.map { nil })
        waiters.rest?.resume(with: result.map { waiters.bytes })
    }

    private static var noHead: HTTPError {
        HTTPError(.malformedResponse, "The server closed the connection without a response.")
    }

    func waitForHead(_ continuation: CheckedContinuation<HTTPResponseHead, any Error>) {
        let ready: Result<HTTPResponseHead, any Error>? = state.withLock { state in
            if let head = state.head, !state.defersHead || state.end != nil { return .success(head) }
            if let end = state.end { return end.flatMap { .failure(Self.noHead) } }
            state.headWaiter = continuation
            return nil
        }
        if let ready { continuation.resume(with: ready) }
    }

    /// Ends a pause. During a pause the transfer waits for the reader and not for the server.
    func unpause() { state.withLock { $0.isPaused = false } }

    /// Returns the buffer to the waiter, or waits for more bytes.
    /// - Returns: Whether the connection is paused and must be resumed.
    func waitForBody(_ continuation: CheckedContinuation<[UInt8]?, any Error>) -> Bool {
        let (ready, isPaused) = state.withLock { state -> (Result<[UInt8]?, any Error>?, Bool) in
            let isPaused = state.isPaused && state.end == nil
            if !state.buffer.isEmpty {
                defer { state.buffer = [] }
                return (.success(state.buffer), isPaused)
            }
            if let end = state.end { return (end.map { nil }, false) }
            guard state.hasNoReader else { return (.failure(Self.secondReader), isPaused) }
            state.bodyWaiter = continuation
            return (nil, isPaused)
        }
        if let ready { continuation.resume(with: ready) }
        return isPaused
    }

    /// Waits for the rest of the body.
    /// - Returns: Whether the connection is paused and must be resumed.
    func waitForRest(_ continuation: CheckedContinuation<[UInt8], any Error>) -> Bool {
        let (ready, isPaused) = state.withLock { state -> (Result<[UInt8], any Error>?, Bool) in
            let isPaused = state.isPaused && state.end == nil
            if let end = state.end {
                defer { state.buffer = [] }
                return (end.map { state.buffer }, false)
            }
            guard state.hasNoReader else { return (.failure(Self.secondReader), isPaused) }
            state.restWaiter = continuation
            return (nil, isPaused)
        }
        if let ready { continuation.resume(with: ready) }
        return isPaused
    }

    private static var secondReader: HTTPError {
        HTTPError(.invalidRequest, "Two tasks read the same response body.")
    }

    /// Discards the buffer and ends the exchange with an error. A complete response is kept, because it may have been
    /// billed.
    func abandon(_ error: any Error) {
        state.withLock { state in
            if case .success = state.end, state.defersHead { return }
            state.buffer = []
        }
        finish(.failure(error))
    }
}
