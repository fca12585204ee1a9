import Foundation
import QuarryHTTP

/// Addresses of pages, each written in one way, so that a page is met once.
enum WebAddress {
    /// Longer addresses are not followed.
    static let maximumBytes = 2048

    /// The page that a reference means: without a fragment, with a lower-case host, without the usual port, and with the
    /// same percent-encoding for the same characters (RFC 3986, 6.2.2).
    ///
    /// - `reference`: As a page, a header field or a person writes it; spaces and letters beyond ASCII are encoded.
    /// - `base`: The page of a relative reference.
    /// - Throws: ``HTTPError`` for a reference that is not a web address, or is too long.
    static func page(_ reference: String, on base: HTTPURL? = nil) throws -> HTTPURL {
        let text = encoded(reference)
        guard text.utf8.count <= maximumBytes else {
            throw HTTPError(.invalidURL, "The address has \(text.utf8.count) bytes, more than \(maximumBytes).")
        }
        let url = try base.map { try $0.resolving(text) } ?? HTTPURL(text)
        let query = url.query.map { "?" + normalized($0) } ?? ""
        return try HTTPURL(url.origin + normalized(url.path.isEmpty ? "/" : url.path) + query)
    }

    /// The reference without white space around it, with spaces and other bytes encoded that URLs do not have, and with an
    /// international host in its ASCII form (`xn--…`).
    private static func encoded(_ reference: String) -> String {
        var text = Substring(reference)
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        let utf8 = text.utf8
        var start = utf8.startIndex
        if let mark = text.firstRange(of: "//"), !text[..<mark.lowerBound].contains(where: { "/?#".contains($0) }) {
            start = text[mark.upperBound...].firstIndex { "/?#".contains($0) } ?? text.endIndex
        }
        return withPlainHost(text[..<start]) + String(decoding: PercentEncoding.encoded(utf8[start...]), as: UTF8.self)
    }

    /// The start of an absolute reference, up to its path.
    private static func withPlainHost(_ start: Substring) -> String {
        guard start.utf8.contains(where: { $0 >= 0x80 }), let mark = start.firstRange(of: "//") else {
            return String(start)
        }
        let parts = start[mark.upperBound...].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let host = URLComponents(string: "http://\(parts[0])")?.encodedHost ?? String(parts[0])
        return start[..<mark.upperBound] + ([host] + parts.dropFirst().map(String.init)).joined(separator: ":")
    }

    private static func normalized(_ text: String) -> String {
        String(decoding: PercentEncoding.normalized(Array(text.utf8)), as: UTF8.self)
    }
}

/// The part of the web that a crawl keeps to.
struct WebScope {
    private let origin: String
    /// What the paths of its pages begin with.
    private let folder: String
    private let domains: [String]

    /// - `start`: The page that the crawl begins at, after redirects. The scope is the folder of its path; a path whose
    ///   last part has no dot is a folder itself.
    /// - `isWhole`: Whether all paths belong to it.
    /// - `domains`: Further hosts, each with the hosts below it.
    init(_ start: HTTPURL, isWhole: Bool, domains: [String]) {
        origin = start.origin
        self.domains = domains.map { $0.lowercased() }
        var path = start.path
        if !path.hasSuffix("/"), let slash = path.lastIndex(of: "/") {
            if path[slash...].contains(".") { path = String(path[...slash]) }
        }
        folder = isWhole ? "/" : path
    }

    func contains(_ url: HTTPURL) -> Bool {
        if domains.contains(where: { url.host == $0 || url.host.hasSuffix("." + $0) }) { return true }
        guard url.origin == origin else { return false }
        return folder.hasSuffix("/")
            ? url.path.hasPrefix(folder) : url.path == folder || url.path.hasPrefix(folder + "/")
    }

    /// Whether a redirect of the address that a person named stays with the site: to `https`, and to the same host with
    /// or without `www.`.
    static func isSameSite(_ a: HTTPURL, _ b: HTTPURL) -> Bool {
        func name(_ url: HTTPURL) -> Substring { url.host.hasPrefix("www.") ? url.host.dropFirst(4) : url.host[...] }
        func hasUsualPort(_ url: HTTPURL) -> Bool { url.port == (url.scheme == "https" ? 443 : 80) }
        guard name(a) == name(b), b.scheme == "https" || a.scheme == "http" else { return false }
        return a.port == b.port || hasUsualPort(a) && hasUsualPort(b)
    }
}
