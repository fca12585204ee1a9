import QuarryChunking
import QuarryCore
import Testing

private func words(_ count: Int) -> String { Array(repeating: "stone", count: count).joined(separator: " ") }

/// Builds a document block by block, so that each block's range is known.
private struct DocumentBuilder {
    var text = ""
    var blocks: [Block] = []

    mutating func add(_ kind: Block.Kind, _ block: String) {
        if !text.isEmpty { text += "\n\n" }
        let start = text.utf8.count
        text += block
        blocks.append(Block(kind: kind, range: start..<text.utf8.count))
    }

    mutating func heading(_ level: Int, _ title: String) {
        add(.heading(level: level, title: title), String(repeating: "#", count: level) + " " + title)
    }

    mutating func paragraph(_ count: Int) { add(.paragraph, words(count)) }

    mutating func table(header: String, rows: [String]) {
        let start = text.isEmpty ? 0 : text.utf8.count + 2
        add(.table(header: start..<start + header.utf8.count), ([header] + rows).joined(separator: "\n"))
    }

    var document: Document { Document(id: "d", text: text, blocks: blocks) }
}

@Suite struct MarkdownChunkerTests {
    let chunker: MarkdownChunker

    init() throws {
        chunker = try MarkdownChunker(length: ChunkLength(target: 40, maximum: 60), counter: WordCounter())
    }

