/// What a model is asked to do.
public enum ModelTask: String, Sendable, Hashable, Codable, CaseIterable, CodingKeyRepresentable {
    case embedding
    case generation
    case reranking
    case transcription
}

/// How a request for vectors is written and its reply read.
public enum EmbeddingDialect: String, Sendable, Hashable, Codable, CaseIterable {
    /// `POST /embeddings` with `input`, and what most servers understand.
    case openAI
    /// OpenAI's, with `output_dimension`.
    case mistral
    /// OpenAI's, with `input_type` and `output_dimension`.
    case voyage
    /// OpenAI's, with `task`.
    case jina
    /// OpenAI's, with `prompt` and `normalized`.
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
    /// Open Inference Protocol v2, as Triton speaks it.
    case kserve
}

/// How a request for text is written and its reply read.
public enum GenerationDialect: String, Sendable, Hashable, Codable, CaseIterable {
    /// `POST /chat/completions`, and what most servers understand; ``ChatVariation`` says where they differ.
    case openAIChat
    /// `POST /responses`.
    case openAIResponses
    /// `POST /v1/messages`.
    case anthropic
    /// `models/{model}:streamGenerateContent`.
    case gemini
    /// `POST /v2/chat`.
    case cohere
    /// `POST /api/chat`, answered in NDJSON.
    case ollama
    /// Triton's generate extension, which has one text in place of messages.
    case kserve
}

/// How a request for an order is written and its reply read.
public enum RerankingDialect: String, Sendable, Hashable, Codable, CaseIterable {
    /// `documents`, `top_n`; `results` with `relevance_score`. llama.cpp and vLLM understand it as well.
    case cohere
    /// Cohere's, with `return_documents`.
    case jina
    /// `documents`, `top_k`; `data` with `relevance_score`.
    case voyage
    /// `input`, `top_k`; `data` with `score`.
    case mixedbread
    /// `texts`; a bare array with `score`.
    case tei
}

/// How a request for a transcript is written and its reply read.
public enum TranscriptionDialect: String, Sendable, Hashable, Codable, CaseIterable {
    /// A form with `file` and `model` to `POST /audio/transcriptions`.
    case openAI
    /// OpenAI's, with `timestamp_granularities` and without `response_format`.
    case mistral
}
