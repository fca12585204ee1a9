import CQuarryCurl
import Foundation
import Synchronization

/// A thread that drives one libcurl multi handle.
///
/// Tasks send commands through a mailbox, and results return through ``Transfer``.
final class TransferEngine: @unchecked Sendable {
    // Only the thread uses `multi`, `active`, `hasNewTransfers` and `nextDeadline`. While `canWake` is true, any thread
    // may call `curl_multi_wakeup`.
    private let multi: UnsafeMutableRawPointer
    private let configuration: HTTPClient.Configuration
    private var active: [UnsafeMutableRawPointer: Transfer] = [:]
    /// Whether there are transfers that libcurl has not worked on yet.
    private var hasNewTransfers = false
    /// No transfer can time out before this instant.
    private var nextDeadline = ContinuousClock.now
    private let mailbox = Mutex(Mailbox())
    /// Not part of the mailbox, because the woken thread would wait for its lock.
    private let canWake = Mutex(true)
    private let thread = Mutex<ObjectIdentifier?>(nil)

    private struct Mailbox {
        var commands: [Command] = []
        var isClosed = false
    }

    private enum Command {
        case start(Transfer)
        case cancel(Transfer)
        case resume(Transfer)
        case stop
    }

    private static let libraryStatus = quarry_curl_global_init()

