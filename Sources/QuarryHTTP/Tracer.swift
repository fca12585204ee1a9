/// Sends the trace events of one exchange, without its credentials.
struct Tracer: Sendable {
    let exchange: Int
    let redactor: Redactor
    let showsBodies: Bool
    let sink: @Sendable (HTTPTraceEvent) -> Void

    /// The length of the shown part of a body.
    static let maximumBodyBytes = 64 << 10

    func trace(_ kind: HTTPTraceEvent.Kind) { sink(HTTPTraceEvent(exchange: exchange, kind: kind)) }

    func trace(_ request: HTTPRequest) {
        let line = redactor.redact("\(request)\(Self.shownQuery(of: request.url))")
        let fields = redactor.redact(request.headers.description)
        trace(.request(line: line, fields: fields, bodyBytes: request.body?.count))
        if showsBodies, let body = request.body { trace(.requestBody(shown(body))) }
    }

    func trace(_ head: HTTPResponseHead, from address: String, isReused: Bool) {
        let fields = head.headers.withQueriesHidden().description
        trace(
            .response(status: head.status, fields: redactor.redact(fields), address: address, isReused: isReused))
    }

    func trace(redirectTo url: HTTPURL) {
        trace(.redirect(to: redactor.redact("\(url)\(Self.shownQuery(of: url))")))
    }

    func trace(_ attempt: Int, in delay: Duration, because reason: String) {
        trace(.retry(attempt: attempt, delay: delay, reason: redactor.redact(reason)))
    }

    /// The start of a body as text. A credential that the cut may have split is dropped.
    func shown(_ body: [UInt8]) -> String {
        guard body.count > Self.maximumBodyBytes else { return redactor.redact(String(decoding: body, as: UTF8.self)) }
        let text = redactor.redact(String(decoding: body.prefix(Self.maximumBodyBytes), as: UTF8.self))
        return text.dropLast(redactor.longestForm) + "…"
    }

    /// The query with known harmless values. All other values are `<redacted>`.
    static func shownQuery(of url: HTTPURL) -> String {
        guard let query = url.query else { return "" }
        let parts = query.split(separator: "&").map { part -> String in
            let words = part.split(separator: "=", maxSplits: 1)
            guard let name = words.first, words.count == 2 else { return "<redacted>" }
            return ["alt", "api-version"].contains(name) ? String(part) : "\(name)=<redacted>"
        }
        return "?" + parts.joined(separator: "&")
    }
}

extension HTTPHeaders {
    /// The same fields without the queries of redirect targets.
    func withQueriesHidden() -> HTTPHeaders {
        var rest = self
        guard let location = rest["location"], let mark = location.firstIndex(of: "?") else { return rest }
        rest.set("Location", location[..<mark] + "?<redacted>")
        return rest
    }
}
