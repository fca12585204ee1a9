import Foundation
import QuarryCore
import QuarryEmbedders
import QuarryProviders
import QuarryTestSupport
import Testing

/// Invalid replies: truncated, duplicated, damaged. Every dialect must reject them all.
@Suite(.timeLimit(.minutes(30))) struct ReplyTests {
    /// An embedder with a known dimension, so that its first request is the tested one.
    private func embedder(
        _ provider: EmbeddingProvider, _ server: FakeHTTPServer, dimension: Int = 3
    ) async throws -> RemoteEmbedder {
        let card = ModelCard(
            provider: provider.preset, name: provider.model, tasks: [.embedding], dimensions: [dimension],
            dataLeavesMachine: true, asOf: "2026-11-01")
        return try await RemoteEmbedder(
            model: provider.model, on: provider.connection(to: server, catalog: ModelCatalog([card])))
    }

    private func error(
        from provider: EmbeddingProvider, for texts: [String] = ["a", "b"],
        _ respond: @escaping @Sendable (FakeHTTPServer.Request) -> FakeHTTPServer.Response
    ) async throws -> ProviderError? {
        let server = try FakeHTTPServer { request in
            request.method == "GET" ? provider.facts(request.path) ?? .json("{}", status: 404) : respond(request)
        }
        let embedder = try await embedder(provider, server)
        return await #expect(throws: ProviderError.self) { try await embedder.embed(texts, as: .passage) }
    }

    @Test(arguments: EmbeddingDialect.allCases)
    func `a truncated reply is an error`(dialect: EmbeddingDialect) async throws {
        let provider = EmbeddingProvider.of(dialect)
        for asBase64 in dialect == .openAI ? [false, true] : [false] {
            let whole = Array(provider.reply([[1, 2.5, 3], [-0.25, 1e-3, 7]], asBase64: asBase64).utf8)
            let length = Counter()
            let server = try FakeHTTPServer { request in
                if request.method == "GET" { return provider.facts(request.path) ?? .json("{}", status: 404) }
                return .json(String(decoding: whole.prefix(length.next()), as: UTF8.self))
            }
            let embedder = try await embedder(provider, server)
            for _ in whole.indices {
                let error = await #expect(throws: ProviderError.self) {
                    try await embedder.embed(["a", "b"], as: .passage)
                }
                #expect(error?.code == .malformedReply)
            }
            #expect(try await embedder.embed(["a", "b"], as: .passage).count == 2)
        }
    }

    @Test(arguments: EmbeddingDialect.allCases)
    func `too few, too many, too short and invalid vectors are errors`(dialect: EmbeddingDialect) async throws {
        let provider = EmbeddingProvider.of(dialect)
        let cases: [([[Float]], ProviderError.Code)] = [
            ([], .malformedReply), ([[1, 2, 3]], .malformedReply),
            ([[1, 2, 3], [1, 2, 3], [1, 2, 3]], .malformedReply), ([[1, 2], [1, 2]], .wrongDimension),
            ([[1, 2, 3, 4], [1, 2, 3, 4]], .wrongDimension), ([[1, 2, 3], [0, 0, 0]], .malformedReply),
        ]
        for (vectors, code) in cases {
            let body = provider.reply(vectors)
            // A tensor without rows has no dimension, which is malformed.
            let error = try await error(from: provider) { _ in .json(body) }
            #expect(error?.code == code, "\(vectors): \(error?.message ?? "")")
        }
        let good = provider.reply([[1, 2, 3], [4, 5, 6]])
        for number in ["null", "NaN", "1e999", "-1e999", "\"5\"", "05", "5.", ".5", "+5", "--5", "true", "{}"] {
            let body = good.replacing("5.0", with: number)
            let error = try await error(from: provider) { _ in .json(body) }
            #expect(error?.code == .malformedReply, "\(body)")
        }
    }

    @Test(arguments: EmbeddingProvider.all.map(\.dialect))
    func `an invalid number is an error with the model's name`(dialect: EmbeddingDialect) async throws {
        let provider = EmbeddingProvider.of(dialect)
        let good = provider.reply([[1, 2, 3], [4, 5, 6]])
        for (number, words) in [
            ("NaN", "“NaN” instead of a number"), ("-Infinity", "“-Infinity” instead of a number"),
            ("null", "“null” instead of a number"),
            ("1e999", "for text 1 that has a value that is not a finite number"),
        ] {
            let body = good.replacing("5.0", with: number)
            let message = try await error(from: provider) { _ in .json(body) }?.message ?? ""
            #expect(message.contains("a vector of \(provider.model) ") && message.contains(words), "\(message)")
            #expect(!message.contains("base address"), "\(message)")
        }
    }

    @Test(arguments: [EmbeddingDialect.openAI, .mistral, .voyage, .jina, .mixedbread])
    func `rows are ordered by their index`(dialect: EmbeddingDialect) async throws {
        let provider = EmbeddingProvider.of(dialect)
        func body(_ first: String, _ second: String) -> String {
            provider.reply([vector(of: "a"), vector(of: "b")])
                .replacing(#""index":1"#, with: second).replacing(#""index":0"#, with: first)
        }
        let swapped = body(#""index":1"#, #""index":@"#).replacing("@", with: "0")
        let server = try FakeHTTPServer { _ in .json(swapped) }
        let batch = try await embedder(provider, server, dimension: 8).embed(["b", "a"], as: .passage)
        #expect(isClose(batch.values, expected(["b", "a"])))
        for (first, second) in [
            (#""index":0"#, #""index":0"#), (#""index":1"#, #""index":2"#), (#""index":0"#, #""index":-1"#),
            (#""index":0"#, #""index":0.5"#), (#""index":0"#, #""index":"1""#),
        ] {
            let spoilt = body(first, "\u{1}").replacing("\u{1}", with: second)
            let server = try FakeHTTPServer { _ in .json(spoilt) }
            let embedder = try await embedder(provider, server, dimension: 8)
            let error = await #expect(throws: ProviderError.self) {
                try await embedder.embed(["b", "a"], as: .passage)
            }
            #expect(error?.code == .malformedReply)
        }
    }

    @Test func `rows without an index keep their order, and integers may have a decimal point`() async throws {
        let provider = EmbeddingProvider.of(.openAI)
        let server = try FakeHTTPServer { _ in
            .json(#"{"data":[{"embedding":[3,0,0]},{"index":1.0,"embedding":[0,2,0]}],"usage":null}"#)
        }
        #expect(try await embedder(provider, server).embed(["a", "b"], as: .query).values == [1, 0, 0, 0, 1, 0])
    }

    @Test func `a text truncated by the server is an error`() async throws {
        let error = try await error(from: .of(.openAI), for: ["a"]) { _ in
            .json(#"{"data":[{"index":0,"embedding":[1,2,3],"truncated":true}]}"#)
        }
        #expect(error?.code == .inputTooLong)
        #expect(error?.message.contains("Text 0 of 1") == true)
    }

    /// Errors as documented by each provider, with the message that a person should see.
    @Test(arguments: [
        (
            EmbeddingDialect.openAI, 401,
            #"{"error":{"message":"Incorrect API key","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}"#,
            ProviderError.Code.unauthorized, "Incorrect API key"
        ),
        (
            .openAI, 429,
            #"{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}"#,
            .quotaExhausted, "current quota"
        ),
        (
            .openAI, 404,
            #"{"error":{"message":"The model does not exist","type":"invalid_request_error","code":"model_not_found"}}"#,
            .notFound, "does not exist"
        ),
        (
            .mistral, 429,
            #"{"object":"error","message":"Rate limit","type":"rate_limit_error","param":null,"code":"1300"}"#,
            .rateLimited, "Rate limit"
        ),
        (.voyage, 400, #"{"detail":"Model voyage-0 is not supported"}"#, .requestRefused, "voyage-0"),
        (.jina, 402, #"{"detail":"Insufficient balance","code":"X"}"#, .quotaExhausted, "balance"),
        (.cohere, 498, #"{"message":"blocked input"}"#, .requestRefused, "blocked input"),
        (.cohere, 401, #"{"id":"1","message":"invalid api token"}"#, .unauthorized, "invalid api token"),
        (
            .gemini, 400, #"{"error":{"code":400,"message":"API key not valid","status":"INVALID_ARGUMENT"}}"#,
            .requestRefused, "not valid"
        ),
        (
            .gemini, 429,
            #"{"error":{"code":429,"message":"Quota exceeded","status":"RESOURCE_EXHAUSTED","details":[]}}"#,
            .rateLimited, "Quota exceeded"
        ),
        (.ollama, 404, #"{"error":"model \"x\" not found, try pulling it first"}"#, .notFound, "pulling"),
        (
            .tei, 422, #"{"error":"`inputs` must have less than 512 tokens. Given: 600","error_type":"Validation"}"#,
            .inputTooLong, "512 tokens"
        ),
        (.tei, 424, #"{"error":"Inference failed","error_type":"Backend"}"#, .serverFailure, "Inference failed"),
        (.tei, 429, #"{"error":"Model is overloaded","error_type":"Overloaded"}"#, .rateLimited, "overloaded"),
        (.tei, 503, #"{"error":"unhealthy","error_type":"Unhealthy"}"#, .serverFailure, "unhealthy"),
        (.huggingFace, 503, #"{"error":"Model is loading","estimated_time":20}"#, .serverFailure, "loading"),
        (.kserve, 400, #"{"error":"unexpected shape for input 'TEXT'"}"#, .requestRefused, "unexpected shape"),
        (.openAI, 200, #"{"error":{"message":"no slot"}}"#, .serverFailure, "no slot"),
        (.openAI, 200, "hello", .malformedReply, "hello"), (.tei, 200, "", .malformedReply, "vectors"),
        (.openAI, 502, "<html>Bad Gateway</html>", .serverFailure, "Bad Gateway"),
        (.openAI, 400, #"{"error":{"message":"key sk-test-key is odd"}}"#, .requestRefused, "key <redacted> is odd"),
    ])
    func `errors keep the provider's message`(
        dialect: EmbeddingDialect, status: Int, body: String, code: ProviderError.Code, words: String
    ) async throws {
        let error = try await error(from: .of(dialect), for: ["a"]) { _ in .json(body, status: status) }
        #expect(error?.code == code, "\(error?.message ?? "")")
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        #expect(error.map { "\($0.message) \($0.underlyingError.debugDescription)".contains("sk-test-key") } == false)
    }

    @Test func `huge components are normalised without overflow`() async throws {
        let server = try FakeHTTPServer { _ in .json(#"{"data":[{"embedding":[3e38,0,3e38]}]}"#) }
        let batch = try await embedder(.of(.openAI), server).embed(["a"], as: .passage)
        #expect(isClose(batch.values, [0.707_106_8, 0, 0.707_106_8]))
    }
}
