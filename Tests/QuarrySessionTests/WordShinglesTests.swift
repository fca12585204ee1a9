import QuarrySession
import QuarryTestSupport
import Testing

struct WordShinglesTests {
    private static func text(_ words: Int, seed: UInt64) -> [String] {
        var random = SeededGenerator(seed: seed)
        return (0..<words).map { _ in "word\(Int.random(in: 0..<5000, using: &random))" }
    }

    @Test func `case, punctuation, markup and layout do not count`() {
        let plain = WordShingles(of: "The old mill stands beside the quiet river, still.")
        let marked = WordShingles(of: "# the OLD **mill**\nstands — beside the\n\n  quiet river (still)")
        #expect(plain == marked && plain.words == 9 && plain.hashes.count == 5)
        #expect(
            WordShingles(of: "Всё ещё стоит старая мельница").hashes
                == WordShingles(of: "все еще СТОИТ Старая мельница").hashes)
    }

    @Test func `a text of few words has no shingles`() {
        #expect(WordShingles(of: "one two three four").hashes.isEmpty)
        #expect(WordShingles(of: "").words == 0)
        #expect(WordShingles(of: "").similarity(to: WordShingles(of: "")) == 0)
    }

    @Test func `characters of scripts without spaces are words`() {
        #expect(WordShingles(of: "東京都庁舎前").words == 6)
    }

    @Test func `similarity is the share of common shingles`() {
        let first = WordShingles(of: "a1 a2 a3 a4 a5 a6 a7 a8")
        let second = WordShingles(of: "a1 a2 a3 a4 a5 a6 a7 b8")
        // 4 shingles each, 3 in common.
        #expect(first.similarity(to: second) == 0.6)
        #expect(first.similarity(to: first) == 1)
    }

    @Test func `a sketch estimates the similarity`() {
        let words = Self.text(400, seed: 3)
        for changed in [0, 4, 12, 30, 80] {
            var other = words
            for position in 0..<changed { other[position * 400 / max(1, changed)] = "new\(position)" }
            let (a, b) = (
                WordShingles(of: words.joined(separator: " ")), WordShingles(of: other.joined(separator: " "))
            )
            let exact = a.similarity(to: b)
            #expect(abs(MinHash(of: a).similarity(to: MinHash(of: b)) - exact) < 0.25, "\(changed)")
        }
        let other = WordShingles(of: Self.text(400, seed: 4).joined(separator: " "))
        let sketch = MinHash(of: WordShingles(of: words.joined(separator: " ")))
        #expect(sketch.similarity(to: MinHash(of: other)) < 0.1)
    }

    @Test func `a sketch is the same in every run`() {
        let sketch = MinHash(of: WordShingles(of: "the same sketch in each and every run"))
        #expect(sketch.values.prefix(2) == [1_412_782_572, 641_125_219])
        #expect(Set((0..<MinHash.bands).map(sketch.band)).count == MinHash.bands)
    }
}
