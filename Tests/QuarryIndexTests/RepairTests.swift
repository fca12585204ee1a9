import Foundation
import GRDB
import QuarryCore
import QuarryIndex
import QuarryRetrieval
import QuarryTestSupport
import Testing

/// What `CorpusIndex.repair(onWait:)` makes again, and what it leaves.
struct RepairTests {
    private func corpus() async throws -> TestCorpus {
        let corpus = try TestCorpus()
        try corpus.write(
            "---\ntags: [stone, hard]\nyear: 1999\n---\n\n# Quarries\n\nA note on granite, which is a hard stone.\n",
            to: "a.md")
        let parts = (1...60).map { "This is the sentence number \($0) about slate and marble." }
        try corpus.write(parts.joined(separator: " "), to: "long.txt")
        try corpus.write("# Печь\n\n## Зола\n\nЗола лежит в печи до утра.\n\n# Печь\n\nЕщё раз.\n", to: "печь.md")
        try corpus.write("{\"id\": \"r1\", \"title\": \"Bowl\", \"text\": \"A bowl of clay.\"}\n", to: "r.jsonl")
        try await corpus.index()
        return corpus
    }

    private func content(_ corpus: TestCorpus, _ sql: String) throws -> [Row] {
        try DatabaseQueue(path: corpus.indexPath).read { try Row.fetchAll($0, sql: sql) }
    }

    /// Everything that searches say.
    private func answers(_ corpus: TestCorpus) async throws -> [String] {
        var lines: [String] = []
        for mode in [RetrievalOptions.Mode.bm25, .vector] {
            for question in ["granite stone", "slate sentence", "зола в печи", "bowl"] {
                lines += try await corpus.search(question, mode: mode, limit: 100).map { "\($0.score) \($0.chunk)" }
            }
        }
        let filtered = try await corpus.search("stone", filter: .equals("year", 1999))
        return lines + filtered.map(\.chunk.text)
    }

