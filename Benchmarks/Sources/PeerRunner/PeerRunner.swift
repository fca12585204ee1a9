import Foundation
import QuarryBM25
import QuarryEmbedders

/// Our side of a comparison, steered line by line so that it can take turns with a peer.
///
///     PeerRunner embed MODEL MAXIMUM-TOKENS TEXTS.json
///     PeerRunner bm25 CHUNKS.txt QUERIES.txt INDEX K1 B
///     PeerRunner vectors ROWS.f32 QUERIES.f32 DIMENSION INDEX codes|exact|batch STRIDE
///     PeerRunner chunk STRATEGY SIZE characters|words|MODEL TEXTS.json
///     PeerRunner client SERVER TEXTS.json COUNT CONCURRENCY float|base64
///
/// It answers the line `run` with what a run took, and `write PATH` after writing results there, each as a line of JSON.
@main
struct PeerRunner {
    struct Ready: Encodable {
        var ready = true
        var blasCore: String?
    }

    struct UsageError: Error, CustomStringConvertible {
        var description: String
    }

    static func main() async {
        do {
            let contender = try await contender(CommandLine.arguments.dropFirst())
            try reply(Ready(blasCore: blasCoreName()))
            while let line = readLine() {
                if line == "run" {
                    try reply(await measured { try await contender.run() })
                } else if line.hasPrefix("write ") {
                    try reply(await measured { try await contender.write(to: String(line.dropFirst(6))) })
                } else {
                    throw UsageError(description: "“\(line)” is no order; orders are run and write PATH.")
                }
            }
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            exit(1)
        }
    }

    private static func contender(_ arguments: ArraySlice<String>) async throws -> any Contender {
        let arguments = Array(arguments)
        if arguments.count == 4, arguments[0] == "embed", let tokens = Int(arguments[2]) {
            return try EmbeddingContender(model: arguments[1], maximumTokens: tokens, texts: arguments[3])
        }
        if arguments.count == 6, arguments[0] == "bm25", let k1 = Double(arguments[4]), let b = Double(arguments[5]) {
            return try await BM25Contender(
                chunks: arguments[1], queries: arguments[2], index: arguments[3],
                parameters: BM25Parameters(k1: k1, b: b))
        }
        if arguments.count == 7, arguments[0] == "vectors", let dimension = Int(arguments[3]),
            let search = VectorContender.Search(rawValue: arguments[5]), let stride = Int(arguments[6]), stride > 0
        {
            return try await VectorContender(
                rows: arguments[1], queries: arguments[2], dimension: dimension, index: arguments[4], search: search,
                stride: stride)
        }
        if arguments.count == 5, arguments[0] == "chunk", let size = Int(arguments[2]) {
            return try ChunkingContender(
                strategy: arguments[1], size: size, unit: arguments[3], texts: arguments[4])
        }
        if arguments.count == 6, arguments[0] == "client", let count = Int(arguments[3]),
            let concurrency = Int(arguments[4]), let encoding = RemoteEmbedder.VectorEncoding(rawValue: arguments[5])
        {
            return try await RemoteEmbeddingContender(
                server: arguments[1], texts: arguments[2], count: count, concurrency: concurrency, encoding: encoding)
        }
        throw UsageError(
            description: "Usage: PeerRunner embed MODEL TOKENS TEXTS | PeerRunner bm25 CHUNKS QUERIES INDEX K1 B | "
                + "PeerRunner vectors ROWS QUERIES DIMENSION INDEX codes|exact|batch STRIDE | "
                + "PeerRunner chunk STRATEGY SIZE characters|words|MODEL TEXTS | "
                + "PeerRunner client SERVER TEXTS COUNT CONCURRENCY float|base64")
    }

    private static func reply(_ value: some Encodable) throws {
        FileHandle.standardOutput.write(try JSONEncoder().encode(value) + Data("\n".utf8))
    }
}
