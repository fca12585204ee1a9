import Foundation
import QuarryChunking
import QuarryCore
import QuarryIndex
import QuarryReaders
import QuarryRetrieval
import QuarryTestSupport
import Testing

struct FolderNameTests {
    /// Two folders named `docs`, with one note each.
    private func twoFolders() throws -> TestCorpus {
        let corpus = try TestCorpus()
        try corpus.folder.write("This note praises apples.", to: "a/docs/README.txt")
        try corpus.folder.write("This note praises pears.", to: "b/docs/README.txt")
        return corpus
    }

    @Test func `a second folder of the same name gets a unique name`() async throws {
        let corpus = try twoFolders()
        try await corpus.index(["a/docs"])
        try await corpus.index(["b/docs"])
        #expect(try await corpus.documents(with: "apples") == ["docs/README.txt"])
        #expect(try await corpus.documents(with: "pears") == ["b/docs/README.txt"])
        for folders in [["a/docs"], ["b/docs"], ["b/docs", "a/docs"]] {
            #expect(try await corpus.index(folders).isEmpty, "\(folders)")
        }
        #expect(try corpus.open().summary().sources == 2)
    }

    @Test func `a folder keeps its name if another one of the same name is added`() async throws {
        let corpus = try twoFolders()
        try await corpus.index(["a/docs"])
        let report = try await corpus.index(["a/docs", "b/docs"])
        #expect(report.sources.unchanged == 1 && report.sources.new == 1)
        #expect(try await corpus.documents(with: "note") == ["docs/README.txt", "b/docs/README.txt"])
    }

    @Test func `a file has one name for all its paths`() async throws {
        let corpus = try twoFolders()
        try corpus.folder.remove("b")
        for (given, name) in [
            ("a/docs", "docs/README.txt"), ("a/docs/README.txt", "docs/README.txt"), ("a", "a/docs/README.txt"),
            ("a/docs", "a/docs/README.txt"), ("a/docs/README.txt", "a/docs/README.txt"),
        ] {
            let report = try await corpus.index([given])
            #expect(report.sources.deleted == 0)
            #expect(try await corpus.documents(with: "note") == [name], "\(given)")
            #expect(try corpus.open().summary().sources == 1)
            #expect(try corpus.open().problems().isEmpty)
        }
        #expect(corpus.embedder.passages == 1)
    }

    @Test func `a file is named after its folder once the folder is indexed`() async throws {
        let corpus = try twoFolders()
        try await corpus.index(["a/docs/README.txt"])
        let report = try await corpus.index(["a/docs"])
        #expect(report.sources.moved == 1)
        #expect(report.sources.new + report.sources.deleted == 0)
        #expect(try await corpus.documents(with: "note") == ["docs/README.txt"])
        try corpus.folder.remove("a/docs/README.txt")
        #expect(try await corpus.index(["a/docs"]).sources.deleted == 1)
        #expect(try corpus.open().summary().sources == 0)
    }

    @Test func `two new folders of the same name get different names`() async throws {
        let corpus = try twoFolders()
        try await corpus.index(["a/docs", "b/docs"])
        #expect(try await corpus.documents(with: "note") == ["a/docs/README.txt", "b/docs/README.txt"])
        #expect(try await corpus.index(["b/docs"]).isEmpty)
    }

    @Test func `documents moved together with their index keep their names and vectors`() async throws {
        let corpus = try twoFolders()
        try corpus.folder.write("This note praises plums.", to: "a/docs/deep/plums.md")
        try corpus.folder.write("{broken\n", to: "a/docs/bad.jsonl")
        try await corpus.index(["a/docs"])
        try corpus.folder.move("a", to: "moved/a")
        let report = try await corpus.index(["moved/a/docs"])
        #expect(report.sources.unchanged == 2)
        #expect(report.isEmpty)
        #expect(report.quarantined.map(\.source) == ["docs/bad.jsonl"])
        #expect(try await corpus.documents(with: "note") == ["docs/README.txt", "docs/deep/plums.md"])
        try corpus.folder.remove("moved/a/docs/README.txt")
        #expect(try await corpus.index(["moved/a/docs"]).sources.deleted == 1)
        #expect(try await corpus.documents(with: "note") == ["docs/deep/plums.md"])
    }

    @Test func `files and bytes never share a name`() async throws {
        let corpus = try TestCorpus()
        try corpus.write("This note praises apples.", to: "a.md")
        try await corpus.index()
        let report = try await corpus.indexer().index([.bytes(Array("This note praises figs.".utf8), name: "docs/a.md")]
        )
        #expect(report.quarantined.map(\.source) == ["docs/a.md"])
        #expect(try await corpus.documents(with: "apples") == ["docs/a.md"])

        for text in ["This note praises figs.", "This note praises dates."] {
            let report = try await corpus.indexer().index([.bytes(Array(text.utf8), name: "docs/b.md")])
            #expect(report.quarantined.isEmpty)
        }
        #expect(try await corpus.documents(with: "figs").isEmpty)
        try corpus.write("This note praises plums.", to: "b.md")
        try await corpus.index()
        #expect(try await corpus.documents(with: "dates") == ["docs/b.md"])
        #expect(try await corpus.documents(with: "plums") == [corpus.folder.path("docs/b.md")])
        #expect(try await corpus.index().isEmpty)
    }
}
