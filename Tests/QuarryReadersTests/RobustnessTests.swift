import QuarryCore
import QuarryReaders
import QuarryTestSupport
import Testing

struct RobustnessTests {
    private func check(_ bytes: [UInt8], _ reader: any Reader) async throws {
        let result = try await reader.read(Source(id: "a", bytes: bytes))
        #expect(!result.documents.isEmpty || !result.rejected.isEmpty)
        for document in result.documents {
            let count = document.text.utf8.count
            #expect(document.sourceMap.segments.last?.cleanEnd ?? 0 == count)
            let range = document.sourceMap.sourceRange(of: 0..<count)
            #expect(range.lowerBound >= 0 && range.upperBound <= bytes.count)
            for block in document.blocks { #expect(block.range.upperBound <= count) }
        }
    }

    static let readers: [any Reader] = [PlainTextReader(), MarkdownReader(), JSONLReader()]

    @Test(arguments: 0..<150)
    func `random bytes crash no reader and lose no result`(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let length = Int.random(in: 1..<400, using: &generator)
        let alphabet: [UInt8] = Array("{}[]\":,\\u0041dD8-#>*`~|=<!/ \n\r\t---\ntitle: [".utf8)
        for kind in 0..<4 {
            let bytes = (0..<length).map { _ -> UInt8 in
                switch kind {
                case 0: UInt8.random(in: 0...255, using: &generator)
                case 1: UInt8.random(in: 0x20...0xFF, using: &generator)
                case 2: alphabet.randomElement(using: &generator) ?? 0
                default: Bool.random(using: &generator) ? 0xD0 : UInt8.random(in: 0x80...0xBF, using: &generator)
                }
            }
            let record = Array(#"{"_id":"a","text":""#.utf8) + bytes + Array(#""}"#.utf8)
            for reader in Self.readers {
                try await check(bytes, reader)
                try await check(Array("---\na: ".utf8) + bytes + Array("\n---\nx".utf8), reader)
                try await check(record, reader)
            }
        }
    }

    /// Sizes for which a quadratic pass would take minutes.
    @Test(
        .timeLimit(.minutes(30)),
        arguments: [
            "> ", "- ", "[[", "`", "*", "[](", "#", "| ", "<", "\t", "* * ", "[", "1. ", "е\u{301}", "\u{301}",
            "\u{AD}", "``` ",
            "<!--", "&", "\\", "- - -", "```` `", "a|", "-|", "<a ",
        ])
    func `a line of one thing over and over is read in linear time`(piece: String) async throws {
        let bytes = Array(("x" + String(repeating: piece, count: 1 << 17)).utf8)
        try await check(bytes, MarkdownReader())
        try await check(Array(bytes.dropFirst()) + Array("\nx\n".utf8), MarkdownReader())
    }

    @Test(
        .timeLimit(.minutes(30)),
        arguments: [
            "> - ", ">", "- a\n", "\n", "  - a\n\n", "```\n", "|a|\n|-|\n", "a\n-\n", "<div>\n", "[[a\n", "` ", "---\n",
            "k: v\n", "- [\n",
        ])
    func `many lines are read in linear time`(piece: String) async throws {
        let lines =
            String(repeating: "> - ", count: 2_000) + "a\n" + String(repeating: piece, count: 40_000) + "\n---\nx"
        try await check(Array(lines.utf8), MarkdownReader())
        try await check(Array(("---\n" + String(repeating: piece, count: 40_000) + "\n---\nx").utf8), MarkdownReader())
    }

    /// Inputs for which cmark-gfm alone needs quadratic time or memory.
    @Test(.timeLimit(.minutes(30)))
    func `what multiplies blocks in a parser is read in linear time`() async throws {
        let columns = String(repeating: "|a", count: 5_000) + "|\n" + String(repeating: "|-", count: 5_000) + "|\n"
        let texts = [
            columns + String(repeating: "x\n", count: 100_000),
            String(repeating: "1. ", count: 100_000) + "a" + String(repeating: "\n", count: 500_000) + "x",
            String(repeating: "- a\n", count: 300_000), String(repeating: "> ", count: 300_000) + "a\nb\n\nc\n",
            String(repeating: "a\n", count: 300_000) + String(repeating: "|-|-|\n", count: 50_000),
            String(repeating: "# \(String(repeating: "*a_[", count: 200))\n", count: 1_000),
            String(repeating: "[a]: b (\n", count: 100_000), String(repeating: "# *\n", count: 200_000),
        ]
        for text in texts { try await check(Array(text.utf8), MarkdownReader()) }
    }

    @Test func `files read concurrently keep their own titles`() async {
        let titles = await withTaskGroup { group in
            for index in 0..<64 {
                group.addTask {
                    let text = String(repeating: "# ~~*no*~~ \(index) `~`\n\n", count: 50)
                    return MarkdownReader().read(Source(id: "a.md", bytes: Array(text.utf8))).documents.first?.title
                        == "no \(index) ~"
                }
            }
            return await group.reduce(into: 0) { count, isRight in count += isRight ? 1 : 0 }
        }
        #expect(titles == 64)
    }

    @Test(.timeLimit(.minutes(30)))
    func `a line of megabytes is one paragraph`() throws {
        let text = String(repeating: "слово word ", count: 120_000)
        let document = try #require(MarkdownReader().read(Source(id: "a.md", bytes: Array(text.utf8))).documents.first)
        #expect(document.blocks.count == 1)
        #expect(document.sourceMap.segments.count == 1)
    }

    @Test func `the registry chooses by name, then by content`() async throws {
        let formats = ReaderRegistry()
        func read(_ id: String, _ text: String, isExplicit: Bool = true) async throws -> ReadResult {
            try await formats.read(Source(id: id, bytes: Array(text.utf8), isExplicit: isExplicit))
        }
        #expect(try await read("a.MD", "# T").documents.first?.blocks.count == 1)
        #expect(try await read("a.txt", "# T").documents.first?.blocks.isEmpty == true)
        #expect(try await read("a.ndjson", "{\"text\":\"t\"}").documents.first?.id == "a.ndjson#L1")
        #expect(try await read("-", "{\"_id\":\"q\",\"text\":\"t\"}\n").documents.first?.id == "q")
        #expect(try await read("README", "{ text }").documents.first?.text == "{ text }")
        #expect(try await read("a.doc", "<p>").rejected.map(\.reason) == [.unsupportedFormat])
        #expect(try await read("a.doc", "<p>", isExplicit: false).skipped?.reason == .unsupportedFormat)
        #expect(try await read("a", "<html><p>t</p></html>").documents.first?.text == "t")
        #expect(try await read("a", "{\\rtf1 t}").documents.first?.text == "t")
        #expect(try await read("a", "PK\u{3}\u{4}").rejected.map(\.reason) == [.unsupportedFormat])
        #expect(try await read("a.xyz", "\0\u{1}\0", isExplicit: false).skipped?.reason == .binary)
        #expect(try await read("a.xyz", "\0\u{1}\0").rejected.map(\.reason) == [.binary])
    }

    @Test func `damaged text without a known extension is rejected, also where nobody named it`() async throws {
        let formats = ReaderRegistry()
        func reasons(_ bytes: [UInt8]) async throws -> [Rejection.Reason] {
            let result = try await formats.read(Source(id: "d/README", bytes: bytes, isExplicit: false))
            #expect(result.skipped == nil)
            return result.rejected.map(\.reason)
        }
        #expect(try await reasons(Array("Прочти меня\n".utf8) + [0xFF]) == [.undecodable])
        #expect(try await reasons(Array("{\"text\": 5}\n".utf8)) == [.brokenRecord])
        // Bytes that are not likely text in any encoding.
        let rare: [UInt8] = [0xFA, 0x81, 0xF2, 0xFE, 0xFB, 0x84, 0xE2, 0xFF, 0xFC, 0x9D, 0xF4, 0xAC]
        #expect(try await reasons(Array((0..<4).map { _ in rare }.joined(separator: [0x20]))) == [.undecodable])
        // Korean in EUC-KR.
        let korean: [UInt8] = [0xC1, 0xDF, 0xBE, 0xD3, 0xB5, 0xB5, 0xBC, 0xAD, 0xB0, 0xFC, 0xC0, 0xCC]
        #expect(try await reasons(Array((0..<4).map { _ in korean }.joined(separator: [0x20]))).isEmpty)
    }
}
