import QuarryCore
import QuarryReaders
import Testing

struct MailAttachmentTests {
    private func read(_ mail: String, _ name: String = "a.eml") async throws -> ReadResult {
        try await ReaderRegistry().read(Source(id: name, bytes: Array(mail.utf8)))
    }

    private func attachment(_ name: String, _ text: String) -> String {
        """
        --b
        Content-Type: application/octet-stream; name="\(name)"
        Content-Disposition: attachment

        \(text)

        """
    }

    private func mail(_ subject: String, _ attachments: [String]) -> String {
        """
        From: ann@example.org
        Subject: \(subject)
        Date: Thu, 5 Mar 2026 14:30:05 +0100
        Content-Type: multipart/mixed; boundary=b

        --b

        See the files.
        \(attachments.joined())--b--

        """
    }

    @Test func `attachments of known formats are documents with the facts of their mail`() async throws {
        let result = try await read(
            mail("Costs", [attachment("plan.md", "# Plan\n\nDig a well."), attachment("photo.png", "x")]))
        #expect(result.documents.map(\.id) == ["a.eml", "a.eml/plan.md"])
        let plan = try #require(result.documents.last)
        #expect(plan.title == "Plan" && plan.sourceMap.member == "plan.md")
        #expect(
            plan.metadata == [
                "subject": "Costs", "from": "ann@example.org", "date": "2026-03-05T14:30:05+01:00",
            ])
        #expect(result.documents.first?.text.contains("Attachment: photo.png") ?? false)
        #expect(result.unread.map(\.source) == ["a.eml/photo.png"] && result.unread.map(\.reason) == [.needsModel])
    }

    @Test func `of many attachments the rest is left out with a warning, and the messages are read`() async throws {
        let mails = (1...3).map { mail("Mail \($0)", [attachment("\($0).txt", "Text number \($0).")]) }
        let box = Source(
            id: "m.mbox", bytes: Array(mails.map { "From ann Thu Mar  5 14:30:05 2026\n\($0)\n" }.joined().utf8))
        for limits in [MemberLimits(files: 1), MemberLimits(text: 5), MemberLimits(duration: .zero)] {
            let result = try await MailReader(limits: limits).read(box, members: ReaderRegistry())
            let attached = limits.duration == .zero ? [] : ["m.mbox/1/1.txt"]
            #expect(result.documents.map(\.id).filter { $0.contains("/") } == attached)
            #expect(result.documents.count == 3 + attached.count)
            let first = limits.duration == .zero ? "1/1.txt" : "2/2.txt"
            #expect(result.warnings.map(\.reason) == [.tooLarge])
            #expect(result.warnings.first?.message.contains(first) ?? false)
        }
        let whole = try await MailReader().read(box, members: ReaderRegistry())
        #expect(whole.documents.count == 6 && whole.warnings.isEmpty)
    }

    @Test func `attachments of a mailbox have the number of their message, and of one name a number of their own`()
        async throws
    {
        let mails = [
            mail("One", [attachment("a.txt", "first")]),
            mail("Two", [attachment("a.txt", "second"), attachment("a.txt", "third")]),
        ]
        let box = mails.map { "From ann Thu Mar  5 14:30:05 2026\n\($0)\n" }.joined()
        let result = try await read(box, "m.mbox")
        #expect(
            result.documents.map(\.id) == [
                "m.mbox#1", "m.mbox/1/a.txt", "m.mbox#2", "m.mbox/2/a.txt", "m.mbox/2/a (2).txt",
            ])
        #expect(result.documents.last?.metadata["subject"] == "Two")
        #expect(result.documents.map { $0.allPlaces.count } == [1, 0, 1, 0, 0])
    }

    @Test func `messages of one subject have different places`() async throws {
        let mails = (1...2).map { "From ann Thu Mar  5 14:30:05 2026\nSubject: Same\nFrom: a@b.c\n\nText \($0).\n\n" }
        let places = try await read(mails.joined(), "m.mbox").documents.map(\.allPlaces)
        #expect(places == [[.message("1: Same")], [.message("2: Same")]])
    }

    @Test func `an archive in a mail, and a file of a mail in an archive, are named and not opened`() async throws {
        let result = try await read(mail("Zip", [attachment("d.zip", "PK")]))
        #expect(result.documents.map(\.id) == ["a.eml"] && result.unread.map(\.source) == ["a.eml/d.zip"])
        let zip = ZipWriter.archive([("a.eml", mail("Zip", [attachment("plan.md", "# Plan")]))])
        let inside = try await ReaderRegistry().read(Source(id: "d.zip", bytes: zip))
        #expect(inside.documents.map(\.id) == ["d.zip/a.eml"])
        #expect(inside.unread.map(\.source) == ["d.zip/a.eml/plan.md"])
    }

    @Test func `an attachment without a name has the extension of its type`() async throws {
        let part = "--b\nContent-Type: application/json\nContent-Disposition: attachment\n\n{\"well\": \"deep\"}\n"
        #expect(try await read(mail("x", [part])).documents.last?.id == "a.eml/unnamed.json")
    }

    @Test func `parts that nest too deeply, and too many, are a warning`() async throws {
        var deep = "Subject: deepest\n\nwords\n"
        for level in 0..<40 { deep = "Subject: \(level)\nContent-Type: message/rfc822\n\n" + deep }
        let nested = try await read(deep)
        #expect(nested.warnings.map(\.reason) == [.undecodable])
        let many = mail("x", (0..<1_200).map { attachment("\($0).txt", "words") })
        let result = try await read(many)
        #expect(result.warnings.count == 1 && result.documents.count > 900)
    }

    @Test func `files of a Maildir are mail, others of such folders are text`() async throws {
        let text = "Return-Path: <ann@example.org>\nSubject: Well\nFrom: ann@example.org\n\nIt is deep.\n"
        for name in ["box/cur/1700000000.M1P2.host:2,S", "box/new/1700000000", "cur/1700000000.a.example.org"] {
            #expect(try await read(text, name).documents.first?.metadata["subject"] == "Well")
        }
        #expect(try await read(text, "box/1700000000").documents.first?.metadata.isEmpty ?? false)
        #expect(try await read("Note: x\n\nwords", "box/cur/note").documents.first?.text == "Note: x\n\nwords")
        let registry = ReaderRegistry()
        #expect(registry.version(of: "box/cur/1") == registry.version(of: "a.eml"))
    }
}
