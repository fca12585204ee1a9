import QuarryCore
import QuarryReaders
import Testing

/// Reads a sample whose bytes are changed at random, and checks that ranges stay within the text.
func readDamaged(_ sample: String, id: String, with reader: any Reader) async throws {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    func random(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % max(1, limit)
    }
    let bytes = Array(sample.utf8)
    for _ in 0..<300 {
        var damaged = bytes
        for _ in 0...random(6) where !damaged.isEmpty {
            let index = random(damaged.count)
            if random(3) == 0 { damaged.remove(at: index) } else { damaged[index] = UInt8(random(256)) }
        }
        let result = try await reader.read(Source(id: id, bytes: damaged))
        for document in result.documents {
            #expect(document.blocks.allSatisfy { $0.range.upperBound <= document.text.utf8.count })
        }
    }
}

extension Document {
    /// The bytes of the source behind a word of the text.
    func written(_ word: String, in source: String) throws -> String {
        let text = Array(self.text.utf8)
        let start = try #require(text.indices.first { text[$0...].starts(with: word.utf8) })
        let range = sourceMap.sourceRange(of: start..<start + word.utf8.count)
        return String(decoding: Array(source.utf8)[range], as: UTF8.self)
    }

    /// The places of the whole text.
    var allPlaces: [Place] { sourceMap.places(of: 0..<text.utf8.count) }
}
