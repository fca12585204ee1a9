import Benchmark
import BenchmarkInputs
import Foundation
import QuarryBM25
import QuarryCore
import QuarryVectorIndex

private typealias Lexical = (index: BM25Index, queries: [[QueryTerm]])
private typealias Vectors = (matrix: VectorMatrix, queries: EmbeddingBatch)

/// BM25 over 30,000 chunks, and exact search over 100,000 vectors. An iteration is one search.
func registerSearchBenchmarks() {
    Benchmark(
        "BM25 search, 30,000 chunks",
        closure: { (benchmark: Benchmark, input: Lexical) in
            let query = input.queries[benchmark.currentIteration % input.queries.count]
            blackHole(try await input.index.search(query, limit: 10))
        },
        setup: {
            var source = TermSource(vocabulary: 50_000, seed: 1)
            let index = try BM25Index(at: .file(try temporaryFile()))
            for first in stride(from: Int64(0), to: 30_000, by: 1000) {
                let chunks = (first..<first + 1000).map {
                    (id: ChunkID($0), fields: BM25Fields(body: source.terms(120)))
                }
                try await index.upsert(chunks)
            }
            return (index, (0..<200).map { _ in source.terms(6, skipping: 30).map { QueryTerm($0) } }) as Lexical
        })
    Benchmark(
        "Exact vector search, 100,000 x 384",
        closure: { (benchmark: Benchmark, input: Vectors) in
            let query = input.queries[benchmark.currentIteration % input.queries.count]
            blackHole(try input.matrix.nearest(to: Array(query), limit: 10))
        },
        setup: {
            let index = try await vectorIndex(at: .memory, count: 100_000)
            return (try await index.matrix(), .random(count: 200, dimension: 384, seed: 3)) as Vectors
        })
    Benchmark(
        "Vector search by codes, 100,000 x 384",
        closure: { (benchmark: Benchmark, input: (index: VectorIndex, queries: EmbeddingBatch)) in
            let query = input.queries[benchmark.currentIteration % input.queries.count]
            blackHole(try await input.index.nearest(to: Array(query), limit: 10, among: nil))
        },
        setup: {
            let index = try await vectorIndex(at: .file(try temporaryFile()), count: 100_000)
            return (index: index, queries: EmbeddingBatch.random(count: 200, dimension: 384, seed: 3))
        })
    Benchmark(
        "Exact search of 64 vectors at once, 100,000 x 384",
        closure: { (_: Benchmark, input: Vectors) in
            blackHole(try input.matrix.nearest(toEach: input.queries, limit: 10))
        },
        setup: {
            let index = try await vectorIndex(at: .memory, count: 100_000)
            return (try await index.matrix(), .random(count: 64, dimension: 384, seed: 3)) as Vectors
        })
    Benchmark(
        "Load a vector index, 100,000 x 384",
        closure: { (_: Benchmark, path: String) in
            blackHole(try await VectorIndex(at: .file(path), dimension: 384).matrix())
        },
        setup: {
            let path = try temporaryFile()
            _ = try await vectorIndex(at: .file(path), count: 100_000)
            return path
        })
}

private func vectorIndex(at location: VectorIndex.Location, count: Int) async throws -> VectorIndex {
    let index = try VectorIndex(at: location, dimension: 384)
    for first in stride(from: 0, to: count, by: 10_000) {
        let ids = (first..<min(count, first + 10_000)).map { ChunkID(Int64($0)) }
        try await index.upsert(.random(count: ids.count, dimension: 384, seed: UInt64(first)), ids: ids)
    }
    return index
}

/// A name for a file in a new folder, which the system clears away.
func temporaryFile() throws -> String {
    let folder = FileManager.default.temporaryDirectory.appending(path: "quarry-benchmark-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder.appending(path: "index.quarry").path(percentEncoded: false)
}
