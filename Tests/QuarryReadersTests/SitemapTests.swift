import QuarryReaders
import QuarryTestSupport
import Testing

@Suite struct SitemapTests {
    private let text = """
        <?xml version="1.0" encoding="UTF-8"?>
        <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
        <url><loc> https://example.org/a?x=1&amp;y=2 </loc><lastmod>2026-01-01</lastmod>
        <image:image><image:loc>https://example.org/p.png</image:loc></image:image></url>
        <url><loc><![CDATA[https://example.org/b]]></loc></url><url><loc>https://example.org/b</loc></url><url><loc/></url>
        </urlset>
        """

    @Test func `pages are listed once, and pictures are not pages`() {
        let sitemap = Sitemap(Array(text.utf8))
        #expect(sitemap?.pages == ["https://example.org/a?x=1&y=2", "https://example.org/b"])
        #expect(sitemap?.fault == nil)
    }

    @Test func `an index of sitemaps lists sitemaps`() {
        let index = "<sitemapindex><sitemap><loc>https://example.org/1.xml</loc></sitemap></sitemapindex>"
        #expect(Sitemap(Array(index.utf8))?.sitemaps == ["https://example.org/1.xml"])
    }

    @Test func `a packed sitemap is unpacked`() throws {
        // "<urlset><url><loc>http://a/b</loc></url></urlset>", packed by gzip.
        let packed: [UInt8] = [
            0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xb3, 0x29, 0x2d, 0xca, 0x29, 0x4e, 0x2d, 0xb1,
            0xb3, 0x01, 0xd2, 0x76, 0x36, 0x39, 0xf9, 0xc9, 0x76, 0x19, 0x25, 0x25, 0x05, 0x56, 0xfa, 0xfa, 0x89, 0xfa,
            0x49, 0x36, 0xfa, 0x20, 0xbe, 0x8d, 0x3e, 0x58, 0x4a, 0x1f, 0xaa, 0x10, 0x00, 0x1f, 0x4b, 0xc0, 0x7d, 0x31,
            0x00, 0x00, 0x00,
        ]
        #expect(Sitemap(packed)?.pages == ["http://a/b"])
        #expect(Sitemap(Array(packed.prefix(30))) == nil)
    }

    @Test func `a sitemap that breaks off keeps what comes before, and says so`() {
        let sitemap = Sitemap(Array(text.utf8.prefix(text.utf8.count - 60)))
        #expect(sitemap?.pages.first == "https://example.org/a?x=1&y=2")
        #expect(sitemap?.fault != nil)
    }

    @Test(arguments: ["", "<html/>", "<rss><channel/></rss>", "plain text", "{}"])
    func `other files are not sitemaps`(text: String) { #expect(Sitemap(Array(text.utf8)) == nil) }

    @Test func `addresses beyond the limit are left out with a reason`() {
        let many = (0..<Sitemap.maximumAddresses + 5).map { "<url><loc>http://a/\($0)</loc></url>" }.joined()
        let sitemap = Sitemap(Array("<urlset>\(many)</urlset>".utf8))
        #expect(sitemap?.pages.count == Sitemap.maximumAddresses)
        #expect(sitemap?.fault != nil)
    }

    @Test func `entities are not expanded, and damaged sitemaps end`() throws {
        let laughs = """
            <!DOCTYPE urlset [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>
            <urlset><url><loc>http://a/&b;&x;</loc></url></urlset>
            """
        let pages = try #require(Sitemap(Array(laughs.utf8))?.pages)
        #expect(pages.count == 1 && pages.allSatisfy { !$0.contains("root:") && $0.utf8.count < 100 })
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<400 {
            var bytes = Array(text.utf8)
            for _ in 0..<8 {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            #expect((Sitemap(bytes)?.pages.count ?? 0) <= 4)
        }
    }
}
