import QuarryCore
import QuarryJSON
import QuarryProviders

/// How a wire format encodes requests for vectors and decodes replies. Formats are pure functions of texts and JSON.
protocol EmbeddingFormat: Sendable {
    /// The path of requests below the base address, with `{model}` for the model's name.
    var path: String { get }
    /// The field for the role of texts; nil without such a field. It is part of the fingerprint.
    var roleField: String? { get }
    /// The field for the prefix; nil if the prefix is prepended to the texts.
    var prefixField: String? { get }

    /// The body of a request.
    /// - `prefix`: For formats with a ``prefixField``; for others it is already in the texts.
    func body(for texts: [String], as role: EmbeddingRole, prefix: String) -> any Encodable

    /// - Throws: `JSONFault` if the reply has another format; `ProviderError` if it reports an error.
    func reply(in body: [UInt8]) throws -> EmbeddingReply
}

extension EmbeddingFormat {
    var roleField: String? { nil }
    var prefixField: String? { nil }
}

/// The settings of all requests of one embedder.
struct EmbeddingSettings: Sendable {
    var model: String
    /// The requested dimension; nil means the model's default.
    var dimension: Int?
    var encoding: RemoteEmbedder.VectorEncoding
    var normalizes: Bool
}

extension EmbeddingDialect {
    /// - `tensors`: Only for the Open Inference Protocol.
    func format(_ settings: EmbeddingSettings, tensors: RemoteEmbedder.Tensors) -> any EmbeddingFormat {
        switch self {
        case .openAI: OpenAIEmbeddings(settings: settings)
        case .mistral: MistralEmbeddings(settings: settings)
        case .voyage: VoyageEmbeddings(settings: settings)
        case .jina: JinaEmbeddings(settings: settings)
        case .mixedbread: MixedbreadEmbeddings(settings: settings)
        case .cohere: CohereEmbeddings(settings: settings)
        case .gemini: GeminiEmbeddings(settings: settings)
        case .ollama: OllamaEmbeddings(settings: settings)
        case .tei: TextEmbeddingsInference(settings: settings)
        case .huggingFace: FeatureExtraction(settings: settings)
        case .kserve: OpenInferenceEmbeddings(tensors: tensors)
        }
    }

    /// Whether requests can name a dimension.
    var takesDimension: Bool { self != .huggingFace && self != .kserve }

    /// The default prefix of a model, from its own documentation.
    func documentedPrefix(of model: String, as role: EmbeddingRole) -> String {
        switch self {
        case .gemini: GeminiEmbeddings.documentedPrefix(of: model, as: role)
        case .mixedbread: MixedbreadEmbeddings.documentedPrefix(of: model, as: role)
        default: ""
        }
    }
}
