/// Decides where a redirect leads. The engine never follows one by itself, so that no credential travels unasked.
enum Redirect {
    /// The request to send next, or nil where the response is final.
    ///
    /// `https` never leads to `http`; another origin gets no credentials; 303, and 301 or 302 after a POST, lead to a
    /// GET without a body (RFC 9110, 15.4).
    /// - Throws: ``HTTPError`` with code `tooManyRedirects`, `refusedRedirect` or `invalidURL`.
    static func next(
        after head: HTTPResponseHead, to request: HTTPRequest, followed: Int, maximum: Int
    ) throws -> HTTPRequest? {
        guard maximum > 0, [301, 302, 303, 307, 308].contains(head.status), let location = head.headers["location"]
        else { return nil }
        guard followed < maximum else {
            throw HTTPError(
                .tooManyRedirects, "\(request.url) redirected again after \(maximum) redirects. Check the URL.")
        }
        let target = try request.url.resolving(location)
        guard !(request.url.scheme == "https" && target.scheme == "http") else {
            throw HTTPError(.refusedRedirect, "\(request.url) redirects to \(target), which is not encrypted. Refused.")
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
}
