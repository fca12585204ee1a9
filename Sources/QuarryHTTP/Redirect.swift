/// Decides where a redirect leads. The engine never follows one by itself, so that no credential travels unasked.
///
/// A redirect is the server's wish, not the person's, so it may not reach what the person did not name: it stays in
/// the zone of the server that sent it (public, private, this machine), and link-local addresses, where clouds hand out
/// credentials, are refused from anywhere. What a host's text shows is checked here, what its name resolves to when a
/// socket is opened.
package enum Redirect {
    /// The request to send next, or nil where the response is final.
    ///
    /// `https` never leads to `http`; another origin gets no credentials; 303, and 301 or 302 after a POST, lead to a
    /// GET without a body (RFC 9110, 15.4).
    ///
    /// - Parameter zone: Where the server that redirected lies.
    /// - Throws: ``HTTPError`` with code `tooManyRedirects`, `refusedRedirect` or `invalidURL`.
    package static func next(
        after head: HTTPResponseHead, to request: HTTPRequest, in zone: AddressZone, followed: Int, maximum: Int
    ) throws -> HTTPRequest? {
        guard maximum > 0, [301, 302, 303, 307, 308].contains(head.status), let location = head.headers.wire("location")
        else { return nil }
        guard followed < maximum else {
            throw HTTPError(
                .tooManyRedirects, "\(request.url) redirected again after \(maximum) redirects. Check the URL.")
        }
        let target = try target(of: location, after: head, to: request)
        guard !(request.url.scheme == "https" && target.scheme == "http") else {
            throw HTTPError(.refusedRedirect, "\(request.url) redirects to \(target), which is not encrypted. Refused.")
        }
        if let known = AddressZone(host: target.host),
            let refusal = refusal(of: target, in: known, shown: target.host, from: zone)
        {
            throw refusal
        }
        var next = request
        next.url = target
        if target.origin != request.url.origin { next.headers = next.headers.withoutCredentials() }
        let becomesGet = head.status == 303 || ([301, 302].contains(head.status) && request.method == .post)
        if becomesGet && request.method != .head {
            next.method = .get
            next.body = nil
            for name in ["Content-Type", "Content-Encoding", "Content-Length"] { next.headers.remove(name) }
        }
        return next
    }

    /// - Throws: ``HTTPError`` with code `invalidURL` for a target that is no address of a web server.
    private static func target(
        of location: String, after head: HTTPResponseHead, to request: HTTPRequest
    ) throws -> HTTPURL {
        do {
            return try request.url.resolving(location).hidingCredentials(head.redactor)
        } catch let error as HTTPError {
            let plain = location.prefix { !"?#@".contains($0) }.filter { !$0.isNewline }
            throw HTTPError(
                error.code,
                "\(request.url) redirects (status \(head.status)) to “\(head.redactor.redact(String(plain.prefix(200))))”. Refused: "
                    + "only http and https addresses without credentials are followed. Check the base address.",
                underlyingError: error)
        }
    }

    static func refusal(
        of target: HTTPURL, in zone: AddressZone, shown host: String, from origin: AddressZone
    ) -> HTTPError? {
        guard zone != origin || zone == .linkLocal || zone == .reserved else { return nil }
        return HTTPError(
            .refusedRedirect,
            "A server at a \(origin.rawValue) address redirects to \(host), a \(zone.rawValue) address. Refused. "
                + "If that is where the service is, name \(target.origin) itself.")
    }
}
