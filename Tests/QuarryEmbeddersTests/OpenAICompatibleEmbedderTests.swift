import Foundation
import QuarryCore
import QuarryEmbedders
import QuarryTesting
import Testing

/// What a request asked for.
private struct Sent: Decodable {
    var model: String
    var input: [String]
    var encodingFormat: String
    var dimensions: Int?

    private enum CodingKeys: String, CodingKey {
        case model, input, dimensions
        case encodingFormat = "encoding_format"
    }
}

private func sent(_ request: FakeHTTPServer.Request) throws -> Sent {
    try JSONDecoder().decode(Sent.self, from: Data(request.body))
}

/// An embeddings server: the vector of a text is its number of bytes, 1, and 2.
private func reply(
    to request: FakeHTTPServer.Request, base64: Bool = false, reversed: Bool = false
) throws -> FakeHTTPServer.Response {
    let rows = try sent(request).input.enumerated().map { index, text in
        let vector: [Float] = [Float(text.utf8.count), 1, 2]
        let written: String
        if base64 {
            written = "\"" + Data(vector.flatMap { $0.bitPattern.littleEndianBytes }).base64EncodedString() + "\""
        } else {
            written = "\(vector)"
        }
        return #"{"object":"embedding","index":\#(index),"embedding":\#(written)}"#
    }
    return .json(
        #"{"object":"list","model":"m","usage":{"prompt_tokens":1,"total_tokens":1},"data":["#
            + (reversed ? rows.reversed() : rows).joined(separator: ",") + "]}")
}

extension UInt32 {
    fileprivate var littleEndianBytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: self >> ($0 * 8)) } }
}

private func expected(_ texts: [String]) -> [Float] {
    texts.flatMap { text in
        let vector: [Float] = [Float(text.utf8.count), 1, 2]
        let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return vector.map { $0 / norm }
    }
}

private func isClose(_ a: [Float], _ b: [Float]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < 1e-6 }
}

