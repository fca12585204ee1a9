import QuarryCore
import QuarryTestSupport
import Testing

struct OtherPlaceTests {
    private func hit(_ text: String, copy: String) -> ScoredChunk {
        func passage(_ text: String, _ source: String) -> Passage {
            Passage(
                chunk: Chunk(documentID: source, ordinal: 0, range: 0..<text.utf8.count, text: text, tokenCount: 1),
                source: source)
        }
        var hit = ScoredChunk(id: ChunkID(1), passage: passage(text, "a"), score: 1)
        hit.duplicates = [
            Duplicate(id: ChunkID(2), passage: passage(copy, "b"), range: 0..<text.utf8.count)
        ]
        return hit
    }

    @Test func `a quote is found in a copy with other line breaks`() {
        let hit = hit("Rent is 500 euros. It rises in May.", copy: "Rent is\n500 euros.\n\nIt  rises\nin May.")
        let places = hit.otherPlaces(of: 19..<35)
        #expect(places.map(\.documentID) == ["b"])
        #expect(places.map(\.location.bytes) == [20..<37] && places.map(\.location.lines) == [4...5])
    }

    @Test func `white space has no other place`() {
        #expect(hit("a b", copy: "a b").otherPlaces(of: 1..<2).isEmpty)
    }

    @Test func `a range that the hit does not have is no crash`() {
        var hit = hit("a b", copy: "a b")
        hit.duplicates[0].range = 0..<90
        #expect(hit.otherPlaces(of: 0..<1).isEmpty)
        hit.duplicates[0].range = 2..<3
        #expect(hit.otherPlaces(of: 0..<1).isEmpty)
        hit.duplicates[0].range = 0..<3
        hit.duplicates[0].passage.chunk.text = "a"
        #expect(hit.otherPlaces(of: 0..<3).isEmpty)
    }

    @Test func `the words of a quote are those of its other place`() {
        var random = SeededGenerator(seed: 3)
        let spaces = [" ", "\n", "\u{A0}", "\u{2003}", "\u{3000}", "\t \r\n"]
        for _ in 0..<500 {
            let words = (0..<Int.random(in: 1...9, using: &random)).map { _ in
                String(
                    (0..<Int.random(in: 1...4, using: &random)).map { _ in "aеж€🙂0".randomElement(using: &random) ?? "x"
                    })
            }
            func spaced() -> String {
                words.map { $0 + (spaces.randomElement(using: &random) ?? " ") }.joined()
            }
            let (text, copy) = (spaced(), spaced())
            let offsets = text.unicodeScalars.indices.map { text.utf8.distance(from: text.startIndex, to: $0) }
            let ends = [offsets.randomElement(using: &random) ?? 0, offsets.randomElement(using: &random) ?? 0].sorted()
            let quote = String(decoding: Array(text.utf8)[ends[0]..<ends[1]], as: UTF8.self)
            let inked = quote.unicodeScalars.filter { !$0.properties.isWhitespace }
            let places = hit(text, copy: copy).otherPlaces(of: ends[0]..<ends[1])
            #expect(places.isEmpty == inked.isEmpty)
            for place in places {
                let other = String(decoding: Array(copy.utf8)[place.location.bytes], as: UTF8.self)
                #expect(other.unicodeScalars.filter { !$0.properties.isWhitespace }.elementsEqual(inked))
                #expect(other.unicodeScalars.first?.properties.isWhitespace == false)
            }
        }
    }
}
