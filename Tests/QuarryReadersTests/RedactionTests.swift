import QuarryCore
import QuarryReaders
import QuarryTestSupport
import QuarryText
import Testing

struct RedactionTests {
    private let all = Redaction(Set(PersonalData.Kind.allCases))

    private func registry(_ kinds: Set<PersonalData.Kind>) -> ReaderRegistry {
        var options = ReadingOptions()
        options.redaction = Redaction(kinds)
        return ReaderRegistry(options)
    }

    @Test func `placeholders lead to the bytes of what they replace`() async throws {
        let source = "# Contacts\n\nWrite to anna@example.org or call 8 (495) 123-45-67 today.\n"
        let result = try await registry([.email, .phone]).read(Source(id: "a.md", bytes: Array(source.utf8)))
        let document = try #require(result.documents.first)
        #expect(document.text.contains("Write to [e-mail] or call [phone] today."))
        #expect(try document.written("[e-mail]", in: source) == "anna@example.org")
        #expect(try document.written("[phone]", in: source) == "8 (495) 123-45-67")
        #expect(try document.written("today", in: source) == "today")
        let start = try #require(document.text.utf8.firstIndex(of: UInt8(ascii: "[")))
        let offset = document.text.utf8.distance(from: document.text.startIndex, to: start)
        #expect(document.sourceMap.lines(of: offset..<offset + 8) == 3...3)
    }

    @Test func `only the chosen kinds are replaced`() async throws {
        let source = Source(id: "a.txt", bytes: Array("a@b.org, 8 (495) 123-45-67".utf8))
        let document = try await registry([.email]).read(source).documents.first
        #expect(document?.text == "[e-mail], 8 (495) 123-45-67")
        #expect(try await registry([]).read(source).documents.first?.text == "a@b.org, 8 (495) 123-45-67")
    }

