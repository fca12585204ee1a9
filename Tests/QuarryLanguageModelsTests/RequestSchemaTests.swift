import Foundation
import QuarryCore
import QuarryJSON
import QuarryLanguageModels
import QuarryProviders
import QuarryTestSupport
import Testing

@Suite(.enabled("\(RequestSchemas.needs)") { await RequestSchemas.canValidate })
struct RequestSchemaTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var preset: String
        var file: String
        var schema: String
        var headers: [String: String]?
        var model = "m"
        var takesPictures = true
        var takesStops = true

        var testDescription: String { "\(preset) by \(file)" }
    }

    static let cases = [
        Case(preset: "openai", file: "openai.json", schema: "CreateChatCompletionRequest"),
        // A turn of parts matches two alternatives of the schema, which permits only one: see the test below.
        Case(
            preset: "openai-responses", file: "openai.json", schema: "CreateResponse", takesPictures: false,
            takesStops: false),
        Case(preset: "azure", file: "azure_foundry_v1.json", schema: "AzureCreateChatCompletionRequest"),
        Case(
            preset: "azure-deployments", file: "azure_openai_2025-03-01-preview.json",
            schema: "POST /deployments/{deployment-id}/chat/completions"),
        Case(preset: "mistral", file: "mistral.json", schema: "ChatCompletionRequest"),
        Case(preset: "ai21", file: "ai21.json", schema: "ChatRequest", model: "jamba-mini", takesPictures: false),
        Case(preset: "tgi", file: "tgi.json", schema: "ChatRequest"),
        Case(preset: "cohere", file: "cohere.json", schema: "POST /v2/chat"),
        Case(preset: "ollama", file: "ollama.json", schema: "ChatRequest"),
        Case(preset: "gemini", file: "gemini_v1beta_derived.schema.json", schema: "#/$defs/GenerateContentRequest"),
        Case(
            preset: "anthropic", file: "anthropic_2026-10-21_derived.schema.json",
            schema: "#/$defs/MessageCreateParamsStreaming"),
        Case(
            preset: "anthropic", file: "anthropic_2023-06-01.json", schema: "CreateMessageParams",
            headers: ["anthropic-version": "2023-06-01"]),
    ]

    @Test(arguments: cases)
    func `requests are valid in the provider's own schema`(example: Case) async throws {
        let server = try FakeHTTPServer { request in
            request.method == "POST" ? .json(#"{"error":"enough"}"#, status: 400) : .json("{}", status: 404)
        }
        var provider = try #require(Provider.preset(example.preset))
        provider.baseURL = server.url
        if let headers = example.headers { provider.headers = headers }
        let model = try RemoteLanguageModel(
            example.model, on: ProviderConnection(provider, key: APIKey("sk-test-key")))
        let images = example.takesPictures ? [Message.Image(mediaType: "image/png", bytes: [1, 2, 3])] : []
        let requests = [
            GenerationRequest(messages: [Message(.user, "Question?")]),
            GenerationRequest(
                messages: [
                    Message(.system, "Be brief."), Message(.user, "Question?"), Message(.assistant, "Answer."),
                    Message(.user, "And this?", images: images),
                ], maximumTokens: 40, temperature: 0.7, stop: example.takesStops ? ["a", "b"] : [], seed: 3),
        ]
        for request in requests {
            await #expect(throws: ProviderError.self) { for try await _ in model.generate(request) {} }
        }
        #expect(server.posts.count == 2)
        for sent in server.posts {
            #expect(
                try await RequestSchemas.complaints(about: sent.body, file: example.file, schema: example.schema) == "")
        }
        #expect(
            try await RequestSchemas.complaints(
                about: Array(#"{"nonsense":1}"#.utf8), file: example.file, schema: example.schema) != "")
    }

    @Test func `a picture for the responses interface is valid`() async throws {
        let request = GenerationRequest(messages: [
            Message(.user, "What is this?", images: [.init(mediaType: "image/png", bytes: [1])])
        ])
        let body = try OpenAIResponsesFormat().body(of: request, for: "m")
        guard case .object(let members) = body, case .array(let turns)? = members["input"] else {
            Issue.record("The request has no list of turns.")
            return
        }
        let turn = try JSONEncoder().encode(try #require(turns.first))
        #expect(
            try await RequestSchemas.complaints(about: Array(turn), file: "openai.json", schema: "InputMessage") == "")
    }
}
