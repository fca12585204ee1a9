/// Decides whether to follow a redirect. libcurl never follows one by itself, so credentials stay under control.
///
/// A redirect comes from the server and not from the user, so it must stay in the zone of its server (public, private,
/// this machine). Link-local addresses, where clouds hand out credentials, are always rejected. A literal host is
/// checked here. The address of a name is checked when a socket is opened.
package enum Redirect {
    /// The request to send next; nil for a final response.
    ///
    /// A redirect from `https` to `http` is rejected, and another origin gets no credentials. Status 303, and 301 or
    /// 302 after a POST, lead to a GET without a body (RFC 9110, 15.4).
    ///
    /// - `zone`: The zone of the server that redirected.
    /// - Throws: ``HTTPError`` with code `tooManyRedirects`, `refusedRedirect` or `invalidURL`.
    package static func next(
        after head: HTTPResponseHead, to request: HTTPRequest, in zone: AddressZone, followed: Int, maximum: Int
    ) throws -> HTTPRequest? {
        guard maximum > 0, [301, 302, 303, 307, 308].contains(head.status), let location = head.headers.wire("location")
        else { return nil }
        guard followed < maximum else {
            throw HTTPError(
                .tooManyRedirects, "\(request.url) redirected more than \(maximum) times, the limit.")
        }
        let target = try target(of: location, after: head, to: request)
        guard !(request.url.scheme == "https" && target.scheme == "http") else {
            throw HTTPError(
                .refusedRedirect,
                "\(request.url) redirects to \(target), which is not encrypted. The redirect was not followed.")
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

    /// - Throws: ``HTTPError`` with code `invalidURL` for a target that is not a web address.
    private static func target(
        of location: String, after head: HTTPResponseHead, to request: HTTPRequest
    ) throws -> HTTPURL {
        do {
            return try request.url.resolving(location).hidingCredentials(head.redactor)
        } catch let error as HTTPError {
            let visible = location.prefix { !"?#@".contains($0) }.filter { !$0.isNewline }
            let shown = head.redactor.redact(String(visible.prefix(200)))
            throw HTTPError(
                error.code,
                "\(request.url) redirects (status \(head.status)) to “\(shown)”. "
                    + "Only http and https addresses without credentials are followed.",
                underlyingError: error)
        }
    }

    static func refusal(
        of target: HTTPURL, in zone: AddressZone, shown host: String, from origin: AddressZone
    ) -> HTTPError? {
        guard zone != origin || zone == .linkLocal || zone == .reserved else { return nil }
        return HTTPError(
            .refusedRedirect,
            "A server at a \(origin.rawValue) address redirects to \(host), a \(zone.rawValue) address, "
                + "so the redirect was not followed. If \(target.origin) is the right server, use its address directly."
        )
    }
}
