import QuarryCore
import QuarryReaders
import QuarryTestSupport
import Testing

@Suite struct PageLinksTests {
    private func links(_ html: String, mediaType: String? = nil) -> PageLinks {
        PageLinks(of: Source(id: "page", bytes: Array(html.utf8), mediaType: mediaType), agent: "quarry")
    }

    @Test func `links are found wherever they are, each once`() {
        let found = links(
            """
            <base href="/base/"><nav><a href=" one.html ">1</a></nav><p>Text <a href='one.html'>again</a>
            <a href="#part">part</a><a rel="external nofollow" href="two">2</a><map><area href="three?a=1&amp;b=2"></map>
            <a>none</a><a href="">empty</a>
            """)
        #expect(found.targets == ["one.html", "three?a=1&b=2"])
        #expect(found.base == "/base/")
    }

    @Test func `the page's own address and its refresh are found`() {
        let found = links(
            "<link rel='alternate canonical' href='/own'><link rel=canonical href='/second'>"
                + "<meta http-equiv='Refresh' content='0; URL=/next'><meta http-equiv=refresh content='5;url=/later'>x")
        #expect(found.canonical == "/own")
        #expect(found.refresh == "/next")
        #expect(links("<meta http-equiv=refresh content='30; url=/later'>x").refresh == nil)
    }

    @Test func `what a page asks of robots is read for all of them and for this one`() {
        #expect(links("<meta name=ROBOTS content='NoIndex,follow'>x").directives.noindex)
        #expect(links("<meta name=quarry content=nofollow>x").directives.nofollow)
        #expect(!links("<meta name=other content=noindex>x").directives.noindex)
        let all = links("<meta name=robots content=none>x").directives
        #expect(all.noindex && all.nofollow)
    }

    @Test func `header fields may name the robot`() {
        func noindex(_ value: String) -> Bool {
            var directives = RobotsDirectives()
            directives.add(header: value, agent: "quarry")
            return directives.noindex
        }
        #expect(noindex("noindex"))
        #expect(noindex("Quarry: noindex, nofollow"))
        #expect(!noindex("otherbot: noindex"))
        #expect(noindex("nofollow, noindex"))
        #expect(noindex("unavailable_after: 25 Jun 2027, noindex"))
    }

    @Test func `links beyond the limit are counted`() {
        let page = (0..<PageLinks.maximumLinks + 7).map { "<a href='\($0)'>x</a>" }.joined()
        let found = links(page)
        #expect(found.targets.count == PageLinks.maximumLinks)
        #expect(found.omitted == 7)
    }

    @Test func `damaged pages have some links or none`() {
        var generator = SeededGenerator(seed: 3)
        let seed = Array(
            "<html><base href=/x><a href='a&amp;b'>t</a><meta name=robots content=none><link rel=canonical href=c>".utf8
        )
        for _ in 0..<400 {
            var bytes = seed
            for _ in 0..<6 {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[index] = UInt8.random(in: 0...255, using: &generator)
            }
            let found = PageLinks(of: Source(id: "x", bytes: bytes), agent: "quarry")
            #expect(found.targets.count <= 1)
        }
    }
}
