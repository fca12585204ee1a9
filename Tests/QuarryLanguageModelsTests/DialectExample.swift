import QuarryCore
import QuarryHTTP
import QuarryLanguageModels
import QuarryProviders
import QuarryTestSupport
import Testing

/// Replies in one provider's format, streamed and in one piece, both with the text “Яблоки 🍏.”, and the expected
/// result.
struct DialectExample: Sendable, CustomTestStringConvertible {
    static let text = ["Ябло", "ки 🍏", "."]
    static let request = GenerationRequest(
        messages: [Message(.system, "Answer shortly."), Message(.user, "Что растёт?")], maximumTokens: 40)

    var dialect: GenerationDialect
    var stream: String
    var whole: String
    var reason = FinishReason.stop
    var usage: TokenUsage?
    var billed: BilledUsage?
    /// An event of an unknown kind.
    var unknownEvent: String
    /// Errors in the stream: the GPU is gone.
    var errors: [String]

    var testDescription: String { dialect.rawValue }

    var provider: Provider { Provider("test", at: "http://127.0.0.1:1", generation: dialect) }

    var format: any GenerationFormat {
        dialect.format(
            for: provider, options: .init(), request: Self.request,
            estimate: RemoteLanguageModel.estimate(of: Self.request))
    }

    func reader(_ framing: ReplyFraming? = nil) -> ReplyReader {
        let source = ReplySource(place: "http://test.example/reply")
        return ReplyReader(framing ?? format.framing, decoder: format.decoder(for: source), source: source)
    }

    /// The texts and the ending of a reply in these pieces.
    func read(_ pieces: [[UInt8]], framing: ReplyFraming? = nil) throws -> (texts: [String], ending: ReplyEnding) {
        var reader = reader(framing)
        var texts: [String] = []
        for piece in pieces where !reader.isComplete { texts += try reader.push(piece) }
        let (last, ending) = try reader.finish()
        return (texts + last, ending)
    }

    var response: FakeHTTPServer.Response {
        .text(stream, type: format.framing == .lines ? "application/x-ndjson" : "text/event-stream")
    }

    /// A server that reports no properties and replies to requests for text.
    func server(
        _ answer: @escaping @Sendable (FakeHTTPServer.Request) -> FakeHTTPServer.Response
    ) throws -> FakeHTTPServer {
        try FakeHTTPServer { $0.method == "POST" ? answer($0) : .json("{}", status: 404) }
    }

    static let all = [openAIChat, openAIResponses, anthropic, gemini, cohere, ollama, kserve]

    private static func events(_ data: [String], end: String? = nil) -> String {
        (data + (end.map { [$0] } ?? [])).map { "data: \($0)\n\n" }.joined()
    }

    /// Events that repeat the `type` of their data as their name.
    private static func named(_ data: [(String, String)]) -> String {
        data.map { type, rest in "event: \(type)\ndata: {\"type\":\"\(type)\"\(rest.isEmpty ? "" : ",")\(rest)}\n\n" }
            .joined()
    }

    static let openAIChat = DialectExample(
        dialect: .openAIChat,
        stream: ": keep-alive\n\n"
            + events(
                [
                    #"{"choices":[],"prompt_filter_results":[{"prompt_index":0}]}"#,
                    #"{"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}"#,
                    #"{"id":"c","choices":[{"index":0,"delta":{"reasoning_content":"hm"},"finish_reason":null}]}"#,
                    #"{"id":"c","choices":[{"index":0,"delta":{"content":"Ябло"},"finish_reason":null}],"usage":null}"#,
                    #"{"id":"c","choices":[{"index":1,"delta":{"content":"no"},"finish_reason":null}]}"#,
                    #"{"id":"c","choices":[{"index":0,"delta":{"content":"ки 🍏"},"finish_reason":null}],"obfuscation":"q"}"#,
                    #"{"id":"c","choices":[{"index":0,"delta":{"content":"."},"finish_reason":null}]}"#,
                    #"{"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
                    #"{"id":"c","choices":[],"usage":{"prompt_tokens":11,"completion_tokens":4,"total_tokens":15,"prompt_tokens_details":{"cached_tokens":8}}}"#,
                ], end: "[DONE]"),
        whole:
            "\n\n"
            + #"{"id":"c","object":"chat.completion","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"Яблоки 🍏.","refusal":null}}],"#
            + #""usage":{"prompt_tokens":11,"completion_tokens":4,"total_tokens":15,"prompt_tokens_details":{"cached_tokens":8}}}"#,
        usage: TokenUsage(input: 11, output: 4, cachedInput: 8),
        billed: BilledUsage(input: 3, cachedInput: 8, output: 4),
        unknownEvent: "event: weather\ndata: {\"sun\":true}\n\n",
        errors: [
            "data: {\"error\":{\"message\":\"the GPU is gone\",\"code\":500}}\n\n",
            "event: error\ndata: {\"error\":{\"message\":\"the GPU is gone\"}}\n\n",
            "event: error\ndata: {\"message\":\"the GPU is gone\"}\n\n",
            "data: {\"error\":\"the GPU is gone\",\"error_type\":\"generation\"}\n\n",
        ])

