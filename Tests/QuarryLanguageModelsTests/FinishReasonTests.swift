import QuarryCore
import QuarryLanguageModels
import QuarryProviders
import Testing

@Suite struct FinishReasonTests {
    private func ending(_ example: DialectExample, _ stream: String) throws -> (texts: [String], ending: ReplyEnding) {
        try example.read([Array(stream.utf8)])
    }

    private func replacing(_ old: String, _ new: String, in example: DialectExample) throws -> FinishReason {
        #expect(example.stream.contains(old))
        let stream = example.stream.split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
        return try ending(example, stream).ending.reason
    }

    @Test(arguments: [
        ("stop", FinishReason.stop), ("eos", .stop), ("eos_token", .stop), ("length", .length),
        ("model_length", .length), ("content_filter", .contentFilter), ("tool_calls", .other("tool_calls")),
    ])
    func `of OpenAI's chat`(name: String, reason: FinishReason) throws {
        let (old, new) = (#""finish_reason":"stop""#, #""finish_reason":"\#(name)""#)
        #expect(try replacing(old, new, in: .openAIChat) == reason)
    }

    @Test(arguments: ["error", "insufficient_system_resource"])
    func `that are failures`(name: String) {
        let (old, new) = (#""finish_reason":"stop""#, #""finish_reason":"\#(name)""#)
        let error = #expect(throws: ProviderError.self) { try replacing(old, new, in: .openAIChat) }
        #expect(error?.code == .serverFailure)
    }

    @Test(arguments: [
        ("max_output_tokens", FinishReason.length), ("content_filter", .contentFilter), ("other", .other("other")),
    ])
    func `of OpenAI's responses`(name: String, reason: FinishReason) throws {
        let stream =
            DialectExample.openAIResponses.stream
            .replacing(#""incomplete_details":null"#, with: #""incomplete_details":{"reason":"\#(name)"}"#)
            .replacing(#""status":"completed""#, with: #""status":"incomplete""#)
            .replacing("response.completed", with: "response.incomplete")
        let read = try ending(.openAIResponses, stream)
        #expect(read.ending.reason == reason)
        #expect(read.texts == DialectExample.text)
    }

    @Test(arguments: [
        ("end_turn", FinishReason.stop), ("stop_sequence", .stop), ("max_tokens", .length),
        ("model_context_window_exceeded", .length), ("refusal", .contentFilter), ("pause_turn", .other("pause_turn")),
    ])
    func `of Anthropic's messages`(name: String, reason: FinishReason) throws {
        #expect(try replacing("end_turn", name, in: .anthropic) == reason)
    }

    @Test(arguments: [
        ("STOP", FinishReason.stop), ("MAX_TOKENS", .length), ("SAFETY", .contentFilter),
        ("RECITATION", .contentFilter), ("BLOCKLIST", .contentFilter), ("PROHIBITED_CONTENT", .contentFilter),
        ("SPII", .contentFilter), ("LANGUAGE", .other("LANGUAGE")),
    ])
    func `of Gemini's candidates`(name: String, reason: FinishReason) throws {
        #expect(try replacing(#""STOP""#, "\"\(name)\"", in: .gemini) == reason)
    }

    @Test(arguments: [
        ("COMPLETE", FinishReason.stop), ("STOP_SEQUENCE", .stop), ("MAX_TOKENS", .length),
        ("TOOL_CALL", .other("TOOL_CALL")),
    ])
    func `of Cohere's chat`(name: String, reason: FinishReason) throws {
        #expect(try replacing("COMPLETE", name, in: .cohere) == reason)
    }

    @Test(arguments: ["ERROR", "TIMEOUT"])
    func `of Cohere's failures`(name: String) {
        let error = #expect(throws: ProviderError.self) { try replacing("COMPLETE", name, in: .cohere) }
        #expect(error?.code == .serverFailure)
    }

    @Test(arguments: [("stop", FinishReason.stop), ("length", .length), ("load", .other("load"))])
    func `of Ollama's chat`(name: String, reason: FinishReason) throws {
        let (old, new) = (#""done_reason":"stop""#, #""done_reason":"\#(name)""#)
        #expect(try replacing(old, new, in: .ollama) == reason)
    }

    @Test func `a count omitted by Ollama is unknown, not zero`() throws {
        let stream = DialectExample.ollama.stream.replacing(#","eval_count":4"#, with: "")
        #expect(try ending(.ollama, stream).ending.usage == nil)
    }

    @Test func `a refusal is withheld text`() throws {
        let chat = try ending(
            .openAIChat,
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"refusal\":\"I cannot.\"},\"finish_reason\":\"stop\"}]}\n\n")
        #expect(chat.texts == ["I cannot."] && chat.ending.reason == .contentFilter)
        let stream = DialectExample.openAIResponses.stream.replacing("output_text.delta", with: "refusal.delta")
        let responses = try ending(.openAIResponses, stream)
        #expect(responses.texts == DialectExample.text && responses.ending.reason == .contentFilter)
        let whole =
            #"{"status":"completed","output":[{"type":"message","content":[{"type":"refusal","refusal":"No."}]}]}"#
        let read = try DialectExample.openAIResponses.read([Array(whole.utf8)], framing: .whole)
        #expect(read.texts == ["No."] && read.ending.reason == .contentFilter)
    }

    @Test func `a prompt that Gemini blocks is an error`() {
        let stream =
            "data: {\"promptFeedback\":{\"blockReason\":\"SAFETY\"},\"usageMetadata\":{\"promptTokenCount\":1}}\n\n"
        let error = #expect(throws: ProviderError.self) { try ending(.gemini, stream) }
        #expect(error?.code == .contentFiltered)
        #expect(error?.message.contains("SAFETY") == true)
    }

    @Test func `Mistral's parts are text, without its thinking`() throws {
        let parts =
            #"{"choices":[{"index":0,"delta":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},{"type":"text","text":"yes"}]},"finish_reason":"stop"}]}"#
        let read = try ending(.openAIChat, "data: \(parts)\n\n")
        #expect(read.texts == ["yes"] && read.ending.reason == .stop)
    }

    @Test func `DeepSeek's cache is counted`() throws {
        let chunk =
            #"{"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":1,"prompt_cache_hit_tokens":6,"prompt_cache_miss_tokens":3}}"#
        let read = try ending(.openAIChat, "data: \(chunk)\n\n")
        #expect(read.ending.usage == TokenUsage(input: 9, output: 1, cachedInput: 6))
        #expect(read.ending.billed == BilledUsage(input: 3, cachedInput: 6, output: 1))
    }

    @Test func `tokens written into OpenAI's cache are billed separately`() throws {
        let chunk =
            #"{"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":4,"cache_write_tokens":3}}}"#
        let read = try ending(.openAIChat, "data: \(chunk)\n\n")
        #expect(read.ending.usage == TokenUsage(input: 9, output: 1, cachedInput: 4))
        #expect(read.ending.billed == BilledUsage(input: 2, cachedInput: 4, cacheWrite: 3, output: 1))
    }

    @Test(arguments: DialectExample.all, ["9223372036854775807", "-9223372036854775808", "5000000000000000000", "-5"])
    func `implausible counts are not usage`(example: DialectExample, count: String) throws {
        let absurd = example.stream.replacing(/("[A-Za-z_]*(oken|ount)[A-Za-z_]*":)\d+/) { "\($0.1)\(count)" }
        let read = try ending(example, absurd)
        guard absurd != example.stream else { return }
        #expect(read.ending.usage == nil)
        #expect(read.ending.billed?.isCredible != true)
    }

    @Test func `a prompt in Ollama's cache has no input tokens`() throws {
        let stream = DialectExample.ollama.stream.replacing(#""prompt_eval_count":11,"#, with: "")
        #expect(try ending(.ollama, stream).ending.usage == TokenUsage(input: 0, output: 4))
    }

    @Test func `the end of the connection completes a reply with a finish reason`() throws {
        let stream = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}]}\n\n"
        #expect(try ending(.openAIChat, stream).ending.reason == .stop)
    }

    @Test(arguments: [
        (#"{"type":"rate_limit_error","message":"m"}"#, ProviderError.Code.rateLimited),
        (#"{"code":"insufficient_quota","message":"m"}"#, .quotaExhausted),
        (#"{"type":"exceed_context_size_error","message":"m"}"#, .inputTooLong),
        (#"{"type":"authentication_error","message":"m"}"#, .unauthorized),
        (#"{"code":"content_filter","message":"m"}"#, .contentFiltered), (#"{"message":"m"}"#, .serverFailure),
    ])
    func `errors inside a stream keep their kind`(object: String, code: ProviderError.Code) {
        for example in DialectExample.all where example.format.framing == .serverSentEvents {
            let stream = "event: error\ndata: {\"type\":\"error\",\"error\":\(object)}\n\n"
            let error = #expect(throws: ProviderError.self) { try ending(example, stream) }
            #expect(error?.code == code, "\(example.dialect)")
        }
    }
}
