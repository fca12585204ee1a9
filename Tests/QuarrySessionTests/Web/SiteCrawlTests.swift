import Foundation
import QuarryCore
import QuarryHTTP
import QuarryIndex
import QuarryReaders
import QuarrySession
import QuarryTestSupport
import Testing

@Suite(.timeLimit(.minutes(30))) struct SiteCrawlTests {
    private let site: TestSite

    init() throws {
        site = try TestSite()
        site.page(
            "/", "The start.", links: ["a", "/b#part", "http://other.example/x", "mailto:x@y", "file:///etc/passwd"])
        site.page("/a", "Page a.", links: ["/c"])
        site.page("/b", "Page b.", links: ["/b", "/"])
        site.page("/c", "Page c.")
    }

    // MARK: Scope

    @Test func `a single page is fetched without its links`() async throws {
        let found = try await site.crawl("/")
        #expect(found.paths == ["/"])
        #expect(found.isComplete)
        #expect(site.asked() == ["/"])
    }

    @Test func `links are followed so many steps, each page once and without its fragment`() async throws {
        #expect(try await site.crawl("/", depth: 1).paths == ["/", "/a", "/b"])
        let before = site.server.requests.count
        #expect(try await site.crawl("/", depth: 2).paths == ["/", "/a", "/b", "/c"])
        #expect(site.asked(since: before).sorted() == ["/", "/a", "/b", "/c"])
    }

    @Test func `only pages below the path of the start are fetched`() async throws {
        site.page("/docs/", "Docs.", links: ["one.html", "/a", "../b", "/docs2/x"])
        site.page("/docs/one.html", "One.")
        #expect(try await site.crawl("/docs/", depth: 3).paths == ["/docs/", "/docs/one.html"])
        site.page("/docs/one.html", "One.", links: ["/docs/"])
        #expect(try await site.crawl("/docs/one.html", depth: 3).paths == ["/docs/", "/docs/one.html"])
    }

    @Test func `another domain is fetched only if it is allowed`() async throws {
        let other = try TestSite()
        other.page("/x", "Elsewhere.")
        let port = other.server.port
        site.page("/", "The start.", links: ["http://127.0.0.1:\(port)/x"])
        #expect(try await site.crawl("/", depth: 1).paths == ["/"])
        #expect(other.server.connectionCount == 0)
        #expect(try await site.crawl("/", depth: 1) { $0.site.domains = ["127.0.0.1"] }.paths.sorted() == ["/", "/x"])
    }

    @Test func `addresses are written in one way`() async throws {
        site.page(
            "/", "The start.",
            links: ["/%7Ejoe", "/~joe#x", "/./~joe", "HTTP://127.0.0.1:\(site.server.port)/~joe", "/a b"])
        site.page("/~joe", "Joe.")
        site.page("/a%20b", "Space.")
        #expect(try await site.crawl("/", depth: 1).paths == ["/", "/a%20b", "/~joe"])
    }

    @Test func `the limit of pages is kept and said`() async throws {
        let found = try await site.crawl("/", depth: 5) { $0.site.maximumPages = 1 }
        #expect(found.paths == ["/"])
        #expect(!found.isComplete)
        #expect(found.warnings.first?.message.contains("limit of 1") == true)
    }

    // MARK: Robots

    @Test func `a robots.txt with more wildcards than are read is named once`() async throws {
        let rules = (0...RobotsRules.maximumWildcards).map { "Disallow: /none*x\($0)y$\n" }.joined()
        site.set("/robots.txt", .text("User-agent: *\n" + rules))
        let found = try await site.crawl("/", depth: 2)
        #expect(found.pages.count > 1)
        #expect(found.warnings.count { $0.message.contains("1 rule with “*” beyond the limit") } == 1)
    }

    @Test func `robots.txt is read first and kept to`() async throws {
        site.set("/robots.txt", .text("User-agent: quarry\nDisallow: /a"))
        let found = try await site.crawl("/", depth: 2)
        #expect(found.paths == ["/", "/b"])
        #expect(site.server.requests.first?.path == "/robots.txt")
        #expect(site.server.requests.first?.headers["user-agent"] == "quarry")
        #expect(found.skipped.map(\.reason) == [.disallowed])
        site.set("/robots.txt", .text("User-agent: *\nDisallow: /"))
        let refused = try await site.crawl("/")
        #expect(refused.pages.isEmpty)
        #expect(refused.rejected.map(\.reason) == [.disallowed])
    }

    @Test(arguments: [500, 503, 429]) func `an unreadable robots.txt means that nothing is fetched`(status: Int)
        async throws
    {
        site.set("/robots.txt", .text("Sorry", status: status))
        let found = try await site.crawl("/", depth: 1)
        #expect(found.pages.isEmpty)
        #expect(!found.isComplete)
        #expect(found.rejected.map(\.reason) == [.unreachable])
        #expect(found.rejected.first?.message.contains("robots.txt") == true)
        #expect(site.asked().isEmpty)
    }

    @Test func `noindex and nofollow count in pages and in header fields`() async throws {
        site.page("/", "The start.", links: ["/a", "/b"])
        site.page("/a", "Hidden.", links: ["/c"], head: "<meta name=robots content='NOINDEX'>")
        site.page("/b", "Dead end.", links: ["/d"], headers: [("X-Robots-Tag", "quarry: nofollow")])
        site.page("/d", "Page d.")
        let found = try await site.crawl("/", depth: 2)
        #expect(found.paths == ["/", "/b", "/c"])
        #expect(found.skipped.map(\.reason) == [.disallowed])
    }

    @Test func `a page that fails leaves the site incomplete, and what is known of it stays`() async throws {
        func known(_ links: [String]) -> KnownPage {
            KnownPage(
                site: site.address("/"), entityTag: nil, lastModified: nil, links: links.map(site.address),
                isCurrent: true)
        }
        site.page("/", "The start.", links: ["/a", "/new"])
        site.set("/a", .text("Sorry", status: 500))
        site.set("/new", .text("Sorry", status: 500))
        let pages = [site.address("/a"): known(["/c"]), site.address("/c"): known([])]
        let found = try await site.crawl("/", depth: 2, known: pages)
        #expect(!found.isComplete && found.gone.isEmpty)
        #expect(found.kept == [site.address("/a")])
        #expect(found.paths == ["/", "/c"])
        #expect(found.rejected.map { found.path(of: $0.source) } == ["/a", "/new"])
        #expect(found.rejected.first?.message.contains("stays in the index") == true)
    }

    // MARK: Redirects and other names

    @Test func `a page behind a redirect is named by its last address`() async throws {
        site.set("/old", .text("", status: 301, headers: [("Location", "/a")]))
        #expect(try await site.crawl("/old").paths == ["/a"])
        site.page("/", "The start.", links: ["/old", "/a"])
        #expect(try await site.crawl("/", depth: 1).paths == ["/", "/a"])
    }

    @Test func `redirects in a circle and long chains end with a reason`() async throws {
        site.set("/x", .text("", status: 302, headers: [("Location", "/y")]))
        site.set("/y", .text("", status: 302, headers: [("Location", "/x")]))
        for n in 0..<9 { site.set("/r\(n)", .text("", status: 307, headers: [("Location", "/r\(n + 1)")])) }
        for path in ["/x", "/r0"] {
            let found = try await site.crawl(path)
            #expect(found.pages.isEmpty)
            #expect(found.rejected.first?.message.contains("circle") == true)
        }
    }

    @Test(arguments: [
        "http://other.example/", "file:///etc/passwd", "ftp://127.0.0.1/", "http://user:pw@127.0.0.1/", "gopher://x",
    ])
    func `redirects that leave the site are not followed`(target: String) async throws {
        site.set("/out", .text("", status: 302, headers: [("Location", target)]))
        let found = try await site.crawl("/out")
        #expect(found.pages.isEmpty)
        #expect(found.rejected.count == 1)
    }

    @Test func `a page that names another address as its own is read there, once`() async throws {
        site.page("/a?print=1", "Page a.", head: "<link rel=canonical href='/a'>")
        site.page("/a", "Page a.", head: "<link rel=canonical href='/a'>")
        site.page("/", "The start.", links: ["/a?print=1", "/a?print=2"])
        site.page("/a?print=2", "Page a.", headers: [("Link", "</a>; rel=\"canonical\"")])
        let found = try await site.crawl("/", depth: 1)
        #expect(found.paths == ["/", "/a"])
        #expect(found.skipped.count == 2)
    }

    @Test func `a page whose own address cannot be read stays, and two that name each other keep one`() async throws {
        site.page("/a", "Page a.", head: "<link rel=canonical href='/missing'>")
        #expect(try await site.crawl("/a").paths == ["/a"])
        site.page("/p", "Page p.", head: "<link rel=canonical href='/q'>")
        site.page("/q", "Page q.", head: "<link rel=canonical href='/p'>")
        #expect(try await site.crawl("/p").paths == ["/q"])
    }

    // MARK: Sitemaps

    private func sitemap(_ root: String, _ element: String, _ paths: [String]) -> String {
        let entries = paths.map { "<\(element)><loc>\(site.address($0))</loc></\(element)>" }.joined()
        return
            "<?xml version=\"1.0\"?><\(root) xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\(entries)</\(root)>"
    }

    @Test func `a sitemap gives the pages, also through an index of sitemaps`() async throws {
        site.set("/sitemap.xml", .text(sitemap("sitemapindex", "sitemap", ["/s/1.xml"]), type: "application/xml"))
        site.set("/s/1.xml", .text(sitemap("urlset", "url", ["/a", "/c", "/a"]), type: "text/xml"))
        let found = try await site.crawl("/sitemap.xml")
        #expect(found.paths == ["/a", "/c"])
        #expect(found.isComplete)
        site.set("/s/1.xml", .text("<html>gone</html>", type: "text/html"))
        let broken = try await site.crawl("/sitemap.xml")
        #expect(broken.pages.isEmpty)
        #expect(!broken.isComplete)
        #expect(broken.rejected.first?.message.contains("not a sitemap") == true)
    }

    @Test func `a feed of another kind is a page and not a sitemap`() async throws {
        site.set("/feed.xml", .text("<rss><channel><title>News of today</title></channel></rss>", type: "text/xml"))
        #expect(try await site.crawl("/feed.xml").paths == ["/feed.xml"])
    }

    // MARK: Types and sizes

    @Test func `pages of a type that is not read are left out`() async throws {
        site.page("/", "The start.", links: ["/file", "/picture.png", "/text"])
        site.set("/file", .text("PK", type: "application/zip"))
        site.set("/text", .text("Some words", type: "text/plain; charset=windows-1251"))
        let found = try await site.crawl("/", depth: 1)
        #expect(found.paths == ["/", "/text"])
        #expect(found.skipped.map(\.reason) == [.unsupportedFormat])
        #expect(found.unread == [site.address("/picture.png")])
        #expect(!site.asked().contains("/picture.png"))
    }

    @Test func `pages that are too large, too slow or cut off are named`() async throws {
        let text = Array("text ".utf8)
        let plain: [(name: String, value: String)] = [("Content-Type", "text/plain")]
        site.set("/huge", FakeHTTPServer.Response(headers: plain, steps: [.endless(text)]))
        site.set("/slow", FakeHTTPServer.Response(headers: plain, steps: [.bytes(text), .pause(.seconds(60))]))
        site.set("/short", .raw("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 900\r\n\r\ntext"))
        site.set("/reset", FakeHTTPServer.Response(headers: plain, steps: [.bytes(text), .reset]))
        site.page("/", "The start.", links: ["/huge", "/slow", "/short", "/reset", "/a"])
        let found = try await site.crawl("/", depth: 1) { options in
            options.site.maximumPageBytes = 1 << 20
            options.timeout = .seconds(2)
        }
        #expect(found.paths == ["/", "/a"])
        #expect(found.rejected.map { found.path(of: $0.source) }.sorted() == ["/huge", "/reset", "/short", "/slow"])
        #expect(found.rejected.allSatisfy { $0.reason == .unreachable })
    }

    @Test func `a site without end stops at the limit`() async throws {
        let server = try FakeHTTPServer { request in
            request.path == "/robots.txt"
                ? .text("", status: 404)
                : .text(
                    "<p>Text</p><a href='\(request.path)1'>1</a><a href='\(request.path)2'>2</a>", type: "text/html")
        }
        let found = try await site.crawl(server.url + "/", depth: 100) { $0.site.maximumPages = 40 }
        #expect(found.pages.count == 40)
        #expect(!found.isComplete)
    }

    @Test func `a private address is refused unless it is allowed`() async throws {
        var configuration = HTTPClient.Configuration()
        configuration.hosts = .publicOnly
        var crawl = try SiteCrawl(
            site.address("/"), options: CrawlOptions(), known: [:], client: HTTPClient(configuration),
            readers: .init(), folder: URL(filePath: site.folder.path))
        let found = try await crawl.run()
        #expect(found.pages.isEmpty)
        #expect(found.rejected.map(\.reason) == [.privateAddress])
        #expect(site.server.connectionCount == 0)
    }

    @Test func `the result is the same every time`() async throws {
        for n in 0..<30 { site.page("/n\(n)", "Number \(n).", links: ["/n\((n * 7 + 3) % 30)", "/m\(n)"]) }
        site.page("/", "The start.", links: (0..<30).map { "/n\($0)" })
        let first = try await site.crawl("/", depth: 2) { $0.site.maximumPages = 45 }
        let second = try await site.crawl("/", depth: 2) { $0.site.maximumPages = 45 }
        #expect(first.paths == second.paths)
        #expect(first.skipped == second.skipped)
    }
}
