import Foundation

/// A small HTTP/1.1 server on the loopback interface, for tests of clients: it answers as it is told, slowly or badly
/// where it is told so, and remembers what it was asked.
///
///     let server = try FakeHTTPServer { request in .json(#"{"ok": true}"#) }
///     // … speak to server.url …
///     #expect(server.requests.map(\.path) == ["/v1/models"])
///
/// Connections are kept alive. Each has a thread of its own; all end when the server is released.
package final class FakeHTTPServer: Sendable {
    package struct Request: Sendable, Hashable {
        package var method: String
        /// The path with its query.
        package var path: String
        /// Names in lower case; the last of equal names wins.
        package var headers: [String: String]
        package var body: [UInt8]
    }

    package struct Response: Sendable {
        /// What happens while a body is sent.
        package enum Step: Sendable {
            case bytes([UInt8])
            case pause(Duration)
            /// Goes on once the condition is true; it is asked again and again.
            case wait(until: @Sendable () -> Bool)
            /// Sends the bytes again and again, until the client goes away.
            case endless([UInt8])
            /// Closes the connection without a proper end.
            case hangUp
            /// Throws the connection away: the client sees a reset.
            case reset
        }

        package var status: Int
        package var headers: [(name: String, value: String)]
        package var steps: [Step]
        /// Waited before the status line, for a server that is slow to answer.
        package var delay: Duration
        /// Whether the steps are all that is sent: status line, header fields and framing are the caller's, and the
        /// connection is closed after them.
        package var isRaw = false

        package init(
            status: Int = 200, headers: [(name: String, value: String)] = [], steps: [Step] = [],
            delay: Duration = .zero
        ) {
            self.status = status
            self.headers = headers
            self.steps = steps
            self.delay = delay
        }

        /// Bytes as they are to go over the wire, after which the connection is closed.
        package static func raw(_ steps: [Step]) -> Response {
            var response = Response(steps: steps)
            response.isRaw = true
            return response
        }

        /// A text as it is to go over the wire, after which the connection is closed.
        package static func raw(_ text: String) -> Response { .raw([.bytes(Array(text.utf8))]) }

        package static func text(
            _ text: String, status: Int = 200, type: String = "text/plain",
            headers: [(name: String, value: String)] = []
        ) -> Response {
            Response(status: status, headers: [("Content-Type", type)] + headers, steps: [.bytes(Array(text.utf8))])
        }

        package static func json(
            _ text: String, status: Int = 200, headers: [(name: String, value: String)] = []
        ) -> Response {
            .text(text, status: status, type: "application/json", headers: headers)
        }

        /// A `text/event-stream` with a `data:` event for each string, then `[DONE]`.
        package static func events(_ data: [String], pause: Duration = .zero, ending: String? = "[DONE]") -> Response {
            var steps: [Step] = []
            for line in data + (ending.map { [$0] } ?? []) {
                steps.append(.bytes(Array("data: \(line)\n\n".utf8)))
                if pause > .zero { steps.append(.pause(pause)) }
            }
            return Response(headers: [("Content-Type", "text/event-stream")], steps: steps)
        }
    }

    /// The port on 127.0.0.1, chosen by the system.
    package let port: Int
    private let state: FakeHTTPServerState
    private let listener: Int32

    /// Starts to listen.
    /// - Parameter respond: Called on a thread of the connection, so possibly from several at once.
    package init(_ respond: @escaping @Sendable (Request) -> Response) throws {
        let (listener, port) = try LoopbackSocket.listen()
        self.listener = listener
        self.port = port
        let state = FakeHTTPServerState()
        self.state = state
        let thread = Thread {
            while !state.isStopped {
                guard let connection = LoopbackSocket.accept(listener, milliseconds: 50) else { continue }
                state.opened(connection)
                Thread { FakeHTTPConnection(socket: connection, state: state, respond: respond).serve() }.start()
            }
            LoopbackSocket.close(listener)
        }
        thread.start()
    }

    /// Answers the requests one after the other; the last response answers all that follow.
    package convenience init(replies: [Response]) throws {
        precondition(!replies.isEmpty, "A server needs at least one reply.")
        let counter = PositionBox()
        try self.init { _ in replies[counter.next(below: replies.count)] }
    }

    deinit { state.stop() }

    package var url: String { "http://127.0.0.1:\(port)" }
    /// Every request that was read to its end, in order.
    package var requests: [Request] { state.requests }
    /// How many connections were accepted so far.
    package var connectionCount: Int { state.connectionCount }
    /// How many clients went away in the middle of a response so far.
    package var abandonedCount: Int { state.abandonedCount }
}
