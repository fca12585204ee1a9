import QuarryCore
import QuarryJSON
import QuarryProviders

/// How one wire format asks for vectors, and how its reply is read. Formats are pure: texts in, JSON out, and back.
protocol EmbeddingFormat: Sendable {
    /// Where requests go below the base address; `{model}` stands for the model's name.
    var path: String { get }
    /// The field that tells the model what texts are for; nil where it is not told. A part of the fingerprint.
    var roleField: String? { get }
    /// The field that carries the prefix in place of the texts' own beginning; nil where it is put before them.
    var prefixField: String? { get }

    /// The body of a request.
    /// - `prefix`: For formats with a ``prefixField``; the others find it in the texts.
    func body(for texts: [String], as role: EmbeddingRole, prefix: String) -> any Encodable

    /// - Throws: ``JSONFault`` where the reply is no such reply; ``ProviderError`` where it says why it is none.
    func reply(in body: [UInt8]) throws -> EmbeddingReply
}

extension EmbeddingFormat {
    var roleField: String? { nil }
    var prefixField: String? { nil }
}

/// What all requests of one embedder have in common.
struct EmbeddingSettings: Sendable {
    var model: String
    /// What is asked for; nil leaves it to the model.
    var dimension: Int?
    var encoding: RemoteEmbedder.VectorEncoding
    var normalizes: Bool
}

extension EmbeddingDialect {
    /// - `tensors`: For the Open Inference Protocol only.
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

    /// What is put before texts where nothing else is wished, by the model's own documentation.
    func documentedPrefix(of model: String, as role: EmbeddingRole) -> String {
        switch self {
        case .gemini: GeminiEmbeddings.documentedPrefix(of: model, as: role)
        case .mixedbread: MixedbreadEmbeddings.documentedPrefix(of: model, as: role)
        default: ""
        }
    }
}
