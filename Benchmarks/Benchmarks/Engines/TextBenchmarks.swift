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
    register("Chunk by structure, 1 MB") { try MarkdownChunker(counter: WordCounter()) }
    register("Chunk by sentences, 1 MB") { try SentenceChunker(counter: WordCounter()) }
    register("Chunk recursively, 1 MB") { try RecursiveChunker(counter: WordCounter()) }
}

private func megabyte() throws -> Source {
    Source(id: "corpora.md", bytes: Array(try CorpusText.megabyte().utf8))
}

private func register(_ name: String, chunker: @escaping @Sendable () throws -> any Chunker) {
    Benchmark(
        name,
        closure: { (_: Benchmark, input: (chunker: any Chunker, documents: [Document])) in
            for document in input.documents { blackHole(input.chunker.chunks(of: document)) }
        },
        setup: { (try chunker(), MarkdownReader().read(try megabyte()).documents) })
}
