import QuarryHTTP
import QuarryTestSupport
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(30))) struct AttemptGateTests {
    /// Notes what it is asked and told, and answers those in line when the test says so.
    private final class Gate: AttemptGate {
        private let hasLine: Bool
        private let state = Mutex((notes: [String](), inLine: [@Sendable ((any AttemptPass)?) -> Void]()))

        init(hasLine: Bool = true) { self.hasLine = hasLine }

        var notes: [String] { state.withLock { $0.notes } }
        var isAnyoneInLine: Bool { state.withLock { !$0.inLine.isEmpty } }

        func note(_ text: String) { state.withLock { $0.notes.append(text) } }

        func enter() async throws -> any AttemptPass {
            note("entered")
            return Pass(gate: self)
        }

        func lineUp(_ onTurn: @escaping @Sendable ((any AttemptPass)?) -> Void) -> Bool {
            if hasLine { state.withLock { $0.inLine.append(onTurn) } }
            return hasLine
        }

        /// Answers the first in line.
        func admit(_ isAdmitted: Bool) {
            let first = state.withLock { $0.inLine.removeFirst() }
            if isAdmitted { note("admitted") }
            first(isAdmitted ? Pass(gate: self) : nil)
        }

        private struct Pass: AttemptPass {
            let gate: Gate
            func arrived(with response: HTTPResponseHead) { gate.note("arrived") }
            func ended(with response: HTTPResponseHead, asked: Duration?) { gate.note("ended with \(response.status)") }
            func ended(with error: any Error) { gate.note("failed") }
        }
    }

    private func wait(until condition: () -> Bool) async throws {
        while !condition() { try await Task.sleep(for: .milliseconds(1)) }
    }

    private func request(_ server: FakeHTTPServer) throws -> HTTPRequest { HTTPRequest(.get, try HTTPURL(server.url)) }

    @Test func `a request in line is sent when its turn comes`() async throws {
        let (server, gate, client) = (try FakeHTTPServer { _ in .text("here") }, Gate(), try HTTPClient())
        let request = try request(server)
        let task = Task { try await client.send(request, retrying: .never, through: gate) }
        try await wait { gate.isAnyoneInLine }
        #expect(server.requests.isEmpty)
        gate.admit(true)
        #expect(try await task.value.status == 200)
        #expect(gate.notes == ["admitted", "arrived", "ended with 200"])
    }

    @Test(arguments: [true, false])
    func `who has to wait for more than a turn, and who finds no line, asks at the gate`(hasLine: Bool) async throws {
        let (server, gate, client) = (
            try FakeHTTPServer { _ in .text("here") }, Gate(hasLine: hasLine), try HTTPClient()
        )
        let request = try request(server)
        let task = Task { try await client.send(request, retrying: .never, through: gate) }
        if hasLine {
            try await wait { gate.isAnyoneInLine }
            gate.admit(false)
        }
        #expect(try await task.value.status == 200)
        #expect(gate.notes == ["entered", "arrived", "ended with 200"])
        #expect(server.requests.count == 1)
    }

    @Test func `who is cancelled in line is not sent, even if admitted later`() async throws {
        let (server, gate, client) = (try FakeHTTPServer { _ in .text("here") }, Gate(), try HTTPClient())
        let request = try request(server)
        let task = Task { try await client.send(request, retrying: .never, through: gate) }
        try await wait { gate.isAnyoneInLine }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        gate.admit(true)
        // What is asked afterwards comes after whatever the late admission began.
        #expect(try await client.send(request).status == 200)
        #expect(server.requests.count == 1)
        #expect(gate.notes == ["admitted"])
    }

    @Test func `a further attempt does not line up again, and only a reply that went well has arrived`() async throws {
        let server = try FakeHTTPServer(replies: [
            .text("busy", status: 503, headers: [("retry-after-ms", "1")]), .text("here"),
        ])
        let (gate, client) = (Gate(), try HTTPClient())
        let request = try request(server)
        let task = Task {
            try await client.send(request, retrying: .providers(maximumAttempts: 2), through: gate)
        }
        try await wait { gate.isAnyoneInLine }
        gate.admit(true)
        #expect(try await task.value.status == 200)
        #expect(gate.notes == ["admitted", "ended with 503", "entered", "arrived", "ended with 200"])
    }

    @Test func `a stream asks at the gate`() async throws {
        let (server, gate, client) = (try FakeHTTPServer { _ in .text("here") }, Gate(), try HTTPClient())
        let stream = try await client.stream(try request(server), retrying: .never, through: gate)
        #expect(try await stream.collect() == Array("here".utf8))
        #expect(gate.notes == ["entered", "ended with 200"])
    }
}
