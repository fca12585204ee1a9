import Foundation
import QuarryChunking
import QuarryCore
import QuarryIndex
import QuarryReaders
import QuarryRetrieval
import QuarryTestSupport
import Synchronization
import Testing

struct MovedSourceTests {
    @Test func `records without ids are named after their current file`() async throws {
        let corpus = try TestCorpus()
        try corpus.write("{\"text\": \"A note on quarries.\"}\n", to: "old.jsonl")
        try await corpus.index()
        try corpus.folder.move("docs/old.jsonl", to: "docs/new.jsonl")
        let report = try await corpus.index()
        #expect(report.embeddedChunks == 0)
        #expect(try await corpus.documents(with: "note") == ["docs/new.jsonl#L1"])

        try corpus.write("{\"text\": \"A note on canals.\"}\n", to: "old.jsonl")
        #expect(try await corpus.index().quarantined.isEmpty)
        #expect(try await corpus.documents(with: "note") == ["docs/new.jsonl#L1", "docs/old.jsonl#L1"])
    }

    @Test func `a file with a new format is read in that format`() async throws {
        let corpus = try TestCorpus()
        try corpus.write("# Quarries\n\nA note on granite.\n", to: "a.md")
        try await corpus.index()
        #expect(try await corpus.search("granite").first?.chunk.headings == ["Quarries"])
        try corpus.folder.move("docs/a.md", to: "docs/a.txt")
        try await corpus.index()
        let hits = try await corpus.search("granite")
        #expect(hits.map(\.chunk.documentID) == ["docs/a.txt"])
        #expect(hits.first?.chunk.headings == [])
        #expect(try corpus.open().summary().sources == 1)
    }