    @Test func `a chunk carries the headings above it, not those in its text`() {
        var builder = DocumentBuilder()
        builder.heading(1, "Guide")
        builder.paragraph(20)
        builder.heading(2, "Setup")
        for _ in 0..<4 { builder.paragraph(25) }
        let chunks = chunker.chunks(of: builder.document)
        #expect(
            chunks.map(\.headings) == [[], ["Guide"]] + Array(repeating: ["Guide", "Setup"], count: chunks.count - 2))
        #expect(chunks[0].text == "# Guide\n\n\(words(20))")
        #expect(chunks[1].text.hasPrefix("## Setup\n\nstone"))
        #expect(chunks[2].contextualText.hasPrefix("Guide > Setup\nstone"))
    }

    @Test(arguments: [0, 1, 9, 10, 11, 39, 200])
    func `no chunk is longer for its document's title`(words count: Int) async throws {
        var builder = DocumentBuilder()
        for _ in 0..<6 { builder.paragraph(27) }
        builder.heading(1, "Guide")
        for _ in 0..<6 { builder.paragraph(27) }
        var document = builder.document
        document.title = words(count)
        let length = ChunkLength(target: 40, maximum: 60)
        let chunkers: [any Chunker] = [
            chunker, try RecursiveChunker(length: length, counter: WordCounter()),
            try SentenceChunker(length: length, counter: WordCounter()),
        ]
        for chunker in chunkers {
            let chunks = try await chunker.chunks(of: document)
            #expect(chunks.count > 6)
            for chunk in chunks {
                #expect(chunk.tokenCount <= 60)
                #expect(chunk.tokenCount == WordCounter().tokenCount(of: chunk.contextualText))
            }
            // Ten words are a quarter of the target.
            #expect(chunks.first?.headings == (count == 0 ? [] : [words(min(count, 10))]))
        }
        let last = chunker.chunks(of: document).last?.headings
        #expect(last == (count == 0 || count > 8 ? ["Guide"] : [words(count), "Guide"]))
    }

    @Test func `a heading that equals the title is not repeated`() {
        var builder = DocumentBuilder()
        builder.heading(1, "Guide")
        builder.heading(2, "Setup")
        for _ in 0..<4 { builder.paragraph(25) }
        var document = builder.document
        document.title = "Guide"
        let chunks = chunker.chunks(of: document)
        #expect(chunks.map(\.headings) == [["Guide"]] + Array(repeating: ["Guide", "Setup"], count: chunks.count - 1))
    }

    @Test func `a heading is never at the end of a chunk`() {
        for count in 1...70 {
            var builder = DocumentBuilder()
            builder.heading(1, "Guide")
            builder.heading(2, "Setup")
            builder.add(
                .code(language: nil), "```\n" + (0..<count).map { "step \($0)" }.joined(separator: "\n") + "\n```")
            builder.heading(2, "Use")
            builder.paragraph(count)
            for chunk in chunker.chunks(of: builder.document) {
                let last = chunk.text.split(separator: "\n").last ?? ""
                #expect(!last.hasPrefix("#"))
            }
        }
    }

    @Test func `sections stay apart unless they are tiny siblings`() {
        var builder = DocumentBuilder()
        builder.heading(1, "Glossary")
        builder.paragraph(12)
        for term in ["Ashlar", "Basalt", "Chert"] {
            builder.heading(2, term)
            builder.paragraph(2)
        }
        builder.heading(2, "Granite")
        builder.paragraph(12)
        builder.heading(3, "Pink")
        builder.paragraph(2)
        let chunks = chunker.chunks(of: builder.document)
        #expect(chunks.map(\.headings) == [[], ["Glossary"], ["Glossary"], ["Glossary", "Granite"]])
        #expect(chunks[1].text.contains("## Ashlar") && chunks[1].text.contains("## Chert"))
    }

    @Test func `later parts of a table repeat its header`() {
        var builder = DocumentBuilder()
        builder.heading(1, "Stones")
        builder.table(header: "| name | colour |\n|---|---|", rows: (0..<30).map { "| stone \($0) | grey |" })
        let document = builder.document
        let chunks = chunker.chunks(of: document)
        #expect(chunks.count > 2)
        #expect(chunks[0].tableHeader == nil)
        #expect(chunks[0].text.hasPrefix("# Stones\n\n| name"))
        for chunk in chunks.dropFirst() {
            #expect(chunk.tableHeader == "| name | colour |\n|---|---|")
            #expect(chunk.text.hasPrefix("| stone") && chunk.text.hasSuffix("| grey |"))
            #expect(chunk.contextualText.hasPrefix("Stones\n| name | colour |\n|---|---|\n| stone"))
        }
    }

    @Test func `a list is cut between items, nested ones last`() {
        var builder = DocumentBuilder()
        let items = (0..<12).map { "- outer \($0) \(words(3))\n  - inner \($0) \(words(3))" }
        builder.add(.list, items.joined(separator: "\n"))
        let chunks = chunker.chunks(of: builder.document)
        #expect(chunks.count > 1)
        #expect(chunks.allSatisfy { $0.text.hasPrefix("- outer") })
    }

    @Test func `code that fits the maximum stays whole`() {
        var builder = DocumentBuilder()
        builder.paragraph(35)
        let code = "```swift\n" + (0..<25).map { "call(\($0)) now" }.joined(separator: "\n\n") + "\n```"
        builder.add(.code(language: "swift"), code)
        builder.paragraph(35)
        #expect(chunker.chunks(of: builder.document).map(\.text) == [words(35), code, words(35)])
    }

    @Test func `longer code is cut between lines`() {
        var builder = DocumentBuilder()
        builder.add(
            .code(language: nil), "```\n" + (0..<90).map { "step \($0) end" }.joined(separator: "\n") + "\n```")
        let chunks = chunker.chunks(of: builder.document)
        #expect(chunks.count > 3)
        #expect(chunks.dropFirst().allSatisfy { $0.text.hasPrefix("step") })
    }

    @Test func `a breadcrumb keeps its innermost titles`() {
        var builder = DocumentBuilder()
        builder.heading(1, "A very long title of a book about stones")
        builder.heading(2, "Second of the chapters")
        builder.heading(3, "Third")
        for _ in 0..<3 { builder.paragraph(30) }
        let chunks = chunker.chunks(of: builder.document)
        #expect(chunks[0].headings == [])
        #expect(chunks.dropFirst().allSatisfy { $0.headings == ["Second of the chapters", "Third"] })
        #expect(chunks.allSatisfy { $0.tokenCount <= 60 })
    }

    @Test func `an empty last subsection does not affect the next chapter's headings`() {
        var builder = DocumentBuilder()
        builder.heading(1, "Guide")
        builder.paragraph(20)
        builder.heading(2, "Setup")
        builder.heading(3, "Tools")
        builder.heading(1, "Reference")
        for _ in 0..<3 { builder.paragraph(25) }
        let chunks = chunker.chunks(of: builder.document)
        #expect(chunks[0].headings == [] && chunks[0].text.hasPrefix("# Guide"))
        #expect(chunks[1].headings == [] && chunks[1].text.contains("# Reference\n\nstone"))
        #expect(chunks.dropFirst(2).allSatisfy { $0.headings == ["Reference"] })

        var nested = DocumentBuilder()
        nested.heading(1, "Guide")
        nested.paragraph(20)
        nested.heading(3, "Tools")
        nested.heading(2, "Use")
        nested.paragraph(20)
        #expect(chunker.chunks(of: nested.document).map(\.headings) == [[], ["Guide"]])
    }

    @Test func `the largest possible length keeps a text whole`() throws {
        let chunker = try MarkdownChunker(
            length: ChunkLength(target: .max, maximum: .max), counter: WordCounter())
        var builder = DocumentBuilder()
        for number in 0..<5 {
            builder.heading(2, "Part \(number)")
            builder.paragraph(100)
        }
        let chunks = chunker.chunks(of: builder.document)
        #expect(chunks.map(\.text) == [builder.text])
    }

    @Test func `text between blocks is not lost`() {
        let text = "<!-- note -->\n\n# Title\n\nbody\n\n[link]: target"
        let heading = Block(kind: .heading(level: 1, title: "Title"), range: 15..<22)
        let chunks = chunker.chunks(of: Document(id: "d", text: text, blocks: [heading]))
        #expect(chunks.map(\.text) == ["<!-- note -->", "# Title\n\nbody\n\n[link]: target"])
    }

    @Test func `headings without text take time in proportion to their number`() throws {
        let chunker = try MarkdownChunker(counter: WordCounter())
        func seconds(_ count: Int, _ levels: [Int]) -> Double {
            let lines = (0..<count).map { String(repeating: "#", count: levels[$0 % levels.count]) + " h\n" }
            var end = 0
            let blocks = lines.indices.map { index in
                defer { end += lines[index].utf8.count }
                return Block(
                    kind: .heading(level: levels[index % levels.count], title: "h"),
                    range: end..<end + lines[index].utf8.count - 1)
            }
            let document = Document(id: "d", text: lines.joined(), blocks: blocks)
            let start = ContinuousClock.now
            #expect(!chunker.chunks(of: document).isEmpty)
            return (ContinuousClock.now - start) / .seconds(1)
        }
        for levels in [[1], [2, 3, 4], [3, 2, 1]] {
            let few = seconds(4_000, levels)
            #expect(seconds(64_000, levels) < max(few, 0.01) * 100)
        }
    }

    @Test func `a heading without text has the breadcrumb above the last heading that closes it`() throws {
        let chunker = try MarkdownChunker(length: .init(target: 40, maximum: 60), counter: WordCounter())
        let levels = [("# Top", 1), ("### Deep", 3), ("#### Deeper", 4), ("## Middle", 2)]
        let text = levels.map(\.0).joined(separator: "\n") + "\nText under the last heading.\n"
        var end = 0
        let blocks = levels.map { line, level in
            defer { end += line.utf8.count + 1 }
            let title = String(line.drop { $0 == "#" || $0 == " " })
            return Block(kind: .heading(level: level, title: title), range: end..<end + line.utf8.count)
        }
        let chunks = chunker.chunks(of: Document(id: "d", text: text, blocks: blocks))
        #expect(chunks.map(\.headings) == [[]])
    }
}
