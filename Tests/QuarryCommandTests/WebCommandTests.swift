import Foundation
import GRDB
import QuarryTestSupport
import Synchronization
import Testing

/// `quarry index` with addresses of web pages, from a server on this machine.
@Suite(.timeLimit(.minutes(30))) struct WebCommandTests {
    private let scratch: TemporaryFolder
    private let pages: Pages
    private let server: FakeHTTPServer

    private final class Pages: Sendable {
        let texts = Mutex<[String: String]>([:])
        /// The paths that fail.
        let failing = Mutex<Set<String>>([])
        /// The paths that were answered with 304.
        let unmodified = Mutex<[String]>([])
    }

    init() throws {
        scratch = try TemporaryFolder()
        let pages = Pages()
        self.pages = pages
        pages.texts.withLock { texts in
            texts["/"] = "<title>Harbour</title><p>The harbour opens at dawn.</p><a href='/tides'>Tides</a>"
            texts["/tides"] = "<title>Tides</title><p>The tide turns at noon.</p>"
        }
        server = try FakeHTTPServer { request in
            if pages.failing.withLock({ $0.contains(request.path) }) { return .text("Sorry", status: 500) }
            guard let text = pages.texts.withLock({ $0[request.path] }) else { return .text("", status: 404) }
            let tag = "\"\(text.utf8.count)\""
            if request.headers["if-none-match"] == tag {
                pages.unmodified.withLock { $0.append(request.path) }
                return FakeHTTPServer.Response(status: 304)
            }
            return .text(text, type: "text/html", headers: [("ETag", tag)])
        }
    }

    private func index(_ more: String...) throws -> Command.Outcome {
        try Command.run(
            ["index", server.url + "/", "--model", "none", "--depth", "1"] + more, in: scratch.url)
    }

    @Test func `a site is indexed, cited by address, and brought up to date`() throws {
        let first = try index("--allow-private")
        #expect(first.status == 0, "\(first)")
        #expect(first.output.contains("files: 2 new"))
        let reply = try Command.run("query", "When does the tide turn?", in: scratch.url)
        #expect(reply.output.contains("\(server.url)/tides"), "\(reply)")
        #expect(pages.unmodified.withLock { $0 } == [])
        let before = server.requests.count
        let second = try index("--allow-private")
        #expect(second.output.contains("Up to date"), "\(second)")
        let asked = server.requests.dropFirst(before).filter { $0.path != "/robots.txt" }
        #expect(asked.map(\.path).sorted() == ["/", "/tides"])
        #expect(asked.allSatisfy { $0.headers["if-none-match"] != nil })
        #expect(pages.unmodified.withLock { $0.sorted() } == ["/", "/tides"])
        pages.texts.withLock { $0["/"] = "<title>Harbour</title><p>The harbour is closed.</p>" }
        let third = try index("--allow-private")
        #expect(third.status == 0)
        #expect(third.output.contains("1 changed, 1 deleted"), "\(third)")
    }

    @Test func `update fetches a site as it was asked for, and asks only what changed`() throws {
        try scratch.write("The winch is new.\n", to: "notes/winch.txt")
        #expect(try Command.run("index", "notes", "--model", "none", in: scratch.url).status == 0)
        #expect(try index("--allow-private", "--max-pages", "7").status == 0)
        pages.texts.withLock { $0["/tides"] = "<title>Tides</title><p>The tide turns at sunset.</p>" }
        try scratch.write("The winch is old.\n", to: "notes/winch.txt")
        let plan = try Command.run("update", "--plan", in: scratch.url)
        #expect(plan.status == 0 && plan.output.contains("files: 2 changed, 1 unchanged"), "\(plan)")
        pages.unmodified.withLock { $0 = [] }
        let update = try Command.run("update", in: scratch.url)
        #expect(update.status == 0 && update.output.contains("files: 2 changed, 1 unchanged"), "\(update)")
        #expect(pages.unmodified.withLock { $0 } == ["/"])
        #expect(try Command.run("query", "When does the tide turn?", in: scratch.url).output.contains("sunset"))
        let again = try Command.run("update", in: scratch.url)
        #expect(again.output.contains("Up to date: 3 files, nothing changed"), "\(again)")
        pages.texts.withLock { $0["/tides"] = nil }
        #expect(try Command.run("update", in: scratch.url).output.contains("1 deleted"))
    }

    @Test func `update leaves sites alone if only this machine is allowed, and if their options are not known`() throws
    {
        #expect(try index("--allow-private").status == 0)
        let local = try Command.run("update", "--local-only", in: scratch.url)
        #expect(local.status == 0 && local.output.contains("Up to date"), "\(local)")
        let database = try DatabaseQueue(path: scratch.path("index.quarry"))
        try database.writeWithoutTransaction { try $0.execute(sql: "DELETE FROM settings WHERE key = 'sites'") }
        try database.close()
        let before = server.requests.count
        let unknown = try Command.run("update", in: scratch.url)
        #expect(unknown.status == 2 && unknown.errors.contains("quarry index \(server.url)/"), "\(unknown)")
        #expect(server.requests.count == before)
        let watch = try Command.run("update", "--watch", in: scratch.url)
        #expect(watch.status == 1 && watch.errors.contains("no folder and no file to watch"), "\(watch)")
    }

    @Test func `a page that fails takes nothing out of the index`() throws {
        #expect(try index("--allow-private").status == 0)
        // The start no longer leads to the tides, but to a page that fails.
        pages.texts.withLock { $0["/"] = "<title>Harbour</title><p>The harbour is shut.</p><a href='/news'>News</a>" }
        pages.failing.withLock { $0 = ["/news"] }
        let failing = try Command.run("update", in: scratch.url)
        #expect(failing.status == 2 && failing.errors.contains("/news"), "\(failing)")
        #expect(!failing.output.contains("deleted"), "\(failing)")
        #expect(try Command.run("query", "When does the tide turn?", in: scratch.url).output.contains("/tides"))
        pages.failing.withLock { $0 = [] }
        #expect(try Command.run("update", in: scratch.url).output.contains("1 deleted"))
    }

    @Test func `personal data of pages is replaced before it is stored, also in later runs`() throws {
        pages.texts.withLock {
            $0["/tides"] = "<title>Tides</title><p>The tide tables are kept by anna@example.org.</p>"
        }
        #expect(try index("--allow-private", "--redact", "email").status == 0)
        func holds(_ text: String) throws -> Bool {
            try Data(contentsOf: scratch.url.appending(path: "index.quarry")).range(of: Data(text.utf8)) != nil
        }
        let reply = try Command.run("query", "Who keeps the tide tables?", in: scratch.url)
        #expect(reply.output.contains("[e-mail]"), "\(reply)")
        #expect(try !holds("anna@example.org"))
        #expect(try Command.run("update", in: scratch.url).output.contains("Up to date"))
        #expect(pages.unmodified.withLock { $0.sorted() } == ["/", "/tides"])
        pages.texts.withLock {
            $0["/tides"] = "<title>Tides</title><p>The tide tables are kept by bert@example.org now.</p>"
        }
        #expect(try Command.run("update", in: scratch.url).output.contains("1 changed"))
        #expect(try !holds("anna@example.org") && !holds("bert@example.org"))
    }

    @Test func `a private address is refused with the option that allows it, and no index is made`() throws {
        let outcome = try index()
        #expect(outcome.status == 2, "\(outcome)")
        #expect(outcome.errors.contains("only public addresses are allowed"))
        #expect(outcome.errors.contains("--allow-private"))
        #expect(server.connectionCount == 0)
        #expect(try scratch.contents().filter { $0.hasSuffix(".quarry") }.isEmpty)
    }

    @Test func `a plan writes nothing`() throws {
        let outcome = try index("--allow-private", "--plan")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.output.contains("files: 2 new"))
        #expect(try scratch.contents().isEmpty)
    }

    @Test func `a citation of a page is verified with the index, and is unknown without it`() throws {
        _ = try index("--allow-private")
        let reply = try Command.run("query", "When does the tide turn?", "--json", in: scratch.url)
        try scratch.write(reply.output, to: "answer.json")
        let requests = server.requests.count
        #expect(try Command.run("verify", "answer.json", in: scratch.url).output.contains("valid"))
        try scratch.remove("index.quarry")
        let unknown = try Command.run("verify", "answer.json", in: scratch.url)
        #expect(unknown.status == 3, "\(unknown)")
        #expect(unknown.output.contains("unknown"))
        #expect(server.requests.count == requests)
    }

    @Test func `pages that a killed run left are removed by the next one, and those of a running one are not`()
        async throws
    {
        try scratch.write("", to: "tmp/keep")
        let environment = ["TMPDIR": scratch.path("tmp")]
        let slow = try FakeHTTPServer { request in
            request.path == "/slow"
                ? FakeHTTPServer.Response(steps: [.pause(.seconds(120))])
                : request.path == "/robots.txt"
                    ? .text("", status: 404) : .text("<p>Text.</p><a href='/slow'>Slow</a>", type: "text/html")
        }
        func folders() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: scratch.path("tmp")).filter { $0 != "keep" }
        }
        let process = try Command.start(
            ["index", slow.url + "/", "--model", "none", "--depth", "1", "--allow-private", "--index", "slow.quarry"],
            in: scratch.url, environment: environment)
        for _ in 0..<600 where !slow.requests.contains(where: { $0.path == "/slow" }) {
            try await Task.sleep(for: .milliseconds(50))
        }
        let folder = try #require(try folders().first)
        func next() throws -> [String] {
            // As if it were made a while ago.
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -120)], ofItemAtPath: scratch.path("tmp/" + folder))
            let outcome = try Command.run(
                ["index", server.url + "/", "--model", "none", "--allow-private"], in: scratch.url,
                environment: environment)
            #expect(outcome.status == 0, "\(outcome)")
            return try folders()
        }
        #expect(try next() == [folder])
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        #expect(try folders() == [folder])
        #expect(try next() == [])
    }

    @Test(arguments: [["--depth", "-1"], ["--max-pages", "0"], ["--allow-domain", "https://a/"], ["--local-only"]])
    func `wrong limits are wrong usage`(options: [String]) throws {
        let outcome = try Command.run(["index", server.url + "/", "--model", "none"] + options, in: scratch.url)
        #expect(outcome.status == 64, "\(outcome)")
    }
}