    init(_ configuration: HTTPClient.Configuration) throws {
        guard Self.libraryStatus == CURLE_OK, let multi = curl_multi_init() else {
            throw HTTPError(.internalFailure, "libcurl could not be initialised (code \(Self.libraryStatus.rawValue)).")
        }
        self.multi = multi
        self.configuration = configuration
        _ = quarry_curl_multi_set_long(multi, CURLMOPT_PIPELINING, quarry_curl_multiplex)
        _ = quarry_curl_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, configuration.maximumConnectionsPerHost)
        _ = quarry_curl_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, configuration.maximumConnections)
        let thread = Thread { [self] in run() }
        thread.name = "QuarryHTTP"
        self.thread.withLock { $0 = ObjectIdentifier(thread) }
        thread.start()
    }

    /// Prepares a transfer on the caller's thread. It may start later.
    /// - Throws: ``HTTPError``.
    func prepare(_ transfer: Transfer) throws {
        try EasyHandle.make(for: transfer, configuration)
    }

    /// Starts a prepared transfer: immediately on the engine's thread, through the mailbox otherwise.
    func start(_ transfer: Transfer) {
        if thread.withLock({ $0 == ObjectIdentifier(Thread.current) }) {
            begin(transfer)
        } else {
            post(.start(transfer))
        }
    }

    func cancel(_ transfer: Transfer) { post(.cancel(transfer)) }
    func resume(_ transfer: Transfer) { post(.resume(transfer)) }
    func stop() { post(.stop) }

    private func post(_ command: Command) {
        let isClosed = mailbox.withLock { mailbox in
            if !mailbox.isClosed { mailbox.commands.append(command) }
            return mailbox.isClosed
        }
        guard !isClosed else {
            if case .start(let transfer) = command { transfer.finish(.failure(Self.closed)) }
            return
        }
        canWake.withLock { if $0 { curl_multi_wakeup(multi) } }
    }

    private static var closed: HTTPError { HTTPError(.closed, "The HTTP client was shut down.") }

    private func run() {
        while execute(
            mailbox.withLock { mailbox in
                defer { mailbox.commands = [] }
                return mailbox.commands
            })
        {
            check(perform())
            collect()
            let wait = enforceDeadlines()
            curl_multi_poll(multi, nil, 0, wait, nil)
        }
        shutDown()
    }

    /// - Returns: False after the command to stop.
    private func execute(_ commands: [Command]) -> Bool {
        for command in commands {
            switch command {
            case .start(let transfer): begin(transfer)
            case .cancel(let transfer): end(transfer, .failure(CancellationError()))
            case .resume(let transfer):
                guard let handle = transfer.handle, active[handle] != nil else { continue }
                transfer.lastActivity = .now
                transfer.unpause()
                curl_easy_pause(handle, quarry_curl_pause_continue)
            case .stop: return false
            }
        }
        return true
    }

    private func begin(_ transfer: Transfer) {
        // It may have been cancelled in the queue.
        guard !transfer.isFinished, let handle = transfer.handle else { return remove(transfer) }
        transfer.tracer?.trace(transfer.request)
        transfer.started = .now
        transfer.lastActivity = .now
        active[handle] = transfer
        hasNewTransfers = true
        let status = curl_multi_add_handle(multi, handle)
        guard status == CURLM_OK else {
            let reason = String(cString: curl_multi_strerror(status))
            return end(
                transfer, .failure(HTTPError(.internalFailure, "libcurl refused the transfer: \(reason).")))
        }
        let limits = transfer.limits
        let soonest = min(limits.firstByteTimeout, limits.idleTimeout, limits.totalTimeout ?? limits.idleTimeout)
        nextDeadline = min(nextDeadline, transfer.started + soonest)
    }

    /// Reports the result to the reader and the trace, and removes the transfer.
    private func end(_ transfer: Transfer, _ result: Result<Void, any Error>) {
        if let tracer = transfer.tracer, let handle = transfer.handle, active[handle] != nil {
            let timings = EasyHandle.timings(of: transfer)
            if tracer.showsBodies, !transfer.tracedBody.isEmpty {
                tracer.trace(.responseBody(tracer.shown(transfer.tracedBody)))
            }
            switch result {
            case .success: tracer.trace(.finished(timings))
            case .failure(is CancellationError): tracer.trace(.closed(timings))
            case .failure(let error):
                tracer.trace(.failed(reason: tracer.redactor.redact("\(error)"), timings))
            }
        }
        transfer.finish(result)
        remove(transfer)
    }

    private func remove(_ transfer: Transfer) {
        guard let handle = transfer.handle else { return }
        if active.removeValue(forKey: handle) != nil { curl_multi_remove_handle(multi, handle) }
        EasyHandle.destroy(transfer)
    }

    private func perform() -> CURLMcode {
        hasNewTransfers = false
        var running: Int32 = 0
        return curl_multi_perform(multi, &running)
    }

    /// Fails all transfers if libcurl fails.
    private func check(_ status: CURLMcode) {
        guard status != CURLM_OK else { return }
        let reason = String(cString: curl_multi_strerror(status))
        for transfer in Array(active.values) {
            end(transfer, .failure(HTTPError(.internalFailure, "libcurl failed: \(reason).")))
        }
    }

    /// Ends the finished transfers. Their successors are sent before any task resumes.
    private func collect() {
        while true {
            let done = takeDone()
            guard !done.isEmpty else { return }
            for case (let transfer, .success) in done { transfer.reportSuccess() }
            let status = hasNewTransfers ? perform() : CURLM_OK
            for (transfer, result) in done { end(transfer, result) }
            check(status)
        }
    }

    private func takeDone() -> [(Transfer, Result<Void, any Error>)] {
        var done: [(Transfer, Result<Void, any Error>)] = []
        var remaining: Int32 = 0
        while let message = curl_multi_info_read(multi, &remaining) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle,
                let transfer = active[handle]
            else { continue }
            let code = quarry_curl_message_result(message)
            let error =
                code == CURLE_OK
                ? EasyHandle.shortfall(of: transfer) : transfer.refusal ?? EasyHandle.error(code, of: transfer)
            done.append((transfer, error.map { .failure($0) } ?? .success(())))
        }
        return done
    }

    /// Fails the transfers that timed out. Returns how many milliseconds the poll may sleep.
    ///
    /// Deadlines only move later, so transfers are checked only at the earliest known deadline.
    private func enforceDeadlines() -> Int32 {
        let now = ContinuousClock.now
        if now >= nextDeadline {
            nextDeadline = now + .seconds(60)
            for transfer in Array(active.values) { enforceDeadline(of: transfer, now) }
        }
        return Int32(min(.seconds(60), now.duration(to: nextDeadline)).milliseconds) + 1
    }

    private func enforceDeadline(of transfer: Transfer, _ now: ContinuousClock.Instant) {
        // A transfer that is not idle yet may become idle now.
        let (first, idle) = (transfer.limits.firstByteTimeout, transfer.limits.idleTimeout)
        var (deadline, complaint) = (now + idle, "")
        if !transfer.isHeadDelivered {
            (deadline, complaint) = (transfer.started + first, "did not answer within \(first)")
            nextDeadline = min(nextDeadline, now + idle)
        } else if !transfer.isPaused {
            (deadline, complaint) = (transfer.lastActivity + idle, "sent nothing for \(idle)")
        }
        if let total = transfer.limits.totalTimeout, complaint.isEmpty || transfer.started + total < deadline {
            (deadline, complaint) = (transfer.started + total, "timed out: the reply was not complete within \(total)")
        }
        if deadline <= now, !complaint.isEmpty {
            var error = HTTPError(.timedOut, "\(transfer.request.url) \(complaint).")
            error.isFinal = true
            end(transfer, .failure(error))
        } else {
            nextDeadline = min(nextDeadline, deadline)
        }
    }

    private func shutDown() {
        let late = mailbox.withLock { mailbox in
            mailbox.isClosed = true
            defer { mailbox.commands = [] }
            return mailbox.commands
        }
        for case .start(let transfer) in late { transfer.finish(.failure(Self.closed)) }
        for transfer in Array(active.values) { end(transfer, .failure(Self.closed)) }
        canWake.withLock { $0 = false }
        thread.withLock { $0 = nil }
        curl_multi_cleanup(multi)
    }
}

extension Duration {
    /// Whole milliseconds, rounded up, limited to about eleven days for libcurl.
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        return Int(min(seconds, 1_000_000)) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
