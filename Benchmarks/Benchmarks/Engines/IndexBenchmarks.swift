import Benchmark
import BenchmarkInputs
import Foundation
import Quarry
import QuarryCore

/// The way through a whole index without a model: reading, chunking, analysing, committing, opening, searching.
func registerIndexBenchmarks() {
    Benchmark(
        "Index without a model, 1 MB",
        closure: { (_: Benchmark, bytes: [UInt8]) in
            let path = try temporaryFile()
            blackHole(try await index(bytes, at: path))
            try FileManager.default.removeItem(at: URL(filePath: path).deletingLastPathComponent())
        },
        setup: { Array(try CorpusText.megabyte().utf8) })
    Benchmark(
        "Open an index and ask once, lexical",
        closure: { (_: Benchmark, path: String) in
            let index = try CorpusIndex.open(at: path, readOnly: true)
            let retriever = try index.retriever(embedder: nil, options: RetrievalOptions(mode: .bm25))
            blackHole(try await retriever.retrieve(Query("How long may a book be kept?"), limit: 5))
        },
        setup: {
            let path = try temporaryFile()
            try await index(Array(try CorpusText.megabyte().utf8), at: path)
            return path
        })
}

@discardableResult
private func index(_ bytes: [UInt8], at path: String) async throws -> IndexingReport {
    let corpus = try CorpusIndex.openOrCreate(at: path, settings: IndexSettings(embedding: nil))
    return try await Indexer(corpus, embedder: nil, counter: WordCounter()).index([.bytes(bytes, name: "corpora.md")])
}
