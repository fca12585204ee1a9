import Foundation
import QuarryChunking
import QuarryCore
import QuarryIndex
import QuarryReaders
import QuarryTestSupport
import Testing

/// Files whose program is missing in a later run.
struct MissingProgramTests {
    /// Reads a format with a program that this machine may lack.
    private struct ProgramReader: Reader {
        var isInstalled: Bool
        var pathExtensions: Set<String> { ["scroll"] }
        var version: String { isInstalled ? "scroll/1" : "scroll/0" }
        var obstacle: String? { isInstalled ? nil : "unroll is not installed" }

        func read(_ source: Source) -> ReadResult {
            guard isInstalled else {
                return ReadResult(rejected: [
                    Rejection(source: source.id, reason: .unsupportedFormat, message: "It needs unroll.")
                ])
            }
            return PlainTextReader().read(source)
        }
    }

    private let corpus: TestCorpus

    init() throws {
        corpus = try TestCorpus()
        try corpus.write("The heron waits.", to: "a.scroll")
    }

    private func index(isInstalled: Bool) async throws -> IndexingReport {
        var readers = ReaderRegistry()
        readers.register(ProgramReader(isInstalled: isInstalled))
        let indexer = try Indexer(
            corpus.open(), embedder: corpus.embedder, counter: WordCounter(), readers: readers)
        return try await indexer.index([.path(corpus.documentsPath)])
    }

    @Test func `the stored text stays, also of a file that changed, until the program is back`() async throws {
        #expect(try await index(isInstalled: true).documents == 1)
        for text in ["The heron waits.", "The heron flies."] {
            try corpus.write(text, to: "a.scroll")
            for _ in 1...2 {
                let report = try await index(isInstalled: false)
                #expect(report.deletedDocuments == 0 && report.documents == 0)
                #expect(report.quarantined.map(\.source) == ["docs/a.scroll"])
                #expect(report.quarantined.first?.message.contains("unroll is not installed") == true)
                #expect(try await corpus.documents(with: "waits") == ["docs/a.scroll"])
            }
        }
        let back = try await index(isInstalled: true)
        #expect(back.quarantined.isEmpty && back.documents == 1)
        #expect(try await corpus.documents(with: "flies") == ["docs/a.scroll"])
        #expect(try await corpus.documents(with: "waits").isEmpty)
        #expect(try corpus.open().problems() == [])
    }

    @Test func `a new file is rejected with what is missing, and read once it is there`() async throws {
        let report = try await index(isInstalled: false)
        #expect(report.quarantined.map(\.message) == ["It needs unroll."])
        #expect(try await index(isInstalled: true).documents == 1)
        #expect(try corpus.open().summary().quarantined.isEmpty)
    }
}
