import Foundation
import QuarryCore
import QuarryTransformers

/// Embeds texts, one worker on one thread.
struct EmbeddingContender: Contender {
    private let embedder: TransformerEmbedder
    private let texts: [String]

    /// - Parameter texts: The path of a JSON array of strings.
    init(model: String, maximumTokens: Int, texts path: String) throws {
        embedder = try TransformerEmbedder(modelDirectory: model, maximumTokens: maximumTokens, workers: 1)
        texts = try JSONDecoder().decode([String].self, from: Data(contentsOf: URL(filePath: path)))
    }

    func run() async throws { _ = try await embedder.embed(texts, as: .passage) }

    /// Rows of 32-bit floats, without a header.
    func write(to path: String) async throws {
        let vectors = try await embedder.embed(texts, as: .passage)
        try vectors.values.withUnsafeBytes { try Data($0).write(to: URL(filePath: path)) }
    }
}
