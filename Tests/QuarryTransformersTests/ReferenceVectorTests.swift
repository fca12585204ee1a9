import Foundation
import QuarryCore
import QuarryTransformers
import Testing

/// Vectors of real models against those of `Fixtures/reference_vectors.py` (float64, other tokenizers, other code).
///
/// Models are looked for in `$QUARRY_MODELS`, else in `~/.cache/quarry/models`; without them these tests are skipped.
struct ReferenceVectorTests {
    static let models =
        ProcessInfo.processInfo.environment["QUARRY_MODELS"] ?? "\(NSHomeDirectory())/.cache/quarry/models"
    static let minilm = "\(models)/all-MiniLM-L6-v2"
    static let e5 = "\(models)/multilingual-e5-small"
    /// Texts with vectors of sentence-transformers, beside the package: too many to commit.
    static let shared = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../shared/peers/data/text").standardizedFileURL

    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    @Test(
        .enabled(
            if: exists("\(minilm)/model.safetensors"),
            "There is no all-MiniLM-L6-v2 in $QUARRY_MODELS or ~/.cache/quarry/models."))
    func `MiniLM agrees with the reference on every text`() async throws {
        let (texts, reference) = (try Self.texts("texts-minilm"), try Self.halves("vectors-minilm"))
        let embedder = try TransformerEmbedder(modelDirectory: Self.minilm)
        #expect(embedder.fingerprint.maximumTokens == 256 && embedder.dimension == 384)
        let batch = try await embedder.embed(texts, as: .passage)
        try #require(texts.count >= 200 && reference.count == texts.count * 384)
        for (row, text) in texts.enumerated() {
            #expect(cosine(batch[row], reference[row * 384..<(row + 1) * 384]) >= 0.9999, "\(text.prefix(80))")
        }
    }

    @Test(
        .enabled(
            if: exists("\(e5)/e5-small-q4.bin"),
            "There is no e5-small-q4.bin in multilingual-e5-small under $QUARRY_MODELS or ~/.cache/quarry/models."))
    func `E5 agrees with a float64 evaluation of the same weights, queries and passages`() async throws {
        let (texts, reference) = (try Self.texts("texts-e5"), try Self.halves("vectors-e5"))
        let embedder = try TransformerEmbedder(modelDirectory: Self.e5)
        #expect(embedder.fingerprint.maximumTokens == 512 && embedder.fingerprint.queryPrefix == "query: ")
        try #require(texts.count >= 40 && reference.count == texts.count * 384)
        let rows = texts.indices
        let passages = try await embedder.embed(rows.filter { $0 % 2 == 0 }.map { texts[$0] }, as: .passage)
        let queries = try await embedder.embed(rows.filter { $0 % 2 == 1 }.map { texts[$0] }, as: .query)
        for row in rows {
            let vector = row % 2 == 0 ? passages[row / 2] : queries[row / 2]
            #expect(
                cosine(vector, reference[row * 384..<(row + 1) * 384]) >= 0.9999, "\(texts[row].prefix(80))")
        }
    }

    @Test(
        .enabled(
            if: exists("\(minilm)/model.safetensors") && exists(shared.appending(path: "ref1000.fbin").path),
            "There is no all-MiniLM-L6-v2, or no ref1000.fbin in ../shared/peers/data/text."))
    func `MiniLM agrees with sentence-transformers on a thousand texts`() async throws {
        struct Record: Decodable { var text: String }
        let lines = try Data(contentsOf: Self.shared.appending(path: "ref1000.jsonl")).split(separator: 10)
        let texts = try lines.map { try JSONDecoder().decode(Record.self, from: $0).text }
        let reference = try Data(contentsOf: Self.shared.appending(path: "ref1000.fbin")).withUnsafeBytes { bytes in
            stride(from: 8, to: bytes.count, by: 4).map {
                Double(bytes.loadUnaligned(fromByteOffset: $0, as: Float.self))
            }
        }
        try #require(reference.count == texts.count * 384)
        let batch = try await TransformerEmbedder(modelDirectory: Self.minilm).embed(texts, as: .passage)
        let worst = texts.indices.map { cosine(batch[$0], reference[$0 * 384..<($0 + 1) * 384]) }.min() ?? 0
        #expect(worst >= 0.9999)
    }

    private static func fixture(_ name: String) throws -> Data {
        let url = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
        return try Data(contentsOf: url.appending(path: name))
    }

    private static func texts(_ name: String) throws -> [String] {
        try fixture("\(name).jsonl").split(separator: 10).map { line in
            try JSONDecoder().decode(String.self, from: line)
        }
    }

    /// Half-precision numbers; those of unit vectors are never infinite.
    private static func halves(_ name: String) throws -> [Double] {
        try fixture("\(name).f16").withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: 2).map { offset in
                let bits = UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
                let (exponent, fraction) = (Int(bits >> 10 & 31), Double(bits & 1023) / 1024)
                let size =
                    exponent == 0
                    ? fraction * 0x1p-14
                    : Double(sign: .plus, exponent: exponent - 15, significand: 1 + fraction)
                return bits & 0x8000 == 0 ? size : -size
            }
        }
    }
}
