import QuarryCore
import QuarryTestSupport
import QuarryTransformers
import Testing

@Suite struct TokenizerContainerTests {
    private static let pieces: [(String, Float)] = [
        ("<s>", 0), ("<pad>", 0), ("</s>", 0), ("<unk>", 0), ("▁", -3), ("▁sea", -6), ("side", -7), ("s", -4),
        ("é", -5),
        ("1", -6), ("▁kilo", -9), ("<mask>", 0),
    ]
    private static let normalizer: [UInt32: [UInt32]] = [
        0x09: [0x20], 0x0A: [0x20], 0x2581: [0x20], 0x2460: [0x31], 0x200B: [], 0x3314: [0x6B, 0x69, 0x6C, 0x6F],
    ]

    /// The bytes of a section in a container.
    private func section() -> [UInt8] {
        var bytes: [UInt8] = []
        func append(_ value: some FixedWidthInteger) { withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }
        let texts = Self.pieces.map { Array($0.0.utf8) }
        append(Int32(texts.count))
        for id in [0, 2, 1, 3] { append(Int32(id)) }
        append(UInt64(texts.joined().count))
        var end: UInt32 = 0
        append(end)
        for text in texts {
            end += UInt32(text.count)
            append(end)
        }
        for (_, score) in Self.pieces { append(score.bitPattern) }
        bytes += texts.joined()
        append(Int32(Self.normalizer.count))
        append(UInt32(Self.normalizer.values.reduce(0) { $0 + 5 + 4 * $1.count }))
        for codePoint in Self.normalizer.keys.sorted() {
            let output = Self.normalizer[codePoint] ?? []
            append(codePoint)
            append(UInt8(output.count))
            for value in output { append(value) }
        }
        return bytes
    }

    private func parse(_ bytes: [UInt8], at offset: Int = 0) throws -> E5ContainerTokenizerSection {
        try bytes.withUnsafeBytes { try E5ContainerTokenizerSection.parse($0, at: offset) }
    }

    @Test func `a section contains its tokenizer and its end`() throws {
        let bytes = section()
        let parsed = try parse([9, 9, 9] + bytes + [7, 7], at: 3)
        #expect(parsed.end == 3 + bytes.count)
        let tokenizer = parsed.tokenizer
        #expect(tokenizer.vocabularySize == 12)
        #expect(tokenizer.encode("sea  side", maximum: 99) == [0, 5, 4, 6, 2])
        #expect(tokenizer.encode("sea\tside\u{200B}s", maximum: 99) == [0, 5, 4, 6, 7, 2])
        #expect(tokenizer.encode("①㌔", maximum: 99) == [0, 4, 9, 3, 2])
        #expect(tokenizer.encode("sea<mask>side</s>", maximum: 99) == [0, 5, 11, 4, 6, 2, 2])
        #expect(tokenizer.tokenCount(of: "qqq sea") == 3)
    }

    @Test func `a letter and its mark are composed without a record`() throws {
        let tokenizer = try parse(section()).tokenizer
        #expect(tokenizer.encode("e\u{301}", maximum: 99) == tokenizer.encode("é", maximum: 99))
        #expect(tokenizer.encode("é", maximum: 99) == [0, 4, 8, 2])
        #expect(tokenizer.encode("①\u{301}", maximum: 99) == tokenizer.encode("1", maximum: 99))
    }

    @Test func `inconsistent parts are an error`() {
        func make(
            count: Int = 2, unknown: Int32 = 1, offsets: [UInt32] = [0, 1, 2], scores: [Float] = [-1, -2],
            pieces: [UInt8] = [97, 98], normalizer: [UInt32: [UInt32]] = [:]
        ) throws -> UnigramTokenizer {
            try UnigramTokenizer(
                pieceCount: count, bos: 0, eos: 0, pad: 0, unknown: unknown, offsets: offsets, scores: scores,
                pieces: pieces, normalizer: normalizer)
        }
        #expect(throws: Never.self) { try make() }
        #expect(throws: TokenizerError.self) { try make(count: 3) }
        #expect(throws: TokenizerError.self) { try make(unknown: 2) }
        #expect(throws: TokenizerError.self) { try make(unknown: -1) }
        #expect(throws: TokenizerError.self) { try make(offsets: [0, 2, 1]) }
        #expect(throws: TokenizerError.self) { try make(offsets: [0, 1, 3]) }
        #expect(throws: TokenizerError.self) { try make(scores: [-1, .nan]) }
        #expect(throws: TokenizerError.self) { try make(normalizer: [0xD800: [0x20]]) }
        #expect(throws: TokenizerError.self) { try make(normalizer: [0x20: [0x110000]]) }
    }

    @Test func `a truncated section is an error`() {
        let bytes = section()
        for end in 0..<bytes.count {
            #expect(throws: TokenizerError.self) { try parse(Array(bytes[..<end])) }
        }
        #expect(throws: TokenizerError.self) { try parse(bytes, at: bytes.count + 1) }
        #expect(throws: TokenizerError.self) { try parse(bytes, at: -1) }
    }

    @Test func `damaged sections are errors or read, but never crash`() {
        let bytes = section()
        var random = SeededGenerator(seed: 9)
        for _ in 0..<4000 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                damaged[Int.random(in: 0..<damaged.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            guard let tokenizer = try? parse(damaged).tokenizer else { continue }
            _ = tokenizer.encode("sea side ①㌔ e\u{301} 海 <mask>", maximum: 64)
            _ = tokenizer.encode(random.text(upTo: 20), maximum: 64)
        }
    }
}
