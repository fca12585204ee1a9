import Foundation
import QuarryChunking
import QuarryCore
import QuarryReaders
import QuarryTransformers

/// Cuts documents that are read already, as the peers get texts that are read already.
struct ChunkingContender: Contender {
    private let chunker: any Chunker
    private let documents: [Document]

    /// - Parameters:
    ///   - strategy: The name of a strategy of ``ChunkerRegistry``.
    ///   - size: The target and the maximum of a chunk.
    ///   - unit: `characters`, `words`, or the folder of a model, whose tokens are counted.
    ///   - texts: The path of a JSON array of Markdown texts.
    init(strategy: String, size: Int, unit: String, texts path: String) throws {
        let counter: any TokenCounter =
            switch unit {
            case "characters": CharacterCounter()
            case "words": WordCounter()
            default: try TransformerEmbedder(modelDirectory: unit).tokenCounter
            }
        chunker = try ChunkerRegistry().chunker(
            ChunkingStrategy(rawValue: strategy), length: ChunkLength(target: size, maximum: size), counter: counter)
        let texts = try JSONDecoder().decode([String].self, from: Data(contentsOf: URL(filePath: path)))
        documents = texts.enumerated().flatMap { index, text in
            MarkdownReader().read(Source(id: "\(index).md", bytes: Array(text.utf8))).documents
        }
    }

    func run() async throws {
        for document in documents { _ = try await chunker.chunks(of: document) }
    }

    /// For each document the lengths of its chunks in characters, as JSON.
    func write(to path: String) async throws {
        var lengths: [[Int]] = []
        for document in documents {
            lengths.append(try await chunker.chunks(of: document).map(\.text.unicodeScalars.count))
        }
        try JSONEncoder().encode(lengths).write(to: URL(filePath: path))
    }
}
