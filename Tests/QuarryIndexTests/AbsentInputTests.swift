import Foundation
import QuarryChunking
import QuarryCore
import QuarryIndex
import QuarryReaders
import QuarryRetrieval
import QuarryTestSupport
import Testing

/// Inputs that no longer exist.
struct AbsentInputTests {
    private func corpus() async throws -> TestCorpus {
        let corpus = try TestCorpus()
        try corpus.write("A lighthouse on the cape.", to: "a.txt")
        try corpus.folder.write("A windmill by the lake.", to: "notes.md")
        try corpus.folder.write("An observatory on the hill.", to: "more/b.txt")
        try corpus.folder.write("A harbour in the fog.", to: "more/c.txt")
        try await corpus.index(["docs", "notes.md", "more"])
        return corpus
    }

    @Test(arguments: [("notes.md", 1), ("more", 2)])
    func `a deleted input is removed from the index, and the rest is indexed`(name: String, count: Int) async throws {
        let corpus = try await corpus()
        try corpus.folder.remove(name)
        try corpus.write("A lighthouse on the reef.", to: "d.txt")
        let inputs = [IndexInput.path(corpus.documentsPath), .path(corpus.folder.path(name))]
        for report in [try await corpus.indexer().plan(inputs), try await corpus.indexer().index(inputs)] {
            #expect(report.sources.deleted == count && report.deletedDocuments == count)
            #expect(report.sources.new == 1 && report.sources.unchanged == 1)
            #expect(report.quarantined.isEmpty)
            #expect(report.warnings.map(\.source) == [corpus.folder.path(name)])
        }
        #expect(try await corpus.documents(with: "lighthouse").count == 2)
        #expect(try await corpus.documents(with: name == "more" ? "observatory" : "windmill").isEmpty)
        #expect(try corpus.open().problems().isEmpty)
        #expect(try corpus.open().summary().documents == 5 - count)
    }

    @Test func `a file with its old and its new name as inputs has moved`() async throws {
        let corpus = try await corpus()
        try corpus.folder.move("notes.md", to: "mills.md")
        let report = try await corpus.index(["notes.md", "mills.md"])
        #expect(report.sources.moved == 1 && report.sources.deleted == 0 && report.embeddedChunks == 0)
        #expect(try await corpus.documents(with: "windmill").count == 1)
    }

    @Test func `a link to a deleted target counts as the target`() async throws {
        let corpus = try await corpus()
        let link = corpus.folder.path("link.md")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "notes.md")
        try corpus.folder.remove("notes.md")
        let report = try await corpus.index(["link.md"])
        #expect(report.sources.deleted == 1)
        #expect(try await corpus.documents(with: "windmill").isEmpty)
    }

    @Test func `an unknown path is listed, and the rest is indexed`() async throws {
        let corpus = try await corpus()
        try corpus.write("A lighthouse on the reef.", to: "d.txt")
        let report = try await corpus.index(["docs", "dcos", "more/x.txt"])
        #expect(report.sources.new == 1)
        #expect(report.quarantined.map(\.reason) == [.notFound, .notFound])
        #expect(
            Set(report.quarantined.map(\.source)) == [corpus.folder.path("dcos"), corpus.folder.path("more/x.txt")])
        // An error of this run only: the index does not store it.
        #expect(try corpus.open().summary().quarantined.isEmpty)
        #expect(try await corpus.documents(with: "harbour").count == 1)
    }

    @Test func `if no input exists, nothing is done`() async throws {
        let corpus = try await corpus()
        let error = await #expect(throws: CorpusError.self) { try await corpus.index(["dcos"]) }
        #expect(error?.code == .input)
        #expect(error?.message.contains("dcos: There is no such file or folder") == true)
        #expect(try corpus.open().summary().documents == 4)
    }
}
