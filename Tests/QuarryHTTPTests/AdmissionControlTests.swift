import QuarryHTTP
import QuarryTestSupport
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(30))) struct AdmissionControlTests {
    /// Records its calls, and answers queued attempts when the test calls ``answer(isAdmitted:)``.
    private final class Recorder: AdmissionControl {
        private let hasQueue: Bool
        private let state = Mutex((notes: [String](), queue: [@Sendable ((any AttemptPermit)?) -> Void]()))

        init(hasQueue: Bool = true) { self.hasQueue = hasQueue }

        var notes: [String] { state.withLock { $0.notes } }
        var hasWaiter: Bool { state.withLock { !$0.queue.isEmpty } }

        func note(_ text: String) { state.withLock { $0.notes.append(text) } }

        func admit() async throws -> any AttemptPermit {
            note("admit")
            return Permit(recorder: self)
        }

        func enqueue(_ onAdmission: @escaping @Sendable ((any AttemptPermit)?) -> Void) -> Bool {
            if hasQueue { state.withLock { $0.queue.append(onAdmission) } }
            return hasQueue
        }

        /// Answers the first attempt in the queue.
        func answer(isAdmitted: Bool) {
            let first = state.withLock { $0.queue.removeFirst() }
            if isAdmitted { note("admitted") }
            first(isAdmitted ? Permit(recorder: self) : nil)
        }

        private struct Permit: AttemptPermit {
            let recorder: Recorder
            func received(_ response: HTTPResponseHead) { recorder.note("received") }
            func ended(with response: HTTPResponseHead, retryAfter: Duration?) {
                recorder.note("ended with \(response.status)")
            }
            func ended(with error: any Error) { recorder.note("failed") }
        }
    }

    private func wait(until condition: () -> Bool) async throws {
        while !condition() { try await Task.sleep(for: .milliseconds(1)) }
    }

    private func request(_ server: FakeHTTPServer) throws -> HTTPRequest { HTTPRequest(.get, try HTTPURL(server.url)) }

    @Test func `a queued request is sent when it is admitted`() async throws {
        let (server, recorder, client) = (try FakeHTTPServer { _ in .text("here") }, Recorder(), try HTTPClient())
        let request = try request(server)
        let task = Task { try await client.send(request, retrying: .never, through: recorder) }
        try await wait { recorder.hasWaiter }
        #expect(server.requests.isEmpty)
        recorder.answer(isAdmitted: true)
        #expect(try await task.value.status == 200)
        #expect(recorder.notes == ["admitted", "received", "ended with 200"])
    }

    @Test(arguments: [true, false])
    func `without a queue, or with more to wait for, the task calls admit`(hasQueue: Bool) async throws {
        let (server, recorder, client) = (
            try FakeHTTPServer { _ in .text("here") }, Recorder(hasQueue: hasQueue), try HTTPClient()
        )
        let request = try request(server)
        let task = Task { try await client.send(request, retrying: .never, through: recorder) }
        if hasQueue {
            try await wait { recorder.hasWaiter }
            recorder.answer(isAdmitted: false)
        }
        #expect(try await task.value.status == 200)
        #expect(recorder.notes == ["admit", "received", "ended with 200"])
        #expect(server.requests.count == 1)
    }

    @Test func `a request that is cancelled in the queue is not sent, even if admitted later`() async throws {
        let (server, recorder, client) = (try FakeHTTPServer { _ in .text("here") }, Recorder(), try HTTPClient())
        let request = try request(server)
        let task = Task { try await client.send(request, retrying: .never, through: recorder) }
        try await wait { recorder.hasWaiter }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        recorder.answer(isAdmitted: true)
        // A later request comes after anything that the late admission started.
        #expect(try await client.send(request).status == 200)
        #expect(server.requests.count == 1)
        #expect(recorder.notes == ["admitted"])
    }

    @Test func `a retry is not queued again, and only a success is reported as received`() async throws {
        let server = try FakeHTTPServer(replies: [
            .text("busy", status: 503, headers: [("retry-after-ms", "1")]), .text("here"),
        ])
        let (recorder, client) = (Recorder(), try HTTPClient())
        let request = try request(server)
        let task = Task {
            try await client.send(request, retrying: .providers(maximumAttempts: 2), through: recorder)
        }
        try await wait { recorder.hasWaiter }
        recorder.answer(isAdmitted: true)
        #expect(try await task.value.status == 200)
        #expect(recorder.notes == ["admitted", "ended with 503", "admit", "received", "ended with 200"])
    }

    @Test func `a stream calls admit`() async throws {
        let (server, recorder, client) = (try FakeHTTPServer { _ in .text("here") }, Recorder(), try HTTPClient())
        let stream = try await client.stream(try request(server), retrying: .never, through: recorder)
        #expect(try await stream.collect() == Array("here".utf8))
        #expect(recorder.notes == ["admit", "ended with 200"])
    }
}
