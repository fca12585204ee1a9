import QuarrySession
import QuarryTestSupport
import Testing

@Suite struct RobotsRulesTests {
    private func rules(_ text: String) -> RobotsRules { RobotsRules(Array(text.utf8), for: "quarry") }

    @Test func `the longest rule counts, and of equal ones the one that allows`() {
        let rules = rules("User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /c\nAllow: /c")
        #expect(!rules.allows("/a"))
        #expect(!rules.allows("/a/x"))
        #expect(rules.allows("/a/b/c"))
        #expect(rules.allows("/c"))
        #expect(rules.allows("/d"))
        #expect(rules.allows("/robots.txt"))
    }

    @Test func `the groups of the own name count together, and replace those of all robots`() {
        let rules = rules(
            """
            User-agent: *
            Disallow: /
            User-agent: other
            User-agent: Quarry/2.0
            Disallow: /one # a note
            user-AGENT: QUARRY
            disallow:/two
            """)
        #expect(rules.allows("/"))
        #expect(!rules.allows("/one"))
        #expect(!rules.allows("/two"))
    }

    @Test(arguments: [
        ("/*.pdf$", "/a/b.pdf", false), ("/*.pdf$", "/a/b.pdf?x", true), ("/*.pdf", "/a/b.pdf?x", false),
        ("/a*b*c", "/a1b2c3", false), ("/a*b*c", "/acb", true), ("/fish$", "/fishes", true), ("/fish$", "/fish", false),
        ("/*?session=", "/x?session=1", false), ("*/private", "/x/private", false), ("/a**b", "/axb", false),
        ("/%7ejoe", "/~joe", false), ("/ü", "/%C3%BC", false), ("/a%2fb", "/a/b", true), ("/a|b", "/a%7Cb", false),
        ("/a%zz", "/a%zz", false),
        ("/a%2fb", "/a%2Fb", false), ("/*a$", "/ba", false),
        ("/*aa$", "/aab", true), ("", "/", true), ("/$", "/", false), ("/$", "/x", true),
    ])
    func `wildcards and ends match as the RFC says`(path: String, page: String, isAllowed: Bool) {
        #expect(rules("User-agent: *\nDisallow: \(path)").allows(page) == isAllowed)
    }

    @Test func `a pause is asked for in the own group`() {
        #expect(rules("User-agent: *\nCrawl-delay: 2.5\nDisallow: /x").crawlDelay == 2.5)
        #expect(rules("User-agent: *\nCrawl-delay: -1").crawlDelay == nil)
        #expect(rules("User-agent: *\nCrawl-delay: inf").crawlDelay == nil)
        #expect(rules("User-agent: other\nCrawl-delay: 9").crawlDelay == nil)
    }

    @Test func `an empty file, a page and other text allow everything`() {
        for text in ["", "<html>404</html>", "Disallow: /", "\u{FEFF}", "User-agent: *", "::::\n:\n#"] {
            #expect(rules(text).allows("/a"))
        }
    }

    @Test func `a byte-order mark and ends of lines of all kinds are read`() {
        #expect(!rules("\u{FEFF}User-agent: *\rDisallow: /a\r\nDisallow: /b").allows("/b"))
    }

    @Test(.timeLimit(.minutes(5))) func `rules that match slowly elsewhere take linear time`() {
        let star = String(repeating: "*a", count: 20_000)
        let flat = String(repeating: "a", count: 100_000)
        let text = "User-agent: *\nDisallow: /\(star)b\nDisallow: /*\(flat)b$\n"
        let path = "/" + String(repeating: "a", count: 2000)
        #expect(rules(text).allows(path))
    }

    @Test func `of very many rules with wildcards, the last forbid what begins like them`() {
        let known = (0..<RobotsRules.maximumWildcards).map { "Disallow: /*x\($0)y$\nUser-agent: *\n" }.joined()
        let rules = rules("User-agent: *\nDisallow: /c\n" + known + "Disallow: /b*z\nAllow: /c*d\nAllow: /c/e\n")
        #expect(!rules.allows("/x\(RobotsRules.maximumWildcards - 1)y"))
        #expect(rules.allows("/a") && rules.wildcardsBeyondLimit == 2)
        #expect(!rules.allows("/b") && !rules.allows("/bz"))
        #expect(!rules.allows("/c/d") && rules.allows("/c/e"))
        let few = self.rules("User-agent: *\nDisallow: /c\nDisallow: /b*z\nAllow: /c*d\n")
        #expect(few.allows("/b") && few.allows("/c/d"))
    }

    @Test func `damaged rules never stop the robot`() {
        var generator = SeededGenerator(seed: 11)
        let seed = Array(
            "User-agent: *\nAllow: /a*b$\nDisallow: /%7E*%zz\nCrawl-delay: 1e9\nSitemap: x\nuser-agent: quarry\n".utf8)
        for _ in 0..<500 {
            var bytes = seed
            for _ in 0..<Int.random(in: 1...12, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0...2, using: &generator) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: index)
                default: bytes.insert(contentsOf: bytes[index...].prefix(9), at: index)
                }
                if bytes.isEmpty { bytes = seed }
            }
            let rules = RobotsRules(bytes, for: "quarry")
            _ = rules.allows("/a%7Eb?c=%")
            #expect((rules.crawlDelay ?? 0).isFinite)
        }
    }
}
