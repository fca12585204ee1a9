import Foundation
import GRDB
import QuarryBM25
import QuarryChunking
import QuarryCore
import QuarryIndex
import QuarryReaders
import QuarryRetrieval
import QuarryTestSupport
import Testing

struct IndexSettingsTests {
    @Test(arguments: [
        IndexSettings.Chunking(target: 100, maximum: 50), .init(target: 2, maximum: 4), .init(overlap: -1),
        .init(target: 100, maximum: 120, overlap: 90),
    ])
    func `invalid chunk lengths leave no file`(chunking: IndexSettings.Chunking) throws {
        let corpus = try TestCorpus()
        let error = #expect(throws: CorpusError.self) {
            _ = try CorpusIndex.openOrCreate(
                at: corpus.indexPath, settings: IndexSettings(chunking: chunking, embedding: nil))
        }
        #expect(error?.code == .input)
        #expect(!FileManager.default.fileExists(atPath: corpus.indexPath))
        _ = try corpus.open()
    }

    @Test func `an index refuses a different chunking`() async throws {
        let corpus = try TestCorpus()
        try corpus.write("A note on lighthouses.", to: "a.md")
        try await corpus.index()
        let index = try corpus.open()
        for (chunking, words) in [
            (.init(target: 41, maximum: 60), ["target 40, not 41"]),
            (
                .init(strategy: .sentence, target: 40, maximum: 60, overlap: 8),
                ["structure, not sentence", "overlap 0, not 8"]
            ),
        ] as [(IndexSettings.Chunking, [String])] {
            let checked = #expect(throws: CorpusError.self) { try index.check(chunking) }
            let opened = #expect(throws: CorpusError.self) {
                _ = try CorpusIndex.openOrCreate(
                    at: corpus.indexPath,
                    settings: IndexSettings(chunking: chunking, embedding: corpus.embedder.fingerprint))
            }
            for error in [checked, opened] {
                #expect(error?.code == .otherSettings)
                for word in words { #expect(error?.message.contains(word) == true, "\(error?.message ?? "")") }
            }
        }
        try index.check(.init(target: 40, maximum: 60))
        #expect(try CorpusIndex.open(at: corpus.indexPath).settings.chunking.target == 40)
    }

    @Test func `an index of another analyzer version is refused`() async throws {
        let corpus = try TestCorpus()
        try corpus.write("Words.", to: "a.md")
        try await corpus.index()
        try await editIndex(
            corpus.indexPath,
            """
            UPDATE settings SET value = json_set(value, '$.analyzerVersion', 99) WHERE key = 'index';
            UPDATE settings SET checksum = row_checksum(key, value)
            """)
        let error = #expect(throws: CorpusError.self) { try CorpusIndex.open(at: corpus.indexPath) }
        #expect(error?.code == .otherVersion)
        #expect(error?.message.contains("99") == true)
    }

    @Test func `documents that an earlier version of the chunker cut are cut again`() async throws {
        let corpus = try TestCorpus()
        try corpus.write("Words.", to: "a.md")
        try await corpus.index()
        #expect(try await corpus.index().isEmpty)
        try await editIndex(
            corpus.indexPath,
            """
            UPDATE sources SET reader = replace(reader, '+structure/3', '');
            UPDATE sources SET checksum = row_checksum(id, name, root, path, size, modified, sha256, reader);
            UPDATE documents SET sha256 = zeroblob(32)
            """)
        let report = try await corpus.index()
        #expect(report.sources.changed == 1)
        #expect(report.documents == 1)
        #expect(try await corpus.index().isEmpty)
        // Their vectors are kept.
        #expect(corpus.embedder.passages == 1)
    }

    @Test func `an edited path of a source leads a run to no other file`() async throws {
        let corpus = try TestCorpus()
        try corpus.write("Words.", to: "a.md")
        try await corpus.index()
        let other = corpus.folder.path("outside.md")
        try Data("Secret.".utf8).write(to: URL(fileURLWithPath: other))
        try await DatabaseQueue(path: corpus.indexPath).write { db in
            try db.execute(sql: "UPDATE sources SET path = ?", arguments: [other])
        }
        let error = await #expect(throws: CorpusError.self) { try await corpus.index() }
        #expect(error?.code == .damaged && error?.message.contains("sources, row 1") == true)
    }

    @Test func `a database of another program is refused and not changed`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("theirs.db")
        let queue = try DatabaseQueue(path: path)
        try queue.write { try $0.execute(sql: "CREATE TABLE theirs(x); PRAGMA application_id = 77") }
        try queue.close()
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        for open in [
            { _ = try CorpusIndex.open(at: path) },
            { _ = try CorpusIndex.openOrCreate(at: path, settings: IndexSettings(embedding: nil)) },
        ] {
            let error = #expect(throws: CorpusError.self, performing: open)
            #expect(error?.code == .notAnIndex)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["theirs.db"])
    }

    @Test func `invalid BM25 parameters are not reported as damage`() async throws {
        let corpus = try TestCorpus()
        try corpus.write("Words.", to: "a.md")
        try await corpus.index()
        let retriever = try corpus.open().retriever(
            embedder: nil, bm25: BM25Parameters(k1: -3), options: RetrievalOptions(mode: .bm25))
        let error = await #expect(throws: CorpusError.self) { try await retriever.retrieve(Query("words"), limit: 3) }
        #expect(error?.code == .input)
    }
}
