import QuarryCore
import Testing

struct SourceMapTests {
    /// Text "abяде" of 8 bytes: `ab` at 10, `я` from one byte at 12, then a gap, and `де` from 20.
    private var map: SourceMap {
        var builder = SourceMapBuilder()
        builder.append(source: 10, count: 2)
        builder.append(source: 12, cleanUnit: 2, sourceUnit: 1)
        builder.append(source: 20, cleanUnit: 2, sourceUnit: 1)
        builder.append(source: 21, cleanUnit: 2, sourceUnit: 1)
        return builder.build(lineStarts: [0, 12, 21])
    }

    @Test func `neighbours of one shape are one segment`() {
        #expect(map.segments.count == 3)
        #expect(map.segments[2] == .init(clean: 4, source: 20, cleanUnit: 2, sourceUnit: 1, count: 2))
    }

    @Test func `ranges map to the bytes of whole units`() {
        #expect(map.sourceRange(of: 0..<2) == 10..<12)
        #expect(map.sourceRange(of: 1..<4) == 11..<13)
        #expect(map.sourceRange(of: 3..<4) == 12..<13)
        #expect(map.sourceRange(of: 2..<8) == 12..<22)
        #expect(map.sourceRange(of: 4..<4) == 20..<20)
        #expect(map.sourceRange(of: 8..<8) == 22..<22)
        #expect(SourceMap(segments: [], lineStarts: []).sourceRange(of: 0..<0) == 0..<0)
    }

    @Test func `ranges of the source map to the text made from them`() {
        #expect(map.textRange(ofSource: 10..<12) == 0..<2)
        #expect(map.textRange(ofSource: 12..<20) == 2..<4)
        #expect(map.textRange(ofSource: 11..<21) == 1..<6)
        #expect(map.textRange(ofSource: 13..<20).isEmpty && map.textRange(ofSource: 0..<10).isEmpty)
        #expect(map.textRange(ofSource: 0..<99) == 0..<8)
    }

    @Test func `lines count from one and include the last byte's`() {
        #expect(map.lines(of: 0..<2) == 1...1)
        #expect(map.lines(of: 0..<4) == 1...2)
        #expect(map.lines(of: 4..<8) == 2...3)
        #expect(map.line(at: 0) == 1)
        #expect(map.line(at: 1_000) == 3)
    }

    @Test func `a record carries only its own line of the file`() {
        let record = SourceMap(
            segments: [.init(clean: 0, source: 500, cleanUnit: 1, sourceUnit: 1, count: 4)], lineStarts: [0],
            firstLine: 17)
        #expect(record.lines(of: 0..<4) == 17...17)
        #expect(record.suffix(from: 2).firstLine == 17)
    }

    @Test func `a suffix starts inside a run or between units`() {
        #expect(map.suffix(from: 1).sourceRange(of: 0..<1) == 11..<12)
        #expect(map.suffix(from: 6).sourceRange(of: 0..<2) == 21..<22)
        #expect(map.suffix(from: 0) == map)
        #expect(map.suffix(from: 8).segments.isEmpty)
    }

