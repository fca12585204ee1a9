import Benchmark
import BenchmarkInputs
import QuarryChunking
import QuarryCore
import QuarryReaders

/// Reading and chunking; an iteration is a megabyte of Markdown.
func registerTextBenchmarks() {
    Benchmark(
        "Read Markdown, 1 MB",
        closure: { (_: Benchmark, source: Source) in blackHole(MarkdownReader().read(source)) },
        setup: { try megabyte() })
    register("Chunk by structure, 1 MB") { try MarkdownChunker(counter: WordCounter()).chunks }
    register("Chunk by sentences, 1 MB") { try SentenceChunker(counter: WordCounter()).chunks }
    register("Chunk recursively, 1 MB") { try RecursiveChunker(counter: WordCounter()).chunks }
}

private func megabyte() throws -> Source {
    Source(id: "corpora.md", bytes: Array(try CorpusText.megabyte().utf8))
}

private typealias Cutting = @Sendable (Document) -> [Chunk]

private func register(_ name: String, cutting: @escaping @Sendable () throws -> Cutting) {
    Benchmark(
        name,
        closure: { (_: Benchmark, input: (cut: Cutting, documents: [Document])) in
            for document in input.documents { blackHole(input.cut(document)) }
        },
        setup: { (try cutting(), MarkdownReader().read(try megabyte()).documents) })
}
