import Foundation
import QuarryCore
import QuarryTestSupport
import QuarryTransformers
import Testing

/// A tiny container: one layer of 32 with random weights, and a vocabulary of letters.
private struct TinyContainer {
    static let pieces = ["<s>", "<pad>", "</s>", "<unk>", "\u{2581}", "a", "b", "query", ":", "passage", "\u{2581}a"]
    private(set) var data = Data()
    private(set) var directory = 0

    init(seed: UInt64, blockScale: UInt16 = 0x2c00) {
        let (hidden, wide, positions) = (32, 64, 24)
        var numbers = SeededGenerator(seed: seed)
        data += Data("E5S1".utf8)
        for value in [1, hidden, 1, 2, wide, Self.pieces.count, positions, 1] as [Int] { append(Int32(value)) }
        append(Float(1e-5).bitPattern)
        append(Int32(32))
        let blob = Self.pieces.map { Array($0.utf8) }
        for value in [Self.pieces.count, 0, 2, 1, 3] as [Int] { append(Int32(value)) }
        append(UInt64(blob.joined().count))
        var offset: UInt32 = 0
        append(offset)
        for piece in blob {
            offset += UInt32(piece.count)
            append(offset)
        }
        for index in Self.pieces.indices { append(Float(-index).bitPattern) }
        data += Data(blob.joined())
        append(Int32(0))
        append(UInt32(0))
        directory = data.count
        let tensors = Self.tensors(hidden, wide, positions)
        append(Int32(tensors.count))
        var start = data.count + tensors.reduce(0) { $0 + 2 + $1.name.utf8.count + 21 }
        var body = Data()
        for tensor in tensors {
            let bytes: [UInt8] =
                tensor.isPacked
                ? (0..<tensor.count / 32).flatMap { _ in
                    [UInt8(truncatingIfNeeded: blockScale), UInt8(blockScale >> 8)]
                        + (0..<16).map { _ in UInt8.random(in: 0...255, using: &numbers) }
                }
                : numbers.floats(tensor.count, in: 0.5...1.5).flatMap { value in
                    withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
                }
            append(UInt16(tensor.name.utf8.count))
            data += Data(tensor.name.utf8)
            append(UInt8(tensor.isPacked ? 1 : 0))
            append(UInt32(tensor.count))
            append(UInt64(start))
            append(UInt64(bytes.count))
            start += bytes.count
            body += bytes
        }
        data += body
    }

    private mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { data += Data($0) }
    }

    private static func tensors(
        _ hidden: Int, _ wide: Int, _ positions: Int
    ) -> [(name: String, count: Int, isPacked: Bool)] {
        func dense(_ name: String, _ inputs: Int, _ outputs: Int) -> [(String, Int, Bool)] {
            [("\(name).w", inputs * outputs, true), ("\(name).b", outputs, false)]
        }
        func norm(_ name: String) -> [(String, Int, Bool)] {
            [("\(name).w", hidden, false), ("\(name).b", hidden, false)]
        }
        return [("emb.word", pieces.count * hidden, true), ("emb.pos", positions * hidden, false)]
            + [("emb.type", hidden, false)] + norm("emb.ln")
            + ["q", "k", "v", "ao"].flatMap { dense("l0.\($0)", hidden, hidden) } + norm("l0.aln")
            + dense("l0.fi", hidden, wide) + dense("l0.fo", wide, hidden) + norm("l0.oln")
    }
}

struct E5ContainerTests {
    @Test func `a container is loaded by its path or its folder, with prefixes`() async throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "tiny.bin")
        try TinyContainer(seed: 1).data.write(to: file)
        let embedder = try TransformerEmbedder(modelDirectory: file.path)
        let same = try TransformerEmbedder(modelDirectory: folder.url.path)
        #expect(embedder.fingerprint.queryPrefix == "query: " && embedder.fingerprint.passagePrefix == "passage: ")
        #expect(embedder.dimension == 32 && embedder.fingerprint.maximumTokens == 24)
        let query = try await embedder.embed(["a b", "b"], as: .query)
        let passage = try await embedder.embed(["a b", "b"], as: .passage)
        #expect(query != passage)
        #expect(try await same.embed(["a b", "b"], as: .query) == query)
        #expect(abs(query[0].reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
    }

    @Test func `a truncated container is an error`() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "tiny.bin")
        let whole = TinyContainer(seed: 2)
        var numbers = SeededGenerator(seed: 3)
        let lengths = Array(0..<160) + [whole.directory, whole.directory + 1, whole.data.count - 1]
        for length in lengths + (0..<60).map({ _ in Int.random(in: 0..<whole.data.count, using: &numbers) }) {
            try whole.data.prefix(length).write(to: file)
            let error = #expect(throws: TransformerError.self, "\(length)") {
                try TransformerEmbedder(modelDirectory: file.path)
            }
            #expect(error?.path?.hasSuffix("tiny.bin") == true)
        }
    }

    @Test func `random damage to a container never crashes`() async throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "tiny.bin")
        let whole = TinyContainer(seed: 4)
        var numbers = SeededGenerator(seed: 5)
        for round in 0..<400 {
            var data = whole.data
            let end = round.isMultiple(of: 2) ? whole.directory + 600 : data.count
            for _ in 0..<Int.random(in: 1...4, using: &numbers) {
                data[Int.random(in: 4..<end, using: &numbers)] = UInt8.random(in: 0...255, using: &numbers)
            }
            try data.write(to: file)
            do {
                _ = try await TransformerEmbedder(modelDirectory: file.path, workers: 1).embed(["a b"], as: .query)
            } catch let error as TransformerError {
                #expect(!error.message.isEmpty)
            }
        }
    }
}
