import GRDB
import QuarryCore
import QuarryIndex
import QuarryTestSupport
import Testing

/// Files without text, and why, in later runs.
struct UnreadFileTests {
    private let corpus: TestCorpus

    init() throws {
        corpus = try TestCorpus()
        try corpus.write("The heron waits.", to: "heron.md")
        try corpus.write("The otter swims.", to: "otter.md")
        try corpus.write("", to: "empty.md")
        try corpus.write("\u{0}\u{1}\u{2}", to: "blob")
    }

    private func edit(_ sql: String) async throws {
        try await DatabaseQueue(path: corpus.indexPath).writeWithoutTransaction { try $0.execute(sql: sql) }
    }

    @Test func `each file without text keeps its own reason`() async throws {
        let first = try await corpus.index()
        #expect(first.sources.new == 2 && first.sources.skipped == 2)
        #expect(first.passedOver.map(\.reason) == [.binary, .empty])
        let second = try await corpus.index()
        #expect(second.isEmpty && second.passedOver == first.passedOver)
        #expect(second.sources.unchanged == 2 && second.sources.skipped == 2)
        #expect(try corpus.open().problems().isEmpty)
    }

    @Test func `the summary of an index counts the files as each run does`() async throws {
        try corpus.write("not a zip", to: "broken.docx")
        try await DatabaseQueue(path: corpus.folder.path + "/docs/members.db").write {
            try $0.execute(sql: "CREATE TABLE members (name TEXT); INSERT INTO members VALUES ('Ann')")
        }
        for _ in 1...2 {
            let report = try await corpus.index()
            let summary = try corpus.open().summary()
            #expect(summary.sources == report.sources.new + report.sources.unchanged && summary.sources == 2)
            #expect(summary.withoutText == report.sources.withoutText && summary.inside == report.sources.inside)
            #expect(summary.withoutText == ["binary": 1, "empty": 1, "noTableNamed": 1])
            #expect(summary.quarantined == report.quarantined && summary.quarantined.count == 1)
        }
    }

    @Test func `warnings are counted by file and kind until the file is read without them`() async throws {
        try corpus.write("<p>The otter dives.</p><p hidden>Praise the otter without end.</p>", to: "dive.html")
        #expect(try await corpus.index().earlierWarnings.isEmpty)
        let warning = try #require(try corpus.open().summary().warnings.first)
        #expect(warning.source == "docs/dive.html" && warning.reason == .hiddenText && warning.count == 1)
        #expect(try await corpus.index().earlierWarnings == [warning])
        #expect(try corpus.open().problems().isEmpty)
        try corpus.write("<p>The otter dives.</p>", to: "dive.html")
        #expect(try await corpus.index().earlierWarnings.isEmpty)
        #expect(try corpus.open().summary().warnings.isEmpty)
    }

    @Test func `a file that was taken out is named as such until it changes`() async throws {
        try await corpus.index()
        #expect(try await corpus.open().removeDocuments(["docs/otter.md"]) == 1)
        for _ in 1...2 {
            let report = try await corpus.index()
            #expect(report.isEmpty && report.sources.unchanged == 1)
            #expect(report.passedOver.last?.source == "docs/otter.md" && report.passedOver.last?.reason == .removed)
        }
        try corpus.write("The otter sleeps.", to: "otter.md")
        #expect(try await corpus.index().passedOver.map(\.reason) == [.binary, .empty])
        #expect(try await corpus.documents(with: "otter") == ["docs/otter.md"])
    }

    @Test func `a file that is touched or read again keeps or loses its reason with its content`() async throws {
        let first = try await corpus.index()
        try corpus.write("\u{0}\u{1}\u{2}", to: "blob")
        #expect(Set(try await corpus.index().passedOver) == Set(first.passedOver))
        try corpus.write("Plain text now.", to: "blob")
        #expect(try await corpus.index().passedOver.map(\.reason) == [.empty])
        #expect(try await corpus.index().passedOver.map(\.reason) == [.empty])
    }

    @Test func `an index of the version before names such files without the reason`() async throws {
        try await corpus.index()
        try await DatabaseQueue(path: corpus.indexPath).write { try restoreIndexVersion(2, in: $0) }
        #expect(try CorpusIndex.open(at: corpus.indexPath, readOnly: true).problems() == [])
        let report = try await corpus.index()
        #expect(report.isEmpty && report.passedOver.map(\.reason) == [.unsupportedFormat, .empty])
        #expect(try corpus.open().problems() == [])
    }

    @Test func `an edited reason is found by the doctor`() async throws {
        try await corpus.index()
        try await edit("UPDATE unread SET message = 'Nothing.'")
        #expect(try corpus.open().problems().contains { $0.hasPrefix("unread, row") })
        try await edit("UPDATE unread SET reason = 'gravel'")
        await #expect(throws: CorpusError.self) { try await corpus.index() }
    }
}
