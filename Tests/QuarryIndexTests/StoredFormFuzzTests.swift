import Foundation
import QuarryCore
import QuarryIndex
import QuarryTestSupport
import Testing

/// Random bytes for the decoders of stored columns. `QUARRY_FUZZ_BYTES` is the number of inputs of each (default 2000).
struct StoredFormFuzzTests {
    private static let count = ProcessInfo.processInfo.environment["QUARRY_FUZZ_BYTES"].flatMap { Int($0) } ?? 2000

    private func randomBytes(_ generator: inout SeededGenerator, _ samples: [[UInt8]], _ round: Int) -> [UInt8] {
        if round.isMultiple(of: 3) {
            return (0..<Int.random(in: 0...200, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
        }
        var bytes = samples[round % samples.count]
        for _ in 0...Int.random(in: 0...4, using: &generator) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0...3, using: &generator) {
            case 0: bytes.remove(at: place)
            case 1: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
            case 2: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &generator) ?? 0
            default: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &generator)
            }
        }
        return bytes
    }

    @Test func `random source maps are refused, or give ranges within the text`() {
        var generator = SeededGenerator(seed: 71)
        var paged = SourceMap(identityOf: String(repeating: "A line of text.\n", count: 400))
        paged.places = (0..<300).map { .init(range: $0 * 20..<$0 * 20 + 15, place: .page($0)) }
        var named = SourceMap(identityOf: "a\nb\r\nc\n")
        named.places = [
            .init(range: 0..<2, place: .cells(sheet: "Costs", range: "B7:D9")),
            .init(range: 2..<4, place: .time(from: 1.5, to: 2)), .init(range: 4..<5, place: .chapter("Глава")),
        ]
        let samples = [paged, named].map(SourceMapCodec.encode)
        var (taken, refused) = (0, 0)
        for round in 0..<Self.count {
            let bytes = randomBytes(&generator, samples, round)
            if SourceMapCodec.decode(bytes) == nil { refused += 1 } else { taken += 1 }
            if let map = SourceMapCodec.decode(bytes) {
                // What is read can be written and read again.
                #expect(SourceMapCodec.decode(SourceMapCodec.encode(map)) == map)
                // No more items than bytes: memory is bounded by the size of the input.
                #expect(map.segments.count + map.places.count + map.lineStarts.count <= bytes.count + 3)
            }
            let start = Int.random(in: 0...6_000, using: &generator)
            let slice = SourceMapCodec.decode(bytes, slice: start..<start + 40)
            guard let slice else { continue }
            let (range, lines) = (slice.sourceRange(of: 0..<40), slice.lines(of: 0..<40))
            #expect(range.lowerBound >= 0 && lines.lowerBound >= 0, "round \(round)")
            #expect(slice.places(of: 0..<40).count <= bytes.count + 3, "round \(round)")
        }
        // Both ways were taken.
        #expect(taken > Self.count / 50 && refused > Self.count / 50)
    }

    @Test func `random headings are refused, or are written as they were read`() {
        var generator = SeededGenerator(seed: 72)
        let samples = [["Lease", "Tenants"], ["Глава 1", "", "3:x"], [String](repeating: "A:b", count: 40)].map {
            Array(StoredHeadings.encode($0).utf8)
        }
        var (taken, refused) = (0, 0)
        for round in 0..<Self.count {
            let text = String(decoding: randomBytes(&generator, samples, round), as: UTF8.self)
            guard let titles = StoredHeadings.decode(text) else {
                refused += 1
                continue
            }
            taken += 1
            #expect(titles.joined().utf8.count <= text.utf8.count)
            #expect(StoredHeadings.decode(StoredHeadings.encode(titles)) == titles)
        }
        #expect(taken > Self.count / 50 && refused > Self.count / 50)
    }
}
