import Foundation
import QuarryCore
import QuarryEmbedders
import QuarryProviders
import QuarryTestSupport
import Synchronization
import Testing

private let openAI = EmbeddingProvider.of(.openAI)

@Suite(.timeLimit(.minutes(30))) struct RemoteEmbedderTests {
    private func sent(_ server: FakeHTTPServer) -> [[String]] { server.requests.map { openAI.texts(in: $0.body) } }

    @Test(arguments: [RemoteEmbedder.VectorEncoding.float, .base64])
    func `rows come in the order of the texts, as unit vectors`(encoding: RemoteEmbedder.VectorEncoding) async throws {
        let server = try openAI.server()
        let texts = ["a", "ббб", "a longer text", "ab"]
        let batch = try await openAI.embedder(
            to: server,
            options: .init {
                $0.dimension = 8; $0.encoding = encoding
            }
        )
        .embed(texts, as: .passage)
        #expect(isClose(batch.values, expected(texts)))
        let format = openAI.object(try #require(server.requests.first).body)["encoding_format"] as? String
        #expect(format == encoding.rawValue)
    }

    @Test func `rows can keep the model's length`() async throws {
        let server = try openAI.server()
        let embedder = try await openAI.embedder(
            to: server,
            options: .init {
                $0.dimension = 8; $0.normalizes = false
            })
        #expect(isClose(try await embedder.embed(["a"], as: .passage).values, vector(of: "a")))
        #expect(!embedder.fingerprint.normalized)
    }

    @Test func `prefixes are prepended to each role's texts and kept in the fingerprint`() async throws {
        let server = try openAI.server()
        let embedder = try await openAI.embedder(
            to: server,
            options: .init {
                $0.dimension = 8; $0.queryPrefix = "query: "; $0.passagePrefix = "passage: "; $0.revision = "r2"
            })
        _ = try await embedder.embed(["x"], as: .query)
        _ = try await embedder.embed(["x"], as: .passage)
        #expect(sent(server) == [["query: x"], ["passage: x"]])
        #expect(
            embedder.fingerprint
                == EmbeddingFingerprint(
                    provider: "openai", model: "m", revision: "r2", dimension: 8, queryPrefix: "query: ",
                    passagePrefix: "passage: ", pooling: "provider", normalized: true, maximumTokens: 8192))
    }

    @Test func `identical texts are sent once, and each of them gets the row`() async throws {
        let server = try openAI.server()
        // Canonically equivalent, but different bytes.
        let texts = ["a", "bb", "a", "e\u{301}", "\u{E9}", "a", "bb", "ccc"]
        let told = ToldParts()
        let batch = try await openAI.embedder(to: server) { $0.limits.inputsPerRequest = 3 }
            .embed(texts, as: .passage) { told.tell($0) }
        #expect(isClose(batch.values, expected(texts)))
        #expect(Set(sent(server)) == [["a", "bb", "e\u{301}"], ["\u{E9}", "ccc"]])
        #expect(sent(server).joined().count == 5)
        #expect(told.positions == Set(texts.indices))
        for part in told.all {
            #expect(isClose(part.vectors.values, expected(part.positions.map { texts[$0] })))
        }
    }

    @Test(arguments: ["-5000", "9223372036854775807"])
    func `an implausible count is not recorded`(count: String) async throws {
        let server = try openAI.server { _, reply in
            .json(reply.replacing(":7,", with: ":\(count),").replacing(":7}", with: ":\(count)}"))
        }
        let ledger = SpendingLedger()
        _ = try await openAI.embedder(to: server, ledger: ledger).embed(["a text", "another"], as: .passage)
        #expect(ledger.spending.entries.first?.isEstimated == true)
        #expect((1...100).contains(ledger.spending.tokens))
    }

    @Test func `replies may come in any order`() async throws {
        let told = ToldParts()
        let server = try openAI.server { texts, reply in
            // The first request is answered last.
            let isFirst = texts[0] == "t0"
            return .init(
                headers: [("Content-Type", "application/json")],
                steps: [.wait(until: { !isFirst || told.all.count == 11 }), .bytes(Array(reply.utf8))])
        }
        let texts = (0..<24).map { "t\($0)" }
        let batch = try await openAI.embedder(to: server) {
            $0.limits.inputsPerRequest = 2; $0.limits.concurrency = 12
        }
        .embed(texts, as: .passage) { told.tell($0) }
        #expect(isClose(batch.values, expected(texts)))
        #expect(told.positions == Set(0..<24))
        #expect(told.all.last?.positions == [0, 1])
    }

    @Test func `the limit of concurrent requests is kept`() async throws {
        final class Counter: Sendable {
            let state = Mutex((now: 0, most: 0))
        }
        let counter = Counter()
        let server = try openAI.server { _, reply in
            counter.state.withLock {
                $0.now += 1; $0.most = max($0.most, $0.now)
            }
            return .init(
                headers: [("Content-Type", "application/json")],
                steps: [
                    .pause(.milliseconds(20)), .wait(until: { counter.state.withLock { $0.most >= 3 } }),
                    .wait(until: {
                        counter.state.withLock { $0.now -= 1 }
                        return true
                    }), .bytes(Array(reply.utf8)),
                ])
        }
        let texts = (0..<30).map { "t\($0)" }
        _ = try await openAI.embedder(to: server) {
            $0.limits.inputsPerRequest = 2; $0.limits.concurrency = 3
        }
        .embed(texts, as: .passage)
        #expect(counter.state.withLock { $0.most } == 3)
    }

    @Test func `no request is sent for no texts, and an invalid text is an error before the first request`()
        async throws
    {
        let server = try openAI.server()
        let embedder = try await openAI.embedder(to: server, { $0.limits.tokensPerInput = 100 })
        #expect(try await embedder.embed([], as: .passage).count == 0)
        let empty = await #expect(throws: ProviderError.self) { try await embedder.embed(["a", ""], as: .passage) }
        #expect(empty?.code == .invalidInput)
        #expect(empty?.message.contains("Text 1 of 2") == true)
        let long = await #expect(throws: ProviderError.self) {
            try await embedder.embed(["a", "b", String(repeating: "word ", count: 400)], as: .passage)
        }
        #expect(long?.code == .inputTooLong)
        #expect(long?.message.contains("Text 2 of 3") == true)
        #expect(server.requests.isEmpty)
    }

    @Test(arguments: [400, 413, 500])
    func `a batch that is too long is halved until it fits`(status: Int) async throws {
        let server = try openAI.server { texts, _ in
            texts.count <= 3
                ? nil : .json(#"{"error":{"message":"the input is too large to process"}}"#, status: status)
        }
        let texts = (1...10).map { String(repeating: "y", count: $0) }
        let batch = try await openAI.embedder(to: server, attempts: 4).embed(texts, as: .passage)
        #expect(isClose(batch.values, expected(texts)))
        // 10 is rejected, then both 5s; 2 + 3 twice are accepted.
        #expect(server.requests.count == 7)
    }

    @Test func `a rejected request size is not tried again`() async throws {
        let server = try openAI.server { texts, _ in texts.count <= 10 ? nil : .text("too many", status: 413) }
        let embedder = try await openAI.embedder(to: server) {
            $0.limits.inputsPerRequest = 64
            $0.limits.concurrency = 1
        }
        let texts = (0..<400).map { "text \($0)" }
        for call in 1...2 {
            #expect(isClose(try await embedder.embed(texts, as: .passage).values, expected(texts)))
            // 64, 32 and 16 are rejected, and so are the requests in flight meanwhile; 8 fit.
            #expect(server.requests.count <= call * 52 + 8)
        }
    }

    @Test func `a text that is too long is an error with its position`() async throws {
        let server = try openAI.server { texts, _ in texts.contains("long") ? .text("", status: 413) : nil }
        let told = ToldParts()
        let error = await #expect(throws: ProviderError.self) {
            try await openAI.embedder(to: server) { $0.limits.concurrency = 1 }
                .embed(["a", "b", "c", "long", "e"], as: .passage) { told.tell($0) }
        }
        #expect(error?.code == .inputTooLong)
        #expect(error?.message.contains("Text 3 of 5") == true, "\(error?.message ?? "")")
        #expect(told.positions == [0, 1, 2])
    }

    @Test func `the dimension comes from the request, the catalogue or a probe`() async throws {
        let server = try openAI.server()
        let card = ModelCard(
            provider: "openai", name: "m", tasks: [.embedding], dimensions: [8, 4], contextTokens: 300,
            dataLeavesMachine: true, asOf: "2026-11-01")
        let asked = try await RemoteEmbedder(
            model: "m", on: openAI.connection(to: server, catalog: .init([card])), options: .init { $0.dimension = 4 })
        #expect(asked.dimension == 4)
        let catalogued = try await RemoteEmbedder(
            model: "m", on: openAI.connection(to: server, catalog: .init([card])))
        #expect(catalogued.dimension == 8)
        #expect(catalogued.fingerprint.maximumTokens == 300)
        #expect(server.requests.isEmpty)
        let probed = try await RemoteEmbedder(model: "m", on: openAI.connection(to: server))
        #expect(probed.dimension == 8)
        #expect(server.requests.count == 1)
        _ = try await catalogued.embed(["a"], as: .query)
        #expect(openAI.object(try #require(server.requests.last).body)["dimensions"] == nil)
        let error = await #expect(throws: ProviderError.self) { try await asked.embed(["a"], as: .query) }
        #expect(error?.code == .wrongDimension)
        #expect(openAI.object(try #require(server.requests.last).body)["dimensions"] as? Int == 4)
    }

    @Test(arguments: [(EmbeddingDialect.mistral, 512), (.cohere, 300), (.jina, 2048)])
    func `an unsupported dimension is rejected without a request`(dialect: EmbeddingDialect, dimension: Int)
        async throws
    {
        let provider = EmbeddingProvider.of(dialect)
        let server = try provider.server()
        let error = await #expect(throws: ProviderError.self) {
            try await RemoteEmbedder(
                model: provider.model, on: provider.connection(to: server, catalog: .builtIn),
                options: .init { $0.dimension = dimension })
        }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.contains("\(dimension) dimensions") == true, "\(error?.message ?? "")")
        #expect(server.requests.isEmpty)
    }

    @Test func `no dimension is sent to a model with a fixed one`() async throws {
        let provider = EmbeddingProvider.of(.mistral)
        let server = try provider.server()
        let embedder = try await RemoteEmbedder(
            model: "mistral-embed", on: provider.connection(to: server, catalog: .builtIn),
            options: .init { $0.dimension = 1024 })
        #expect(embedder.dimension == 1024)
        // The server's vectors have eight.
        _ = await #expect(throws: ProviderError.self) { try await embedder.embed(["a"], as: .query) }
        let body = provider.object(try #require(server.requests.last).body)
        #expect(body["input"] != nil && body["output_dimension"] == nil)
    }

    @Test func `a limit in a reply applies to the next request`() async throws {
        let arrivals = Mutex([ContinuousClock.Instant]())
        let server = try openAI.server { _, reply in
            arrivals.withLock { $0.append(.now) }
            return .json(
                reply,
                headers: [
                    ("x-ratelimit-limit-requests", "60"), ("x-ratelimit-remaining-requests", "0"),
                    ("x-ratelimit-reset-requests", "60s"),
                ])
        }
        let embedder = try await openAI.embedder(to: server) {
            $0.limits.inputsPerRequest = 1
            $0.limits.concurrency = 1
        }
        _ = try await embedder.embed(["a", "b"], as: .passage)
        let times = arrivals.withLock { $0 }
        try #require(times.count == 2)
        #expect(times[1] - times[0] > .milliseconds(500))
    }

    @Test func `invalid settings are rejected immediately`() async throws {
        let server = try openAI.server()
        for (model, change, options) in [
            ("", { _ in }, RemoteEmbedder.Options()), ("m", { $0.embedding = nil }, .init()),
            ("m", { _ in }, .init { $0.dimension = 0 }),
            ("m", { $0.embedding = .kserve }, .init { $0.dimension = 8 }),
            ("m", { $0.embedding = .huggingFace }, .init { $0.dimension = 8 }),
        ] as [(String, (inout Provider) -> Void, RemoteEmbedder.Options)] {
            let error = await #expect(throws: ProviderError.self) {
                try await RemoteEmbedder(
                    model: model, on: openAI.connection(to: server, change), options: options)
            }
            #expect(error?.code == .invalidConfiguration)
        }
        let card = ModelCard(
            provider: "openai", name: "old", tasks: [.embedding], dataLeavesMachine: true,
            retirement: .init(date: "2026-01-14", successor: "new"), asOf: "2026-11-01")
        let error = await #expect(throws: ProviderError.self) {
            try await RemoteEmbedder(model: "old", on: openAI.connection(to: server, catalog: .init([card])))
        }
        #expect(error?.code == .retiredModel)
        #expect(error?.message.contains("new") == true)
        #expect(server.requests.isEmpty)
    }

    @Test func `the preferred count keeps all requests busy`() async throws {
        let server = try openAI.server()
        #expect(try await openAI.embedder(to: server).preferredCount == 4096)
        #expect(
            try await openAI.embedder(to: server) {
                $0.limits.inputsPerRequest = 10; $0.limits.concurrency = 4
            }.preferredCount == 160)
    }
}
