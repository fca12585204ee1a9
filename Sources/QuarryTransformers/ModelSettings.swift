import Foundation

/// The settings in the small JSON files of a model folder in the Hugging Face layout.
struct ModelSettings {
    var configuration: EncoderConfiguration
    var pooling: Pooling
    var queryPrefix: String
    var passagePrefix: String
    /// Special tokens included.
    var maximumTokens: Int

    /// Reads `config.json`, and if present `1_Pooling/config.json`, `modules.json`, `sentence_bert_config.json` and
    /// `config_sentence_transformers.json`.
    init(directory: String) throws(TransformerError) {
        guard let config = try Self.read(ConfigFile.self, "\(directory)/config.json") else {
            throw TransformerError(.unreadable, "There is no config.json.", path: directory)
        }
        configuration = try config.configuration(path: "\(directory)/config.json")
        try Self.refuseUnknownModules(directory)
        pooling = try Self.pooling(directory)
        let sentence = try Self.read(SentenceFile.self, "\(directory)/sentence_bert_config.json")
        maximumTokens = min(sentence?.maximumTokens ?? configuration.maximumTokens, configuration.maximumTokens)
        guard maximumTokens >= 2 else {
            throw TransformerError(
                .malformed, "max_seq_length is \(maximumTokens); a text needs at least 2 tokens.",
                path: "\(directory)/sentence_bert_config.json")
        }
        let prompts = try Self.read(PromptFile.self, "\(directory)/config_sentence_transformers.json")?.prompts ?? [:]
        let isE5 = Self.isE5(directory) || config.path.map(Self.isE5) ?? false
        queryPrefix = prompts["query"].nonEmpty ?? (isE5 ? "query: " : "")
        passagePrefix =
            prompts["passage"].nonEmpty ?? prompts["document"].nonEmpty ?? (isE5 ? "passage: " : "")
    }

    /// Whether a name is of the E5 family that needs `query: ` and `passage: ` (the instruction models do not).
    private static func isE5(_ path: String) -> Bool {
        let name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
        let words = name.split { !($0.isLetter || $0.isNumber) }
        return words.contains("e5") && !words.contains("instruct")
    }

    private static func pooling(_ directory: String) throws(TransformerError) -> Pooling {
        let path = "\(directory)/1_Pooling/config.json"
        guard let file = try read(PoolingFile.self, path) else { return .mean }
        switch file.active {
        case ["pooling_mode_mean_tokens"]: return .mean
        case ["pooling_mode_cls_token"]: return .cls
        default:
            throw TransformerError(
                .unsupported,
                "Pooling by \(file.active.joined(separator: " and ")) is not supported; the mean or the first token is.",
                path: path)
        }
    }

    private static func refuseUnknownModules(_ directory: String) throws(TransformerError) {
        let path = "\(directory)/modules.json"
        for module in try read([ModuleFile].self, path) ?? [] {
            let kind = module.type.split(separator: ".").last.map(String.init) ?? module.type
            guard ["Transformer", "Pooling", "Normalize"].contains(kind) else {
                throw TransformerError(
                    .unsupported,
                    "The module \(module.type) is not supported; Transformer, Pooling and Normalize are.", path: path)
            }
        }
    }

    /// The decoded file; nil if it does not exist.
    static func read<File: Decodable>(
        _ type: File.Type, _ path: String
    ) throws(TransformerError) -> File? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let file = try MappedFile(path: path)
        do {
            return try JSONDecoder().decode(type, from: Data(file.bytes))
        } catch {
            throw TransformerError(.malformed, "The JSON is not valid: \(error)", path: path)
        }
    }
}

private struct ConfigFile: Decodable {
    var modelType: String?
    var hiddenSize: Int
    var layerCount: Int
    var headCount: Int
    var intermediateSize: Int
    var vocabularySize: Int
    var positionCount: Int
    var tokenTypeCount: Int?
    var epsilon: Float?
    var activation: String?
    var positionKind: String?
    var paddingID: Int?
    /// The path of the original model.
    var path: String?

    enum CodingKeys: String, CodingKey {
        case modelType = "model_type"
        case hiddenSize = "hidden_size"
        case layerCount = "num_hidden_layers"
        case headCount = "num_attention_heads"
        case intermediateSize = "intermediate_size"
        case vocabularySize = "vocab_size"
        case positionCount = "max_position_embeddings"
        case tokenTypeCount = "type_vocab_size"
        case epsilon = "layer_norm_eps"
        case activation = "hidden_act"
        case positionKind = "position_embedding_type"
        case paddingID = "pad_token_id"
        case path = "_name_or_path"
    }

    func configuration(path: String) throws(TransformerError) -> EncoderConfiguration {
        let firstPosition: Int
        switch modelType {
        case "bert": firstPosition = 0
        case "roberta", "xlm-roberta", "camembert":
            guard let paddingID, (0..<1_024).contains(paddingID) else {
                throw TransformerError(
                    .malformed, "pad_token_id is \(paddingID.map(String.init) ?? "missing"); positions begin after it.",
                    path: path)
            }
            firstPosition = paddingID + 1
        default:
            throw TransformerError(
                .unsupported,
                "The model type is \(modelType ?? "missing"); bert, roberta, xlm-roberta and camembert are supported.",
                path: path)
        }
        guard activation ?? "gelu" == "gelu", positionKind ?? "absolute" == "absolute" else {
            throw TransformerError(
                .unsupported,
                "The model uses the activation \(activation ?? "gelu") and \(positionKind ?? "absolute") positions; "
                    + "gelu and absolute are supported.", path: path)
        }
        let configuration = EncoderConfiguration(
            hiddenSize: hiddenSize, layerCount: layerCount, headCount: headCount, intermediateSize: intermediateSize,
            vocabularySize: vocabularySize, positionCount: positionCount, tokenTypeCount: tokenTypeCount ?? 2,
            layerNormEpsilon: epsilon ?? 1e-12, firstPosition: firstPosition)
        try configuration.validate(path: path)
        return configuration
    }
}

private struct SentenceFile: Decodable {
    var maximumTokens: Int?

    enum CodingKeys: String, CodingKey { case maximumTokens = "max_seq_length" }
}

private struct PromptFile: Decodable {
    var prompts: [String: String]?
}

private struct ModuleFile: Decodable {
    var type: String
}

/// The `pooling_mode_…` keys that are true.
private struct PoolingFile: Decodable {
    var active: [String]

    struct Name: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        active = try container.allKeys.filter { key in
            try key.stringValue.hasPrefix("pooling_mode_") && container.decode(Bool.self, forKey: key)
        }.map(\.stringValue).sorted()
    }
}

extension String? {
    fileprivate var nonEmpty: String? { self?.isEmpty == false ? self : nil }
}
