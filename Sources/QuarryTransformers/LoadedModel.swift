import Foundation

/// A loaded encoder with its tokenizer and settings.
struct LoadedModel {
    var weights: EncoderWeights
    var tokenizer: any Tokenizer
    var pooling: Pooling
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
        let folder = try ModelFolder(directory: directory)
        weights = folder.weights
        tokenizer = folder.tokenizer
        pooling = folder.settings.pooling
        queryPrefix = folder.settings.queryPrefix
        passagePrefix = folder.settings.passagePrefix
        maximumTokens = folder.settings.maximumTokens
        contentDigest = folder.contentDigest
    }

    private init(container path: String) throws(TransformerError) {
        let file = try MappedFile(path: path)
        let configuration = try E5Container.configuration(file)
        let section = try TokenizerFile.reading(path) { () throws(TokenizerError) in
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
        try weights.check(tokenizer, path: path)
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
}
