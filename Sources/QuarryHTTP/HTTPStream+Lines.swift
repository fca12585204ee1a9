import Foundation

extension HTTPStream {
    /// The non-blank lines of the body, for newline-delimited JSON.
    ///
    /// A last line without a newline is returned if the body is complete. If the body may be truncated, such a line is
    /// an error with code `connectionLost`.
    package var lines: Lines { Lines(stream: self) }

    /// The body's lines, each decoded from JSON.
    ///
    /// A line that cannot be decoded is an error with code `malformedResponse`. The message has the line's number but
    /// not its content.
    package func objects<Object: Decodable & Sendable>(_ type: Object.Type = Object.self) -> Objects<Object> {
        Objects(lines: lines, head: head)
    }

    package struct Lines: AsyncSequence, Sendable {
        package typealias Element = [UInt8]
        let stream: HTTPStream

        package struct AsyncIterator: AsyncIteratorProtocol {
            let head: HTTPResponseHead
            var pieces: HTTPStream.AsyncIterator
            var parser = NDJSONParser()
            var ready: ArraySlice<[UInt8]> = []
            var isAtEnd = false

            /// - Throws: ``HTTPError``, or `CancellationError`.
            package mutating func next() async throws -> [UInt8]? {
                while ready.isEmpty && !isAtEnd {
                    if let piece = try await pieces.next() {
                        ready = try parser.push(piece)[...]
                    } else {
                        isAtEnd = true
                        guard let last = parser.finish() else { continue }
                        if head.endsByClosing { throw head.truncationError("a line") }
                        ready = [last]
                    }
                }
                return ready.popFirst()
            }
        }

        package func makeAsyncIterator() -> AsyncIterator {
            AsyncIterator(head: stream.head, pieces: stream.makeAsyncIterator())
        }
    }

    package struct Objects<Element: Decodable & Sendable>: AsyncSequence, Sendable {
        let lines: Lines
        let head: HTTPResponseHead

        package struct AsyncIterator: AsyncIteratorProtocol {
            var lines: Lines.AsyncIterator
            let head: HTTPResponseHead
            let decoder = JSONDecoder()
            var number = 0

            /// - Throws: ``HTTPError``, or `CancellationError`.
            package mutating func next() async throws -> Element? {
                guard let line = try await lines.next() else { return nil }
                number += 1
                do {
                    return try decoder.decode(Element.self, from: Data(line))
                } catch {
                    throw HTTPError(
                        .malformedResponse,
                        head.redactor.redact("\(head.url): line \(number) is not the expected JSON."))
                }
            }
        }

        package func makeAsyncIterator() -> AsyncIterator {
            AsyncIterator(lines: lines.makeAsyncIterator(), head: head)
        }
    }
}
