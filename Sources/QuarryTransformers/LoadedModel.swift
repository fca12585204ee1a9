import Foundation

/// A loaded encoder with its tokenizer and settings.
struct LoadedModel {
    var weights: EncoderWeights
    var tokenizer: any Tokenizer
    var pooling: Encoder.Pooling
    var queryPrefix: String
    var passagePrefix: String
    /// Special tokens included.
    var maximumTokens: Int
    /// Digest of a sample of the weights; for a folder also of the tokenizer and of the encoder's shape.
    var contentDigest: ContentDigest

    /// Loads a folder in the Hugging Face layout, a folder with one `E5S1` container, or such a container itself.
    init(path: String) throws(TransformerError) {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw TransformerError(.unreadable, "There is no such file or folder.", path: path)
        }
        if !isDirectory.boolValue {
            self = try .init(container: path)
        } else if FileManager.default.fileExists(atPath: "\(path)/config.json") {
            self = try .init(directory: path)
        } else if let container = try Self.container(in: path) {
            self = try .init(container: container)
        } else {
            throw TransformerError(
                .unreadable,
                "The folder has no model: neither config.json (with tokenizer.json and model.safetensors) "
                    + "nor a .bin container that begins with E5S1.", path: path)
        }
    }

    private init(directory: String) throws(TransformerError) {
        let settings = try ModelSettings(directory: directory)
        let source = try SafetensorsFile(path: "\(directory)/model.safetensors")
        let table = "embeddings.word_embeddings.weight"
        guard let name = source.names.first(where: { $0.hasSuffix(table) }) else {
            throw TransformerError(
                .malformed, "There is no tensor …\(table); the model is not a BERT-family encoder.",
                path: source.file.path)
        }
        let tokenizerFile = try MappedFile(path: "\(directory)/tokenizer.json")
        tokenizer = try Self.reading(tokenizerFile.path) { () throws(TokenizerError) in
            try TokenizerFile.parse([UInt8](tokenizerFile.bytes))
        }
        weights = try EncoderWeights(
            configuration: settings.configuration,
            names: .huggingFace(
                prefix: String(name.dropLast(table.count)), layerCount: settings.configuration.layerCount),
            source: source, file: source.file)
        pooling = settings.pooling
        queryPrefix = settings.queryPrefix
        passagePrefix = settings.passagePrefix
        maximumTokens = settings.maximumTokens
        contentDigest = source.file.sampledDigest
        contentDigest.add(tokenizerFile.bytes)
        settings.configuration.add(to: &contentDigest)
        try checkVocabulary(path: directory)
    }

    private init(container path: String) throws(TransformerError) {
        let file = try MappedFile(path: path)
        let configuration = try E5Container.configuration(file)
        let section = try Self.reading(path) { () throws(TokenizerError) in
            try E5ContainerTokenizerSection.parse(file.bytes, at: E5Container.headerBytes)
        }
        tokenizer = section.tokenizer
        let source = try E5Container(file: file, configuration: configuration, directoryOffset: section.end)
        weights = try EncoderWeights(
            configuration: source.configuration,
            names: .e5Container(layerCount: source.configuration.layerCount), source: source, file: file)
        pooling = .mean
        queryPrefix = "query: "
        passagePrefix = "passage: "
        maximumTokens = source.configuration.maximumTokens
        contentDigest = file.sampledDigest
        try checkVocabulary(path: path)
    }

    /// The first `.bin` file, by name, with the container's magic bytes.
    private static func container(in directory: String) throws(TransformerError) -> String? {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: directory)
        } catch {
            throw TransformerError(
                .unreadable, "The folder cannot be listed: \(error.localizedDescription)", path: directory)
        }
        for name in names.sorted() where name.hasSuffix(".bin") {
            let file = try MappedFile(path: "\(directory)/\(name)")
            if file.bytes.prefix(4).elementsEqual(E5Container.magic) { return file.path }
        }
        return nil
    }

    /// Converts an error into this module's error with the file's name.
    private static func reading<Value>(
        _ path: String, _ body: () throws(TokenizerError) -> Value
    ) throws(TransformerError) -> Value {
        do {
            return try body()
        } catch {
            let code: TransformerError.Code =
                switch error.code {
                case .malformed: .malformed
                case .unsupported: .unsupported
                }
            throw TransformerError(code, error.message, path: path)
        }
    }

    private func checkVocabulary(path: String) throws(TransformerError) {
        let rows = weights.configuration.vocabularySize
        guard tokenizer.vocabularySize <= rows else {
            throw TransformerError(
                .malformed,
                "The tokenizer has \(tokenizer.vocabularySize) tokens; the model has \(rows) word embeddings. "
                    + "They belong to different models.", path: path)
        }
    }
}
