import CQuarryCurl
import Synchronization

/// One exchange: what libcurl's thread fills and a task empties.
final class Transfer: @unchecked Sendable {
    // The stored properties up to `state` belong to the engine's thread; everything shared is inside `state`.
    let request: HTTPRequest
    let limits: HTTPLimits
    let rule: AddressRule
    let redactor: Redactor
    let tracer: Tracer?
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

    private struct State {
        var head: Arrival?
        var buffer: [UInt8] = []
        var isPaused = false
        var end: Result<Void, any Error>?
        var headWaiter: CheckedContinuation<Arrival, any Error>?
        var bodyWaiter: CheckedContinuation<[UInt8]?, any Error>?
    }

    /// The buffer may hold this much before the connection is paused.
    private static let highWaterMark = 256 << 10

    /// A response's head, and where its server lies.
    struct Arrival: Sendable {
        var head: HTTPResponseHead
        var zone: AddressZone
    }

    init(_ request: HTTPRequest, limits: HTTPLimits, rule: AddressRule, redactor: Redactor, tracer: Tracer?) {
        self.request = request
        self.limits = limits
        self.rule = rule
        self.redactor = redactor
        self.tracer = tracer
    }

    enum Acceptance { case taken, pause, unwanted }

    func deliver(_ head: HTTPResponseHead) {
        isHeadDelivered = true
        let arrival = Arrival(head: head, zone: zone)
        let waiter = state.withLock { state in
            state.head = arrival
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
            guard state.buffer.count < Self.highWaterMark else {
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

    /// Ends the exchange; only the first call counts. Bytes that came before can still be read.
    func finish(_ result: Result<Void, any Error>) {
        let result = result.mapError(redactor.redact)
        let (headWaiter, bodyWaiter) = state.withLock { state in
            guard state.end == nil else {
                return (
                    nil as CheckedContinuation<Arrival, any Error>?,
                    nil as CheckedContinuation<[UInt8]?, any Error>?
                )
            }
            state.end = result
            defer {
                state.headWaiter = nil
                state.bodyWaiter = nil
            }
            return (state.headWaiter, state.bodyWaiter)
        }
        headWaiter?.resume(with: result.flatMap { .failure(Self.noHead) })
        bodyWaiter?.resume(with: result.map { nil })
    }

    private static var noHead: HTTPError {
        HTTPError(.malformedResponse, "The server closed the connection without a response.")
    }

    func waitForHead(_ continuation: CheckedContinuation<Arrival, any Error>) {
        let ready: Result<Arrival, any Error>? = state.withLock { state in
            if let head = state.head { return .success(head) }
            if let end = state.end { return end.flatMap { .failure(Self.noHead) } }
            state.headWaiter = continuation
            return nil
        }
        if let ready { continuation.resume(with: ready) }
    }

    /// Hands out what is buffered, or waits for more. Says whether the connection was paused and must go on.
    func waitForBody(_ continuation: CheckedContinuation<[UInt8]?, any Error>) -> Bool {
        let (ready, wasPaused) = state.withLock { state -> (Result<[UInt8]?, any Error>?, Bool) in
            let wasPaused = state.isPaused && state.end == nil
            state.isPaused = false
            if !state.buffer.isEmpty {
                defer { state.buffer = [] }
                return (.success(state.buffer), wasPaused)
            }
            if let end = state.end { return (end.map { nil }, false) }
            guard state.bodyWaiter == nil else {
                return (.failure(HTTPError(.invalidRequest, "Two tasks read the same response body.")), wasPaused)
            }
            state.bodyWaiter = continuation
            return (nil, wasPaused)
        }
        if let ready { continuation.resume(with: ready) }
        return wasPaused
    }

    /// Forgets what was buffered and ends the exchange with an error.
    func abandon(_ error: any Error) {
        state.withLock { $0.buffer = [] }
        finish(.failure(error))
    }
}
