import Foundation
import QuarryCore
import QuarryEmbedders
import QuarryProviders
import QuarryTestSupport

/// The properties of a wire format that tests need, written independently of the tested code.
struct EmbeddingProvider: Sendable {
    var dialect: EmbeddingDialect
    /// The preset to use, with another address.
    var preset: String
    var model: String
    /// The part of the path before the dialect's own.
    var base = ""
    /// The expected path of requests.
    var path: String

    static let all: [EmbeddingProvider] = [
        .init(dialect: .openAI, preset: "openai", model: "text-embedding-3-small", base: "/v1", path: "/v1/embeddings"),
        .init(dialect: .mistral, preset: "mistral", model: "mistral-embed", base: "/v1", path: "/v1/embeddings"),
        .init(dialect: .voyage, preset: "voyage", model: "voyage-4", base: "/v1", path: "/v1/embeddings"),
        .init(dialect: .jina, preset: "jina", model: "jina-embeddings-v3", path: "/v1/embeddings"),
        .init(
            dialect: .mixedbread, preset: "mixedbread", model: "mixedbread-ai/mxbai-embed-large-v1",
            path: "/v1/embeddings"),
        .init(dialect: .cohere, preset: "cohere", model: "embed-v4.0", path: "/v2/embed"),
        .init(
            dialect: .gemini, preset: "gemini", model: "gemini-embedding-001", base: "/v1beta",
            path: "/v1beta/models/gemini-embedding-001:batchEmbedContents"),
        .init(dialect: .ollama, preset: "ollama", model: "nomic-embed-text", path: "/api/embed"),
        .init(dialect: .tei, preset: "tei", model: "e5", path: "/embed"),
        .init(
            dialect: .huggingFace, preset: "huggingface", model: "intfloat/e5-small",
            path: "/hf-inference/models/intfloat/e5-small/pipeline/feature-extraction"),
        .init(dialect: .kserve, preset: "triton", model: "e5", path: "/v2/models/e5/infer"),
    ]

    static func of(_ dialect: EmbeddingDialect) -> EmbeddingProvider { all.first { $0.dialect == dialect } ?? all[0] }

    /// A connection to a fake server of the provider, without retries.
    func connection(
        to server: FakeHTTPServer, catalog: ModelCatalog = ModelCatalog(), ledger: SpendingLedger = .init(),
        attempts: Int = 1, _ change: (inout Provider) -> Void = { _ in }
    ) throws -> ProviderConnection {
        var provider = try ModelReference(preset).provider
        provider.baseURL = server.url + base
        change(&provider)
        var options = ConnectionOptions()
        options.maximumAttempts = attempts
        return try ProviderConnection(
            provider, key: APIKey("sk-test-key"), options: options, catalog: catalog, ledger: ledger)
    }

    /// An embedder of eight dimensions by default.
    func embedder(
        to server: FakeHTTPServer, _ change: (inout Provider) -> Void = { _ in }, ledger: SpendingLedger = .init(),
        attempts: Int = 1, options: RemoteEmbedder.Options = .init { $0.dimension = 8 }
    ) async throws -> RemoteEmbedder {
        try await RemoteEmbedder(
            model: "m", on: connection(to: server, ledger: ledger, attempts: attempts, change), options: options)
    }

    /// The texts of a request.
    func texts(in body: [UInt8]) -> [String] {
        let json = object(body)
        switch dialect {
        case .openAI, .mistral, .voyage, .jina, .mixedbread, .ollama: return json["input"] as? [String] ?? []
        case .cohere: return json["texts"] as? [String] ?? []
        case .tei, .huggingFace: return json["inputs"] as? [String] ?? []
        case .kserve:
            return ((json["inputs"] as? [[String: Any]])?.first?["data"] as? [String]) ?? []
        case .gemini:
            let requests = json["requests"] as? [[String: Any]] ?? []
            return requests.compactMap { request in
                let content = request["content"] as? [String: Any]
                return (content?["parts"] as? [[String: Any]])?.first?["text"] as? String
            }
        }
    }

