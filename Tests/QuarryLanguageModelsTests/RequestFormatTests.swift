import Foundation
import QuarryCore
import QuarryJSON
import QuarryLanguageModels
import QuarryProviders
import Testing

@Suite struct RequestFormatTests {
    private static let picture = Message.Image(mediaType: "image/png", bytes: [1, 2, 3])

    private static let full = GenerationRequest(
        messages: [
            Message(.system, "Be brief."), Message(.user, "Q1"), Message(.assistant, "A1"),
            Message(.user, "What is this?", images: [picture]),
        ], maximumTokens: 40, temperature: 0.5, stop: ["END"], seed: 7)

    private func body(
        _ provider: Provider, _ request: GenerationRequest = full,
        options: RemoteLanguageModel.Options = .init()
    ) throws -> String {
        let dialect = try #require(provider.generation)
        let format = dialect.format(
            for: provider, options: options, request: request, estimate: RemoteLanguageModel.estimate(of: request))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(format.body(of: request, for: "m")), as: UTF8.self)
    }

    private func preset(_ name: String) throws -> Provider { try #require(Provider.preset(name)) }

    @Test func `OpenAI's chat`() throws {
        #expect(
            try body(preset("openai"))
                == #"{"max_completion_tokens":40,"messages":[{"content":"Be brief.","role":"system"},{"content":"Q1","role":"user"},"#
                + #"{"content":"A1","role":"assistant"},{"content":[{"image_url":{"url":"data:image/png;base64,AQID"},"type":"image_url"},"#
                + #"{"text":"What is this?","type":"text"}],"role":"user"}],"model":"m","prompt_cache_key":"82218ced4e7eff32","seed":7,"#
                + #""stop":["END"],"stream":true,"stream_options":{"include_usage":true},"temperature":0.5}"#)
    }

    @Test func `variations of OpenAI's chat`() throws {
        let mistral = try body(preset("mistral"))
        #expect(mistral.contains(#""random_seed":7"#) && mistral.contains(#""prompt_cache_key""#))
        #expect(!mistral.contains("stream_options") && mistral.contains(#""max_tokens":40"#))
        let ai21 = try body(preset("ai21"))
        #expect(!ai21.contains("seed") && !ai21.contains("prompt_cache_key") && !ai21.contains("stream_options"))
        var reasoning = Provider.openAICompatible(at: "http://127.0.0.1:1/v1")
        reasoning.chat.sendsTemperature = false
        #expect(try !body(reasoning).contains("temperature"))
        var options = RemoteLanguageModel.Options()
        options.promptCacheKey = "mine"
        #expect(try body(preset("openai"), options: options).contains(#""prompt_cache_key":"mine""#))
        options.cachesPrompt = false
        #expect(try !body(preset("openai"), options: options).contains("prompt_cache_key"))
    }

    @Test func `OpenAI's responses`() throws {
        var request = Self.full
        request.stop = []
        #expect(
            try body(preset("openai-responses"), request)
                == #"{"input":[{"content":"Q1","role":"user"},{"content":"A1","role":"assistant"},{"content":[{"detail":"auto","#
                + #""image_url":"data:image/png;base64,AQID","type":"input_image"},{"text":"What is this?","type":"input_text"}],"role":"user"}],"#
                + #""instructions":"Be brief.","max_output_tokens":40,"model":"m","prompt_cache_key":"82218ced4e7eff32","store":false,"#
                + #""stream":true,"temperature":0.5}"#)
    }

    @Test func `Anthropic's messages have no temperature`() throws {
        let expected =
            #"{"max_tokens":40,"messages":[{"content":"Q1","role":"user"},{"content":"A1","role":"assistant"},{"content":["#
            + #"{"source":{"data":"AQID","media_type":"image/png","type":"base64"},"type":"image"},{"text":"What is this?","type":"text"}],"role":"user"}],"#
            + #""model":"m","stop_sequences":["END"],"stream":true,"system":[{"cache_control":{"type":"ephemeral"},"text":"Be brief.","type":"text"}]"#
        var provider = try preset("anthropic")
        #expect(try body(provider) == expected + "}")
        provider.headers = ["Anthropic-Version": "2023-06-01"]
        #expect(try body(provider) == expected + #","temperature":0.5}"#)
        provider.headers = [:]
        #expect(try body(provider) == expected + "}")
        var options = RemoteLanguageModel.Options()
        options.cachesPrompt = false
        #expect(try !body(provider, options: options).contains("cache_control"))
    }

    @Test func `Gemini's contents`() throws {
        #expect(
            try body(preset("gemini"))
                == #"{"contents":[{"parts":[{"text":"Q1"}],"role":"user"},{"parts":[{"text":"A1"}],"role":"model"},"#
                + #"{"parts":[{"inlineData":{"data":"AQID","mimeType":"image/png"}},{"text":"What is this?"}],"role":"user"}],"#
                + #""generationConfig":{"maxOutputTokens":40,"seed":7,"stopSequences":["END"],"temperature":0.5},"#
                + #""systemInstruction":{"parts":[{"text":"Be brief."}]}}"#)
    }

    @Test func `Cohere's chat`() throws {
        #expect(
            try body(preset("cohere"))
                == #"{"max_tokens":40,"messages":[{"content":"Be brief.","role":"system"},{"content":"Q1","role":"user"},"#
                + #"{"content":"A1","role":"assistant"},{"content":[{"image_url":{"url":"data:image/png;base64,AQID"},"type":"image_url"},"#
                + #"{"text":"What is this?","type":"text"}],"role":"user"}],"model":"m","seed":7,"stop_sequences":["END"],"#
                + #""stream":true,"temperature":0.5}"#)
    }

    @Test func `Ollama's chat requests a sufficient context`() throws {
        #expect(
            try body(preset("ollama"))
                == #"{"messages":[{"content":"Be brief.","role":"system"},{"content":"Q1","role":"user"},{"content":"A1","role":"assistant"},"#
                + #"{"content":"What is this?","images":["AQID"],"role":"user"}],"model":"m","options":{"num_ctx":4096,"num_predict":40,"seed":7,"#
                + #""stop":["END"],"temperature":0.5},"stream":true}"#)
        var long = Self.full
        long.messages[1].content = String(repeating: "яблоко ", count: 2_000)
        #expect(try body(preset("ollama"), long).contains(#""num_ctx":16384"#))
    }

    @Test func `Triton's text`() throws {
        let request = GenerationRequest(messages: Array(Self.full.messages.prefix(2)), maximumTokens: 40, seed: 7)
        #expect(
            try body(preset("triton"), request)
                == #"{"parameters":{"max_tokens":40,"seed":7,"stream":true,"temperature":0},"text_input":"Be brief.\n\nUser: Q1\n\nAssistant:"}"#
        )
        #expect(
            KServeFormat.flattened([Message(.user, "a"), Message(.assistant, "b"), Message(.user, "c")])
                == "User: a\n\nAssistant: b\n\nUser: c\n\nAssistant:")
    }

    @Test func `unsupported options are rejected`() throws {
        var request = Self.full
        for name in ["openai-responses", "triton"] {
            let error = #expect(throws: ProviderError.self) { try body(preset(name), request) }
            #expect(error?.code == .invalidInput)
        }
        request.stop = []
        #expect(throws: ProviderError.self) { try body(preset("triton"), request) }
        request.maximumTokens = 15
        #expect(throws: ProviderError.self) { try body(preset("openai-responses"), request) }
    }
}
