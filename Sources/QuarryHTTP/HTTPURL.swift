import CQuarryCurl
import Foundation

/// An absolute `http` or `https` URL, checked and normalised by libcurl's parser.
///
/// A URL with a user name or password is rejected, because it would appear in logs. The fragment is dropped.
package struct HTTPURL: Sendable, Hashable, CustomStringConvertible {
    /// The whole URL, query included.
    package let string: String
    package let scheme: String
    /// Lower case; an IPv6 address keeps its brackets.
    package let host: String
    package let port: Int
    package let path: String
    package let query: String?

    /// - Throws: ``HTTPError`` with code `invalidURL`.
    package init(_ text: String) throws { self = try HTTPURL(parsing: text, relativeTo: nil) }

    private var shown: String?

    /// The URL without its query, which may hold a key.
    package var description: String { shown ?? "\(origin)\(path)" }

    /// The same URL with its credentials hidden in ``description``.
    func hidingCredentials(_ redactor: Redactor) -> HTTPURL {
        let text = redactor.redact(description)
        guard text != description else { return self }
        var copy = self
        copy.shown = text
        return copy
    }

    /// Scheme, host and port, which together name a server.
    package var origin: String {
        let isDefault = port == (scheme == "https" ? 443 : 80)
        return isDefault ? "\(scheme)://\(host)" : "\(scheme)://\(host):\(port)"
    }

    /// The URL of a resource below this one. The query stays.
    package func appending(path component: String) throws -> HTTPURL {
        var base = path
        while base.hasSuffix("/") { base.removeLast() }
        let suffix = query.map { "?\($0)" } ?? ""
        return try HTTPURL(origin + base + "/" + component + suffix)
    }

    /// Resolves a relative or absolute reference, such as the `Location` of a redirect.
    package func resolving(_ reference: String) throws -> HTTPURL {
        try HTTPURL(parsing: reference, relativeTo: string)
    }

    /// Separates a URL from its credentials, `user:password` as percent-encoded in the URL.
    /// - Throws: ``HTTPError`` with code `invalidURL`. The message does not contain the credentials.
    package static func splittingCredentials(of text: String) throws -> (HTTPURL, Secret?) {
        let start = text.range(of: "://")?.upperBound ?? text.startIndex
        let authority = text[start...].prefix { !"/?#".contains($0) }
        guard text[authority.endIndex...].firstIndex(of: "@") == nil else {
            throw HTTPError(
                .invalidURL,
                "The credentials inside the URL contain “/”, “?” or “#”. Percent-encode these as %2F, %3F or %23.")
        }
        guard let at = authority.lastIndex(of: "@") else { return (try HTTPURL(text), nil) }
        let credentials = authority[..<at]
        let url = try HTTPURL(String(text[..<start]) + String(text[at...].dropFirst()))
        return (url, credentials.isEmpty ? nil : Secret(String(credentials)))
    }

    private init(parsing text: String, relativeTo base: String?) throws {
        guard let handle = curl_url() else {
            throw HTTPError(.internalFailure, "libcurl could not allocate a URL parser.")
        }
        defer { curl_url_cleanup(handle) }
        guard !text.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) else {
            throw HTTPError(.invalidURL, "The URL contains white space or a control character. Percent-encode it.")
        }
        if let base {
            guard curl_url_set(handle, CURLUPART_URL, base, 0) == CURLUE_OK else { throw Self.refusal(of: base) }
        }
        guard curl_url_set(handle, CURLUPART_URL, text, 0) == CURLUE_OK else { throw Self.refusal(of: text) }
        func part(_ part: CURLUPart, _ flags: UInt32 = 0) -> String? {
            var result: UnsafeMutablePointer<CChar>?
            guard curl_url_get(handle, part, &result, flags) == CURLUE_OK, let result else { return nil }
            defer { curl_free(result) }
            return String(cString: result)
        }
        guard let scheme = part(CURLUPART_SCHEME), ["http", "https"].contains(scheme) else {
            throw HTTPError(.invalidURL, "The URL does not begin with http:// or https://.")
        }
        guard part(CURLUPART_USER) == nil, part(CURLUPART_PASSWORD) == nil else {
            throw HTTPError(.invalidURL, "The URL contains a user name or password. Pass credentials separately.")
        }
        _ = curl_url_set(handle, CURLUPART_FRAGMENT, nil, 0)
        guard let host = part(CURLUPART_HOST), !host.isEmpty,
            let port = part(CURLUPART_PORT, UInt32(CURLU_DEFAULT_PORT)).flatMap({ Int($0) }),
            let whole = part(CURLUPART_URL)
        else { throw Self.refusal(of: text) }
        self.scheme = scheme
        self.host = host.lowercased()
        self.port = port
        self.path = part(CURLUPART_PATH) ?? "/"
        self.query = part(CURLUPART_QUERY)
        self.string = whole
    }

    private static func refusal(of text: String) -> HTTPError {
        let shown = text.split(separator: "?", omittingEmptySubsequences: false).first.map(String.init) ?? text
        if shown.contains("@") {
            return HTTPError(.invalidURL, "The URL cannot be parsed. Expected http://host:port/path.")
        }
        return HTTPError(.invalidURL, "“\(shown)” is not a URL. Expected http://host:port/path.")
    }
}

extension HTTPURL: CustomReflectable {
    package var customMirror: Mirror { Mirror(self, children: []) }
}
