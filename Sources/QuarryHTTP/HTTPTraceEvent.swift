/// One event of an exchange, for a log that a person reads.
///
/// Credentials are removed everywhere, and so are query values that may be keys. Bodies are shown only if
/// ``HTTPClient/Configuration/tracesBodies`` is set.
package struct HTTPTraceEvent: Sendable, Hashable, CustomStringConvertible {
    package enum Kind: Sendable, Hashable {
        /// - Parameters:
        ///   - line: Such as `POST https://api.example.com/v1/chat?alt=sse`.
        ///   - fields: The header fields, one a line.
        ///   - bodyBytes: Nil without a body.
        case request(line: String, fields: String, bodyBytes: Int?)
        case requestBody(String)
        /// - Parameters:
        ///   - address: The address of the server or the proxy.
        ///   - isReused: Whether an earlier exchange opened the connection.
        case response(status: Int, fields: String, address: String, isReused: Bool)
        /// The start of the body, at most 64 KiB.
        case responseBody(String)
        case redirect(to: String)
        case finished(HTTPTimings)
        case failed(reason: String, HTTPTimings)
        /// Closed by the client before the end, for example after the last event of a stream.
        case closed(HTTPTimings)
        case retry(attempt: Int, delay: Duration, reason: String)
    }

    /// The number of the request at this client, from 1. Redirects and retries keep it.
    package var exchange: Int
    package var kind: Kind

    package var description: String {
        func indented(_ text: String, _ mark: String) -> String {
            text.isEmpty ? "" : text.split(separator: "\n").map { "\n[\(exchange)] \(mark) \($0)" }.joined()
        }
        let line =
            switch kind {
            case .request(let line, let fields, let bytes):
                "> \(line)" + indented(fields, ">") + (bytes.map { "\n[\(exchange)] > (\($0) bytes)" } ?? "")
            case .requestBody(let text): "> body" + indented(text, ">")
            case .response(let status, let fields, let address, let isReused):
                "< \(status) from \(address)\(isReused ? ", same connection" : "")" + indented(fields, "<")
            case .responseBody(let text): "< body" + indented(text, "<")
            case .redirect(let target): "* redirected to \(target)"
            case .finished(let timings): "* done: \(timings)"
            case .failed(let reason, let timings): "* failed: \(reason) (\(timings))"
            case .closed(let timings): "* closed by the client: \(timings)"
            case .retry(let attempt, let delay, let reason):
                "* attempt \(attempt) in \(delay.shownSeconds): \(reason)"
            }
        return "[\(exchange)] " + line
    }
}

/// The times of a transfer's steps, each from its start, and the numbers of bytes.
package struct HTTPTimings: Sendable, Hashable, CustomStringConvertible {
    /// Until the name was resolved. Zero for a reused connection, like the next two.
    package var lookup: Duration = .zero
    package var connect: Duration = .zero
    /// Until the TLS handshake was complete.
    package var handshake: Duration = .zero
    package var firstByte: Duration = .zero
    package var total: Duration = .zero
    package var bytesSent = 0
    /// Before decompression.
    package var bytesReceived = 0
    /// After decompression.
    package var bodyBytes = 0

    package var description: String {
        "lookup \(lookup.shownSeconds), connect \(connect.shownSeconds), first byte \(firstByte.shownSeconds), "
            + "total \(total.shownSeconds), \(bytesSent) bytes sent, \(bytesReceived) received, "
            + "\(bodyBytes) decompressed"
    }
}

extension Duration {
    /// Such as `1.250 s`.
    var shownSeconds: String {
        let thousandths = milliseconds
        let fraction = String(thousandths % 1000)
        return "\(thousandths / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction) s"
    }
}
