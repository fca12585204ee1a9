import Foundation
import QuarryChunking
import QuarryCore
import QuarryIndex
import QuarryTestSupport
import QuarryTesting
import Testing

/// The revision of an index: which changes make a new one, and that no two files share one.
struct IndexStateTests {
    private func revision(_ path: String) async throws -> String {
        try await CorpusIndex.open(at: path, readOnly: true).withSnapshot { try await $0.revision() }
    }

    private func copy(_ path: String, to target: String) throws {
        try Data(contentsOf: URL(fileURLWithPath: path)).write(to: URL(fileURLWithPath: target))
    }

    @Test func `a run that changes nothing keeps the revision, and every change makes a new one`() async throws {
        let corpus = try TestCorpus()
        try corpus.write("A lighthouse on the cape.", to: "a.md")
        try await corpus.index()
        var seen = [try await revision(corpus.indexPath)]
        try await corpus.index()
        #expect(try await revision(corpus.indexPath) == seen[0])
        try corpus.write("A windmill by the lake.", to: "b.md")
        try await corpus.index()
        seen.append(try await revision(corpus.indexPath))
        try corpus.write("A windmill by the pond.", to: "b.md")
        try await corpus.index()
        seen.append(try await revision(corpus.indexPath))
        try corpus.folder.move("docs/b.md", to: "docs/c.md")
        try await corpus.index()
        seen.append(try await revision(corpus.indexPath))
        try corpus.folder.remove("docs/c.md")
        try await corpus.index()
        seen.append(try await revision(corpus.indexPath))
        _ = try await corpus.open().removeDocuments(["docs/a.md"])
        seen.append(try await revision(corpus.indexPath))
        #expect(Set(seen).count == seen.count)
    }

    @Test func `two indexes of the same documents have different revisions, and so has one that is made again`()
        async throws
    {
        let corpus = try TestCorpus()
        try corpus.write("A lighthouse on the cape.", to: "a.md")
        try await corpus.index()
        let first = try await revision(corpus.indexPath)
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: corpus.indexPath + suffix)
        }
        try await corpus.index()
        #expect(try await revision(corpus.indexPath) != first)
    }

    @Test func `a copy has the revision of the original until one of them changes`() async throws {
        let corpus = try TestCorpus()
        try corpus.write("A lighthouse on the cape.", to: "a.md")
        try await corpus.index()
        let (original, copied) = (corpus.indexPath, corpus.folder.path("copy.quarry"))
        try copy(original, to: copied)
        #expect(try await revision(copied) == revision(original))
        // The same change in both.
        try corpus.write("A windmill by the lake.", to: "b.md")
        for path in [original, copied] {
            let indexer = try Indexer(CorpusIndex.open(at: path), embedder: corpus.embedder, counter: WordCounter())
            try await indexer.index([.path(corpus.documentsPath)])
        }
        #expect(try await revision(copied) != revision(original))
    }

    @Test func `an index that another process made again is not searched on`() async throws {
        let corpus = try TestCorpus()
        let before = try corpus.open()
        // Unused, so that other settings replace it.
        _ = try CorpusIndex.openOrCreate(at: corpus.indexPath, settings: IndexSettings(embedding: nil))
        let error = await #expect(throws: CorpusError.self) {
            try await before.withSnapshot { try await $0.revision() }
        }
        #expect(error?.code == .replaced)
    }
}
