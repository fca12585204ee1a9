import Foundation
import GRDB
import QuarryChunking
import QuarryCore
import QuarryIndex
import QuarryReaders
import QuarryRetrieval
import QuarryTestSupport
import Testing

struct CorpusIndexTests {
    @Test func `a missing index is an error with its path`() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: CorpusError.self) { try CorpusIndex.open(at: folder.path("no.quarry")) }
        #expect(error?.code == .missing)
        #expect(error?.message.contains(folder.path("no.quarry")) == true)
    }

    @Test func `a file that is not an index is refused and not changed`() throws {
        let folder = try TemporaryFolder()
        try folder.write("just some notes", to: "notes.txt")
        for open in [
            { _ = try CorpusIndex.open(at: folder.path("notes.txt")) },
            { _ = try CorpusIndex.openOrCreate(at: folder.path("notes.txt"), settings: TestCorpus().open().settings) },
        ] {
            let error = #expect(throws: CorpusError.self, performing: open)
            #expect(error?.code == .notAnIndex)
        }
        #expect(try String(contentsOfFile: folder.path("notes.txt"), encoding: .utf8) == "just some notes")
    }

    @Test func `an index of a newer version is refused`() async throws {
        let corpus = try TestCorpus()
        try corpus.write("Words.", to: "a.md")
        try await corpus.index()
        try await DatabaseQueue(path: corpus.indexPath).write {
            try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99')")
        }
        let error = #expect(throws: CorpusError.self) { try CorpusIndex.open(at: corpus.indexPath) }
        #expect(error?.code == .otherVersion)
    }

    @Test(arguments: [100, 5_000, 20_000, 60_000])
    func `a truncated index is refused or diagnosed and never crashes`(bytes: Int) async throws {
        let corpus = try TestCorpus()
        for number in 1...30 { try corpus.write("Sentence \(number) about subject \(number * 7).", to: "\(number).md") }
        try await corpus.index()
        let copy = corpus.folder.path("cut.quarry")
        let whole = try Data(contentsOf: URL(fileURLWithPath: corpus.indexPath))
        #expect(whole.count > bytes)
        try whole.prefix(bytes).write(to: URL(fileURLWithPath: copy))
        do {
            let problems = try CorpusIndex.open(at: copy, readOnly: true).problems()
            #expect(!problems.isEmpty)
        } catch let error as CorpusError {
            #expect([.damaged, .notAnIndex].contains(error.code))
        }
    }

    @Test func `a copy of the file is a working index`() async throws {
        let corpus = try TestCorpus()
        try corpus.write("The lighthouse was built in 1871.", to: "lighthouse.md")
        try await corpus.index()
        let copy = corpus.folder.path("copy.quarry")
        try FileManager.default.copyItem(atPath: corpus.indexPath, toPath: copy)
        let hits = try await CorpusIndex.open(at: copy, readOnly: true).retriever(embedder: corpus.embedder)
            .retrieve(Query("lighthouse"), limit: 3).hits
        #expect(hits.count == 1)
    }

    @Test func `the summary counts files, documents and chunks`() async throws {
        let corpus = try TestCorpus()
        try corpus.write("The quick brown fox jumps over the lazy dog and runs away from the hounds.", to: "en.md")
        try corpus.write("Быстрая лисица перепрыгнула через ленивую собаку и убежала в лес.", to: "ru.md")
        try await corpus.index()
        let summary = try corpus.open().summary()
        #expect(summary.documents == 2)
        #expect(summary.chunks == 2)
        #expect(summary.vectors == 2)
        #expect(summary.languages == ["en": 1, "ru": 1])
        #expect(summary.quarantined.isEmpty)
    }
}
