import Benchmark
import BenchmarkInputs
import QuarryCore
import QuarryTransformers

/// Tokenizers and encoders of the installed models.
func registerEmbeddingBenchmarks() {
    for name in ["all-MiniLM-L6-v2", "multilingual-e5-small"] {
        guard let model = InstalledModel(name) else { continue }
        Benchmark("Load \(name)") { _ in blackHole(try TransformerEmbedder(modelDirectory: model.directory)) }
        Benchmark(
            "Tokenize for \(name), 1 MB",
            closure: { (_: Benchmark, input: (counter: any TokenCounter, text: String)) in
                blackHole(input.counter.tokenCount(of: input.text))
            },
            setup: {
                (try TransformerEmbedder(modelDirectory: model.directory).tokenCounter, try CorpusText.megabyte())
            })
        for workers in [1, 2] {
            Benchmark(
                "Embed 10,000 tokens with \(name), \(workers) \(workers == 1 ? "worker" : "workers")",
                closure: { (_: Benchmark, input: (embedder: TransformerEmbedder, texts: [String])) in
                    blackHole(try await input.embedder.embed(input.texts, as: .passage))
                },
                setup: {
                    let embedder = try TransformerEmbedder(modelDirectory: model.directory, workers: workers)
                    return (embedder, try texts(ofTokens: 10_000, for: embedder))
                })
        }
        Benchmark(
            "Embed a question with \(name)",
            closure: { (_: Benchmark, embedder: TransformerEmbedder) in
                blackHole(
                    try await embedder.embed(["How long may a book be kept before it must be renewed?"], as: .query))
            },
            setup: { try TransformerEmbedder(modelDirectory: model.directory, workers: 1) })
    }
}

/// Paragraphs of different lengths whose tokens, with two special ones each, come to `tokens` within one paragraph.
/// Each differs from the others, because equal texts would be computed once.
private func texts(ofTokens tokens: Int, for embedder: TransformerEmbedder) throws -> [String] {
    let paragraphs = try CorpusText.paragraphs()
    var texts: [String] = []
    var total = 0
    while total < tokens, !paragraphs.isEmpty {
        let text = "\(texts.count / paragraphs.count) \(paragraphs[texts.count % paragraphs.count])"
        texts.append(text)
        total += min(embedder.fingerprint.maximumTokens, embedder.tokenCounter.tokenCount(of: text) + 2)
    }
    return texts
}
