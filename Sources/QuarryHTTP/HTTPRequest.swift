/// A request as a value.
package struct HTTPRequest: Sendable {
    package enum Method: String, Sendable, Hashable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    package var method: Method
    package var url: HTTPURL
    package var headers: HTTPHeaders
    package var body: [UInt8]?
    /// Overrides the client's limits for this request.
    package var limits: HTTPLimits?

    package init(
        _ method: Method, _ url: HTTPURL, headers: HTTPHeaders = [:], body: [UInt8]? = nil, limits: HTTPLimits? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.limits = limits
    }
}

extension HTTPRequest: CustomStringConvertible {
    package var description: String { "\(method.rawValue) \(url)" }
}

/// Limits on the time and size of a request.
package struct HTTPLimits: Sendable, Hashable {
    /// The time for the connection, including TLS. The default is 5 s.
    package var connectTimeout: Duration = .seconds(5)
    /// The time from the start to the response head, including the connection.
    ///
    /// The default is 600 s: a local model may read a long prompt before it answers.
    package var firstByteTimeout: Duration = .seconds(600)
    /// The time between two reads of a response. The default is 120 s.
    ///
    /// The comments of an event stream keep the connection open, but are not a reply: they count only until
    /// ``firstByteTimeout`` ends.
    package var idleTimeout: Duration = .seconds(120)
    /// The time for a whole exchange. The default is nil.
    package var totalTimeout: Duration?
    /// Size of the body after decompression, in bytes. The default is 256 MiB.
    package var maximumBodyBytes = 256 << 20
    /// Size of the status line and header fields, in bytes. The default is 64 KiB.
    package var maximumHeadBytes = 64 << 10
    /// The number of redirects to follow; 0 returns them as responses. The default is 5.
    package var maximumRedirects = 5

    package init() {}
}

/// The status line and header fields of a response.
package struct HTTPResponseHead: Sendable, Hashable {
    package var status: Int
    package var headers: HTTPHeaders
    /// The URL of the response, after redirects.
    package var url: HTTPURL
    /// Removes the credentials of the request from shown texts.
    package var redactor = Redactor()
    /// Whether the end of the connection ends the body, so that a truncated body looks complete.
    package var endsByClosing = false

    package init(status: Int, headers: HTTPHeaders, url: HTTPURL) {
        self.status = status
        self.headers = headers
        self.url = url
    }

    package var isSuccess: Bool { (200..<300).contains(status) }

    /// The media type in lower case, without parameters.
    package var mediaType: String? {
        headers.wire("content-type").map { value in
            String(value.prefix { $0 != ";" }).split(separator: " ").joined().lowercased()
        }
    }
}

extension HTTPResponseHead: CustomStringConvertible {
    package var description: String { "\(status) from \(redactor.redact("\(url)"))" }
}

/// A whole response.
package struct HTTPResponse: Sendable, Hashable {
    package var head: HTTPResponseHead
    package var body: [UInt8]

    package init(head: HTTPResponseHead, body: [UInt8]) {
        self.head = head
        self.body = body
    }

    package var status: Int { head.status }
    package var headers: HTTPHeaders { head.headers }
}

extension HTTPResponse: CustomStringConvertible {
    package var description: String { "\(head), \(body.count) bytes" }
}
