import QuarryCore
import QuarryReaders
import QuarryTestSupport
import Testing

struct LinkTargetTests {
    private func targets(_ text: String, id: String = "a.md") async throws -> [String] {
        let source = Source(id: id, bytes: Array(text.utf8))
        return source.linkTargets(in: try await ReaderRegistry().read(source).documents)
    }

    @Test func `links, pictures, definitions and tags of Markdown are found`() async throws {
        let text = """
            ---
            title: x
            ---
            See [one](one.md), [two](<two words.md> "Title"), ![three](img/three.png 'T') and
            [a (b)](four_(x).md). <a href="five.html">five</a> <img src='six.png'>

            [ref]: seven.md "Title"
            [^note]: not a link
            """
        #expect(
            try await targets(text) == [
                "one.md", "two words.md", "img/three.png", "four_(x).md", "five.html", "six.png", "seven.md",
            ])
    }

    @Test func `code and prose are not links`() async throws {
        let text = """
            `[code](a.md)` and \\[escaped\\](b.md) and array[i](not a link) and [open](c.md

            ```
            [block](d.md)
            ```

                [indented](e.md)
            """
        #expect(try await targets(text) == [])
    }

    @Test func `links, pictures and frames of a page are found`() async throws {
        let page = """
            <html><head><link rel=stylesheet href=style.css></head><body><p>Some words on a page.</p>
            <a href="one.html#top">1</a><img src=two.png><iframe src='three.html'></iframe><!-- <a href=no.html> -->
            <script>"<a href=no.html>"</script></body></html>
            """
        #expect(try await targets(page, id: "a.html") == ["one.html#top", "two.png", "three.html"])
        let based = page.replacing("<head>", with: "<head><base href='https://example.com/'>")
        #expect(try await targets(based, id: "a.html") == [])
        #expect(try await targets("[a](b.md)", id: "a.txt") == [])
    }

    @Test func `links that robots do not follow are links of the page, and the first base counts for both`()
        async throws
    {
        let page = "<p>Some words.</p><a rel=nofollow href=one.html>1</a><a href=two.html>2</a><img src=3.png>"
        #expect(try await targets(page, id: "a.html") == ["one.html", "two.html", "3.png"])
        let links = PageLinks(of: Source(id: "a.html", bytes: Array(page.utf8)), agent: "quarry")
        #expect(links.targets == ["two.html"])
        let based = Array("<base href=/first/><base href=/second/>\(page)".utf8)
        #expect(PageLinks(of: Source(id: "a.html", bytes: based), agent: "quarry").base == "/first/")
        #expect(try await targets(String(decoding: based, as: UTF8.self), id: "a.html") == [])
    }

    @Test func `damaged Markdown never crashes`() async throws {
        let sample = Array(
            "[a](b.md \"t\") ![c](<d e>) [f]: g.md\n`[h](i)` \\[j](k)(l) <a href='m'> src=\"n\"\n[o](p".utf8)
        var random = SeededGenerator(seed: 7)
        for _ in 0..<500 {
            var bytes = sample
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                if Bool.random(using: &random) {
                    bytes[index] = "[]()<>\\`\"'=:\n a".utf8.randomElement(using: &random) ?? 0x20
                } else {
                    bytes.remove(at: index)
                }
            }
            let source = Source(id: "a.md", bytes: bytes)
            _ = source.linkTargets(in: try await ReaderRegistry().read(source).documents)
        }
    }

    @Test func `many open links take linear time`() async throws {
        let clock = ContinuousClock()
        let time = try await clock.measure {
            for part in ["](", "](<", "]: (", "[a]: ", " href='"] {
                _ = try await targets(String(repeating: part, count: 50_000))
            }
        }
        #expect(time < .seconds(60))
    }

    @Test(arguments: [
        ("a.txt", Array("plain".utf8), TextEncoding.utf8), ("a.txt", [0xFF, 0xFE, 0x41, 0], .utf16LittleEndian),
        ("a.html", Array("<meta charset=windows-1252>caf".utf8) + [0xE9], .windows1252),
    ])
    func `the encoding of a text is that its reader finds`(id: String, bytes: [UInt8], encoding: TextEncoding) {
        #expect(Source(id: id, bytes: bytes).encoding == encoding)
    }

    @Test func `Cyrillic text in an old encoding is known, and binary data has none`() {
        // «Мама мыла раму, а папа читал газету.» in Windows-1251
        let text: [UInt8] =
            [
                0xCC, 0xE0, 0xEC, 0xE0, 0x20, 0xEC, 0xFB, 0xEB, 0xE0, 0x20, 0xF0, 0xE0, 0xEC, 0xF3, 0x2C, 0x20, 0xE0,
                0x20,
            ]
            + [0xEF, 0xE0, 0xEF, 0xE0, 0x20, 0xF7, 0xE8, 0xF2, 0xE0, 0xEB, 0x20, 0xE3, 0xE0, 0xE7, 0xE5, 0xF2, 0xF3]
        #expect(Source(id: "a.txt", bytes: text).encoding == .windows1251)
        #expect(Source(id: "a.txt", bytes: [0, 1, 2, 0, 255, 254, 0, 3]).encoding == nil)
    }
}
