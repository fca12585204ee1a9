/// Decides whether to follow a redirect. libcurl never follows one by itself.
///
/// A redirect comes from the server and not from the user. So a request, which may hold texts and a key, is never sent
/// to another scheme, host or port than the one that the user named.
enum Redirect {
    /// The request to send next; nil for a final response.
    ///
    /// Status 303, and 301 or 302 after a POST, lead to a GET without a body (RFC 9110, 15.4).
    ///
    /// - Throws: ``HTTPError`` with code `tooManyRedirects`, `refusedRedirect` or `invalidURL`.
    static func next(
        after head: HTTPResponseHead, to request: HTTPRequest, followed: Int, maximum: Int
    ) throws -> HTTPRequest? {
        guard maximum > 0, [301, 302, 303, 307, 308].contains(head.status), let location = head.headers.wire("location")
        else { return nil }
        guard followed < maximum else {
            throw HTTPError(
                .tooManyRedirects, "\(request.url) redirected more than \(maximum) times, the limit.")
        }
        let target = try target(of: location, after: head, to: request)
        guard target.origin == request.url.origin else {
            throw HTTPError(
                .refusedRedirect,
                "\(request.url) redirects to \(target), another server. The redirect was not followed. If "
                    + "\(target.origin) is the right server, use its address directly.")
        }
        var next = request
        next.url = target
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
}
