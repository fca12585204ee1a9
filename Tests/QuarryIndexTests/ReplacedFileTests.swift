import Foundation
import QuarryChunking
import QuarryCore
import QuarryIndex
import QuarryTestSupport
import QuarryTesting
import Testing

/// Files that are deleted, replaced or laid over one another while or before they are used.
struct ReplacedFileTests {
    private func place(_ path: String) -> URL { URL(fileURLWithPath: path) }

    @Test(arguments: [true, false]) func `a run whose file is deleted or replaced fails by name`(
        isReplaced: Bool
    ) async throws {
        let corpus = try TestCorpus()
        try corpus.write("A lighthouse on the cape.", to: "a.md")
        try await corpus.index()
        try corpus.write("A windmill by the lake.", to: "b.md")
        let other = try Data(contentsOf: place(corpus.indexPath))
        let (path, folder) = (corpus.indexPath, corpus.folder)
        let embedder = ActingEmbedder {
            try FileManager.default.removeItem(atPath: path)
            guard isReplaced else { return }
            try other.write(to: URL(fileURLWithPath: folder.path("new")))
            try FileManager.default.moveItem(atPath: folder.path("new"), toPath: path)
        }
        let indexer = try Indexer(corpus.open(), embedder: embedder, counter: WordCounter())
        let error = await #expect(throws: CorpusError.self) {
            try await indexer.index([.path(corpus.documentsPath)])
        }
        #expect(error?.code == .replaced)
        #expect(error?.message.contains(path) == true)
    }

    @Test func `a reader at the end of a run is reported with the size of what a copy lacks`() async throws {
        let corpus = try TestCorpus()
        try corpus.write("A lighthouse on the cape.", to: "a.md")
        #expect(try await corpus.index().unmergedBytes == 0)
        let reader = try CorpusIndex.open(at: corpus.indexPath, readOnly: true)
        try corpus.write("A windmill by the lake.", to: "b.md")
        let report = try await reader.withSnapshot { snapshot in
            _ = try await snapshot.languages()
            return try await corpus.index()
        }
        #expect(report.documents == 1 && report.unmergedBytes > 0)
        let copied = corpus.folder.path("copy.quarry")
        try FileManager.default.copyItem(atPath: corpus.indexPath, toPath: copied)
        #expect(try CorpusIndex.open(at: copied, readOnly: true).summary().documents == 1)
        // The reader is done: another run completes the file.
        #expect(try await corpus.index().unmergedBytes == 0)
        try FileManager.default.removeItem(atPath: copied)
        try FileManager.default.copyItem(atPath: corpus.indexPath, toPath: copied)
        #expect(try CorpusIndex.open(at: copied, readOnly: true).summary().documents == 2)
    }

    @Test func `an index laid over one with changes in its log is refused by name`() async throws {
        let corpus = try TestCorpus()
        try corpus.write("A lighthouse on the cape.", to: "a.md")
        try await corpus.index()
        let old = corpus.folder.path("old.quarry")
        // A reader keeps the second run in the log, as if the run had been killed.
        let reader = try CorpusIndex.open(at: corpus.indexPath, readOnly: true)
        try await reader.withSnapshot { snapshot in
            _ = try await snapshot.languages()
            try corpus.write("A windmill by the lake.", to: "b.md")
            try await corpus.index()
            try FileManager.default.copyItem(atPath: corpus.indexPath + "-wal", toPath: old + "-wal")
        }
        let other = try TestCorpus()
        try other.write("A windmill on the hill.", to: "c.md")
        try await other.index()
        try FileManager.default.copyItem(atPath: other.indexPath, toPath: old)
        for readOnly in [true, false] {
            let error = #expect(throws: CorpusError.self) { try CorpusIndex.open(at: old, readOnly: readOnly) }
            #expect(error?.code == .foreignLog)
            #expect(error?.message.contains("old.quarry-wal belongs to another file") == true)
        }
        try FileManager.default.removeItem(atPath: old + "-wal")
        #expect(try CorpusIndex.open(at: old, readOnly: true).summary().documents == 1)
    }
}

/// Does something once, before it embeds.
private struct ActingEmbedder: Embedder {
    let act: @Sendable () throws -> Void
    private let letters = LetterEmbedder()

    init(_ act: @escaping @Sendable () throws -> Void) { self.act = act }

    var fingerprint: EmbeddingFingerprint { letters.fingerprint }

    func embed(_ texts: [String], as role: EmbeddingRole) async throws -> EmbeddingBatch {
        try act()
        return try await letters.embed(texts, as: role)
    }
}
