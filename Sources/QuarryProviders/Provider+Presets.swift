extension Provider {
    /// The built-in providers in alphabetical order.
    ///
    /// Addresses and limits are from the providers' documentation, read in November 2026. Local servers have their
    /// default addresses. Newer versions of llama.cpp use port 9931, but `llamacpp` stays at 8080, the default until
    /// summer 2026. Text Embeddings Inference uses port 3000, and 80 inside its container. For another address, set
    /// ``baseURL``.
    public static let presets: [Provider] = [
        Provider(
            "ai21", at: "https://api.ai21.com/studio/v1", generation: .openAIChat, keys: ["AI21_API_KEY"],
            chat: .init(seedField: nil, asksForUsage: false)),
        Provider(
            "anthropic", at: "https://api.anthropic.com", generation: .anthropic, authorization: .header("x-api-key"),
            keys: ["ANTHROPIC_API_KEY"], headers: ["anthropic-version": "2026-10-21"]),
        Provider(
            "azure", embedding: .openAI, generation: .openAIChat, transcription: .openAI,
            authorization: .header("api-key"), keys: ["AZURE_OPENAI_API_KEY"],
            chat: .init(tokenLimitField: "max_completion_tokens"),
            limits: .init(inputsPerRequest: 2048, tokensPerRequest: 300_000, tokensPerInput: 8192)),
        Provider(
            "azure-deployments", embedding: .openAI, generation: .openAIChat, transcription: .openAI,
            authorization: .header("api-key"), keys: ["AZURE_OPENAI_API_KEY"],
            paths: [
                .embedding: "openai/deployments/{model}/embeddings?api-version=2024-10-21",
                .generation: "openai/deployments/{model}/chat/completions?api-version=2024-10-21",
                .transcription: "openai/deployments/{model}/audio/transcriptions?api-version=2024-10-21",
            ],
            chat: .init(tokenLimitField: "max_completion_tokens"),
            limits: .init(inputsPerRequest: 2048, tokensPerRequest: 300_000, tokensPerInput: 8192)),
        Provider(
            "cohere", at: "https://api.cohere.com", embedding: .cohere, generation: .cohere, reranking: .cohere,
            keys: ["CO_API_KEY", "COHERE_API_KEY"], limits: .init(inputsPerRequest: 96, passagesPerReranking: 1_000)),
        Provider(
            "deepseek", at: "https://api.deepseek.com", generation: .openAIChat, keys: ["DEEPSEEK_API_KEY"],
            chat: .init(seedField: nil)),
        Provider(
            "gemini", at: "https://generativelanguage.googleapis.com/v1beta", embedding: .gemini, generation: .gemini,
            authorization: .header("x-goog-api-key"), keys: ["GEMINI_API_KEY", "GOOGLE_API_KEY"],
            limits: .init(inputsPerRequest: 100)),
        Provider(
            "huggingface", at: "https://router.huggingface.co", embedding: .huggingFace, generation: .openAIChat,
            keys: ["HF_TOKEN"], paths: [.generation: "v1/chat/completions"], limits: .init(inputsPerRequest: 32)),
        Provider(
            "jina", at: "https://api.jina.ai", embedding: .jina, reranking: .jina, keys: ["JINA_API_KEY"],
            paths: [.embedding: "v1/embeddings", .reranking: "v1/rerank"]),
        Provider(
            "llamacpp", at: "http://127.0.0.1:8080", embedding: .openAI, generation: .openAIChat, reranking: .cohere,
            keys: ["LLAMA_API_KEY"], needsKey: false,
            paths: [
                .embedding: "v1/embeddings", .generation: "v1/chat/completions", .reranking: "v1/rerank",
                .transcription: "v1/audio/transcriptions",
            ], limits: .init(inputsPerRequest: 32, passagesPerReranking: 32)),
        Provider(
            "lmstudio", at: "http://127.0.0.1:1234/v1", embedding: .openAI, generation: .openAIChat,
            keys: ["LM_API_TOKEN"], needsKey: false, limits: .init(inputsPerRequest: 32)),
        Provider(
            "localai", at: "http://127.0.0.1:8080/v1", embedding: .openAI, generation: .openAIChat,
            reranking: .jina, transcription: .openAI, keys: ["LOCALAI_API_KEY"], needsKey: false,
            paths: [.reranking: "rerank"], limits: .init(inputsPerRequest: 32, passagesPerReranking: 32)),
        Provider(
            "mistral", at: "https://api.mistral.ai/v1", embedding: .mistral, generation: .openAIChat,
            transcription: .mistral, keys: ["MISTRAL_API_KEY"],
            chat: .init(seedField: "random_seed", asksForUsage: false, promptCacheField: "prompt_cache_key"),
            limits: .init(inputsPerRequest: 64, tokensPerRequest: 16_000, tokensPerInput: 8192)),
        Provider(
            "mixedbread", at: "https://api.mixedbread.com", embedding: .mixedbread, reranking: .mixedbread,
            keys: ["MXBAI_API_KEY"], paths: [.embedding: "v1/embeddings", .reranking: "v1/reranking"],
            limits: .init(inputsPerRequest: 256, passagesPerReranking: 1_000)),
        Provider(
            "ollama", at: "http://127.0.0.1:11434", embedding: .ollama, generation: .ollama, keys: ["OLLAMA_API_KEY"],
            needsKey: false, limits: .init(inputsPerRequest: 64, concurrency: 2)),
        Provider(
            "openai", at: "https://api.openai.com/v1", embedding: .openAI, generation: .openAIChat,
            transcription: .openAI, keys: ["OPENAI_API_KEY"],
            chat: .init(tokenLimitField: "max_completion_tokens", promptCacheField: "prompt_cache_key"),
            limits: .init(inputsPerRequest: 2048, tokensPerRequest: 300_000, tokensPerInput: 8192, concurrency: 8)),
        Provider(
            "openai-responses", at: "https://api.openai.com/v1", generation: .openAIResponses,
            keys: ["OPENAI_API_KEY"]),
        Provider(
            "tei", at: "http://127.0.0.1:3000", embedding: .tei, reranking: .tei, keys: ["TEI_API_KEY"],
            needsKey: false, limits: .init(inputsPerRequest: 32, passagesPerReranking: 32, concurrency: 8)),
        Provider(
            "tgi", at: "http://127.0.0.1:8080/v1", generation: .openAIChat, keys: ["TGI_API_KEY"], needsKey: false),
        Provider(
            "triton", at: "http://127.0.0.1:8000", embedding: .kserve, generation: .kserve,
            limits: .init(inputsPerRequest: 32)),
        Provider(
            "vllm", at: "http://127.0.0.1:8000/v1", embedding: .openAI, generation: .openAIChat, reranking: .cohere,
            transcription: .openAI, keys: ["VLLM_API_KEY"], needsKey: false,
            paths: [.reranking: "rerank"], limits: .init(passagesPerReranking: 128, concurrency: 16)),
        Provider(
            "voyage", at: "https://api.voyageai.com/v1", embedding: .voyage, reranking: .voyage,
            keys: ["VOYAGE_API_KEY"],
            limits: .init(
                inputsPerRequest: 128, tokensPerRequest: 120_000, passagesPerReranking: 1_000,
                tokensPerReranking: 600_000)),
    ]

    public static func preset(_ name: String) -> Provider? { presets.first { $0.name == name } }

    private static let addressName = "openai-compatible"

    /// Whether it is a server without a name of its own; see ``openAICompatible(at:)``.
    package var isGivenByAddress: Bool { name == Self.addressName }

    /// An OpenAI-compatible server, such as llama.cpp, vLLM or LM Studio.
    public static func openAICompatible(at baseURL: String) -> Provider {
        Provider(
            addressName, at: baseURL, embedding: .openAI, generation: .openAIChat, reranking: .cohere,
            transcription: .openAI, keys: ["QUARRY_LLM_API_KEY"], needsKey: false, paths: [.reranking: "rerank"],
            limits: .init(inputsPerRequest: 64, passagesPerReranking: 64))
    }
}
