/// A task of a model.
public enum ModelTask: String, Sendable, Hashable, Codable, CaseIterable, CodingKeyRepresentable {
    case embedding
    case generation
    case reranking
    case transcription

    /// The time for a request and its whole reply: 10 minutes for embeddings and re-ranking, 20 for a generated text,
    /// which includes the reading of a long prompt, and 60 for a recording.
    public var totalTimeout: Duration {
        switch self {
        case .embedding, .reranking: .seconds(600)
        case .generation: .seconds(1200)
        case .transcription: .seconds(3600)
        }
    }
}

/// The wire format of embedding requests.
public enum EmbeddingDialect: String, Sendable, Hashable, Codable, CaseIterable {
    /// `POST /embeddings` with `input`. Most servers support it.
    case openAI
    /// OpenAI's format with `output_dimension`.
    case mistral
    /// OpenAI's format with `input_type` and `output_dimension`.
    case voyage
    /// OpenAI's format with `task`.
    case jina
    /// OpenAI's format with `prompt` and `normalized`.
    case mixedbread
    /// `POST /v2/embed` with `texts` and `input_type`.
    case cohere
    /// `models/{model}:batchEmbedContents`.
    case gemini
    /// `POST /api/embed`.
    case ollama
    /// Text Embeddings Inference: `POST /embed` with `inputs`.
    case tei
    /// Hugging Face's router: `pipeline/feature-extraction`.
    case huggingFace
    /// Open Inference Protocol v2, for example Triton.
    case kserve
}

/// The wire format of text generation requests.
public enum GenerationDialect: String, Sendable, Hashable, Codable, CaseIterable {
    /// `POST /chat/completions`. Most servers support it; ``ChatVariation`` has the differences.
    case openAIChat
    /// `POST /responses`.
    case openAIResponses
    /// `POST /v1/messages`.
    case anthropic
    /// `models/{model}:streamGenerateContent`.
    case gemini
    /// `POST /v2/chat`.
    case cohere
    /// `POST /api/chat`, with replies in NDJSON.
    case ollama
    /// Triton's generate extension, which has one text instead of messages.
    case kserve
}

/// The wire format of re-ranking requests.
public enum RerankingDialect: String, Sendable, Hashable, Codable, CaseIterable {
    /// `documents`, `top_n`; `results` with `relevance_score`. llama.cpp and vLLM support it too.
    case cohere
    /// Cohere's format with `return_documents`.
    case jina
    /// `documents`, `top_k`; `data` with `relevance_score`.
    case voyage
    /// `input`, `top_k`; `data` with `score`.
    case mixedbread
    /// `texts`; a bare array with `score`.
    case tei
}

/// The wire format of transcription requests.
public enum TranscriptionDialect: String, Sendable, Hashable, Codable, CaseIterable {
    /// A form with `file` and `model` to `POST /audio/transcriptions`.
    case openAI
    /// OpenAI's format with `timestamp_granularities` and without `response_format`.
    case mistral
}
