import QuarryCore
import QuarryIndex
import QuarryRetrieval
import QuarryTestSupport
import Testing

/// Files inside of files: here, of a mail.
struct MemberTests {
    private let mail = """
        Subject: Papers
        Content-Type: multipart/mixed; boundary=b

        --b

        Here they are.
        --b
        Content-Disposition: attachment; filename=plan.md

        # Plan

        The lighthouse gets a new lens.
        --b
        Content-Disposition: attachment; filename=photo.png

        x
        --b
        Content-Disposition: attachment; filename=bad.docx

        PKbroken
        --b--
        """

    @Test func `what is not read is counted like files of a folder, and faults stay with the mail`() async throws {
        let corpus = try TestCorpus()
        try corpus.write(mail, to: "a.eml")
        let first = try await corpus.index()
        #expect(first.documents == 2 && first.sources.new == 1)
        #expect(first.unread.map(\.source) == ["docs/a.eml/photo.png"])
        #expect(first.sources.unreadable == ["png": 1] && first.sources.skipped == 1)
        #expect(first.quarantined.map(\.source) == ["docs/a.eml"])
        #expect(first.sources.unreadableInside == ["png": 1])
        let second = try await corpus.index()
        #expect(second.isEmpty && second.quarantined == first.quarantined)
        #expect(second.unread == first.unread && second.sources.skipped == 1)
        #expect(second.sources.unreadable == ["png": 1] && second.sources.unreadableInside == ["png": 1])
        #expect(try corpus.open().problems().isEmpty)
    }

    @Test func `a file that is not read has the name of the mail as it is now`() async throws {
        let corpus = try TestCorpus()
        try corpus.write(mail.replacing("Here they are.", with: ""), to: "a.eml")
        let first = try await corpus.index()
        try corpus.folder.remove("docs/a.eml")
        try corpus.write(mail.replacing("Here they are.", with: ""), to: "b.eml")
        let moved = try await corpus.index()
        #expect(moved.unread.map(\.source) == ["docs/b.eml/photo.png"])
        #expect(moved.unread.map(\.message) == first.unread.map(\.message))
        #expect(try await corpus.index().unread == moved.unread)
        try corpus.write("Subject: Papers\n\nNone.\n", to: "b.eml")
        #expect(try await corpus.index().unread.isEmpty)
        #expect(try await corpus.index().unread.isEmpty)
        #expect(try corpus.open().problems().isEmpty)
    }

    @Test func `a file of a mail is cited by its name, and leaves with the mail`() async throws {
        let corpus = try TestCorpus()
        try corpus.write(mail, to: "a.eml")
        _ = try await corpus.index()
        let hit = try #require(try await corpus.search("lens", mode: .bm25).first)
        #expect(hit.location.source == "docs/a.eml" && hit.location.member == "plan.md")
        #expect("\(hit.location)".hasPrefix("docs/a.eml/plan.md:"))
        try corpus.folder.remove("docs/a.eml")
        #expect(try await corpus.index().deletedDocuments == 2)
    }
}
