import QuarryCore
import QuarryReaders
import Testing

struct HTMLReaderTests {
    private func document(_ page: String) throws -> Document {
        let result = HTMLReader().read(Source(id: "page.html", bytes: Array(page.utf8)))
        return try #require(result.documents.first, "\(result.rejected)")
    }

    private static let page = """
        <!DOCTYPE html><html lang="en"><head><title>Kilns and glazes | The Clay Shed</title>
        <meta name="author" content="Ida Okoro"><meta property="article:published_time" content="2025-03-04">
        <link rel="canonical" href="https://clay.test/kilns"></head><body>
        <nav><a href="/">Home</a> <a href="/shop">Shop</a></nav>
        <div class="cookie-banner">We use cookies. <button>Accept</button></div>
        <main><h1>Kilns and glazes</h1>
        <p>The large kiln reaches 1,280&nbsp;degrees &amp; cools for <b>two</b> days.
        Nobody opens it before the second morning, because cold air cracks the pots.</p>
        <h2>Glazes</h2>
        <ol><li>Stir the ash glaze.</li><li>Sieve it twice.</li></ol>
        <table><tr><th>Glaze</th><th>Cone</th></tr><tr><td>ash</td><td>10</td></tr></table>
        <pre><code class="language-sh">kiln --cone 10
        kiln --cool</code></pre>
        <p hidden>Secret price list.</p><script>var a = "<p>no</p>";</script></main>
        <footer>Copyright The Clay Shed. <a href="/terms">Terms</a></footer></body></html>
        """

    @Test func `a raised number does not run into the one before it`() throws {
        let text = try document(
            "<p>It holds 10<sup>6</sup> pots<sup><a href=\"#n\">2</a></sup> of the 1<sup>st</sup> kind <sup>3</sup>.</p>"
        ).text
        #expect(text == "It holds 10^6 pots^2 of the 1st kind 3.")
    }

    @Test func `a time is the date of the page unless its text mentions it`() throws {
        let prose =
            "<p>The kiln was first fired on <time datetime=\"1914-06-28\">28 June</time> in the old shed by the river.</p>"
        let list = "<ul><li><time datetime=\"2024-01-05\">5 January</time> Open day</li></ul>"
        let line = "<p class=\"meta\">Written on <time datetime=\"2025-03-04\">4 March</time> by Ida</p>"
        let marked =
            "<p>This long text about the kiln and its glazes was last changed on "
            + "<time class=\"updated\" datetime=\"2025-04-01\">1 April</time> by Ida.</p>"
        func date(_ body: String) throws -> MetadataValue? {
            try document("<body><main><h1>Kilns</h1>\(body)</main></body>").metadata["date"]
        }
        #expect(try date(prose + list) == nil)
        #expect(try date(prose + list + line) == "2025-03-04")
        #expect(try date(prose + marked) == "2025-04-01")
        #expect(try date("<header><time datetime=\"2025-05-01\">1 May</time></header>" + prose) == "2025-05-01")
    }

    @Test func `a page becomes headings, paragraphs, lists, tables and code without its boilerplate`() throws {
        let document = try document(Self.page)
        #expect(
            document.text == """
                # Kilns and glazes

                The large kiln reaches 1,280 degrees & cools for two days. Nobody opens it before the second morning, because cold air cracks the pots.

                ## Glazes

                1. Stir the ash glaze.
                2. Sieve it twice.

                | Glaze | Cone |
                | --- | --- |
                | ash | 10 |

                ```sh
                kiln --cone 10
                kiln --cool
                ```
                """)
        #expect(document.blocks.count == 6)
    }

    @Test func `the head of a page gives its title and metadata`() throws {
        let document = try document(Self.page)
        #expect(document.title == "Kilns and glazes")
        #expect(document.metadata["author"] == "Ida Okoro" && document.metadata["language"] == "en")
        #expect(document.metadata["date"] == "2025-03-04" && document.metadata["url"] == "https://clay.test/kilns")
    }

    @Test func `the map of a page leads to the bytes of the file`() throws {
        let document = try document(Self.page)
        let (text, source) = (Array(document.text.utf8), Array(Self.page.utf8))
        for words in ["degrees", "& cools", "Sieve it twice", "kiln --cool", "Glaze", "because cold air"] {
            let range = document.text.utf8Range(of: words)
            #expect(text[range].elementsEqual(words.utf8))
            let found = String(decoding: source[document.sourceMap.sourceRange(of: range)], as: UTF8.self)
            #expect(found == words.replacing("&", with: "&amp;"))
        }
    }

    @Test(arguments: [
        ("<p>caf&eacute; &lt;b&gt; &#x41;&#66;</p>", "café <b> AB"), ("<p>a<br>b", "a b"), ("plain", "plain"),
        ("<p>one<p>two", "one\n\ntwo"), ("<ul><li><p>first</p><p>second</p></ul>", "- first\n\nsecond"),
        ("<p>5 &gt 3 &notit;</p>", "5 > 3 ¬it;"), ("<table><tr><td>loose</table>", "loose"),
        ("<p>H<sub>2</sub>O</p>", "H2O"), ("<blockquote><p>said</p></blockquote>", "> said"),
        ("<ol start=-9223372036854775808><li>one</ol>", "-1000000. one"),
        ("<script>" + String(repeating: "i<n;", count: 2000) + "</script><p>text", "text"),
        ("<svg>" + String(repeating: "<path/>", count: 2000) + "</svg><p>text", "text"),
        ("<dl><dt>kiln</dt><dd>an oven</dd></dl>", "- kiln: an oven"),
    ])
    func `markup is read as browsers do`(page: String, text: String) throws {
        #expect(try document(page).text == text)
    }

    @Test func `a page in another encoding is read as it declares`() throws {
        let letters: [UInt8] = [0xEF, 0xE5, 0xF7, 0xFC]
        let bytes = Array("<meta charset=windows-1251><p>".utf8) + letters + Array("</p>".utf8)
        let result = HTMLReader().read(Source(id: "old.html", bytes: bytes))
        #expect(result.documents.first?.text == "печь" && result.warnings.isEmpty)
    }

    @Test func `a page of nested elements is rejected, and one of open formatting too`() {
        for page in [
            String(repeating: "<div>", count: 100_000) + "deep",
            String(repeating: "<b id=a>", count: 900) + String(repeating: "<p>x", count: 100_000),
            "<p " + (0..<100_000).map { "a\($0)=1" }.joined(separator: " ") + ">x",
        ] {
            let result = HTMLReader().read(Source(id: "deep.html", bytes: Array(page.utf8)))
            #expect(result.documents.isEmpty && result.rejected.map(\.reason) == [.unsupportedFormat])
        }
    }

    @Test func `changed bytes never end the process, and ranges stay inside of the text`() {
        var random = SystemRandomNumberGenerator()
        let bytes = Array(Self.page.utf8)
        for _ in 0..<400 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                changed[Int.random(in: changed.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            for document in HTMLReader().read(Source(id: "page.html", bytes: changed)).documents {
                let count = document.text.utf8.count
                for block in document.blocks { #expect(block.range.upperBound <= count) }
                #expect(document.sourceMap.sourceRange(of: 0..<count).upperBound <= changed.count)
            }
        }
    }
}

extension String {
    /// The UTF-8 range of words that occur once.
    func utf8Range(of words: String) -> Range<Int> {
        guard let range = ranges(of: words).first else { return 0..<0 }
        let start = utf8.distance(from: utf8.startIndex, to: range.lowerBound)
        return start..<start + words.utf8.count
    }
}
