extension HTTPStream {
    /// The server-sent events of the body.
    ///
    /// An unfinished last event is returned if the body is complete. If the end of the connection ends the body
    /// (HTTP/1.0), it may be truncated, and an unfinished event is an error with code `connectionLost`.
    package var serverSentEvents: ServerSentEvents { ServerSentEvents(stream: self) }

    package struct ServerSentEvents: AsyncSequence, Sendable {
        package typealias Element = ServerSentEvent
        let stream: HTTPStream

        package struct AsyncIterator: AsyncIteratorProtocol {
            let head: HTTPResponseHead
            var pieces: HTTPStream.AsyncIterator
            var parser = ServerSentEventParser()
            var ready: ArraySlice<ServerSentEvent> = []
            var isAtEnd = false

            /// - Throws: ``HTTPError``, or `CancellationError`.
            package mutating func next() async throws -> ServerSentEvent? {
                while ready.isEmpty && !isAtEnd {
                    if let piece = try await pieces.next() {
                        ready = try parser.push(piece)[...]
                    } else {
                        isAtEnd = true
                        if parser.isInsideEvent && head.endsByClosing { throw head.truncationError("an event") }
                        if let last = parser.finish() { ready = [last] }
                    }
                }
                return ready.popFirst()
            }
        }

        package func makeAsyncIterator() -> AsyncIterator {
            AsyncIterator(head: stream.head, pieces: stream.makeAsyncIterator())
        }
    }
}

extension HTTPResponseHead {
    func truncationError(_ thing: String) -> HTTPError {
        HTTPError(
            .connectionLost, redactor.redact("\(url) closed the connection in the middle of \(thing)."))
    }
}