    @Test func `a file with the id of a record is refused, and the run continues`() async throws {
        let corpus = try TestCorpus()
        try corpus.write(#"{"_id": "docs/b.md", "text": "A record on slate."}"#, to: "records.jsonl")
        try corpus.write("A note on marble.", to: "a.md")
        try await corpus.index()
        try corpus.folder.move("docs/a.md", to: "docs/b.md")
        for _ in 1...3 {
            let report = try await corpus.index()
            #expect(report.quarantined.map(\.source) == ["docs/b.md"])
            #expect(report.quarantined.first?.reason == .duplicateID)
        }
        #expect(try await corpus.documents(with: "slate") == ["docs/b.md"])
        try corpus.folder.remove("docs/records.jsonl")
        #expect(try await corpus.index().quarantined.isEmpty)
        #expect(try await corpus.documents(with: "marble") == ["docs/b.md"])
    }

    @Test func `a file that is an input besides its folder is indexed once`() async throws {
        let corpus = try TestCorpus()
        for name in ["a", "b"] { try corpus.write("A note on \(name).", to: "\(name).md") }
        for inputs in [["docs"], ["docs", "docs/a.md"], ["docs/a.md", "docs"], ["docs", "docs/a.md", "docs/b.md"]] {
            let report = try await corpus.index(inputs)
            #expect(report.quarantined.isEmpty && report.deletedDocuments == 0, "\(inputs)")
            #expect(try await corpus.documents(with: "note") == ["docs/a.md", "docs/b.md"], "\(inputs)")
        }
    }

    @Test func `two files of one size and time that change places are noticed`() async throws {
        let corpus = try TestCorpus()
        for (name, word) in [("a", "otters"), ("b", "beaver")] {
            try corpus.write("A note on \(word).", to: "\(name).md")
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1_000_000)],
                ofItemAtPath: corpus.folder.path("docs/\(name).md"))
        }
        try await corpus.index()
        #expect(try await corpus.documents(with: "beaver") == ["docs/b.md"])
        for (from, to) in [("a.md", "c"), ("b.md", "a.md"), ("c", "b.md")] {
            try corpus.folder.move("docs/\(from)", to: "docs/\(to)")
        }
        let report = try await corpus.index()
        #expect(report.sources.changed == 2 && report.embeddedChunks == 0)
        #expect(try await corpus.documents(with: "beaver") == ["docs/a.md"])
        #expect(try await corpus.documents(with: "otters") == ["docs/b.md"])
        #expect(try await corpus.index().sources.unchanged == 2)
    }

    @Test func `a file with only a new time keeps its ids`() async throws {
        let corpus = try TestCorpus()
        func record(_ id: String, _ word: String) -> String {
            "{\"_id\": \"\(id)\", \"text\": \"The \(word) sleeps.\"}\n"
        }
        func touch(_ name: String) throws {
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: 100)], ofItemAtPath: corpus.folder.path("docs/\(name)"))
        }
        try corpus.write(record("x", "zebra"), to: "b.jsonl")
        try corpus.write(record("x", "walrus") + record("y", "newt"), to: "c.jsonl")
        #expect(try await corpus.index().quarantined.map(\.source) == ["docs/c.jsonl"])
        try touch("b.jsonl")
        #expect(try await corpus.index().quarantined.map(\.source) == ["docs/c.jsonl"])
        try touch("c.jsonl")
        // A new file that comes first has the same id.
        try corpus.write(record("x", "otter"), to: "a.jsonl")
        try touch("b.jsonl")
        #expect(try await corpus.index().quarantined.map(\.source).sorted() == ["docs/a.jsonl", "docs/c.jsonl"])
        #expect(try await corpus.documents(with: "zebra") == ["x"])
        #expect(try await corpus.documents(with: "newt") == ["y"])
        // When its owner is deleted, another file gets the id.
        try corpus.folder.remove("docs/b.jsonl")
        try await corpus.index()
        #expect(try await corpus.documents(with: "sleeps") == ["x", "y"])
        #expect(try corpus.open().problems().isEmpty)
    }

    @Test func `a file that lost records to another one in an interrupted run is read again`() async throws {
        let corpus = try TestCorpus()
        func records(_ numbers: Range<Int>) -> String {
            numbers.map { "{\"_id\": \"\($0)\", \"text\": \"Record \($0) tells of granite.\"}\n" }.joined()
        }
        try corpus.write(records(0..<10), to: "a.jsonl")
        try corpus.write(records(10..<300), to: "c.jsonl")
        try await corpus.index()
        // Most records move up, and more come after them; the run ends with its first batch.
        try corpus.write(records(0..<250) + records(1000..<6000), to: "a.jsonl")
        try corpus.write(records(250..<300), to: "c.jsonl")
        let (path, indexer) = (corpus.documentsPath, try corpus.indexer())
        let run = RunningTask()
        run.begin { try await indexer.index([.path(path)]) { if $0.documents > 0 { run.cancel() } } }
        await #expect(throws: CancellationError.self) { try await run.value() }
        #expect(try corpus.open().summary().documents > 300)
        try corpus.write(records(0..<10), to: "a.jsonl")
        try corpus.write(records(10..<300), to: "c.jsonl")
        try await corpus.index()
        #expect(try corpus.open().summary().documents == 300)
        #expect(try corpus.open().problems().isEmpty)
    }

    @Test func `a file that was refused an id keeps its documents under another name`() async throws {
        let corpus = try TestCorpus()
        for name in ["a", "b"] {
            try corpus.write(
                "{\"_id\": \"same\", \"text\": \"Common ground.\"}\n{\"_id\": \"\(name)\", \"text\": \"A note on \(name).\"}\n",
                to: "sub/\(name).jsonl")
        }
        #expect(try await corpus.index(["docs/sub"]).quarantined.map(\.source) == ["sub/b.jsonl"])
        // From now on both files are named after the parent folder.
        let report = try await corpus.index()
        #expect(report.quarantined.map(\.source) == ["docs/sub/b.jsonl"])
        #expect(report.deletedDocuments == 0)
        #expect(report.embeddedChunks == 0)
        #expect(try await corpus.documents(with: "note") == ["a", "b"])

        // In one run the other file is deleted and this one is renamed.
        try corpus.folder.move("docs/sub/b.jsonl", to: "docs/sub/c.jsonl")
        try corpus.write("{\"_id\": \"a\", \"text\": \"A note on a.\"}\n", to: "sub/a.jsonl")
        #expect(try await corpus.index().quarantined.isEmpty)
        #expect(try await corpus.documents(with: "note") == ["a", "b"])
        #expect(try await corpus.documents(with: "common") == ["same"])
        #expect(try corpus.open().problems().isEmpty)
    }

    @Test func `a file that was renamed and edited pays only for the edit`() async throws {
        let corpus = try TestCorpus()
        let sections = (1...20).map { "# Part \($0)\n\nThis part number \($0) speaks of subject \($0 * 17) alone.\n" }
        try corpus.write(sections.joined(separator: "\n"), to: "draft.md")
        #expect(try await corpus.index().embeddedChunks >= 10)
        try corpus.folder.remove("docs/draft.md")
        let edited = sections.joined(separator: "\n").replacingOccurrences(of: "subject 170 ", with: "another subject ")
        try corpus.write(edited, to: "final/book.md")
        let plan = try await corpus.indexer().plan([.path(corpus.documentsPath)])
        let report = try await corpus.index()
        #expect((1...2).contains(report.embeddedChunks))
        #expect(plan.embeddedChunks == report.embeddedChunks)
        #expect(report.deletedDocuments == 1 && plan.deletedDocuments == 1)
        #expect(try await corpus.documents(with: "subject") == ["docs/final/book.md"])
        #expect(try corpus.open().problems().isEmpty)
    }

    @Test func `a renamed folder of many files is matched file by file`() async throws {
        let corpus = try TestCorpus()
        // All have the same size, and some have the same content.
        for number in 100..<400 { try corpus.write("Note number \(number / 2 * 2).", to: "before/\(number).md") }
        try await corpus.index()
        let passages = corpus.embedder.passages
        try corpus.folder.move("docs/before", to: "docs/after")
        let report = try await corpus.index()
        #expect(report.sources.moved == 300)
        #expect(report.sources.new + report.sources.changed + report.sources.deleted == 0)
        #expect(corpus.embedder.passages == passages)
        let hits = try await corpus.search("136", mode: .bm25)
        let places = hits.flatMap { [$0.chunk.documentID] + $0.duplicates.map(\.passage.chunk.documentID) }
        #expect(Set(places) == ["docs/after/136.md", "docs/after/137.md"])
        #expect(try await corpus.index().isEmpty)
    }
}

/// A task that its own work can cancel.
private final class RunningTask: Sendable {
    private let task = Mutex<Task<IndexingReport, any Error>?>(nil)

    func begin(_ work: @escaping @Sendable () async throws -> IndexingReport) {
        task.withLock { $0 = Task { try await work() } }
    }

    func cancel() { task.withLock { $0?.cancel() } }

    func value() async throws -> IndexingReport? { try await task.withLock { $0 }?.value }
}
