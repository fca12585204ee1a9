import CQuarryCurl
import Synchronization

/// One exchange: what libcurl's thread fills and a task empties.
final class Transfer: @unchecked Sendable {
    // The stored properties up to `state` belong to the engine's thread once it was handed over; everything shared is
    // inside `state`.
    let request: HTTPRequest
    let limits: HTTPLimits
    let rule: AddressRule
    let redactor: Redactor
    let tracer: Tracer?
    let reading: Reading
    /// Called once a whole reply that went well is there, on the engine's thread.
    private let onArrival: @Sendable (HTTPResponseHead) -> Void
    var handle: UnsafeMutableRawPointer?
    var headerList: UnsafeMutablePointer<curl_slist>?
    var resolveList: UnsafeMutablePointer<curl_slist>?
    var errorText: UnsafeMutablePointer<CChar>?
    var head = ResponseHeadParser()
    var bodyBytes = 0
    var started = ContinuousClock.now
    var lastActivity = ContinuousClock.now
    var isHeadDelivered = false
    /// Why a callback stopped libcurl.
    var refusal: HTTPError?
    var remoteAddress = ""
    var zone = AddressZone.publicNetwork
    /// The start of the body, where it is traced.
    var tracedBody: [UInt8] = []

    private let state = Mutex(State())

    /// How the body of a response that went well is read.
    enum Reading {
        /// Piece by piece, as it comes.
        case pieces
        /// At once: it is gathered here, and the task is woken when it is complete.
        case whole
    }

    private struct State {
        var head: Arrival?
        /// Whether the head waits for the whole body.
        var defersHead = false
        var buffer: [UInt8] = []
        var isPaused = false
        var end: Result<Void, any Error>?
        var headWaiter: CheckedContinuation<Arrival, any Error>?
        var bodyWaiter: CheckedContinuation<[UInt8]?, any Error>?
        /// Wants all that is left, at the end.
        var restWaiter: CheckedContinuation<[UInt8], any Error>?

        var hasNoReader: Bool { bodyWaiter == nil && restWaiter == nil }

        mutating func takeWaiting() -> Waiting {
            var waiting = Waiting(head: headWaiter, arrival: head, body: bodyWaiter, rest: restWaiter)
            if restWaiter != nil { swap(&waiting.bytes, &buffer) }
            (headWaiter, bodyWaiter, restWaiter) = (nil, nil, nil)
            return waiting
        }
    }

    /// Who waits when the exchange ends, and the bytes for those who want the rest.
    private struct Waiting {
        var head: CheckedContinuation<Arrival, any Error>?
        /// The head, where it was there before the end.
        var arrival: Arrival?
        var body: CheckedContinuation<[UInt8]?, any Error>?
        var rest: CheckedContinuation<[UInt8], any Error>?
        var bytes: [UInt8] = []
    }

    /// The buffer may hold this much before the connection is paused.
    private static let highWaterMark = 256 << 10

    /// So much is set aside at most for a body by what is announced of it.
    private static let maximumReserve = 1 << 20

    /// A response's head, and where its server lies.
    struct Arrival: Sendable {
        var head: HTTPResponseHead
        var zone: AddressZone
    }

    init(
        _ request: HTTPRequest, reading: Reading, limits: HTTPLimits, rule: AddressRule, redactor: Redactor,
        tracer: Tracer?, onArrival: @escaping @Sendable (HTTPResponseHead) -> Void
    ) {
        self.onArrival = onArrival
        self.reading = reading
        self.request = request
        self.limits = limits
        self.rule = rule
        self.redactor = redactor
        self.tracer = tracer
    }

    deinit { EasyHandle.destroy(self) }

    enum Acceptance { case taken, pause, unwanted }

    func deliver(_ head: HTTPResponseHead) {
        isHeadDelivered = true
        let arrival = Arrival(head: head, zone: zone)
        let waiter = state.withLock { state -> CheckedContinuation<Arrival, any Error>? in
            state.head = arrival
            if reading == .whole, head.isSuccess {
                state.defersHead = true
                let announced = head.headers["content-length"].flatMap { Int($0) } ?? 0
                state.buffer.reserveCapacity(min(max(0, announced), Self.maximumReserve))
                return nil
            }
            defer { state.headWaiter = nil }
            return state.headWaiter
        }
        waiter?.resume(returning: arrival)
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

    /// Whether nobody waits for it any more.
    var isFinished: Bool { state.withLock { $0.end != nil } }

    /// Tells the gate of a whole reply that went well. Called on the engine's thread, before the exchange ends.
    func arrive() {
        let head = state.withLock { $0.defersHead ? $0.head?.head : nil }
        if let head { onArrival(head) }
    }

    /// Ends the exchange; only the first call counts. Bytes that came before can still be read.
    func finish(_ result: Result<Void, any Error>) {
        let result = result.mapError(redactor.redact)
        let waiting: Waiting? = state.withLock { state in
            guard state.end == nil else { return nil }
            state.end = result
            return state.takeWaiting()
        }
        guard let waiting else { return }
        waiting.head?.resume(with: waiting.arrival.map { .success($0) } ?? result.flatMap { .failure(Self.noHead) })
        waiting.body?.resume(with: result.map { nil })
        waiting.rest?.resume(with: result.map { waiting.bytes })
    }

    private static var noHead: HTTPError {
        HTTPError(.malformedResponse, "The server closed the connection without a response.")
    }

    func waitForHead(_ continuation: CheckedContinuation<Arrival, any Error>) {
        let ready: Result<Arrival, any Error>? = state.withLock { state in
            if let head = state.head, !state.defersHead || state.end != nil { return .success(head) }
            if let end = state.end { return end.flatMap { .failure(Self.noHead) } }
            state.headWaiter = continuation
            return nil
        }
        if let ready { continuation.resume(with: ready) }
    }

    /// The connection goes on after a pause. Until then it is the reader who is waited for, not the server.
    func goOn() { state.withLock { $0.isPaused = false } }

    /// Hands out what is buffered, or waits for more. Says whether the connection is paused and must go on.
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

    /// Waits for all that is left: the task is woken once. Says whether the connection is paused and must go on.
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

    /// Forgets what was buffered and ends the exchange with an error. A whole reply that is there already stays: it may
    /// have been paid for.
    func abandon(_ error: any Error) {
        state.withLock { state in
            if case .success = state.end, state.defersHead { return }
            state.buffer = []
        }
        finish(.failure(error))
    }
}
