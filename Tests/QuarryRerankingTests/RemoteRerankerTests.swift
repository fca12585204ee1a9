import Foundation
import QuarryCore
import QuarryProviders
import QuarryReranking
import QuarryTestSupport
import QuarryTesting
import Testing

@Suite(.timeLimit(.minutes(30))) struct RemoteRerankerTests {
    @Test(arguments: RerankingProvider.all.map(\.preset))
    func `every dialect conforms`(preset: String) async throws {
        let provider = RerankingProvider.of(preset)
        let server = try provider.server()
        let reranker = try RemoteReranker(model: provider.model, on: provider.connection(to: server))
        try await verifyReranker(reranker)
        #expect(!server.posts.isEmpty && server.posts.allSatisfy { $0.path == provider.path })
    }

    @Test(arguments: RerankingProvider.all.map(\.preset))
    func `hits are ordered by the model's score and keep the scores of the legs`(preset: String) async throws {
        let provider = RerankingProvider.of(preset)
        let server = try provider.server()
        let texts = (0..<20).map { "passage number \($0)" }
        let candidates = hits(texts)
        let reranker = try RemoteReranker(model: provider.model, on: provider.connection(to: server))
        let ranked = try await reranker.rerank(candidates, for: AnalyzedQuery("which?"))
        #expect(Set(ranked.map(\.id)) == Set(candidates.map(\.id)))
        #expect(ranked.map(\.score) == texts.map(score).sorted(by: >))
        for hit in ranked {
            let before = candidates[Int(hit.id.rawValue) - 1]
            #expect(hit.score == score(of: before.chunk.text))
            #expect(hit.legs == before.legs)
            #expect(hit.chunk == before.chunk)
        }
    }

    @Test(arguments: [
        ("cohere", #"{"documents":["a","b"],"model":"rerank-v4.0-fast","query":"q","top_n":2}"#),
        ("llamacpp", #"{"documents":["a","b"],"model":"m","query":"q","top_n":2}"#),
        (
            "jina",
            #"{"documents":["a","b"],"model":"jina-reranker-v3","query":"q","return_documents":false,"top_n":2,"truncation":true}"#
        ),
        ("voyage", #"{"documents":["a","b"],"model":"rerank-2.5","query":"q","top_k":2,"truncation":true}"#),
        ("mixedbread", #"{"input":["a","b"],"model":"m","query":"q","return_input":false,"top_k":2}"#),
        ("tei", #"{"query":"q","texts":["a","b"],"truncate":true}"#),
    ])
    func `requests are written as documented`(preset: String, body: String) async throws {
        let provider = RerankingProvider.of(preset)
        let server = try provider.server()
        _ = try await RemoteReranker(model: provider.model, on: provider.connection(to: server))
            .rerank(hits(["a", "b"]), for: AnalyzedQuery("q"))
        let request = try #require(server.requests.last)
        #expect(String(decoding: request.body, as: UTF8.self) == body)
        #expect(request.headers["authorization"] == "Bearer sk-test-key")
    }

    @Test func `equal scores keep the order of the hits`() async throws {
        let provider = RerankingProvider.of("llamacpp")
        let server = try FakeHTTPServer { request in
            let count = provider.passages(in: request.body).count
            return .json(provider.reply((0..<count).reversed().map { (index: $0, score: $0 == 2 ? "-1" : "-3.5") }))
        }
        let ranked = try await RemoteReranker(model: "m", on: provider.connection(to: server))
            .rerank(hits(["a", "b", "c", "d", "e"]), for: AnalyzedQuery("q"))
        #expect(ranked.map(\.id.rawValue) == [3, 1, 2, 4, 5])
        #expect(ranked.map(\.score) == [-1, -3.5, -3.5, -3.5, -3.5])
    }

    @Test func `long lists are sent in batches, and indexes are mapped back`() async throws {
        let provider = RerankingProvider.of("tei")
        let server = try provider.server(served: 8)
        let texts = (0..<50).map { "t\($0)" }
        let reranker = try RemoteReranker(model: "m", on: provider.connection(to: server))
        let ranked = try await reranker.rerank(hits(texts), for: AnalyzedQuery("q"))
        #expect(server.posts.count == 7)
        #expect(server.posts.flatMap { provider.passages(in: $0.body) }.sorted() == texts.sorted())
        _ = try await reranker.rerank(hits(["a"]), for: AnalyzedQuery("q"))
        #expect(server.posts.count == 8)
        #expect(server.requests.filter { $0.path == "/info" }.count == 1)
        #expect(ranked.count == 50)
        for hit in ranked { #expect(hit.score == score(of: hit.chunk.text)) }
        let byTokens = try provider.connection(to: server) { $0.limits.tokensPerReranking = 12 }
        _ = try await RemoteReranker(model: "m", on: byTokens).rerank(hits(texts), for: AnalyzedQuery("question"))
        // The question counts with each passage: three tokens plus one or two.
        #expect(server.posts.dropFirst(8).allSatisfy { provider.passages(in: $0.body).count <= 3 })
        #expect(server.posts.dropFirst(8).flatMap { provider.passages(in: $0.body) }.sorted() == texts.sorted())
    }

    @Test(arguments: [
        ("cohere", [1000, 500]), ("voyage", [1000, 500]), ("mixedbread", [1000, 500]), ("jina", [1500]),
        ("tei", Array(repeating: 32, count: 46) + [28]),
    ])
    func `a request has at most the provider's limit of passages`(
        preset: String, counts: [Int]
    ) async throws {
        let provider = RerankingProvider.of(preset)
        let server = try provider.server()
        let connection = try provider.connection(to: server) {
            // The limit for embeddings does not apply here.
            $0.limits.inputsPerRequest = 5
            $0.limits.tokensPerRequest = 50
        }
        _ = try await RemoteReranker(model: "m", on: connection).rerank(
            hits((0..<1500).map { "t\($0)" }), for: AnalyzedQuery("q"))
        #expect(server.posts.map { provider.passages(in: $0.body).count }.sorted(by: >) == counts)
    }

    @Test func `Voyage's limit of tokens counts the question with each passage`() async throws {
        let provider = RerankingProvider.of("voyage")
        let server = try provider.server()
        let question = String(repeating: "what? ", count: 1000)
        let cost = TokenEstimate.tokens(in: question) + TokenEstimate.tokens(in: "t")
        _ = try await RemoteReranker(model: "m", on: provider.connection(to: server))
            .rerank(hits(Array(repeating: "t", count: 900)), for: AnalyzedQuery(question))
        let counts = server.posts.map { provider.passages(in: $0.body).count }
        #expect(counts.reduce(0, +) == 900 && counts.count > 1)
        #expect(counts.allSatisfy { $0 * cost <= 600_000 })
    }

    @Test func `a batch that is too long is halved`() async throws {
        let provider = RerankingProvider.of("tei")
        let server = try provider.server { passages, _ in
            passages.count <= 3 ? nil : .json(#"{"error":"batch size 5 > maximum allowed batch size 3"}"#, status: 413)
        }
        let ranked = try await RemoteReranker(model: "m", on: provider.connection(to: server))
            .rerank(hits(["a", "b", "c", "d", "e"]), for: AnalyzedQuery("q"))
        #expect(ranked.count == 5)
        #expect(server.posts.count == 3)
    }

    @Test func `headings are sent above the text, and the list can be limited to the best`() async throws {
        let provider = RerankingProvider.of("cohere")
        let server = try provider.server()
        var candidates = hits(["kettle", "lease"])
        candidates[1].passage.documentTitle = "House rules"
        candidates[1].passage.chunk.headings = ["Renting", "Ends"]
        var options = RemoteReranker.Options()
        options.limit = 1
        let kept = try await RemoteReranker(model: "m", on: provider.connection(to: server), options: options)
            .rerank(candidates, for: AnalyzedQuery("q"))
        #expect(kept.count == 1)
        #expect(provider.passages(in: server.requests[0].body) == ["kettle", "House rules\nRenting\nEnds\nlease"])
        candidates[1].passage.documentTitle = "Renting"
        candidates[1].passage.chunk.text = "## Ends\nlease"
        _ = try await RemoteReranker(model: "m", on: provider.connection(to: server), options: options)
            .rerank(candidates, for: AnalyzedQuery("q"))
        #expect(provider.passages(in: server.requests[1].body) == ["kettle", "Renting\n## Ends\nlease"])
        candidates[1].passage.chunk.text = "lease"
        options.passageText = .text
        _ = try await RemoteReranker(model: "m", on: provider.connection(to: server), options: options)
            .rerank(candidates, for: AnalyzedQuery("q"))
        #expect(provider.passages(in: server.requests[2].body) == ["kettle", "lease"])
    }

    @Test(arguments: [
        ("cohere", BilledUsage(searches: 1)), ("llamacpp", BilledUsage(input: 9)), ("jina", BilledUsage(input: 9)),
        ("voyage", BilledUsage(input: 9)), ("mixedbread", BilledUsage(input: 9)),
    ])
    func `the billed usage of a reply is recorded`(preset: String, usage: BilledUsage) async throws {
        let provider = RerankingProvider.of(preset)
        let server = try provider.server()
        let ledger = SpendingLedger()
        _ = try await RemoteReranker(model: "m", on: provider.connection(to: server, ledger: ledger))
            .rerank(hits(["a", "b"]), for: AnalyzedQuery("q"))
        #expect(ledger.spending.entries.map(\.usage) == [usage])
        #expect(ledger.spending.entries.map(\.isEstimated) == [false])
    }

    @Test(arguments: RerankingProvider.all.map(\.preset))
    func `re-ranking stops before a budget of tokens is exceeded, in every billing unit`(preset: String) async throws {
        let provider = RerankingProvider.of(preset)
        let server = try provider.server()
        // 900 letters are about 300 tokens; the question adds one to each.
        let ledger = SpendingLedger(budget: Budget(maximumTokens: 700))
        let reranker = try RemoteReranker(model: "m", on: provider.connection(to: server, ledger: ledger))
        let long = String(repeating: "a", count: 900)
        await #expect(throws: ProviderError.self) {
            try await reranker.rerank(hits([long, long, long]), for: AnalyzedQuery("q"))
        }
        #expect(server.posts.isEmpty)
        _ = try await reranker.rerank(hits([long]), for: AnalyzedQuery("q"))
        #expect(server.posts.count == 1)
        guard ["cohere", "tei"].contains(preset) else { return }
        // These report no tokens: the estimate counts.
        _ = try await reranker.rerank(hits([long]), for: AnalyzedQuery("q"))
        let error = await #expect(throws: ProviderError.self) {
            try await reranker.rerank(hits([long]), for: AnalyzedQuery("q"))
        }
        #expect(error?.code == .budgetExceeded)
        #expect(server.posts.count == 2)
    }

    @Test(arguments: RerankingProvider.all.map(\.preset))
    func `a truncated reply is an error`(preset: String) async throws {
        let provider = RerankingProvider.of(preset)
        let whole = Array(provider.reply([(1, "0.75"), (0, "-2.5")]).utf8)
        for length in whole.indices {
            let cut = String(decoding: whole.prefix(length), as: UTF8.self)
            let server = try provider.server { _, _ in .json(cut) }
            let error = await #expect(throws: ProviderError.self) {
                try await RemoteReranker(model: "m", on: provider.connection(to: server))
                    .rerank(hits(["a", "b"]), for: AnalyzedQuery("q"))
            }
            #expect(error?.code == .malformedReply, "\(cut)")
        }
    }

    @Test(arguments: RerankingProvider.all.map(\.preset))
    func `missing, duplicate, unknown or invalid scores are errors`(preset: String) async throws {
        let provider = RerankingProvider.of(preset)
        let replies: [[(index: Int, score: String)]] = [
            [], [(0, "1")], [(0, "1"), (0, "1")], [(0, "1"), (2, "1")], [(0, "1"), (-1, "1")],
            [(0, "1"), (1, "1"), (2, "1")], [(0, "1"), (1, "null")], [(0, "1"), (1, "1e999")],
            [(0, "1"), (1, "\"x\"")],
        ]
        for reply in replies {
            let body = provider.reply(reply)
            let server = try provider.server { _, _ in .json(body) }
            let error = await #expect(throws: ProviderError.self) {
                try await RemoteReranker(model: "m", on: provider.connection(to: server))
                    .rerank(hits(["a", "b"]), for: AnalyzedQuery("q"))
            }
            #expect(error?.code == .malformedReply, "\(body)")
        }
    }

    @Test(arguments: [
        ("cohere", 401, #"{"message":"invalid api token"}"#, ProviderError.Code.unauthorized, "invalid api token"),
        ("jina", 402, #"{"detail":"Insufficient balance"}"#, .quotaExhausted, "balance"),
        ("voyage", 429, #"{"detail":"rate limit"}"#, .rateLimited, "rate limit"),
        ("mixedbread", 503, #"{"message":"busy"}"#, .serverFailure, "busy"),
        ("tei", 424, #"{"error":"Inference failed","error_type":"Backend"}"#, .serverFailure, "Inference failed"),
        (
            "llamacpp", 501,
            #"{"error":{"code":501,"message":"This server does not support reranking. Start it with `--reranking`","type":"not_supported_error"}}"#,
            .serverFailure, "does not support reranking"
        ),
        ("vllm", 200, #"{"error":{"message":"no slot for sk-test-key"}}"#, .serverFailure, "no slot for <redacted>"),
        ("tei", 422, #"{"error":"`inputs` must have less than 512 tokens. Given: 600"}"#, .inputTooLong, "512"),
    ])
    func `a failing provider is an error with its message`(
        preset: String, status: Int, body: String, code: ProviderError.Code, words: String
    ) async throws {
        let provider = RerankingProvider.of(preset)
        let server = try provider.server { _, _ in .json(body, status: status) }
        let error = await #expect(throws: ProviderError.self) {
            try await RemoteReranker(model: "m", on: provider.connection(to: server)).rerank(
                hits(["a"]), for: AnalyzedQuery("q"))
        }
        #expect(error?.code == code)
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }

    @Test func `invalid settings are rejected immediately`() async throws {
        let provider = RerankingProvider.of("cohere")
        let server = try provider.server()
        var none = RemoteReranker.Options()
        none.limit = 0
        for (model, change, options) in [
            ("", { _ in }, .init()), ("m", { $0.reranking = nil }, .init()), ("m", { _ in }, none),
        ] as [(String, (inout Provider) -> Void, RemoteReranker.Options)] {
            let error = #expect(throws: ProviderError.self) {
                try RemoteReranker(model: model, on: provider.connection(to: server, change), options: options)
            }
            #expect(error?.code == .invalidConfiguration)
        }
        let error = await #expect(throws: ProviderError.self) {
            try await RemoteReranker(model: "m", on: provider.connection(to: server)).rerank(
                hits(["a"]), for: AnalyzedQuery(""))
        }
        #expect(error?.code == .invalidInput)
        #expect(server.requests.isEmpty)
    }
}
