extension HTTPStream {
    /// The body read as server-sent events. An event that the end of the body left open is handed out as well.
    package var serverSentEvents: ServerSentEvents { ServerSentEvents(stream: self) }

    package struct ServerSentEvents: AsyncSequence, Sendable {
        package typealias Element = ServerSentEvent
        let stream: HTTPStream

        package struct AsyncIterator: AsyncIteratorProtocol {
            var pieces: HTTPStream.AsyncIterator
            var parser = ServerSentEventParser()
            var ready: ArraySlice<ServerSentEvent> = []
            var isAtEnd = false

            package mutating func next() async throws -> ServerSentEvent? {
                while ready.isEmpty && !isAtEnd {
                    if let piece = try await pieces.next() {
                        ready = try parser.push(piece)[...]
                    } else {
                        isAtEnd = true
                        if let last = parser.finish() { ready = [last] }
                    }
                }
                return ready.popFirst()
            }
        }

        package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pieces: stream.makeAsyncIterator()) }
    }
}
