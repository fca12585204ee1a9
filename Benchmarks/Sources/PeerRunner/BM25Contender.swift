import Foundation
import QuarryBM25
import QuarryCore

/// Searches an index file for the ten best chunks, one question after another.
struct BM25Contender: Contender {
    private let index: BM25Index
    private let queries: [[QueryTerm]]
    private let parameters: BM25Parameters

    /// - Parameters:
    ///   - chunks: The path of a file with the terms of a chunk in each line, separated by spaces.
    ///   - queries: The same for questions.
    ///   - index: Where to make the index file.
    init(chunks: String, queries: String, index path: String, parameters: BM25Parameters) async throws {
        index = try BM25Index(at: .file(path))
        let chunks = try Self.terms(at: chunks)
        for first in stride(from: 0, to: chunks.count, by: 32_768) {
            let batch = first..<min(chunks.count, first + 32_768)
            try await index.upsert(batch.map { (ChunkID(Int64($0)), BM25Fields(body: chunks[$0])) })
        }
        self.queries = try Self.terms(at: queries).map { $0.map { QueryTerm($0) } }
        self.parameters = parameters
    }

    private static func terms(at path: String) throws -> [[String]] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { line in
            line.split(separator: " ").map(String.init)
        }
    }

    func run() async throws {
        for query in queries { _ = try await index.search(query, limit: 10, parameters: parameters) }
    }

    /// For each question a list of numbers of chunks, and one of scores, as JSON.
    func write(to path: String) async throws {
        struct Hits: Encodable {
            var ids: [Int64]
            var scores: [Float]
        }
        var results: [Hits] = []
        for query in queries {
            let hits = try await index.search(query, limit: 10, parameters: parameters)
            results.append(Hits(ids: hits.map(\.id.rawValue), scores: hits.map(\.score)))
        }
        try JSONEncoder().encode(results).write(to: URL(filePath: path))
    }
}
