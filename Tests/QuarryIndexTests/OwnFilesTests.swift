import Foundation
import QuarryChunking
import QuarryCore
import QuarryIndex
import QuarryReaders
import QuarryRetrieval
import QuarryTestSupport
import Testing

/// An index within the folder that it indexes.
struct OwnFilesTests {
    @Test(arguments: ["own.quarry", "own.txt", "own"])
    func `an index does not index its own files`(name: String) async throws {
        let corpus = try TestCorpus()
        try corpus.write("A lighthouse on the cape.", to: "a.txt")
        let path = corpus.folder.path("docs/\(name)")
        let index = try CorpusIndex.openOrCreate(
            at: path, settings: IndexSettings(embedding: corpus.embedder.fingerprint))
        let indexer = try Indexer(index, embedder: corpus.embedder, counter: WordCounter())
        for _ in 1...2 {
            let report = try await indexer.index([.path(corpus.documentsPath)])
            #expect(report.sources.new + report.sources.unchanged == 1)
            #expect(report.sources.skipped == 0 && report.passedOver.isEmpty && report.quarantined.isEmpty)
        }
        let named = try await indexer.index([.path(path), .path(corpus.documentsPath)])
        #expect(named.quarantined.map(\.reason) == [.unsupportedFormat])
        #expect(try index.summary().sources == 1)
    }

    @Test func `skipped files are not counted as files of the index`() async throws {
        let corpus = try TestCorpus()
        try corpus.write("A lighthouse on the cape.", to: "a.txt")
        try corpus.folder.write([0, 1, 2, 3, 0, 255, 254], to: "docs/engine")
        let report = try await corpus.index()
        #expect(report.passedOver.count == 1)
        #expect(try corpus.open().summary().sources == 1)
        // Neither is an empty file in a folder.
        try corpus.write("", to: "empty.txt")
        #expect(try await corpus.index().quarantined.isEmpty)
        #expect(try corpus.open().summary().sources == 1)
    }
}
