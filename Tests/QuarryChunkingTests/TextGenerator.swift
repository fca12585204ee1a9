import QuarryCore
import QuarryTestSupport

/// Texts of every awkward kind: scripts, blank lines, giant words, odd white space.
struct TextGenerator {
    private static let words = [
        "stone", "quarry.", "Gravel", "is", "a", "sand,", "Камень", "песок.", "лежит", "под", "землёй!", "石英",
        "砂岩。", "これは石です。", "naïve", "e\u{301}", "👩‍👩‍👧", "𝔘", "foo_bar", "E-1042", "1.5", "?", "—", "«да»", "\u{200B}",
        "| a | b |", "- item", "# Heading", "```", "مرحبا", "नमस्ते",
    ]
    private static let gaps = [
        " ", " ", " ", " ", " ", "  ", "\n", "\n\n", "\n   \n", "\t", "\u{A0}", "\u{3000}", "\u{2028}", "\u{2029}",
        "\u{85}", "\u{0C}",
    ]

    var random: SeededGenerator

    mutating func text(words count: Int) -> String {
        var text = Bool.random(using: &random) ? "" : pick(Self.gaps)
        for _ in 0..<count {
            if Int.random(in: 0..<60, using: &random) == 0 {
                let length = Int.random(in: 1...900, using: &random)
                text += String(repeating: pick(["x", "ж", "石", "𝔘", "ab"]), count: length)
            } else {
                text += pick(Self.words)
            }
            text += pick(Self.gaps)
        }
        return text
    }

    /// Blocks of any kind with any ranges, most of them in order.
    mutating func blocks(for text: String) -> [Block] {
        let count = text.utf8.count
        var start = 0
        var blocks: [Block] = []
        while start < count {
            let end = start + Int.random(in: 0...max(1, count / 4), using: &random)
            let header = start..<(start + (end - start) / 3)
            let kinds: [Block.Kind] = [
                .heading(level: Int.random(in: 1...4, using: &random), title: pick(Self.words)), .paragraph, .list,
                .code(language: nil), .table(header: header), .quote,
            ]
            blocks.append(Block(kind: kinds[Int.random(in: 0..<kinds.count, using: &random)], range: start..<end))
            start = max(0, end + Int.random(in: -2...9, using: &random))
            if blocks.count > 200 { break }
        }
        return blocks
    }

    private mutating func pick(_ choices: [String]) -> String {
        choices[Int.random(in: 0..<choices.count, using: &random)]
    }
}

/// A tokenizer whose counts of words do not add up to the count of the text, because white space also counts.
struct QuarterByteCounter: TokenCounter {
    func tokenCount(of text: String) -> Int { (text.utf8.count + 3) / 4 }
}

/// Every UTF-8 byte is a token, so even a single character is long.
struct ByteCounter: TokenCounter {
    func tokenCount(of text: String) -> Int { text.utf8.count }
}

/// A tokenizer that counts every word as zero.
struct BlindCounter: TokenCounter {
    func tokenCount(of text: String) -> Int { 0 }
}
