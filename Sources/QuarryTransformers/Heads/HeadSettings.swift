import Foundation

/// What `config.json` and `tokenizer_config.json` say of the head of a model.
struct HeadSettings {
    /// The names of a classifier's outputs, in order.
    var labels: [String]
    /// Whether scores are made probabilities by a sigmoid; nil if the file does not say.
    var usesSigmoid: Bool?
    /// The longest input, special tokens included.
    var maximumTokens: Int

    /// - Throws: ``TransformerError`` if a file is not valid, or labels are not numbered from 0.
    init(_ folder: ModelFolder) throws(TransformerError) {
        let path = "\(folder.directory)/config.json"
        let config = try ModelSettings.read(ConfigFile.self, path)
        labels = try Self.labels(config, path: path)
        usesSigmoid = try Self.usesSigmoid(config, path: path)
        let tokenizer = try ModelSettings.read(TokenizerConfigFile.self, "\(folder.directory)/tokenizer_config.json")
        // A file without a limit has 10 to the power of 30.
        let longest = tokenizer?.longest.flatMap { Int(exactly: $0.rounded(.down)) }
        maximumTokens = min(longest ?? folder.settings.maximumTokens, folder.settings.maximumTokens)
    }

    private static let maximumLabels = 1_000

    private static func labels(_ config: ConfigFile?, path: String) throws(TransformerError) -> [String] {
        guard let names = config?.labels else {
            let count = config?.labelCount ?? 2
            guard 1...maximumLabels ~= count else {
                throw TransformerError(
                    .malformed, "num_labels is \(count), outside 1 to \(maximumLabels).", path: path)
            }
            return (0..<count).map { "LABEL_\($0)" }
        }
        let labels = (0..<min(names.count, maximumLabels)).compactMap { names[String($0)] }
        guard !labels.isEmpty, labels.count == names.count else {
            throw TransformerError(
                .malformed, "id2label has \(names.count) labels; 1 to \(maximumLabels) numbered from 0 were expected.",
                path: path)
        }
        return labels
    }

    private static func usesSigmoid(_ config: ConfigFile?, path: String) throws(TransformerError) -> Bool? {
        guard let name = config?.sentenceTransformers?.activation ?? config?.activation else { return nil }
        switch name.split(separator: ".").last {
        case "Sigmoid": return true
        case "Identity": return false
        default:
            throw TransformerError(
                .unsupported, "The scores use the activation \(name); Sigmoid and Identity are supported.", path: path)
        }
    }
}

private struct ConfigFile: Decodable {
    struct SentenceTransformers: Decodable {
        var activation: String?

        enum CodingKeys: String, CodingKey { case activation = "activation_fn" }
    }

    var labels: [String: String]?
    var labelCount: Int?
    /// Of sentence-transformers before version 4.
    var activation: String?
    var sentenceTransformers: SentenceTransformers?

    enum CodingKeys: String, CodingKey {
        case labels = "id2label"
        case labelCount = "num_labels"
        case activation = "sbert_ce_default_activation_function"
        case sentenceTransformers = "sentence_transformers"
    }
}

private struct TokenizerConfigFile: Decodable {
    var longest: Double?

    enum CodingKeys: String, CodingKey { case longest = "model_max_length" }
}
