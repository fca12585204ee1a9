import GRDB
import QuarryBM25
import QuarryCore
import QuarryTestSupport
import Testing

/// Looking up terms and the chunks that have them.
@Suite struct DictionaryTests {
    @Test func `terms near a word are those of the definition`() async throws {
        var generator = SeededGenerator(seed: 7)
        let words = Set(
            (0..<400).map { _ in
                String(
                    (0..<Int.random(in: 1...6, using: &generator)).map { _ in
                        "abж字".randomElement(using: &generator) ?? "a"
                    })
            })
        let index = try BM25Index()
        try await index.upsert([(ChunkID(1), BM25Fields(body: words.sorted() + ["\u{1}ab"]))])
        let leg = index.leg()
        for word in words.sorted().prefix(60) {
            for edits in 1...2 {
                let found = try await leg.terms(matching: .near([word], edits: edits), limit: 1_000)
                let expected = words.filter { $0 != word && distance(Array(word), Array($0)) <= edits }
                #expect(Set(found) == expected, "\(word) \(edits)")
                let distances = found.map { distance(Array(word), Array($0)) }
                #expect(distances == distances.sorted())
            }
        }
    }

    /// The optimal string alignment distance, by its recursive definition.
    private func distance(_ a: [Character], _ b: [Character]) -> Int {
        func rest(_ i: Int, _ j: Int) -> Int {
            if i == 0 || j == 0 { return max(i, j) }
            // Longer ones are not asked for.
            if abs(i - j) > 2 { return 3 }
            var best = min(rest(i - 1, j) + 1, rest(i, j - 1) + 1, rest(i - 1, j - 1) + (a[i - 1] == b[j - 1] ? 0 : 1))
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { best = min(best, rest(i - 2, j - 2) + 1) }
            return best
        }
        return rest(a.count, b.count)
    }

    @Test func `of very many terms near a word, a bounded number is looked at, the closest first`() async throws {
        // All words of two letters are within two edits of another one.
        let letters = [0x61..<0x7B, 0x3B1..<0x3C9, 0x430..<0x450, 0x10D0..<0x10F0].flatMap(Array.init)
            .compactMap { Unicode.Scalar($0) }.map(String.init)
        let words = letters.flatMap { a in letters.map { a + $0 } }
        let index = try BM25Index()
        try await index.upsert([(ChunkID(1), BM25Fields(body: words))])
        let clock = ContinuousClock()
        var found: [String] = []
        let time = try await clock.measure {
            found = try await index.leg().terms(matching: .near(["ab"], edits: 2), limit: 100_000)
        }
        #expect(words.count == 12_996 && found.count == 10_000 && time < .seconds(20))
        #expect(distance(Array("ab"), Array(found[0])) == 1)
        #expect(try await index.leg().terms(matching: .near(["ab"], edits: 2), limit: 7) == Array(found.prefix(7)))
        let long = String(repeating: "a", count: 60_000)
        #expect(try await index.leg().terms(matching: .near([long], edits: 2), limit: 7).isEmpty)
    }

    @Test func `terms with a prefix come with the longest lists first`() async throws {
        let index = try BM25Index()
        try await index.upsert(
            (1...90).map { (ChunkID($0), BM25Fields(body: $0 % 9 == 0 ? ["rest", "rent", "re"] : ["rent", "sent"])) })
        let leg = index.leg()
        #expect(try await leg.terms(matching: .startingWith(["re"]), limit: 9) == ["rent", "re", "rest"])
        #expect(try await leg.terms(matching: .startingWith(["rent", "sen"]), limit: 1) == ["rent"])
        #expect(try await leg.terms(matching: .startingWith(["z", "\u{10FFFF}"]), limit: 9).isEmpty)
    }

    @Test func `the chunks with a word are found by field`() async throws {
        let index = try BM25Index()
        try await index.upsert([
            (ChunkID(1), BM25Fields(title: ["a"], body: ["b"])), (ChunkID(2), BM25Fields(heading: ["a"])),
            (ChunkID(70), BM25Fields(body: ["a", "c"])),
        ])
        let leg = index.leg()
        func chunks(_ field: QueryExpression.Field?, _ forms: String...) async throws -> ChunkMask {
            try await leg.chunks(with: QueryTerm(forms: forms), in: field)
        }
        #expect(try await chunks(nil, "a") == ChunkMask([ChunkID(1), ChunkID(2), ChunkID(70)]))
        #expect(try await chunks(.title, "a") == ChunkMask([ChunkID(1)]))
        #expect(try await chunks(.heading, "a") == ChunkMask([ChunkID(2)]))
        #expect(try await chunks(.body, "a", "b") == ChunkMask([ChunkID(1), ChunkID(70)]))
        #expect(try await chunks(.name, "a").count == 0)
        #expect(try await leg.frequencies(of: ["a", QueryTerm(forms: ["b", "c"]), "z"]) == [3, 2, 0])
    }
}
