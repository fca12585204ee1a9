import Foundation
import QuarryHTTP
import QuarryIndex
import QuarryReaders
import QuarrySession
import QuarryTestSupport
import Synchronization

/// A web site on this machine whose pages a test changes. It answers a request with the tag of an unchanged page by 304.
final class TestSite: Sendable {
    let server: FakeHTTPServer
    let folder: TemporaryFolder

    private final class Box: Sendable {
        let pages = Mutex<[String: FakeHTTPServer.Response]>([:])
    }
    private let box: Box

    init() throws {
        let box = Box()
        self.box = box
        folder = try TemporaryFolder()
        server = try FakeHTTPServer { request in
            guard let response = box.pages.withLock({ $0[request.path] }) else {
                return .text("Not found", status: 404)
            }
            let tag = response.headers.first { $0.name == "ETag" }?.value
            if let tag, request.headers["if-none-match"] == tag {
                return FakeHTTPServer.Response(status: 304, headers: [("ETag", tag)])
            }
            return response
        }
    }

    func set(_ path: String, _ response: FakeHTTPServer.Response?) { box.pages.withLock { $0[path] = response } }

    /// A page with a tag that changes with its text.
    func page(
        _ path: String, _ text: String, links: [String] = [], head: String = "",
        headers: [(name: String, value: String)] = []
    ) {
        let anchors = links.map { "<a href=\"\($0)\">link</a>" }.joined(separator: " ")
        let html = """
            <html><head><title>\(path)</title>\(head)</head><body><article><p>\(text)</p></article>\(anchors)</body></html>
            """
        let tag = "\"\(html.utf8.reduce(5381) { ($0 &* 33) &+ Int($1) })\""
        set(path, .text(html, type: "text/html; charset=utf-8", headers: [("ETag", tag)] + headers))
    }

    func address(_ path: String) -> String { server.url + path }

    /// The paths that were asked for since the last call, without `robots.txt`.
    func asked(since count: Int = 0) -> [String] {
        server.requests.dropFirst(count).map(\.path).filter { $0 != "/robots.txt" }
    }

    func crawl(
        _ path: String = "/", depth: Int = 0, known: [String: KnownPage] = [:],
        _ change: (inout CrawlOptions) -> Void = { _ in }
    ) async throws -> FetchedSite {
        var options = CrawlOptions()
        options.site.depth = depth
        options.pause = .zero
        options.site.allowsPrivate = true
        options.timeout = .seconds(20)
        change(&options)
        let folder = URL(filePath: folder.path).appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var crawl = try SiteCrawl(
            path.contains("://") ? path : address(path), options: options, known: known, client: HTTPClient(),
            readers: ReaderRegistry(), folder: folder)
        return try await crawl.run()
    }
}

extension FetchedSite {
    /// The paths of its pages.
    var paths: [String] { pages.map { path(of: $0.address) } }

    func path(of address: String) -> String {
        let rest = address.drop { $0 != "/" }.dropFirst(2)
        return String(rest.drop { $0 != "/" })
    }
}
