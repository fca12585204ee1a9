import Foundation
import QuarryCore
import QuarryProviders
import QuarryTestSupport

/// The properties of a wire format that tests need, written independently of the tested code.
struct RerankingProvider: Sendable {
    var dialect: RerankingDialect
    var preset: String
    var base = ""
    var path: String
    var model = "m"

    static let all: [RerankingProvider] = [
        .init(dialect: .cohere, preset: "cohere", path: "/v2/rerank", model: "rerank-v4.0-fast"),
        .init(dialect: .cohere, preset: "llamacpp", path: "/v1/rerank"),
        .init(dialect: .cohere, preset: "vllm", base: "/v1", path: "/v1/rerank"),
        .init(dialect: .jina, preset: "jina", path: "/v1/rerank", model: "jina-reranker-v3"),
        .init(dialect: .voyage, preset: "voyage", base: "/v1", path: "/v1/rerank", model: "rerank-2.5"),
        .init(dialect: .mixedbread, preset: "mixedbread", path: "/v1/reranking"),
        .init(dialect: .tei, preset: "tei", path: "/rerank"),
    ]

    static func of(_ preset: String) -> RerankingProvider { all.first { $0.preset == preset } ?? all[0] }

    /// A connection to a fake server of the provider, without retries.
    func connection(
        to server: FakeHTTPServer, ledger: SpendingLedger = .init(), _ change: (inout Provider) -> Void = { _ in }
    ) throws -> ProviderConnection {
        var provider = try ModelReference(preset).provider
        provider.baseURL = server.url + base
        change(&provider)
        var options = ConnectionOptions()
        options.maximumAttempts = 1
        return try ProviderConnection(
            provider, key: APIKey("sk-test-key"), options: options, catalog: ModelCatalog(), ledger: ledger)
    }

    func object(_ body: [UInt8]) -> [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]) ?? [:]
    }

    func passages(in body: [UInt8]) -> [String] {
        let json = object(body)
        return (json["documents"] ?? json["texts"] ?? json["input"]) as? [String] ?? []
    }

    /// A reply in the provider's documented format. Its results have the given order.
    func reply(_ results: [(index: Int, score: String)]) -> String {
        let field = dialect == .tei || dialect == .mixedbread ? "score" : "relevance_score"
        let list =
            "[" + results.map { #"{"index":\#($0.index),"\#(field)":\#($0.score)}"# }.joined(separator: ",") + "]"
        return switch preset {
        case "cohere":
            #"{"id":"1","results":\#(list),"meta":{"api_version":{"version":"2"},"billed_units":{"search_units":1}}}"#
        case "voyage": #"{"object":"list","data":\#(list),"model":"m","usage":{"total_tokens":9}}"#
        case "mixedbread":
            #"{"object":"list","model":"m","data":\#(list),"usage":{"prompt_tokens":9,"total_tokens":9},"top_k":2,"return_input":false}"#
        case "tei": list
        default: #"{"model":"m","object":"list","usage":{"prompt_tokens":9,"total_tokens":9},"results":\#(list)}"#
        }
    }

    /// A server that scores by ``score(of:)``, best first. Text Embeddings Inference reports its limit of passages.
    func server(
        served: Int? = nil,
        _ answer: @escaping @Sendable ([String], String) -> FakeHTTPServer.Response? = { _, _ in nil }
    ) throws -> FakeHTTPServer {
        try FakeHTTPServer { request in
            guard request.method == "POST" else {
                return served.map {
                    .json(#"{"model_id":"m","max_input_length":512,"max_client_batch_size":\#($0)}"#)
                } ?? .json("{}", status: 404)
            }
            let passages = passages(in: request.body)
            let results = passages.enumerated().map { (index: $0, score: "\(score(of: $1))") }
                .sorted { (Double($0.score) ?? 0) > (Double($1.score) ?? 0) }
            let reply = reply(results)
            return answer(passages, reply) ?? .json(reply)
        }
    }
}

extension FakeHTTPServer {
    /// The requests for scores, without those for the server's properties.
    var posts: [Request] { requests.filter { $0.method == "POST" } }
}

/// A raw score like a cross-encoder's, mostly negative.
func score(of passage: String) -> Double {
    Double(passage.utf8.reduce(17) { ($0 &* 31 &+ Int($1)) % 1009 }) / 100 - 7
}

func hits(_ texts: [String]) -> [ScoredChunk] {
    texts.enumerated().map { number, text in
        ScoredChunk(
            id: ChunkID(Int64(number + 1)),
            passage: Passage(
                chunk: Chunk(
                    documentID: "d\(number).md", ordinal: 0, range: 0..<text.utf8.count, text: text, tokenCount: 3),
                source: "d\(number).md"),
            score: 1 / Double(number + 1),
            legs: [.bm25: LegScore(rank: number + 1, score: 3), .vector: LegScore(rank: 1, score: 0.5)])
    }
}
