extension HTTPStream {
    /// The body read as server-sent events.
    ///
    /// An event that the end of the body left open is handed out as well where the body is known to be whole. Where
    /// only the end of the connection ended it (HTTP/1.0), it may have been cut, and is an error of code
    /// `connectionLost`.
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
                        if parser.isInsideEvent && head.endsByClosing { throw head.cutError("an event") }
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
    func cutError(_ thing: String) -> HTTPError {
        HTTPError(
            .connectionLost, redactor.redact("\(url) closed the connection in the middle of \(thing). Ask again."))
    }
}