    @Test func `title, headings, metadata and links are redacted, and the id stays`() {
        let document = Document(
            id: "a@b.org", title: "Mail of a@b.org", text: "## a@b.org\n\ntext",
            metadata: [
                "phone": 4_155_550_132, "from": "Anna <a@b.org>", "cc": .strings(["c@d.org", "Bob"]), "pages": 12,
                "ИНН": 7_707_083_893, "draft": true, "tel": "123-45-67",
            ],
            blocks: [Block(kind: .heading(level: 2, title: "a@b.org"), range: 0..<10)], links: ["a@b.org", "Note"])
        let redacted = all.redacted(document)
        #expect(redacted.id == "a@b.org")
        #expect(redacted.title == "Mail of [e-mail]")
        #expect(redacted.text == "## [e-mail]\n\ntext")
        #expect(
            redacted.metadata == [
                "phone": "[phone]", "from": "Anna <[e-mail]>", "cc": .strings(["[e-mail]", "Bob"]), "pages": 12,
                "ИНН": "[inn]", "draft": true, "tel": "[phone]",
            ])
        #expect(redacted.blocks == [Block(kind: .heading(level: 2, title: "[e-mail]"), range: 0..<11)])
        #expect(redacted.links == ["[e-mail]", "Note"])
    }

    @Test func `a title that is found by the words before it is redacted in the heading, too`() async throws {
        let source = "Паспорт:\n# 4508 123456\ntext"
        let document = try #require(
            try await registry([.passport]).read(Source(id: "a.md", bytes: Array(source.utf8))).documents.first)
        #expect(document.title == "[passport]")
        #expect(!document.text.contains("123456"))
        #expect(document.blocks.allSatisfy { "\($0)".contains("123456") == false })
    }

    @Test func `tables keep their header and places their ranges`() {
        let text = "| mail | n |\n| --- | --- |\n| a@b.org | 1 |\n\nSecond page c@d.org"
        let table = text.utf8.count - "\n\nSecond page c@d.org".utf8.count
        let map = SourceMap(
            segments: [.init(clean: 0, source: 0, cleanUnit: 1, sourceUnit: 1, count: text.utf8.count)],
            lineStarts: [0],
            places: [
                .init(range: 0..<table, place: .page(1)), .init(range: table + 2..<text.utf8.count, place: .page(2)),
            ], base: .text)
        let document = Document(
            id: "a", text: text, blocks: [Block(kind: .table(header: 0..<26), range: 0..<table)], sourceMap: map)
        let redacted = all.redacted(document)
        let bytes = Array(redacted.text.utf8)
        #expect(redacted.text == "| mail | n |\n| --- | --- |\n| [e-mail] | 1 |\n\nSecond page [e-mail]")
        #expect(redacted.blocks.first?.kind == .table(header: 0..<26))
        #expect(redacted.blocks.first?.range == 0..<table + 1)
        #expect(redacted.sourceMap.places(of: bytes.count - 3..<bytes.count) == [.page(2)])
        #expect(redacted.sourceMap.places(of: 0..<table) == [.page(1)])
        #expect(redacted.sourceMap.base == .text)
    }

    @Test func `messages are redacted, and versions name the kinds`() async throws {
        let readers = registry([.email, .card])
        // The warning names the file as the archive does, and so does the rejection of one that is encrypted or empty.
        let files = ZipWriter.archive([("../mail anna@example.org here.txt", "text"), ("inner a@b.org x.zip", "PK")])
        let plain = try await ReaderRegistry().read(Source(id: "a.zip", bytes: files))
        #expect(plain.warnings.contains { $0.message.contains("anna@example.org") })
        let result = try await readers.read(Source(id: "a.zip", bytes: files))
        #expect(result.warnings.count == plain.warnings.count)
        #expect(result.warnings.contains { $0.message.contains("[e-mail]") })
        #expect(result.warnings.allSatisfy { !$0.message.contains("anna@example.org") })
        let only = ZipWriter.archive([("inner a@b.org x.zip", "PK")])
        let unread = try await readers.read(Source(id: "a.zip", bytes: only))
        #expect(unread.rejected.first?.message.contains("[e-mail]") == true)
        #expect(readers.version(of: "a.md")?.hasSuffix(" -card,email") == true)
        #expect(readers.version(of: "a.md") != ReaderRegistry().version(of: "a.md"))
    }

    @Test func `a large text is redacted in a time in proportion to its length`() async throws {
        let pieces = [
            "anna.b@example.org ", "a@a@a@a@", "8 (495) 123-45-67 ", "4111 1111 1111 1111 ", "1 2 3 4 5 6 7 8 9 ",
            "......", "passport passport ", "+1+2+3", "ИНН 7707083893 ", "# a@b.org\n\n",
        ]
        func time(of piece: String, bytes: Int) -> Duration {
            let text = String(repeating: piece, count: bytes / piece.utf8.count)
            let document = Document(
                id: "a", text: text, blocks: [Block(kind: .paragraph, range: 0..<text.utf8.count)],
                sourceMap: SourceMap(
                    segments: [.init(clean: 0, source: 0, cleanUnit: 1, sourceUnit: 1, count: text.utf8.count)],
                    lineStarts: [0]))
            return ContinuousClock().measure { _ = all.redacted(document) }
        }
        for piece in pieces {
            let (one, four) = (time(of: piece, bytes: 100_000), time(of: piece, bytes: 400_000))
            // Four times as much text. Quadratic work would take 16 times as long.
            #expect(four < one * 10 + .seconds(1), "\(piece): \(one), \(four)")
            #expect(four < .seconds(60), "\(piece): \(four)")
        }
    }

    @Test func `every stretch between placeholders has the bytes that it had`() async throws {
        let pieces = [
            "anna@example.org", "8 (495) 123-45-67", "# Заголовок\n", "слово ", "\n\n", "| a | b |\n", "é", "x",
            "4111 1111 1111 1111", "- item ", "`code` ", "&amp; ", "e\u{301}", "\u{AD}",
        ]
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<200 {
            var source = "start "
            for _ in 0..<20 { source += pieces.randomElement(using: &generator) ?? "" }
            let given = Source(id: "a.md", bytes: Array(source.utf8))
            let plain = try #require(try await ReaderRegistry().read(given).documents.first)
            let document = all.redacted(plain)
            let (old, new) = (Array(plain.text.utf8), Array(document.text.utf8))
            let matches = PersonalData.find(in: plain.text)
            var shift = 0
            var last = 0
            for match in matches {
                let kept = last..<match.range.lowerBound
                let moved = kept.lowerBound + shift..<kept.upperBound + shift
                #expect(old[kept].elementsEqual(new[moved]))
                if !kept.isEmpty {
                    #expect(document.sourceMap.sourceRange(of: moved) == plain.sourceMap.sourceRange(of: kept))
                }
                let count = match.kind.placeholder.utf8.count
                let place = match.range.lowerBound + shift..<match.range.lowerBound + shift + count
                #expect(new[place].elementsEqual(match.kind.placeholder.utf8))
                #expect(document.sourceMap.sourceRange(of: place) == plain.sourceMap.sourceRange(of: match.range))
                shift += count - match.range.count
                last = match.range.upperBound
            }
            #expect(new.count == old.count + shift)
            for block in document.blocks { #expect(block.range.upperBound <= new.count) }
        }
    }
}

struct SourceLabelsTests {
    @Test func `labels of inner folders win, and names end at a slash`() {
        var labels = SourceLabels()
        labels.set("owner", to: "Ann", of: "docs")
        labels.set("owner", to: "Bob", of: "docs/team")
        labels.set("year", to: 2026, of: "docs/team/a.md")
        #expect(labels.labels(of: "docs/a.md") == ["owner": "Ann"])
        #expect(labels.labels(of: "docs/team/a.md") == ["owner": "Bob", "year": 2026])
        #expect(labels.labels(of: "docs2/a.md") == [:])
        labels.set("owner", to: nil, of: "docs")
        #expect(labels.labels(of: "docs/a.md") == [:])
        labels.set("x", to: true, of: "")
        #expect(labels.labels(of: "/any/file") == ["x": true])
    }

    @Test func `a label wins over front matter and changes the version of its files only`() async throws {
        var options = ReadingOptions()
        options.labels.set("owner", to: "Ann", of: "docs")
        let readers = ReaderRegistry(options)
        let source = Source(id: "docs/a.md", bytes: Array("---\nowner: Eve\nkind: note\n---\ntext".utf8))
        #expect(try await readers.read(source).documents.first?.metadata == ["owner": "Ann", "kind": "note"])
        #expect(readers.version(of: "docs/a.md") != ReaderRegistry().version(of: "docs/a.md"))
        #expect(readers.version(of: "other/a.md") == ReaderRegistry().version(of: "other/a.md"))
    }
}