    private static let response =
        #""status":"completed","error":null,"incomplete_details":null,"#
        + #""output":[{"type":"reasoning","summary":[]},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Яблоки 🍏.","annotations":[]}]}],"#
        + #""usage":{"input_tokens":11,"input_tokens_details":{"cached_tokens":8},"output_tokens":4,"output_tokens_details":{"reasoning_tokens":1},"total_tokens":15}"#

    static let openAIResponses = DialectExample(
        dialect: .openAIResponses,
        stream: named([
            ("response.created", #""sequence_number":0,"response":{"id":"r","status":"in_progress","error":null}"#),
            ("response.in_progress", #""response":{"id":"r","status":"in_progress","error":null}"#),
            ("response.output_item.added", #""output_index":0,"item":{"type":"reasoning"}"#),
            ("response.reasoning_summary_text.delta", #""delta":"hm""#),
            ("response.content_part.added", #""part":{"type":"output_text","text":""}"#),
            ("response.output_text.delta", #""item_id":"i","output_index":1,"content_index":0,"delta":"Ябло""#),
            ("response.output_text.delta", #""delta":"ки 🍏""#), ("response.output_text.delta", #""delta":".""#),
            ("response.output_text.done", #""text":"Яблоки 🍏.""#), ("response.output_item.done", #""item":{}"#),
            ("response.completed", #""response":{"id":"r","object":"response","# + response + "}"),
        ]), whole: #"{"id":"r","object":"response","# + response + "}",
        usage: TokenUsage(input: 11, output: 4, cachedInput: 8),
        billed: BilledUsage(input: 3, cachedInput: 8, output: 4),
        unknownEvent: "event: response.weather\ndata: {\"type\":\"response.weather\",\"delta\":{\"sun\":1}}\n\n",
        errors: [
            named([("error", #""code":"server_error","message":"the GPU is gone","param":null"#)]),
            named([
                (
                    "response.failed",
                    #""response":{"status":"failed","error":{"code":"server_error","message":"the GPU is gone"}}"#
                )
            ]),
            "event: error\ndata: {\"error\":{\"message\":\"the GPU is gone\"}}\n\n",
        ])

    static let anthropic = DialectExample(
        dialect: .anthropic,
        stream: named([
            (
                "message_start",
                #""message":{"id":"m","type":"message","role":"assistant","content":[],"stop_reason":null,"usage":{"input_tokens":3,"cache_creation_input_tokens":2,"cache_read_input_tokens":6,"output_tokens":1}}"#
            ),
            ("content_block_start", #""index":0,"content_block":{"type":"thinking","thinking":"","signature":""}"#),
            ("content_block_delta", #""index":0,"delta":{"type":"thinking_delta","thinking":"hm"}"#),
            ("content_block_stop", #""index":0"#),
            ("content_block_start", #""index":1,"content_block":{"type":"text","text":""}"#), ("ping", ""),
            ("content_block_delta", #""index":1,"delta":{"type":"text_delta","text":"Ябло"}"#),
            ("content_block_delta", #""index":1,"delta":{"type":"text_delta","text":"ки 🍏"}"#),
            ("content_block_delta", #""index":1,"delta":{"type":"text_delta","text":"."}"#),
            ("content_block_stop", #""index":1"#),
            (
                "message_delta",
                #""delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":4}"#
            ), ("message_stop", ""),
        ]),
        whole: #"{"id":"m","type":"message","role":"assistant","model":"m","#
            + #""content":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"text","text":"Яблоки 🍏."}],"#
            + #""stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":3,"cache_creation_input_tokens":2,"cache_read_input_tokens":6,"output_tokens":4}}"#,
        usage: TokenUsage(input: 11, output: 4, cachedInput: 6),
        billed: BilledUsage(input: 3, cachedInput: 6, cacheWrite: 2, output: 4),
        unknownEvent: "event: weather\ndata: {\"type\":\"weather\",\"delta\":{\"type\":\"sun\"}}\n\n",
        errors: [
            named([("error", #""error":{"type":"overloaded_error","message":"the GPU is gone"},"request_id":null"#)])
        ])

    static let gemini = DialectExample(
        dialect: .gemini,
        stream: events([
            #"{"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"hm","thought":true}]}}],"usageMetadata":{"promptTokenCount":11}}"#,
            #"{"candidates":[{"content":{"role":"model","parts":[{"text":"Ябло"}]}}],"modelVersion":"m"}"#,
            #"{"candidates":[{"content":{"parts":[{"text":"ки 🍏"},{"text":"."}]}}]}"#,
            #"{"candidates":[{"content":{"parts":[{"text":""}]},"finishReason":"STOP","index":0}],"#
                + #""usageMetadata":{"promptTokenCount":11,"candidatesTokenCount":3,"thoughtsTokenCount":1,"cachedContentTokenCount":8,"totalTokenCount":15}}"#,
        ]),
        whole:
            #"[{"candidates":[{"content":{"role":"model","parts":[{"text":"Ябло"}]}}]},{"candidates":[{"content":{"role":"model","parts":[{"text":"ки 🍏."}]},"finishReason":"STOP"}],"#
            + #""usageMetadata":{"promptTokenCount":11,"candidatesTokenCount":3,"thoughtsTokenCount":1,"cachedContentTokenCount":8}}]"#,
        usage: TokenUsage(input: 11, output: 4, cachedInput: 8),
        billed: BilledUsage(input: 3, cachedInput: 8, output: 4), unknownEvent: events([#"{"weather":"sun"}"#]),
        errors: [
            events([#"{"error":{"code":503,"message":"the GPU is gone","status":"UNAVAILABLE"}}"#])
        ])

    static let cohere = DialectExample(
        dialect: .cohere,
        stream: named([
            ("message-start", #""id":"m","delta":{"message":{"role":"assistant","content":[],"tool_plan":""}}"#),
            ("content-start", #""index":0,"delta":{"message":{"content":{"type":"thinking","thinking":""}}}"#),
            ("content-delta", #""index":0,"delta":{"message":{"content":{"thinking":"hm"}}}"#),
            ("content-end", #""index":0"#),
            ("content-start", #""index":1,"delta":{"message":{"content":{"type":"text","text":""}}}"#),
            ("content-delta", #""index":1,"delta":{"message":{"content":{"text":"Ябло"}}}"#),
            ("content-delta", #""index":1,"delta":{"message":{"content":{"text":"ки 🍏"}}}"#),
            ("content-delta", #""index":1,"delta":{"message":{"content":{"text":"."}}}"#),
            (
                "citation-start",
                #""index":0,"delta":{"message":{"citations":{"start":0,"end":1,"text":"Я","sources":[]}}}"#
            ), ("content-end", #""index":1"#),
            (
                "message-end",
                #""id":"m","delta":{"finish_reason":"COMPLETE","usage":{"billed_units":{"input_tokens":5,"output_tokens":4},"tokens":{"input_tokens":11,"output_tokens":4},"cached_tokens":8}}"#
            ),
        ]) + "data: [DONE]\n\n",
        whole: #"{"id":"m","finish_reason":"COMPLETE","message":{"role":"assistant","#
            + #""content":[{"type":"thinking","thinking":"hm"},{"type":"text","text":"Яблоки 🍏."}]},"#
            + #""usage":{"billed_units":{"input_tokens":5,"output_tokens":4},"tokens":{"input_tokens":11,"output_tokens":4},"cached_tokens":8}}"#,
        usage: TokenUsage(input: 11, output: 4, cachedInput: 8), billed: BilledUsage(input: 5, output: 4),
        unknownEvent: "event: weather\ndata: {\"type\":\"weather\"}\n\n",
        errors: [
            named([("message-end", #""delta":{"finish_reason":"ERROR","error":"the GPU is gone"}"#)]),
            "event: error\ndata: {\"error\":\"the GPU is gone\"}\n\n",
        ])

    static let ollama = DialectExample(
        dialect: .ollama,
        stream: [
            #"{"model":"m","message":{"role":"assistant","content":"","thinking":"hm"},"done":false}"#,
            #"{"model":"m","message":{"role":"assistant","content":"Ябло"},"done":false}"#,
            #"{"model":"m","message":{"role":"assistant","content":"ки 🍏"},"done":false}"#,
            #"{"model":"m","message":{"role":"assistant","content":"."},"done":false}"#,
            #"{"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","total_duration":1,"prompt_eval_count":11,"eval_count":4}"#,
        ].map { $0 + "\n" }.joined(),
        whole:
            #"{"model":"m","message":{"role":"assistant","content":"Яблоки 🍏."},"done":true,"done_reason":"stop","prompt_eval_count":11,"eval_count":4}"#,
        usage: TokenUsage(input: 11, output: 4), billed: BilledUsage(input: 11, output: 4),
        unknownEvent: "{\"weather\":\"sun\"}\n", errors: ["{\"error\":\"the GPU is gone\"}\n"])

    static let kserve = DialectExample(
        dialect: .kserve,
        stream: events([
            #"{"id":"","model_name":"m","model_version":"1","text_output":"Ябло"}"#,
            #"{"model_name":"m","model_version":"1","text_output":["ки 🍏"]}"#,
            #"{"model_name":"m","model_version":"1","text_output":"."}"#,
        ]),
        whole:
            #"{"model_name":"m","model_version":"1","text_output":"Answer shortly.\n\nUser: Что растёт?\n\nAssistant:Яблоки 🍏."}"#,
        reason: .other("unspecified"), unknownEvent: events([#"{"weather":"sun"}"#]),
        errors: [events([#"{"error":"the GPU is gone"}"#])])
}

extension FakeHTTPServer {
    /// The requests for text, without those for the server's properties.
    var posts: [Request] { requests.filter { $0.method == "POST" } }
}
