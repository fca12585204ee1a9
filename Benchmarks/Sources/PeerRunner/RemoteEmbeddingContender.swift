import Foundation
import QuarryCore
import QuarryEmbedders
import QuarryProviders

/// Embeds texts through a server that speaks as OpenAI does.
struct RemoteEmbeddingContender: Contender {
    private let embedder: RemoteEmbedder
    private let texts: [String]

    /// - Parameters:
    ///   - texts: The path of a JSON array of strings.
    ///   - count: Texts in one request.
    ///   - concurrency: Requests under way at a time.
    init(
        server: String, texts path: String, count: Int, concurrency: Int, encoding: RemoteEmbedder.VectorEncoding
    ) async throws {
        var provider = Provider.openAICompatible(at: server)
        provider.limits.inputsPerRequest = count
        provider.limits.concurrency = concurrency
        var options = RemoteEmbedder.Options()
        options.encoding = encoding
        embedder = try await RemoteEmbedder(model: "m", on: ProviderConnection(provider), options: options)
        texts = try JSONDecoder().decode([String].self, from: Data(contentsOf: URL(filePath: path)))
    }

    func run() async throws { _ = try await embedder.embed(texts, as: .passage) }

    /// Rows of 32-bit floats, without a header.
    func write(to path: String) async throws {
        let vectors = try await embedder.embed(texts, as: .passage)
        try vectors.values.withUnsafeBytes { try Data($0).write(to: URL(filePath: path)) }
    }
}