    @Test func `a suffix that would cut a unit is an error`() async {
        await #expect(processExitsWith: .failure) {
            let segment = SourceMap.Segment(clean: 0, source: 0, cleanUnit: 2, sourceUnit: 1, count: 2)
            _ = SourceMap(segments: [segment], lineStarts: [0]).suffix(from: 1)
        }
    }

    @Test(arguments: [
        ("", [0]), ("a", [0]), ("a\n", [0, 2]), ("a\r\nb", [0, 3]), ("a\rb\n", [0, 2, 4]), ("\r\r\n\n", [0, 1, 3, 4]),
        ("0123456789abcdef\n0123456789\r\nx", [0, 17, 29]), ("яяяяяяяя\nя", [0, 17]),
    ])
    func `a line ends after a line feed or a lone return`(text: String, starts: [Int]) {
        #expect(SourceMap.lineStarts(in: text.utf8) == starts)
        #expect(SourceMap.lineStarts(in: AnySequence(Array(text.utf8))) == starts)
    }

    @Test func `a composed map equals two maps applied in sequence`() {
        // Raw text of 7 bytes: "a" from 0, two bytes from an escape of six, "b", three bytes from an escape of six.
        let inner: [SourceMap.Segment] = [
            .init(clean: 0, source: 0, cleanUnit: 1, sourceUnit: 1, count: 1),
            .init(clean: 1, source: 1, cleanUnit: 2, sourceUnit: 6, count: 1),
            .init(clean: 3, source: 7, cleanUnit: 1, sourceUnit: 1, count: 1),
            .init(clean: 4, source: 8, cleanUnit: 3, sourceUnit: 6, count: 1),
        ]
        // Cleaning keeps four bytes and composes the last three to one.
        let outer: [SourceMap.Segment] = [
            .init(clean: 0, source: 0, cleanUnit: 1, sourceUnit: 1, count: 4),
            .init(clean: 4, source: 4, cleanUnit: 1, sourceUnit: 3, count: 1),
        ]
        let map = SourceMap(segments: SourceMap.composition(of: outer, over: inner), lineStarts: [0])
        #expect(map.sourceRange(of: 0..<1) == 0..<1)
        #expect(map.sourceRange(of: 1..<3) == 1..<7)
        #expect(map.sourceRange(of: 1..<2) == 1..<7)
        #expect(map.sourceRange(of: 3..<4) == 7..<8)
        #expect(map.sourceRange(of: 4..<5) == 8..<14)
        #expect(map.sourceRange(of: 0..<5) == 0..<14)
        let tail = SourceMap.composition(of: [outer[1]], over: inner)
        #expect(tail == [.init(clean: 0, source: 8, cleanUnit: 1, sourceUnit: 6, count: 1)])
    }

    @Test func `the identity map of a text maps every byte to itself`() {
        let text = "один\r\ntwo\n"
        let map = SourceMap(identityOf: text)
        for offset in 0..<text.utf8.count { #expect(map.sourceRange(of: offset..<offset + 1) == offset..<offset + 1) }
        #expect(map.lines(of: 0..<text.utf8.count) == 1...2)
    }

    /// A map with units of all shapes, gaps, many lines, and pages of 40 bytes.
    private var long: SourceMap {
        var builder = SourceMapBuilder()
        var source = 3
        for step in 0..<60 {
            let (clean, raw) = [(1, 1), (2, 1), (2, 3), (5, 1)][step % 4]
            builder.append(source: source, cleanUnit: clean, sourceUnit: raw, count: 1 + step % 5)
            source += raw * (1 + step % 5) + step % 3
        }
        var map = builder.build(lineStarts: Array(stride(from: 0, to: source, by: 7)), firstLine: 4)
        map.places = stride(from: 0, to: builder.cleanCount, by: 40).map {
            .init(range: $0..<min($0 + 40, builder.cleanCount), place: .page($0 / 40 + 1))
        }
        return map
    }

    @Test func `a slice maps like the whole map`() {
        let map = long
        let count = map.segments.last?.cleanEnd ?? 0
        for start in stride(from: 0, to: count, by: 7) {
            for end in stride(from: start + 1, through: count, by: 11) {
                let slice = map.slice(start..<end)
                for part in [start..<end, start..<start + 1, end - 1..<end, (start + end) / 2..<end] where !part.isEmpty
                {
                    let local = (part.lowerBound - start)..<(part.upperBound - start)
                    #expect(slice.sourceRange(of: local) == map.sourceRange(of: part))
                    #expect(slice.lines(of: local) == map.lines(of: part))
                    #expect(slice.places(of: local) == map.places(of: part))
                }
            }
        }
    }

    @Test(arguments: [0, 5]) func `joined slices map like one slice`(overlap: Int) {
        let map = long
        let count = map.segments.last?.cleanEnd ?? 0
        for middle in stride(from: 20, to: count - 20, by: 3) {
            let joined = map.slice(10..<middle).joined(
                with: map.slice(middle - overlap..<count), at: middle - overlap - 10)
            for start in stride(from: 10, to: count - 9, by: 5) {
                let part = start..<min(start + 9, count)
                let local = (part.lowerBound - 10)..<(part.upperBound - 10)
                #expect(joined.sourceRange(of: local) == map.sourceRange(of: part))
                #expect(joined.lines(of: local) == map.lines(of: part))
                #expect(joined.places(of: local) == map.places(of: part))
            }
        }
    }
}