@Suite(.timeLimit(.minutes(1))) struct OpenAICompatibleEmbedderTests {
    private func embedder(
        _ server: FakeHTTPServer, dimension: Int = 3, key: String? = nil, query: String = "", passage: String = "",
        _ change: (inout OpenAICompatibleEmbedder.Options) -> Void = { _ in }
    ) throws -> OpenAICompatibleEmbedder {
        var options = OpenAICompatibleEmbedder.Options()
        options.maximumAttempts = 1
        change(&options)
        return try OpenAICompatibleEmbedder(
            baseURL: server.url + "/v1", model: "m", dimension: dimension, apiKey: key, queryPrefix: query,
            passagePrefix: passage, options: options)
    }

    private func answering(base64: Bool = false, reversed: Bool = false) throws -> FakeHTTPServer {
        try FakeHTTPServer { request in
            (try? reply(to: request, base64: base64, reversed: reversed)) ?? .json("{}", status: 400)
        }
    }

    @Test(arguments: [false, true], [false, true])
    func `rows come in the order of the texts, as unit vectors`(base64: Bool, reversed: Bool) async throws {
        let server = try answering(base64: base64, reversed: reversed)
        let texts = ["a", "ббб", "a longer text", "ab"]
        let batch = try await embedder(server) { $0.encoding = base64 ? .base64 : .float }.embed(texts, as: .passage)
        #expect(batch.dimension == 3)
        #expect(isClose(batch.values, expected(texts)))
        let request = try #require(server.requests.first)
        #expect(request.method == "POST")
        #expect(request.path == "/v1/embeddings")
        #expect(try sent(request).encodingFormat == (base64 ? "base64" : "float"))
        #expect(try sent(request).dimensions == nil)
    }

    @Test func `prefixes are put before each role's texts and kept in the fingerprint`() async throws {
        let server = try answering()
        let embedder = try embedder(server, key: "sk-test-key", query: "query: ", passage: "passage: ")
        _ = try await embedder.embed(["x"], as: .query)
        _ = try await embedder.embed(["x"], as: .passage)
        #expect(try server.requests.map { try sent($0).input } == [["query: x"], ["passage: x"]])
        #expect(server.requests.allSatisfy { $0.headers["authorization"] == "Bearer sk-test-key" })
        let fingerprint = embedder.fingerprint
        #expect(fingerprint.queryPrefix == "query: ")
        #expect(fingerprint.passagePrefix == "passage: ")
        #expect(fingerprint.model == "m")
        #expect(fingerprint.dimension == 3)
        #expect(fingerprint.normalized)
    }

    @Test func `identical texts are sent once`() async throws {
        let server = try answering()
        let texts = ["a", "bb", "a", "a", "bb", "ccc"]
        let batch = try await embedder(server).embed(texts, as: .passage)
        #expect(isClose(batch.values, expected(texts)))
        #expect(try server.requests.map { try sent($0).input } == [["a", "bb", "ccc"]])
    }

    @Test func `batches keep to the limits, and come back in order`() async throws {
        let server = try answering()
        let texts = (1...50).map { String(repeating: "x", count: $0) }
        let byCount = try await embedder(server) { $0.maximumBatchCount = 7 }.embed(texts, as: .passage)
        #expect(isClose(byCount.values, expected(texts)))
        #expect(server.requests.count == 8)
        #expect(try server.requests.allSatisfy { try sent($0).input.count <= 7 })
        let byTokens = try await embedder(server) { $0.maximumBatchTokens = 40 }.embed(texts, as: .passage)
        #expect(isClose(byTokens.values, expected(texts)))
        for request in server.requests.dropFirst(8) {
            let tokens = try sent(request).input.reduce(0) { $0 + $1.utf8.count / 3 + 3 }
            #expect(tokens <= 40)
        }
    }

    @Test func `nothing is sent for nothing, and an empty text is refused`() async throws {
        let server = try answering()
        #expect(try await embedder(server).embed([], as: .passage).count == 0)
        let error = await #expect(throws: EmbeddingError.self) {
            try await embedder(server).embed(["a", ""], as: .passage)
        }
        #expect(error?.code == .invalidInput)
        #expect(server.requests.isEmpty)
    }

    @Test(arguments: [400, 413, 500])
    func `a batch that is too long is halved until it fits`(status: Int) async throws {
        let server = try FakeHTTPServer { request in
            guard let input = try? sent(request).input, input.count <= 3 else {
                return .json(#"{"error":{"message":"the input is too large to process"}}"#, status: status)
            }
            return (try? reply(to: request)) ?? .json("{}", status: 400)
        }
        let texts = (1...10).map { String(repeating: "y", count: $0) }
        let batch = try await embedder(server) { $0.maximumAttempts = 4 }.embed(texts, as: .passage)
        #expect(isClose(batch.values, expected(texts)))
        // 10 is refused, then both 5s; 2 + 3 twice are answered.
        #expect(server.requests.count == 7)
    }

    @Test func `one text that is too long is named so`() async throws {
        let server = try FakeHTTPServer { _ in .text("", status: 413) }
        let error = await #expect(throws: EmbeddingError.self) {
            try await embedder(server).embed(["a", "b"], as: .passage)
        }
        #expect(error?.code == .inputTooLong)
        #expect(error?.message.contains("shorter") == true)
    }

    @Test(arguments: [
        (#"{"data":[]}"#, EmbeddingError.Code.malformedReply),
        (#"{"data":[{"index":0,"embedding":[1,2,3]}]}"#, .malformedReply),
        (#"{"data":[{"index":0,"embedding":[1,2,3]},{"index":0,"embedding":[1,2,3]}]}"#, .malformedReply),
        (#"{"data":[{"index":1,"embedding":[1,2,3]},{"index":2,"embedding":[1,2,3]}]}"#, .malformedReply),
        (#"{"data":[{"index":0,"embedding":[1,2,3]},{"index":-1,"embedding":[1,2,3]}]}"#, .malformedReply),
        (#"{"data":[{"index":0,"embedding":[1,2,3]},{"index":1,"embedding":[1,2]}]}"#, .wrongDimension),
        (#"{"data":[{"index":0,"embedding":[1,2,3]},{"index":1,"embedding":[0,0,0]}]}"#, .malformedReply),
        (#"{"data":[{"index":0,"embedding":[1,2,3]},{"index":1,"embedding":[1,null,3]}]}"#, .malformedReply),
        (#"{"data":[{"index":0,"embedding":[1,2,3]},{"index":1,"embedding":[1,1e999,3]}]}"#, .malformedReply),
        // 1, NaN, 3
        (#"{"data":[{"index":0,"embedding":[1,2,3]},{"index":1,"embedding":"AACAPwAAwH8AAEBA"}]}"#, .malformedReply),
        (#"{"data":[{"index":0,"embedding":[1,2,3]},{"index":1,"embedding":"AACAPw=="}]}"#, .wrongDimension),
        (#"{"data":[{"index":0,"embedding":[1,2,3]},{"index":1,"embedding":"%"}]}"#, .malformedReply),
        (#"{"error":{"message":"no such model"}}"#, .serverFailure), ("hello", .malformedReply), ("", .malformedReply),
    ])
    func `a reply in doubt is refused`(body: String, code: EmbeddingError.Code) async throws {
        let server = try FakeHTTPServer { _ in .json(body) }
        let error = await #expect(throws: EmbeddingError.self) {
            try await embedder(server).embed(["a", "b"], as: .passage)
        }
        #expect(error?.code == code, "\(error?.message ?? "")")
    }

    @Test func `huge components are normalised without overflow`() async throws {
        let server = try FakeHTTPServer { _ in .json(#"{"data":[{"embedding":[3e38,0,3e38]}]}"#) }
        let batch = try await embedder(server).embed(["a"], as: .passage)
        #expect(isClose(batch.values, [0.707_106_8, 0, 0.707_106_8]))
    }

    @Test(arguments: [
        (401, EmbeddingError.Code.unauthorized), (404, .notFound), (429, .rateLimited), (422, .requestRefused),
        (503, .serverFailure),
    ])
    func `statuses become errors without the key`(status: Int, code: EmbeddingError.Code) async throws {
        let server = try FakeHTTPServer { _ in .json(#"{"error":{"message":"not sk-test-key"}}"#, status: status) }
        let error = await #expect(throws: EmbeddingError.self) {
            try await embedder(server, key: "sk-test-key").embed(["a"], as: .passage)
        }
        #expect(error?.code == code)
        #expect(error?.message.contains("not <redacted>") == true)
    }

    @Test func `a busy server is asked again`() async throws {
        let server = try FakeHTTPServer(replies: [
            .text("busy", status: 503, headers: [("Retry-After", "0")]),
            .json(#"{"data":[{"index":0,"embedding":[1,0,0]}]}"#),
        ])
        let batch = try await embedder(server) { $0.maximumAttempts = 2 }.embed(["a"], as: .passage)
        #expect(batch.values == [1, 0, 0])
    }

    @Test func `the dimension is learnt from the server, or asked of it`() async throws {
        let server = try answering()
        let probed = try await OpenAICompatibleEmbedder.probed(baseURL: server.url + "/v1", model: "m")
        #expect(probed.dimension == 3)
        #expect(server.requests.count == 1)
        _ = try await embedder(server) { $0.requestsDimension = true }.embed(["a"], as: .query)
        #expect(try sent(try #require(server.requests.last)).dimensions == 3)
    }

    @Test func `cancelling closes every connection`() async throws {
        let server = try FakeHTTPServer { _ in .init(delay: .seconds(30)) }
        let embedder = try embedder(server) { $0.maximumBatchCount = 1 }
        let task = Task { try await embedder.embed(["a", "b", "c"], as: .passage) }
        while server.requests.count < 3 { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        for _ in 0..<1500 where server.abandonedCount < 3 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(server.abandonedCount == 3)
    }

    @Test func `what cannot work is refused at once`() {
        for (url, model, dimension) in [("h/v1", "m", 3), ("http://h", "", 3), ("http://h", "m", 0)] {
            let error = #expect(throws: EmbeddingError.self) {
                try OpenAICompatibleEmbedder(baseURL: url, model: model, dimension: dimension)
            }
            #expect(error?.code == .invalidConfiguration)
        }
    }
}