    @Test func `an intact index is left as it is`() async throws {
        let corpus = try await corpus()
        func tables() throws -> [[Row]] {
            let names = try content(corpus, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
            return try names.map { try content(corpus, "SELECT * FROM \($0[0] as String)") }
        }
        let before = try tables()
        let report = try await corpus.open().repair()
        #expect(report.repaired == [] && report.problems == [])
        #expect(try tables() == before)
    }

    @Test(arguments: [
        "UPDATE bm25_postings SET data = x'3F01'", "DELETE FROM bm25_postings", "DELETE FROM bm25_terms WHERE id < 5",
        "UPDATE bm25_terms SET term = x'FF' WHERE id = 3", "DELETE FROM bm25_lengths", "DELETE FROM bm25_chunks",
        "UPDATE bm25_chunks SET terms = x'8080'", "DELETE FROM bm25_statistics",
        "UPDATE bm25_statistics SET chunks = 9",
        "DELETE FROM document_values", "UPDATE OR REPLACE document_values SET value = 2001 WHERE key = 'year'",
        "UPDATE document_values SET checksum = 1", "DELETE FROM languages", "INSERT INTO languages VALUES ('fi', 3)",
        "UPDATE languages SET documents = 70", "UPDATE sqlite_sequence SET seq = 0", "DELETE FROM sqlite_sequence",
        "INSERT INTO runs(finished, report, checksum) VALUES ('a', 'b', 0)",
        "UPDATE vector_generations SET checksum = 1", "UPDATE vector_generations SET dimension = 128",
        "UPDATE vector_generations SET dimension = 5",
    ])
    func `what follows from other rows is made again, with the same answers`(edit: String) async throws {
        let corpus = try await corpus()
        let answers = try await answers(corpus)
        try await editIndex(corpus.indexPath, edit)
        #expect(try CorpusIndex.open(at: corpus.indexPath, readOnly: true).problems() != [])
        let report = try await CorpusIndex.open(at: corpus.indexPath).repair()
        #expect(report.problems == [] && !report.repaired.isEmpty && report.sourcesToRead == [], "\(report)")
        #expect(try await self.answers(corpus) == answers)
        #expect(try await corpus.index().isEmpty)
        #expect(try await CorpusIndex.open(at: corpus.indexPath).repair().repaired == [])
    }

    @Test func `postings made of the texts are those of the run, also of titles`() async throws {
        let corpus = try await corpus()
        let sql = "SELECT id, checksum FROM bm25_chunks ORDER BY id"
        let before = try content(corpus, sql)
        // Without the stored checksums, which say whether a title stands above as a heading.
        try await editIndex(corpus.indexPath, "DELETE FROM bm25_chunks")
        _ = try await CorpusIndex.open(at: corpus.indexPath).repair()
        #expect(try content(corpus, sql) == before)
    }

    @Test(arguments: [
        "UPDATE vectors SET rows = CAST(x'00000000' || substr(rows, 5) AS BLOB)", "DELETE FROM vectors",
        "DELETE FROM vectors; DELETE FROM vector_generations",
        "UPDATE vectors SET block = block + 3", "UPDATE vectors SET present = 0",
    ])
    func `damaged vectors are removed, and the next run makes them again`(edit: String) async throws {
        let corpus = try await corpus()
        let answers = try await answers(corpus)
        try await editIndex(corpus.indexPath, edit)
        let report = try await CorpusIndex.open(at: corpus.indexPath).repair()
        #expect(report.problems == [] && !report.repaired.isEmpty, "\(report)")
        let missing = try await corpus.open().generations().map(\.missing)
        #expect(report.incompleteGenerations.map(\.missing) == missing.filter { $0 > 0 })
        #expect(missing[0] > 0 && report.sourcesToRead == [] && report.removedOrphans == [])
        let embedded = corpus.embedder.passages
        try await corpus.index()
        #expect(corpus.embedder.passages > embedded)
        #expect(try await self.answers(corpus) == answers)
        #expect(try corpus.open().problems() == [])
    }

    @Test(arguments: [
        "UPDATE chunks SET text = replace(text, 'granite', 'granule') WHERE id = 1",
        "UPDATE chunks SET headings = '1:x' WHERE id = 1", "UPDATE chunks SET separator = '--' WHERE id = 2",
        "DELETE FROM chunks WHERE id = 2", "UPDATE chunks SET document = 1 WHERE document = 2 AND ordinal = 5",
        "UPDATE documents SET source_map = x'00ff'", "UPDATE documents SET metadata = '{'",
        "UPDATE documents SET title = 'Other'", "DELETE FROM documents WHERE id = 1",
        "DELETE FROM sources WHERE id = 1",
        "UPDATE sources SET name = 'x' || name WHERE id = 2", "UPDATE sources SET sha256 = zeroblob(32)",
        "UPDATE chunks SET text = CAST(x'ff' AS TEXT) || substr(text, 2) WHERE id = 1",
    ])
    func `a document with a damaged row is read again by the next run`(edit: String) async throws {
        let corpus = try await corpus()
        let answers = try await answers(corpus)
        try await editIndex(corpus.indexPath, edit)
        let report = try await CorpusIndex.open(at: corpus.indexPath).repair()
        #expect(report.problems == [] && report.documentsWithoutSource == [] && !report.repaired.isEmpty, "\(report)")
        let isSourceGone = edit.hasPrefix("DELETE FROM sources")
        #expect(report.sourcesToRead.isEmpty == isSourceGone, "\(report)")
        let run = try await corpus.index()
        #expect(run.documents > 0 || run.unchangedDocuments > 0 || run.sources.moved > 0, "\(run)")
        #expect(Set(try await self.answers(corpus)) == Set(answers))
        #expect(try corpus.open().problems() == [])
    }

    /// What makes a file that is still there, or not, give no document.
    enum Obstacle: CaseIterable {
        case isGone, isFolder, isEmpty, isTooLarge, isLink
    }

    @Test(arguments: Obstacle.allCases)
    func `a damaged document whose file cannot be read again stays, and is named`(obstacle: Obstacle) async throws {
        let corpus = try await corpus()
        try await editIndex(corpus.indexPath, "UPDATE chunks SET text = 'Changed. ' || substr(text, 10) WHERE id = 1")
        let path = corpus.documentsPath + "/a.md"
        try corpus.folder.remove("docs/a.md")
        switch obstacle {
        case .isGone: break
        case .isFolder: try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        case .isEmpty: try corpus.write("", to: "a.md")
        case .isTooLarge:
            try corpus.write("x", to: "a.md")
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            try file.truncate(atOffset: 1 << 32)
        case .isLink: try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path)
        }
        let report = try await CorpusIndex.open(at: corpus.indexPath).repair()
        #expect(report.documentsWithoutSource == ["docs/a.md"])
        #expect(try await corpus.documents(with: "slate").contains("docs/long.txt"))
        #expect(report.problems.contains { $0.contains("chunks, row 1") })
        #expect(report.sourcesToRead == [])
    }

