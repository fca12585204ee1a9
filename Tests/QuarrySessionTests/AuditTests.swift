import Foundation
import Quarry
import QuarryEvaluation
import QuarrySession
import QuarryTestSupport
import Testing

struct AuditTests {
    /// 1 June 2026.
    private static let today = Date(timeIntervalSince1970: 1_780_272_000)

    private func report(
        on folder: TemporaryFolder, _ names: [String] = ["docs"], questions: [String]? = nil,
        _ change: (inout Audit.Options) -> Void = { _ in }
    ) async throws -> AuditReport {
        var options = Audit.Options()
        options.today = Self.today
        change(&options)
        return try await Audit(readers: ReaderRegistry(), options: options).report(
            on: names.map(folder.path),
            questions: questions?.enumerated().map { EvaluationQuery(id: "\($0)", text: $1) })
    }

    private static func sentence(_ words: Int, seed: UInt64) -> [String] {
        var random = SeededGenerator(seed: seed)
        return (0..<words).map { _ in "w\(Int.random(in: 0..<4000, using: &random))" }
    }

    @Test func `files are counted by format, encoding and language`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("The mill is beside the river and the road is by the house.", to: "docs/a.md")
        try folder.write("Мельница стоит у реки, а дорога проходит у дома.", to: "docs/b.txt")
        try folder.write([0xFF, 0xFE] + Array("Wide text".utf16).flatMap { [UInt8($0 & 0xFF), 0] }, to: "docs/c.txt")
        try folder.write("x", to: "docs/.hidden")
        try folder.write("{\"_id\":\"r\",\"text\":\"A record of the mill.\"}\nbroken\n", to: "docs/d.jsonl")
        let report = try await report(on: folder)
        #expect(report.formats.map(\.name) == ["txt", "jsonl", "md"] && report.formats.map(\.files) == [2, 1, 1])
        #expect(report.files.count == 4 && report.files.read == 4 && report.files.skipped == 1)
        #expect(report.encodings.map { "\($0.name) \($0.count)" } == ["UTF-8 3", "UTF-16LE 1"])
        #expect(Set(report.languages.map(\.name)).isSuperset(of: ["English", "Russian"]))
        #expect(report.partlyRead.map(\.reason) == ["brokenRecord"])
        #expect(report.partlyRead.first?.files.items.map(\.name) == ["docs/d.jsonl:2"])
        #expect(report.lengths.documents == 4 && report.lengths.longest == 13)
    }

    @Test func `files that are not read are named by their reason`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("", to: "docs/empty.md")
        try folder.write(
            [0xD0, 0xCF, 0x11, 0xE0] + "EncryptedPackage".utf16.flatMap { [UInt8($0), 0] }, to: "docs/e.docx")
        try folder.write("tune", to: "docs/t.mp3")
        try folder.write("archive", to: "docs/z.rar")
        try folder.write(String(repeating: "long ", count: 300_000), to: "docs/long.txt")
        try folder.write("Some words.", to: "docs/a.txt")
        let report = try await report(on: folder) { $0.input.maximumFileBytes = 1 << 20 }
        #expect(report.files.count == 6 && report.files.read == 1)
        let names = Dictionary(uniqueKeysWithValues: report.unread.map { ($0.reason, $0.files.items.map(\.name)) })
        #expect(
            names == [
                "empty": ["docs/empty.md"], "encrypted": ["docs/e.docx"], "needsModel": ["docs/t.mp3"],
                "unsupportedFormat": ["docs/z.rar"], "tooLarge": ["docs/long.txt"],
            ])
        #expect(report.formats.first { $0.name == "rar" }?.bytes == 7)
        #expect(report.unreadCount("encrypted", "empty") == 2)
        #expect(report.summary.available.first?.hasPrefix("5 files of 6 could not be read (83 %)") == true)
    }

    @Test func `equal files, equal texts and similar texts are grouped`() async throws {
        let folder = try TemporaryFolder()
        let text = Self.sentence(200, seed: 1)
        var changed = text
        changed[50] = "changed"
        try folder.write(text.joined(separator: " "), to: "docs/a.txt")
        try folder.write(text.joined(separator: " "), to: "docs/b.txt")
        try folder.write([0xEF, 0xBB, 0xBF] + Array(text.joined(separator: " ").utf8), to: "docs/c.txt")
        try folder.write(changed.joined(separator: "\n"), to: "docs/d.md")
        try folder.write(Self.sentence(200, seed: 2).joined(separator: " "), to: "docs/e.txt")
        try folder.write("", to: "docs/empty1.txt")
        try folder.write("", to: "docs/empty2.txt")
        let found = try await report(on: folder).duplicates
        #expect(found.sameBytes.items == [["docs/a.txt", "docs/b.txt"]])
        #expect(found.sameText.items == [["docs/a.txt", "docs/b.txt", "docs/c.txt"]])
        #expect(found.near.items.map(\.documents) == [["docs/a.txt", "docs/d.md"]])
        // 5 of 196 shingles differ: 191 are common to 201.
        #expect(found.near.items.map { ($0.similarity * 201).rounded() } == [191])
        #expect(found.redundantDocuments == 3)
    }

    @Test func `ten thousand documents are compared in a bounded time, in the same order each time`() async throws {
        let folder = try TemporaryFolder()
        let common = Self.sentence(40, seed: 9)
        var lines = ""
        for number in 0..<10_000 {
            // Half of them are nearly equal, which is the worst case for buckets; the others differ.
            var words = number.isMultiple(of: 2) ? common : Self.sentence(40, seed: UInt64(number) + 100)
            words[39] = "x\(number)"
            lines += "{\"_id\":\"d\(number)\",\"text\":\"\(words.joined(separator: " "))\"}\n"
        }
        try folder.write(lines, to: "docs/all.jsonl")
        let clock = ContinuousClock()
        var first: AuditReport?
        let time = try await clock.measure { first = try await report(on: folder) }
        let found = try #require(first)
        #expect(found.lengths.documents == 10_000)
        #expect(found.duplicates.near.items.map(\.documents.count) == [5_000])
        #expect(time < .seconds(240))
        #expect(try await report(on: folder) == found)
    }

    @Test func `personal data is counted and not repeated`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("Write to anna.keller@example-mill.com or +7 495 123-45-67.", to: "docs/a.md")
        try folder.write("Nothing of the kind.", to: "docs/b.md")
        let report = try await report(on: folder)
        #expect(report.personalData.kinds.map(\.kind) == ["email", "phone"])
        #expect(report.personalData.files.items.map(\.name) == ["docs/a.md"])
        #expect(report.personalData.files.items.map(\.counts) == [["email": 1, "phone": 1]])
        let json = String(decoding: try JSONEncoder().encode(report), as: UTF8.self)
        // Three digits alone can stand in a date.
        for part in ["anna", "keller", "example-mill", "495 123", "123-45", "4951234567"] {
            #expect(!json.contains(part), "\(part)")
        }
    }

    @Test func `personal data of metadata counts once for each file`() async throws {
        let folder = try TemporaryFolder()
        try folder.write(
            """
            From: Anna Keller <anna.keller@example-mill.com>
            To: bert@example-mill.com, carl@example-mill.com
            Subject: Papers
            Content-Type: multipart/mixed; boundary=b

            --b

            Here they are.
            --b
            Content-Disposition: attachment; filename=plan.md

            The lighthouse gets a new lens.
            --b--
            """, to: "docs/a.eml")
        try folder.write("---\nphone: 74951234567\npages: 12\n---\nText.", to: "docs/b.md")
        let found = try await report(on: folder).personalData
        let counts = Dictionary(uniqueKeysWithValues: found.files.items.map { ($0.name, $0.counts) })
        #expect(counts == ["docs/a.eml": ["email": 3], "docs/b.md": ["phone": 1]])
    }

    @Test func `files of an archive that are not read are named, and the summary says so`() async throws {
        let folder = try TemporaryFolder()
        try folder.write(
            """
            Subject: Papers
            Content-Type: multipart/mixed; boundary=b

            --b

            Here they are.
            --b
            Content-Disposition: attachment; filename=photo.png

            x
            --b
            Content-Disposition: attachment; filename=old.mobi

            x
            --b--
            """, to: "docs/a.eml")
        let report = try await report(on: folder)
        #expect(report.files.count == 1 && report.files.read == 1 && report.unread.isEmpty)
        let names = Dictionary(uniqueKeysWithValues: report.partlyRead.map { ($0.reason, $0.files.items.map(\.name)) })
        #expect(names == ["needsModel": ["docs/a.eml/photo.png"], "unsupportedFormat": ["docs/a.eml/old.mobi"]])
        #expect(
            report.summary.available.first
                == "Every file was read, but 2 records or files inside of them were left out: 1 in need of a model, "
                + "1 in an unsupported format.")
        try folder.write("", to: "docs/empty.md")
        let sentences = try await self.report(on: folder).summary.available
        #expect(sentences[0] == "1 file of 2 could not be read (50 %): 1 without text.")
        #expect(sentences[1].hasPrefix("Of the others, 2 records or files inside of them were left out"))
    }

    @Test func `links that lead to no file of the folder are listed`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("outside", to: "other.md")
        try folder.write("x", to: "docs/sub/two words.md")
        try folder.write("x", to: "docs/page.md")
        try folder.write(
            """
            [ok](sub/two%20words.md#part) [page](page.html) [folder](sub) [web](https://example.com/no.md)
            [mail](mailto:a@b.c) [site](/root.md) [anchor](#x) [[Two words]] [[sub/two words]] [[page.md]]
            [gone](gone.md) [outside](../other.md) [[Lost]] [[other/page]] [again](gone.md)
            """, to: "docs/a.md")
        try folder.write("<p>A page with links <a href='a.md'>1</a><a href='b.md?x=1'>2</a>", to: "docs/c.html")
        let links = try await report(on: folder).links
        let found = links.dangling.items.map { "\($0.file) \($0.target) \($0.isOutside)" }
        #expect(
            found == [
                "docs/a.md gone.md false", "docs/a.md ../other.md true", "docs/c.html b.md?x=1 false",
                "docs/a.md [[Lost]] false", "docs/a.md [[other/page]] false",
            ])
        #expect(links.checked == 12)
    }

    @Test func `dates come from metadata, else from the file`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("---\ndate: 2019-03-05\n---\nOld text.", to: "docs/a.md")
        try folder.write("---\ndate: 2026-02-01\nupdated: 2026-03-01\n---\nNew text.", to: "docs/b.md")
        try folder.write("---\ndate: 2027-01-01\n---\nText of the future.", to: "docs/c.md")
        try folder.write("Text without a date.", to: "docs/d.md")
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1_000_000_000)], ofItemAtPath: folder.path("docs/d.md"))
        let age = try await report(on: folder) { $0.yearLimit = 5 }.age
        #expect(age.oldest?.document == "docs/d.md" && age.oldest?.date == "2001-09-09")
        #expect(age.newest?.document == "docs/c.md" && age.newest?.date == "2027-01-01")
        #expect(age.years.map(\.name) == ["2001", "2019", "2026", "2027"])
        #expect(age.fromMetadata == 3 && age.fromFile == 1 && age.older == 2 && age.inFuture == 1)
    }

    @Test func `titles and metadata are counted, with the types of values`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("---\ntitle: One\nyear: 2024\nlicense: MIT\n---\nText.", to: "docs/a.md")
        try folder.write("---\nyear: about 2020\n---\nText.", to: "docs/b.md")
        try folder.write("# Three\n\nText.", to: "docs/c.md")
        let report = try await report(on: folder)
        #expect(report.withoutTitle.items == ["docs/b.md"])
        let year = try #require(report.metadata.first { $0.key == "year" })
        #expect(year.documents == 2 && year.types == ["number", "string"])
        #expect(report.licences.hints.map(\.name) == ["MIT"] && report.licences.files == 1)
    }

    @Test func `licences are found in files, pages and the files that are licences`() async throws {
        let folder = try TemporaryFolder()
        try folder.write(
            "MIT License\n\nPermission is hereby granted, free of charge, to any person", to: "docs/LICENSE")
        // The reader leaves out the foot of a page.
        try folder.write(
            "<html><body><p>Words about mills.</p><footer>All rights reserved.</footer></body></html>",
            to: "docs/p.html")
        try folder.write("Words about rivers.", to: "docs/a.md")
        let report = try await report(on: folder)
        #expect(report.licences.hints.map(\.name).sorted() == ["All rights reserved", "MIT"])
        #expect(report.licences.files == 2 && report.licences.licenceFiles.items == ["docs/LICENSE"])
        #expect(report.summary.available.contains { $0.contains("docs/LICENSE may speak for") })
    }

    @Test func `questions are answered from the documents or listed`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("The mill was built by Jonas Okonkwo in 1873.", to: "docs/a.md")
        try folder.write("The river floods every spring.", to: "docs/b.md")
        let report = try await report(
            on: folder, questions: ["Who built the mill?", "Which planet has the most moons?", "   "])
        let questions = try #require(report.questions)
        #expect(questions.asked == 3 && questions.answered == 1)
        #expect(questions.questions.first?.document == "docs/a.md")
        #expect(questions.unanswered.map(\.text) == ["Which planet has the most moons?", "   "])
        #expect(report.summary.relevant.first == "1 of 3 questions are answered from the documents (33 %).")
    }

    @Test func `a folder in good order has nothing against it`() async throws {
        let folder = try TemporaryFolder()
        for (number, text) in ["mills", "rivers"].enumerated() {
            try folder.write(
                "---\ntitle: \(text)\ndate: 2026-01-0\(number + 1)\nlicense: MIT\n---\n"
                    + Self.sentence(40, seed: UInt64(number)).joined(separator: " "), to: "docs/\(text).md")
        }
        let summary = try await report(on: folder, questions: []).summary
        #expect(summary.relevant == ["All 0 questions are answered from the documents."])
        #expect(summary.available == ["Every file was read."])
        #expect(summary.standardised == ["The files have 1 format."])
    }

    @Test func `a path that does not exist is an error, and patterns choose files`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("one", to: "docs/a.md")
        try folder.write("two", to: "docs/b.txt")
        await #expect(throws: CorpusError.self) { try await report(on: folder, ["nowhere"]) }
        #expect(try await report(on: folder) { $0.input.include = ["*.md"] }.files.count == 1)
    }

    @Test func `the report is the same after coding`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("[[x]] a@example-mill.com", to: "docs/a.md")
        let report = try await report(on: folder, questions: ["Who?"])
        #expect(report.schema == "quarry.audit/1")
        #expect(try JSONDecoder().decode(AuditReport.self, from: JSONEncoder().encode(report)) == report)
    }
}
