/// One thing that happened to an exchange, for a person who watches: `--verbose`.
///
/// Credentials are taken out, in header fields and wherever else they turn up; queries are shown without the values
/// that may be keys. Bodies are shown only where ``HTTPClient/Configuration/tracesBodies`` asks for them.
package struct HTTPTraceEvent: Sendable, Hashable, CustomStringConvertible {
    package enum Kind: Sendable, Hashable {
        /// - Parameters:
        ///   - line: Such as `POST https://api.example.com/v1/chat?alt=sse`.
        ///   - fields: The header fields, one a line.
        ///   - bodyBytes: Nil without a body.
        case request(line: String, fields: String, bodyBytes: Int?)
        case requestBody(String)
        /// - Parameters:
        ///   - address: Who answered: the server, or the proxy.
        ///   - isReused: Whether an earlier exchange had opened the connection.
        case response(status: Int, fields: String, address: String, isReused: Bool)
        /// The start of the body, at most 64 KiB.
        case responseBody(String)
        case redirect(to: String)
        case finished(HTTPTimings)
        case failed(reason: String, HTTPTimings)
        /// Ended because nobody wanted the rest, as after the last event of a stream.
        case closed(HTTPTimings)
        case retry(attempt: Int, delay: Duration, reason: String)
    }

    /// The number of the request of this client, from 1. Redirects and further attempts keep it.
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
            case .closed(let timings): "* closed, the rest was not wanted: \(timings)"
            case .retry(let attempt, let delay, let reason):
                "* attempt \(attempt) in \(delay.shownSeconds): \(reason)"
            }
        return "[\(exchange)] " + line
    }
}

/// How long the steps of a transfer took, each from its start, and what went over the wire.
package struct HTTPTimings: Sendable, Hashable, CustomStringConvertible {
    /// Until the name was looked up; zero for a connection that stood already, as the next two.
    package var lookup: Duration = .zero
    package var connect: Duration = .zero
    /// Until TLS stood.
    package var handshake: Duration = .zero
    package var firstByte: Duration = .zero
    package var total: Duration = .zero
    package var bytesSent = 0
    /// Before decompression.
    package var bytesReceived = 0
    /// After decompression.
    package var bodyBytes = 0

    package var description: String {
        "looked up \(lookup.shownSeconds), connected \(connect.shownSeconds), first byte \(firstByte.shownSeconds), "
            + "total \(total.shownSeconds), \(bytesSent) bytes sent, \(bytesReceived) received, \(bodyBytes) unpacked"
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
