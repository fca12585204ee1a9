import Foundation
import QuarryCore
import QuarryHTTP
import QuarryIndex
import QuarryReaders

/// Fetches one page. It needs no shared state, so several pages are fetched at a time.
struct PageRequest: Sendable {
    let client: HTTPClient
    let readers: ReaderRegistry
    let limits: HTTPLimits
    /// A folder for what servers send.
    let folder: URL

    enum Outcome: Sendable {
        case page(Page)
        case sitemap(Sitemap, bytes: Int)
        /// The server says that the page is as it was.
        case unmodified
        case redirect(to: String, status: Int)
        /// The server does not have the page any more.
        case gone(status: Int)
        /// No reader handles its media type.
        case unread(mediaType: String)
        /// The server does not give the page, such as one behind a login.
        case refused(status: Int)
        /// Its address is private, and only public ones are allowed.
        case forbidden(String)
        /// It may work later.
        case failed(String)
    }

    struct Page: Sendable {
        var file: String
        var bytes: Int
        var mediaType: String
        var entityTag: String?
        var lastModified: String?
        var links: PageLinks
        var directives: RobotsDirectives
        /// The address that the page or its header fields name as its own.
        var canonical: String?
    }

    /// Whether a page may have a format that is read, judged by the extension of its path.
    func reads(_ address: String) -> Bool {
        guard let name = pathExtension(ofAddress: address) else { return true }
        return readers.reads("page." + name) && readers.modelReader(of: "page." + name) == nil
    }

    /// - `known`: The page in the index, to ask only whether it changed.
    /// - `number`: Names its file.
    /// - Throws: `CancellationError`, and the errors of the file system.
    func outcome(of target: CrawlTarget, known: KnownPage?, number: Int) async throws -> Outcome {
        let url = target.url
        let known = target.kind == .sitemap ? nil : known
        do {
            let stream = try await client.stream(request(url, known), retrying: Self.retries)
            let head = stream.head
            switch head.status {
            case 304 where known != nil: return .unmodified
            case 301, 302, 303, 307, 308:
                guard let target = head.headers["location"] else {
                    return .failed("It redirects (status \(head.status)) without an address.")
                }
                return .redirect(to: target, status: head.status)
            case 404, 410: return .gone(status: head.status)
            case 200..<300: break
            case 408, 425, 429, 500...: return .failed("The server answered with status \(head.status).")
            default: return .refused(status: head.status)
            }
            let mediaType = head.headers["content-type"] ?? "application/octet-stream"
            let mayBeSitemap = target.kind != .page && Self.isSitemapType(head.mediaType, url)
            let isRead =
                readers.reads(url.string, mediaType: mediaType)
                && readers.modelReader(of: url.string, mediaType: mediaType) == nil
            guard isRead || mayBeSitemap else { return .unread(mediaType: head.mediaType ?? "") }
            let file = folder.appending(path: "\(number)")
            let size = try await save(stream, to: file)
            if mayBeSitemap, let sitemap = Sitemap([UInt8](try Data(contentsOf: file))) {
                try FileManager.default.removeItem(at: file)
                return .sitemap(sitemap, bytes: size)
            }
            guard isRead else { return .unread(mediaType: head.mediaType ?? "") }
            return .page(try page(file, size, mediaType, url, head.headers))
        } catch let error as HTTPError {
            return error.code == .refusedHost ? .forbidden(error.reason(at: url)) : .failed(error.reason(at: url))
        }
    }

    private func request(_ url: HTTPURL, _ known: KnownPage?) -> HTTPRequest {
        var request = HTTPRequest(.get, url, headers: ["Accept": "text/html,application/xhtml+xml,*/*;q=0.8"])
        request.limits = limits
        if let tag = known?.entityTag { request.headers.add("If-None-Match", tag) }
        if let date = known?.lastModified { request.headers.add("If-Modified-Since", date) }
        return request
    }

    private static let retries = {
        var policy = RetryPolicy()
        policy.maximumAttempts = 2
        policy.maximumServerDelay = .seconds(30)
        policy.statuses = [429, 502, 503, 504]
        return policy
    }()

    private static func isSitemapType(_ mediaType: String?, _ url: HTTPURL) -> Bool {
        let types = [
            "application/xml", "text/xml", "application/gzip", "application/x-gzip", "application/octet-stream",
            "text/plain",
        ]
        return mediaType.map(types.contains) ?? true || url.path.hasSuffix(".xml") || url.path.hasSuffix(".gz")
    }

    private func save(_ stream: HTTPStream, to file: URL) async throws -> Int {
        try Data().write(to: file)
        let handle = try FileHandle(forWritingTo: file)
        defer { try? handle.close() }
        var size = 0
        for try await piece in stream {
            try handle.write(contentsOf: piece)
            size += piece.count
        }
        return size
    }

    /// Longer fields are not kept.
    private static func short(_ field: String?) -> String? { field.flatMap { $0.utf8.count <= 512 ? $0 : nil } }

    private func page(
        _ file: URL, _ size: Int, _ mediaType: String, _ url: HTTPURL, _ headers: HTTPHeaders
    ) throws -> Page {
        let agent = CrawlOptions.userAgent
        var source = Source(id: url.string, bytes: [], mediaType: mediaType)
        var links = PageLinks()
        if readers.readsAsWebPage(url.string, mediaType: mediaType) {
            source.bytes = [UInt8](try Data(contentsOf: file))
            links = PageLinks(of: source, agent: agent)
        }
        var directives = links.directives
        for value in headers.values(of: "x-robots-tag") { directives.add(header: value, agent: agent) }
        let named = headers.values(of: "link").prefix(16).lazy.compactMap { value in
            value.prefix(4096).firstMatch(of: /<([^<>]*)>\s*;\s*rel\s*=\s*"?canonical"?/).map { String($0.1) }
        }.first
        return Page(
            file: file.path, bytes: size, mediaType: Self.short(mediaType) ?? "",
            entityTag: Self.short(headers["etag"]),
            lastModified: Self.short(headers["last-modified"]), links: links, directives: directives,
            canonical: named ?? links.canonical ?? links.refresh)
    }
}

extension HTTPError {
    /// Its message without the address in front, for a text that names the address itself.
    func reason(at url: HTTPURL) -> String {
        let start = "\(url): "
        return message.hasPrefix(start) ? String(message.dropFirst(start.count)) : message
    }
}
