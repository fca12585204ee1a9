import QuarryChunking
import QuarryCore
import QuarryReaders
import QuarryTestSupport
import Testing

@Suite struct HeadingRangePropertyTests {
    private static let lines = [
        "Q: Who signs the lease?", "A: The chair.", "**Can I bring my dog?**", "1. What happens if I lose my card?",
        "   A new one.", "Question 3. Stone", "Question: Is it open? Answer: It is.", "В: Кто подписывает?",
        "О: Никто.",
        "How tall is the mast?", "It is tall.", "Статья 15. Сроки", "Article 5", "§ 12 Namensrecht",
        "Section 4.2: Term",
        "CHAPTER I", "Article premier", "ANNA: Yes.", "BORIS: \(filler)", "[00:12] Boris: No.", "Мария (смеётся): Да.",
        "[00:13] Anna:", "", "", "", "# Part", "```", "> quote", "| a | b |", "|---|---|", "- item", "\u{C}",
        "\u{2029}",
        "如何取消我的订单？", filler,
    ]

    /// Lines, some damaged, as text and as Markdown.
    @Test(arguments: 0..<300)
    func `chunks omit only white space, whatever lines look like headings`(seed: UInt64) throws {
        var random = SeededGenerator(seed: 7_000 + seed)
        var text = ""
        for _ in 0..<Int.random(in: 1...40, using: &random) {
            var line = Array(Self.lines[Int.random(in: 0..<Self.lines.count, using: &random)].unicodeScalars)
            if !line.isEmpty, Bool.random(using: &random) {
                let place = Int.random(in: 0..<line.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: line.remove(at: place)
                case 1: line.insert(["?", ":", " ", "*", "§", "1", "\u{A0}", "é"][place % 8], at: place)
                default: line.removeSubrange(place...)
                }
            }
            text.unicodeScalars.append(contentsOf: line)
            text += "\n"
        }
        let markdown = MarkdownReader().read(Source(id: "d.md", bytes: Array(text.utf8))).documents
        for document in [Document(id: "d", text: text)] + markdown {
            let bytes = Array(document.text.utf8)
            for target in [8, 40] {
                let length = ChunkLength(target: target, maximum: target * 3 / 2)
                var end = 0
                for chunk in try MarkdownChunker(length: length, counter: WordCounter()).chunks(of: document) {
                    #expect(chunk.range.lowerBound >= end)
                    let gap = String(decoding: bytes[end..<chunk.range.lowerBound], as: UTF8.self)
                    #expect(gap.unicodeScalars.allSatisfy { $0.properties.isWhitespace })
                    #expect(String(validating: bytes[chunk.range], as: UTF8.self) == chunk.text)
                    end = chunk.range.upperBound
                }
                let rest = String(decoding: bytes[end...], as: UTF8.self)
                #expect(rest.unicodeScalars.allSatisfy { $0.properties.isWhitespace })
            }
        }
    }

    @Test func `a text of questions is cut in linear time`() throws {
        for line in [
            "Q: Who signs?\n", "How tall is it?\n\n", "ANNA: Yes.\n", "Article 5\n", "1. Who is it?\n", "Q: a\n",
        ] {
            let text = String(repeating: line, count: 20_000)
            let start = ContinuousClock.now
            #expect(try chunks(of: text).count > 0)
            #expect(ContinuousClock.now - start < .seconds(20))
        }
    }
}
