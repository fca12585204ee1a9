import Foundation
import Quarry
import QuarryTestSupport
import Testing

/// Servers that nobody named must get no connection, no text and no key.
struct StrangeServerTests {
    private static let key = "sk-planted-161803398874"
    private static let question = "Where is the spare gate key kept?"

    /// A server of embeddings, which counts letters, and of replies.
    private static func server(saying reply: String = "In the shed [1].") throws -> FakeHTTPServer {
        try FakeHTTPServer { request in
            if request.path.hasSuffix("/models") { return .json(#"{"data":[{"id":"letters"}]}"#) }
            guard request.path.hasSuffix("/embeddings") else {
                let text = String(decoding: (try? JSONEncoder().encode(reply)) ?? Data(), as: UTF8.self)
                return .events([
                    #"{"choices":[{"index":0,"delta":{"content":\#(text)}}]}"#,
                    #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
                ])
            }
            let body = try? JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any]
            let rows = ((body?["input"] as? [String]) ?? []).enumerated().map { index, text in
                var counts = [Int](repeating: 1, count: 16)
                for byte in text.utf8 { counts[Int(byte) % 16] += 1 }
                return #"{"index":\#(index),"embedding":[\#(counts.map { "\($0)" }.joined(separator: ","))]}"#
            }
            return .json(#"{"data":[\#(rows.joined(separator: ","))]}"#)
        }
    }

    private static func notes() throws -> TemporaryFolder {
        let scratch = try TemporaryFolder()
        try scratch.write(
            "# Garden\n\nThe spare gate key is kept in the shed behind the lemon tree.\n", to: "docs/a.md")
        return scratch
    }

    /// Notes indexed with the model of a server, on a machine whose user has the given state folder.
    private static func index(by server: FakeHTTPServer, state: String, keyed: Bool = true) throws -> TemporaryFolder {
        let scratch = try notes()
        let built = try Command.run(
            "index", "docs", "--model", "\(server.url)/v1", in: scratch.url,
            environment: ["XDG_STATE_HOME": scratch.path(state), "QUARRY_LLM_API_KEY": keyed ? key : ""])
        #expect(built.status == 0, "\(built)")
        return scratch
    }

    private func keys(at server: FakeHTTPServer) -> Set<String> {
        Set(server.requests.compactMap { $0.headers["authorization"] })
    }

    @Test(arguments: [
        ["query", question], ["index", "docs"], ["index", "docs", "--plan"],
        ["eval", "--queries", "q.jsonl", "--answers"],
    ])
    func `a server that only an index names gets nothing`(arguments: [String]) throws {
        let (maker, stranger) = (try Self.server(), try Self.server())
        let scratch = try Self.index(by: maker, state: "maker")
        try scratch.write(#"{"_id":"1","text":"Where is the key?","answers":["shed"]}"# + "\n", to: "q.jsonl")
        try CorpusIndex.open(at: scratch.path("index.quarry")).remember(embeddingAddress: "\(stranger.url)/v1")
        try scratch.write("The ladder is in the barn.\n", to: "docs/b.md")
        let refused = try Command.run(
            arguments, in: scratch.url,
            environment: ["XDG_STATE_HOME": scratch.path("reader"), "QUARRY_LLM_API_KEY": Self.key])
        #expect(refused.status == 1, "\(refused)")
        #expect(refused.errors.contains("\(stranger.url)/v1") && refused.errors.contains("--model"), "\(refused)")
        #expect(stranger.connectionCount == 0)
        // Words need no server.
        let words = try Command.run("query", Self.question, "--mode", "bm25", in: scratch.url)
        #expect(words.status == 0 && words.output.contains("shed"), "\(words)")
        let info = try Command.run("info", in: scratch.url)
        #expect(info.output.contains("letters at \(stranger.url)/v1"), "\(info)")
        #expect(stranger.connectionCount == 0)
    }

    @Test func `the library does not open a strange index with its server`() async throws {
        let maker = try Self.server()
        let scratch = try Self.index(by: maker, state: "maker")
        let before = maker.connectionCount
        let error = await #expect(throws: CorpusError.self) { try await Corpus.open(at: scratch.path("index.quarry")) }
        #expect(error?.code == .otherModel && error?.message.contains(maker.url) == true)
        #expect(maker.connectionCount == before)
    }

    @Test func `a server that was named when its index was made is used again, with its key`() throws {
        let maker = try Self.server()
        let scratch = try Self.index(by: maker, state: "state")
        let environment = ["XDG_STATE_HOME": scratch.path("state"), "QUARRY_LLM_API_KEY": Self.key]
        #expect(try Command.run("query", Self.question, in: scratch.url, environment: environment).status == 0)
        #expect(maker.requests.allSatisfy { $0.headers["authorization"] == "Bearer \(Self.key)" })
        let file = URL(fileURLWithPath: scratch.path("state/quarry/servers"))
        #expect(try String(contentsOf: file, encoding: .utf8) == "key \(maker.url)/v1#letters\n")
    }

    @Test(arguments: ["flag", "variable", "file"])
    func `a server that its user names is used`(place: String) throws {
        let maker = try Self.server()
        let scratch = try Self.index(by: maker, state: "maker", keyed: false)
        try scratch.write("model: \(maker.url)/v1\n", to: "named.yaml")
        let found = try Command.run(
            ["query", Self.question] + (place == "flag" ? ["--model", "\(maker.url)/v1#letters"] : [])
                + (place == "file" ? ["--config", "named.yaml"] : []), in: scratch.url,
            environment: [
                "XDG_STATE_HOME": scratch.path("reader"), "QUARRY_LLM_API_KEY": Self.key,
                "QUARRY_MODEL": place == "variable" ? "\(maker.url)/v1" : "",
            ])
        #expect(found.status == 0 && found.output.contains("shed"), "\(found)")
        #expect(keys(at: maker) == ["Bearer \(Self.key)"])
    }

    @Test func `the key of one server goes to no other`() throws {
        let (maker, writer) = (try Self.server(), try Self.server())
        let scratch = try Self.index(by: maker, state: "state", keyed: false)
        let answered = try Command.run(
            "query", Self.question, "--llm", "\(writer.url)/v1#m", in: scratch.url,
            environment: ["XDG_STATE_HOME": scratch.path("state"), "QUARRY_LLM_API_KEY": Self.key])
        #expect(answered.status == 0, "\(answered)")
        #expect(keys(at: writer) == ["Bearer \(Self.key)"])
        #expect(keys(at: maker) == [])
        // Made without the key, so the key is for another server.
        let asked = try Command.run(
            "query", Self.question, in: scratch.url,
            environment: ["XDG_STATE_HOME": scratch.path("state"), "QUARRY_LLM_API_KEY": Self.key])
        #expect(asked.status == 0 && keys(at: maker) == [], "\(asked)")
    }

    @Test func `another model under the name of the index's model is noticed`() throws {
        let maker = try Self.server()
        let scratch = try Self.index(by: maker, state: "state")
        let other = try FakeHTTPServer { request in
            if request.path.hasSuffix("/models") { return .json(#"{"data":[{"id":"letters"}]}"#) }
            let body = try? JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any]
            let rows = ((body?["input"] as? [String]) ?? []).enumerated().map { index, text in
                let values = (0..<16).map { ($0 * 7 + text.utf8.count) % 16 < 8 ? "1" : "-1" }
                return #"{"index":\#(index),"embedding":[\#(values.joined(separator: ","))]}"#
            }
            return .json(#"{"data":[\#(rows.joined(separator: ","))]}"#)
        }
        try scratch.write("The ladder is in the barn.\n", to: "docs/b.md")
        for arguments in [["query", Self.question, "--retrieve"], ["index", "docs"]] {
            let refused = try Command.run(
                arguments + ["--model", "\(other.url)/v1#letters"], in: scratch.url,
                environment: ["XDG_STATE_HOME": scratch.path("state")])
            #expect(refused.status == 1 && refused.errors.contains("another model"), "\(refused)")
            #expect(refused.errors.contains("\(other.url)/v1"), "\(refused)")
        }
        // The question and the sample travel together.
        #expect(other.requests.count == 2)
    }

    @Test(arguments: [301, 303, 307, 308])
    func `a redirect makes no connection`(status: Int) throws {
        let catcher = try Self.server()
        let location = "\(catcher.url)/v1/chat/completions"
        let server = try FakeHTTPServer { _ in .init(status: status, headers: [("Location", location)]) }
        let scratch = try Self.notes()
        #expect(try Command.run("index", "docs", "--model", "none", in: scratch.url).status == 0)
        let failed = try Command.run(
            "query", Self.question, "--llm", "\(server.url)/v1#m", in: scratch.url,
            environment: ["QUARRY_LLM_API_KEY": Self.key])
        #expect(failed.status == 1 && failed.errors.contains("another server"), "\(failed)")
        #expect(catcher.connectionCount == 0)
    }

    @Test(arguments: ["http_proxy", "all_proxy", "ALL_PROXY"])
    func `a proxy of the environment gets no request to this machine`(variable: String) throws {
        let (server, proxy) = (try Self.server(), try Self.server())
        let scratch = try Self.notes()
        let environment = [
            variable: proxy.url, "QUARRY_PROXY": "", "QUARRY_LLM_API_KEY": Self.key, "no_proxy": "", "NO_PROXY": "",
        ]
        for host in ["127.0.0.1", "localhost", "api.localhost"] {
            let built = try Command.run(
                "index", "docs", "--model", "http://\(host):\(server.port)/v1", "-i", "\(host).quarry", in: scratch.url,
                environment: environment)
            #expect(built.status == 0, "\(built)")
        }
        #expect(proxy.connectionCount == 0)
        // Other machines are reached through the proxy.
        let away = try Command.run(
            "index", "docs", "--model", "http://quarry.invalid/v1", "-i", "away.quarry", in: scratch.url,
            environment: environment)
        #expect(away.status == 0 && proxy.connectionCount > 0, "\(away)")
    }

    @Test func `links and pictures in a reply are text`() throws {
        let catcher = try Self.server()
        let writer = try Self.server(
            saying: "The spare gate key is kept in the shed [1].\n\n![map](\(catcher.url)/?q=secret)\n\n"
                + "<img src=\"\(catcher.url)/pixel\">\n\n[more](\(catcher.url)/more)\n\n[2] docs/b.md:1: “forged”")
        let scratch = try Self.notes()
        #expect(try Command.run("index", "docs", "--model", "none", in: scratch.url).status == 0)
        for format in [[], ["--json"]] {
            let shown = try Command.run(
                ["query", Self.question, "--llm", "\(writer.url)/v1#m"] + format, in: scratch.url)
            #expect(shown.status == 0 && shown.output.contains("map (\(catcher.url)/?q=secret)"), "\(shown)")
            for live in ["](http", "![", "<img", "\n[2]"] { #expect(!shown.output.contains(live), "\(shown)") }
        }
        #expect(catcher.connectionCount == 0)
    }
}
