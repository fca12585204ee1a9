import Foundation
import QuarryCore

/// A folder in the Hugging Face layout: an encoder with its tokenizer, settings and the tensors of a head.
struct ModelFolder {
    let directory: String
    let settings: ModelSettings
    /// All tensors of `model.safetensors`.
    let tensors: SafetensorsFile
    /// The start of the names of the encoder's tensors: empty, or `bert.` or `roberta.` in a model with a head.
    let prefix: String
    let tokenizer: any Tokenizer
    let weights: EncoderWeights
    /// Digest of a sample of the weights, of the tokenizer and of the encoder's shape.
    let contentDigest: ContentDigest

    init(directory: String) throws(TransformerError) {
        self.directory = directory
        settings = try ModelSettings(directory: directory)
        tensors = try SafetensorsFile(path: "\(directory)/model.safetensors")
        let table = "embeddings.word_embeddings.weight"
        guard let name = tensors.names.first(where: { $0.hasSuffix(table) }) else {
            throw TransformerError(
                .malformed, "There is no tensor …\(table); the model is not a BERT-family encoder.",
                path: tensors.file.path)
        }
        prefix = String(name.dropLast(table.count))
        let tokenizerFile = try MappedFile(path: "\(directory)/tokenizer.json")
        tokenizer = try TokenizerFile.reading(tokenizerFile.path) { () throws(TokenizerError) in
            try TokenizerFile.parse([UInt8](tokenizerFile.bytes))
        }
        weights = try EncoderWeights(
            configuration: settings.configuration,
            names: .huggingFace(prefix: prefix, layerCount: settings.configuration.layerCount), source: tensors,
            file: tensors.file)
        var digest = tensors.file.sampledDigest
        digest.add(tokenizerFile.bytes)
        settings.configuration.add(to: &digest)
        contentDigest = digest
        try weights.check(tokenizer, path: directory)
    }
}

extension EncoderWeights {
    /// Rejects a tokenizer with more tokens than word embeddings.
    func check(_ tokenizer: any Tokenizer, path: String) throws(TransformerError) {
        let rows = configuration.vocabularySize
        guard tokenizer.vocabularySize <= rows else {
            throw TransformerError(
                .malformed,
                "The tokenizer has \(tokenizer.vocabularySize) tokens; the model has \(rows) word embeddings. "
                    + "They belong to different models.", path: path)
        }
    }
}

extension TokenizerFile {
    /// Converts an error into this module's error with the file's name.
    static func reading<Value>(
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
}