    func object(_ body: [UInt8]) -> [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]) ?? [:]
    }

    /// A reply in the provider's documented format.
    func reply(_ vectors: [[Float]], asBase64: Bool = false) -> String {
        let rows = vectors.map { "[" + $0.map { "\($0)" }.joined(separator: ",") + "]" }
        let list = "[" + rows.joined(separator: ",") + "]"
        switch dialect {
        case .openAI, .mistral, .voyage, .jina, .mixedbread:
            let data = vectors.indices.map { index in
                #"{"object":"embedding","index":\#(index),"embedding":\#(asBase64 ? base64(vectors[index]) : rows[index])}"#
            }
            return #"{"object":"list","data":["# + data.joined(separator: ",")
                + #"],"model":"\#(model)","usage":{"prompt_tokens":7,"total_tokens":7}}"#
        case .cohere:
            return #"{"id":"1","embeddings":{"float":\#(list)},"texts":["a"],"meta":{"api_version":{"version":"2"},"#
                + #""billed_units":{"input_tokens":7}},"response_type":"embeddings_by_type"}"#
        case .gemini:
            return #"{"embeddings":["# + rows.map { #"{"values":\#($0)}"# }.joined(separator: ",")
                + #"],"usageMetadata":{"promptTokenCount":7}}"#
        case .ollama:
            return
                #"{"model":"\#(model)","embeddings":\#(list),"total_duration":14,"load_duration":1,"prompt_eval_count":7}"#
        case .tei, .huggingFace: return list
        case .kserve:
            return #"{"model_name":"e5","model_version":"1","outputs":[{"name":"EMBEDDING","shape":[\#(vectors.count),"#
                + #"\#(vectors.first?.count ?? 0)],"datatype":"FP32","data":["#
                + vectors.joined().map { "\($0)" }.joined(separator: ",") + "]}]}"
        }
    }

    /// The reply to a request for the server's properties, if the format has any.
    func facts(_ path: String) -> FakeHTTPServer.Response? {
        switch path {
        case "/info":
            .json(
                #"{"model_id":"intfloat/e5-small","model_sha":"abc","max_input_length":512,"max_client_batch_size":8,"#
                    + #""model_type":{"embedding":{"pooling":"mean"}},"served_model_name":"e5"}"#)
        case "/api/tags":
            .json(
                #"{"models":[{"name":"nomic-embed-text:latest","digest":"d1gest","size":9},"#
                    + #"{"name":"far:latest","remote_model":"far","remote_host":"https://ollama.com:443"}]}"#)
        case "/v2/models/e5":
            .json(
                #"{"name":"e5","versions":["1","2"],"platform":"onnx","inputs":[{"name":"TEXT","datatype":"BYTES","#
                    + #""shape":[-1,1]}],"outputs":[{"name":"EMBEDDING","datatype":"FP32","shape":[-1,8]}]}"#)
        default: nil
        }
    }

    /// A server that replies like the provider, with a vector made from each text.
    func server(
        dimension: Int = 8,
        _ answer: @escaping @Sendable ([String], String) -> FakeHTTPServer.Response? = { _, _ in nil }
    ) throws -> FakeHTTPServer {
        try FakeHTTPServer { request in
            if request.method == "GET" { return facts(request.path) ?? .json("{}", status: 404) }
            let texts = texts(in: request.body)
            let json = object(request.body)
            let asBase64 = [json["encoding_format"], json["embedding_type"]].contains { $0 as? String == "base64" }
            let reply = reply(texts.map { vector(of: $0, dimension: dimension) }, asBase64: asBase64)
            return answer(texts, reply) ?? .json(reply)
        }
    }
}

func base64(_ vector: [Float]) -> String {
    let bytes = vector.flatMap { number in
        (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> ($0 * 8)) }
    }
    return "\"" + Data(bytes).base64EncodedString() + "\""
}

/// Numbers that depend on every byte of the text (SplitMix64 seeded with FNV-1a).
func vector(of text: String, dimension: Int = 8) -> [Float] {
    let seed = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    var generator = SeededGenerator(seed: seed)
    return (0..<dimension).map { _ in Float(generator.next() >> 40) / Float(1 << 23) - 1 }
}

/// The unit vectors that an embedder must return for texts.
func expected(_ texts: [String], dimension: Int = 8) -> [Float] {
    texts.flatMap { text in
        let vector = vector(of: text, dimension: dimension)
        let norm = vector.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        return vector.map { Float(Double($0) / norm) }
    }
}

func isClose(_ a: [Float], _ b: [Float]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < 1e-6 }
}

extension RemoteEmbedder.Options {
    init(_ change: (inout Self) -> Void) {
        self.init()
        change(&self)
    }
}
