import Foundation
import QuarryCore
import QuarryEmbedders
import QuarryProviders
import QuarryTestSupport
import QuarryTesting
import Testing

@Suite(.timeLimit(.minutes(30))) struct DialectTests {
    @Test(arguments: EmbeddingDialect.allCases)
    func `every dialect conforms`(dialect: EmbeddingDialect) async throws {
        let provider = EmbeddingProvider.of(dialect)
        let server = try provider.server()
        let embedder = try await RemoteEmbedder(model: provider.model, on: provider.connection(to: server))
        #expect(embedder.dimension == 8)
        #expect(embedder.fingerprint.provider == provider.preset)
        try await verifyEmbedder(embedder)
        #expect(server.requests.filter { $0.method == "POST" }.allSatisfy { $0.path == provider.path })
    }

    @Test(arguments: EmbeddingDialect.allCases)
    func `the billed usage of a reply is recorded`(dialect: EmbeddingDialect) async throws {
        let provider = EmbeddingProvider.of(dialect)
        let server = try provider.server()
        let ledger = SpendingLedger()
        let embedder = try await RemoteEmbedder(
            model: provider.model, on: provider.connection(to: server, ledger: ledger))
        _ = try await embedder.embed(["a"], as: .query)
        let entry = try #require(ledger.spending.entries.first)
        let says = ![.tei, .huggingFace, .kserve].contains(dialect)
        #expect(entry.isEstimated == !says)
        // One request was for the dimension.
        #expect(entry.requests == 2)
        if says { #expect(entry.usage.input == 14) }
    }

    /// Each dialect's request for a query, from its own documentation.
    @Test(arguments: [
        (
            EmbeddingDialect.openAI,
            #"{"dimensions":8,"encoding_format":"base64","input":["x"],"model":"text-embedding-3-small"}"#
        ),
        (.mistral, #"{"encoding_format":"base64","input":["x"],"model":"mistral-embed","output_dimension":8}"#),
        (
            .voyage,
            #"{"encoding_format":"base64","input":["x"],"input_type":"query","model":"voyage-4","output_dimension":8,"truncation":false}"#
        ),
        (
            .jina,
            #"{"dimensions":8,"embedding_type":"base64","input":["x"],"model":"jina-embeddings-v3","normalized":true,"task":"retrieval.query","truncate":false}"#
        ),
        (
            .mixedbread,
            #"{"dimensions":8,"encoding_format":"base64","input":["x"],"model":"mixedbread-ai/mxbai-embed-large-v1","normalized":true,"prompt":"Represent this sentence for searching relevant passages: "}"#
        ),
        (
            .cohere,
            #"{"embedding_types":["float"],"input_type":"search_query","model":"embed-v4.0","output_dimension":8,"texts":["x"],"truncate":"NONE"}"#
        ),
        (
            .gemini,
            #"{"requests":[{"content":{"parts":[{"text":"x"}]},"model":"models/gemini-embedding-001","outputDimensionality":8,"taskType":"RETRIEVAL_QUERY"}]}"#
        ),
        (.ollama, #"{"dimensions":8,"input":["x"],"model":"nomic-embed-text","truncate":false}"#),
        (.tei, #"{"dimensions":8,"inputs":["x"],"normalize":true,"truncate":false}"#),
        (.huggingFace, #"{"inputs":["x"],"normalize":true,"truncate":false}"#),
        (
            .kserve,
            #"{"inputs":[{"data":["x"],"datatype":"BYTES","name":"TEXT","shape":[1,1]}],"outputs":[{"name":"EMBEDDING"}]}"#
        ),
    ])
    func `requests are written as documented`(dialect: EmbeddingDialect, body: String) async throws {
        let provider = EmbeddingProvider.of(dialect)
        let server = try provider.server()
        let takesDimension = dialect != .huggingFace && dialect != .kserve
        let embedder = try await RemoteEmbedder(
            model: provider.model, on: provider.connection(to: server),
            options: .init { $0.dimension = takesDimension ? 8 : nil })
        _ = try await embedder.embed(["x"], as: .query)
        let request = try #require(server.requests.last)
        #expect(String(decoding: request.body, as: UTF8.self) == body)
        #expect(request.headers["content-type"] == "application/json")
        let key = dialect == .gemini ? "x-goog-api-key" : "authorization"
        #expect(request.headers[key] == (dialect == .gemini ? "sk-test-key" : "Bearer sk-test-key"))
    }

    @Test(arguments: [
        (EmbeddingDialect.voyage, "voyage-4", "input_type", "query", "document"),
        (.cohere, "embed-v4.0", "input_type", "search_query", "search_document"),
        (.jina, "jina-embeddings-v5-text-small", "task", "retrieval.query", "retrieval.passage"),
        (.jina, "jina-code-embeddings-0.5b", "task", "nl2code.query", "nl2code.passage"),
    ])
    func `the model receives the role of texts`(
        dialect: EmbeddingDialect, model: String, field: String, query: String, passage: String
    ) async throws {
        let provider = EmbeddingProvider.of(dialect)
        let server = try provider.server()
        let embedder = try await RemoteEmbedder(model: model, on: provider.connection(to: server))
        _ = try await embedder.embed(["x"], as: .query)
        _ = try await embedder.embed(["x"], as: .passage)
        let sent = server.requests.map { provider.object($0.body)[field] as? String }
        #expect(sent.suffix(2) == [query, passage])
        #expect(embedder.fingerprint.pooling == "provider/\(field)")
    }

    @Test func `a family of models without tasks is sent none`() async throws {
        let provider = EmbeddingProvider.of(.jina)
        let server = try provider.server()
        let embedder = try await RemoteEmbedder(
            model: "jina-embeddings-v2-base-en", on: provider.connection(to: server))
        _ = try await embedder.embed(["x"], as: .query)
        #expect(provider.object(try #require(server.requests.last).body)["task"] == nil)
        #expect(embedder.fingerprint.pooling == "provider")
    }

    @Test func `the second Gemini model receives the task in the text`() async throws {
        let provider = EmbeddingProvider.of(.gemini)
        let server = try provider.server()
        let embedder = try await RemoteEmbedder(model: "gemini-embedding-2", on: provider.connection(to: server))
        _ = try await embedder.embed(["x"], as: .query)
        _ = try await embedder.embed(["x"], as: .passage)
        let sent = server.requests.suffix(2).map { provider.texts(in: $0.body) }
        #expect(sent == [["task: search result | query: x"], ["title: none | text: x"]])
        #expect(embedder.fingerprint.queryPrefix == "task: search result | query: ")
        #expect(!server.requests.contains { String(decoding: $0.body, as: UTF8.self).contains("taskType") })
    }

    @Test func `an index with a task differs from one without`() async throws {
        let server = try EmbeddingProvider.of(.voyage).server()
        let voyage = EmbeddingProvider.of(.voyage)
        let withTask = try await RemoteEmbedder(model: "m", on: voyage.connection(to: server) { $0.name = "same" })
        let withoutTask = try await RemoteEmbedder(
            model: "m",
            on: voyage.connection(to: server) {
                $0.name = "same"; $0.embedding = .mistral
            })
        #expect(withTask.fingerprint != withoutTask.fingerprint)
        #expect(withTask.fingerprint.dimension == withoutTask.fingerprint.dimension)
    }

    @Test func `properties reported by a server are used`() async throws {
        for (dialect, revision, tokens) in [
            (EmbeddingDialect.tei, "intfloat/e5-small@abc", 512), (.ollama, "d1gest", 8192), (.kserve, "2", 8192),
        ] {
            let provider = EmbeddingProvider.of(dialect)
            let server = try provider.server()
            let embedder = try await RemoteEmbedder(model: provider.model, on: provider.connection(to: server))
            #expect(embedder.fingerprint.revision == revision)
            #expect(embedder.fingerprint.maximumTokens == tokens)
            if dialect == .tei { #expect(embedder.preferredCount == 256) }
        }
    }

    @Test func `a model missing in Ollama is an error with the available ones`() async throws {
        let provider = EmbeddingProvider.of(.ollama)
        let server = try provider.server()
        let error = await #expect(throws: ProviderError.self) {
            try await RemoteEmbedder(model: "bge-m3", on: provider.connection(to: server))
        }
        #expect(error?.code == .notFound)
        #expect(error?.message.contains("nomic-embed-text:latest") == true)
    }

    @Test(arguments: ["far", "far:latest", "big:120b-cloud", "big:cloud"])
    func `a model that Ollama forwards is not free, and is rejected if only this machine is allowed`(
        model: String
    ) async throws {
        let provider = EmbeddingProvider.of(.ollama)
        let server = try provider.server()
        let ledger = SpendingLedger()
        let embedder = try await RemoteEmbedder(model: model, on: provider.connection(to: server, ledger: ledger))
        _ = try await embedder.embed(["x"], as: .query)
        #expect(ledger.spending.tokens > 0 && ledger.spending.cost == nil)
        let sent = server.requests.count
        var options = ConnectionOptions()
        options.isLocalOnly = true
        var local = try ModelReference("ollama").provider
        local.baseURL = server.url
        let connection = try ProviderConnection(local, options: options)
        let error = await #expect(throws: ProviderError.self) {
            try await RemoteEmbedder(model: model, on: connection)
        }
        #expect(error?.code == .refusedHost)
        #expect(error?.message.contains("ollama.com") == true, "\(error?.message ?? "")")
        #expect(server.requests[sent...].map(\.path) == ["/api/tags"])
        let here = try await RemoteEmbedder(model: "nomic-embed-text", on: connection)
        _ = try await here.embed(["x"], as: .query)
        #expect(connection.ledger.spending.cost == 0)
    }

    @Test func `a server without Ollama's list is still asked for vectors`() async throws {
        let provider = EmbeddingProvider.of(.ollama)
        let server = try FakeHTTPServer { request in
            request.method == "GET"
                ? .json("{}", status: 404)
                : .json(provider.reply(provider.texts(in: request.body).map { vector(of: $0) }))
        }
        let embedder = try await RemoteEmbedder(model: "m", on: provider.connection(to: server))
        #expect(embedder.dimension == 8 && embedder.fingerprint.revision == "")
    }

    @Test func `Gemini's names are accepted with and without their folder`() async throws {
        let provider = EmbeddingProvider.of(.gemini)
        let server = try provider.server()
        let embedder = try await RemoteEmbedder(
            model: "models/gemini-embedding-001", on: provider.connection(to: server))
        _ = try await embedder.embed(["x"], as: .query)
        #expect(embedder.fingerprint.model == "gemini-embedding-001")
        let sent = try #require(server.requests.last)
        #expect(sent.path == provider.path)
        let requests = provider.object(sent.body)["requests"] as? [[String: Any]]
        #expect(requests?.first?["model"] as? String == "models/gemini-embedding-001")
    }

    @Test(arguments: ["voyage-context-3", "voyage-multimodal-3.5"])
    func `Voyage's models with a separate API are rejected`(model: String) async throws {
        let provider = EmbeddingProvider.of(.voyage)
        let server = try provider.server()
        let error = await #expect(throws: ProviderError.self) {
            try await RemoteEmbedder(model: model, on: provider.connection(to: server))
        }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.contains("separate API") == true)
        #expect(server.requests.isEmpty)
    }

    @Test func `tensors can be named and nested in lists`() async throws {
        let provider = EmbeddingProvider.of(.kserve)
        let server = try FakeHTTPServer { request in
            let texts = provider.texts(in: request.body)
            let rows = texts.map { "[\(vector(of: $0).map { "\($0)" }.joined(separator: ","))]" }
            return .json(
                #"{"model_name":"e5","outputs":[{"name":"LABEL","shape":[1],"datatype":"BYTES","data":["x"]},"#
                    + #"{"datatype":"FP32","data":[\#(rows.joined(separator: ","))],"shape":[\#(rows.count),1,8],"name":"VECTOR"}]}"#
            )
        }
        let embedder = try await RemoteEmbedder(
            model: "e5", on: provider.connection(to: server),
            options: .init { $0.tensors = .init(text: "QUESTION", embedding: "VECTOR", isTextColumn: false) })
        let batch = try await embedder.embed(["a", "b"], as: .passage)
        #expect(isClose(batch.values, expected(["a", "b"])))
        let input = (provider.object(try #require(server.requests.last).body)["inputs"] as? [[String: Any]])?.first
        #expect(input?["name"] as? String == "QUESTION")
        #expect(input?["shape"] as? [Int] == [2])
    }

    @Test func `vectors of tokens are an error, not pooled by a guess`() async throws {
        for (dialect, body) in [
            (EmbeddingDialect.huggingFace, "[[[1,2],[3,4]]]"),
            (
                .kserve,
                #"{"outputs":[{"name":"EMBEDDING","shape":[1,2,2],"datatype":"FP32","data":[[[1,2],[3,4]]]}]}"#
            ),
        ] {
            let provider = EmbeddingProvider.of(dialect)
            let server = try FakeHTTPServer { request in
                request.method == "GET" ? provider.facts(request.path) ?? .json("{}", status: 404) : .json(body)
            }
            let error = await #expect(throws: ProviderError.self) {
                try await RemoteEmbedder(model: provider.model, on: provider.connection(to: server))
            }
            #expect(error?.code == .malformedReply)
            #expect(error?.message.contains("each text") == true, "\(error?.message ?? "")")
        }
    }

    @Test func `a tensor of half floats is an error with its type`() async throws {
        let provider = EmbeddingProvider.of(.kserve)
        let server = try FakeHTTPServer { _ in
            .json(#"{"outputs":[{"name":"EMBEDDING","shape":[1,2],"datatype":"FP16","data":[1,2]}]}"#)
        }
        let error = await #expect(throws: ProviderError.self) {
            try await RemoteEmbedder(
                model: "e5", on: provider.connection(to: server), options: .init { $0.tensors = .init() })
        }
        #expect(error?.message.contains("FP16") == true)
    }
}