    @Test func `a damaged document that another reader would read stays`() async throws {
        let corpus = try await corpus()
        try await editIndex(
            corpus.indexPath,
            """
            UPDATE chunks SET text = 'Changed. ' || substr(text, 10) WHERE id = 1;
            UPDATE sources SET reader = 'recording/1' WHERE name = 'docs/a.md';
            UPDATE sources SET checksum = row_checksum(id, name, root, path, size, modified, sha256, reader)
            """)
        let report = try await CorpusIndex.open(at: corpus.indexPath).repair()
        #expect(report.documentsWithoutSource == ["docs/a.md"] && report.sourcesToRead == [])
    }

    @Test func `documents and chunks without a source are named when they are removed`() async throws {
        let corpus = try await corpus()
        try await editIndex(
            corpus.indexPath,
            "DELETE FROM sources WHERE name = 'docs/a.md'; DELETE FROM documents WHERE key = 'docs/r.jsonl#r1' OR title = 'Bowl'"
        )
        let report = try await CorpusIndex.open(at: corpus.indexPath).repair()
        #expect(report.removedOrphans.contains { $0.hasPrefix("documents, row") && $0.hasSuffix(": docs/a.md") })
        #expect(report.removedOrphans.contains { $0.hasPrefix("chunks, row") && $0.contains("granite") })
        #expect(report.removedOrphans.contains { $0.hasPrefix("chunks, row") && $0.contains("bowl of clay") })
        #expect(report.removedOrphans.count == 3 && report.problems == [], "\(report)")
    }

    @Test func `a filter refuses an edited value`() async throws {
        let corpus = try await corpus()
        try await editIndex(corpus.indexPath, "UPDATE OR REPLACE document_values SET value = 2001 WHERE key = 'year'")
        for search in [
            { _ = try await corpus.search("stone", filter: .equals("year", 2001)) },
            { _ = try await corpus.open().documents(matching: .exists("year")) },
        ] as [() async throws -> Void] {
            let error = await #expect(throws: CorpusError.self) { try await search() }
            #expect(error?.code == .damaged && error?.message.contains("document_values, document") == true)
        }
        #expect(try await corpus.search("stone", filter: .equals("tags", "hard")).count > 0)
    }

    @Test(arguments: [
        "UPDATE chunks SET text = replace(text, 'granite', 'granule')", "UPDATE chunks SET tokens = tokens + 1",
        "UPDATE documents SET title = 'Other'", "UPDATE documents SET language = 'ru'",
        "UPDATE sources SET name = name || 'x'",
        "UPDATE chunks SET separator = separator || ' '",
    ])
    func `a search does not show an edited row`(edit: String) async throws {
        let corpus = try await corpus()
        try await editIndex(corpus.indexPath, edit)
        let error = await #expect(throws: CorpusError.self) { try await corpus.search("granite stone", mode: .bm25) }
        #expect(error?.code == .damaged && error?.message.contains("checksum") == true)
    }
}
