import Foundation
import QuarryCore
import QuarryTestSupport
import QuarryTransformers
import Testing

/// Ids against those of Hugging Face's `tokenizers` (see Fixtures/make_tokenizer_fixture.py).
///
/// These tests need the models' own files in the models folder (`$QUARRY_MODELS`, or `~/.cache/quarry/models`). Tests
/// without their file are skipped.
@Suite struct TokenizerReferenceTests {
    private struct Reference: Decodable {
        var texts: [String]
        var wordPiece: [[Int32]]
        var wordPieceCounts: [Int]
        var unigram: [[Int32]]
        var unigramCounts: [Int]
    }

    private func reference() throws -> Reference {
        let url = try #require(
            Bundle.module.url(forResource: "tokenizer-reference", withExtension: "json", subdirectory: "Fixtures"))
        return try JSONDecoder().decode(Reference.self, from: Data(contentsOf: url))
    }

    private func expectWordPiece(_ tokenizer: any Tokenizer) throws {
        let reference = try reference()
        #expect(reference.texts.count > 150)
        for (index, text) in reference.texts.enumerated() {
            #expect(tokenizer.encode(text, maximum: 256) == reference.wordPiece[index], "\(text.debugDescription)")
            #expect(tokenizer.tokenCount(of: text) == reference.wordPieceCounts[index], "\(text.debugDescription)")
        }
    }

    private func expectUnigram(_ tokenizer: any Tokenizer) throws {
        let reference = try reference()
        for (index, text) in reference.texts.enumerated() {
            #expect(tokenizer.encode(text, maximum: 512) == reference.unigram[index], "\(text.debugDescription)")
            #expect(tokenizer.tokenCount(of: text) == reference.unigramCounts[index], "\(text.debugDescription)")
        }
    }

    @Test(.enabled(if: InstalledTokenizer.miniLM.exists, "all-MiniLM-L6-v2/tokenizer.json is not installed"))
    func `WordPiece ids of MiniLM equal the reference on mixed and malformed text`() throws {
        let tokenizer = try TokenizerFile.parse([UInt8](Data(contentsOf: InstalledTokenizer.miniLM.url)))
        #expect(tokenizer.vocabularySize == 30522)
        try expectWordPiece(tokenizer)
    }

    @Test(.enabled(if: InstalledTokenizer.e5JSON.exists, "multilingual-e5-small/tokenizer.json is not installed"))
    func `Unigram ids of the E5 tokenizer file equal the reference on mixed and malformed text`() throws {
        let tokenizer = try TokenizerFile.parse([UInt8](Data(contentsOf: InstalledTokenizer.e5JSON.url)))
        #expect(tokenizer.vocabularySize == 250002)
        try expectUnigram(tokenizer)
    }

    @Test(.enabled(if: InstalledTokenizer.e5Container.exists, "multilingual-e5-small/e5-small-q4.bin is not installed"))
    func `Unigram ids of the E5 container equal the reference on mixed and malformed text`() throws {
        let data = try Data(contentsOf: InstalledTokenizer.e5Container.url, options: .alwaysMapped)
        let section = try data.withUnsafeBytes { try E5ContainerTokenizerSection.parse($0, at: 44) }
        #expect(section.end == 4_632_322)
        #expect(section.tokenizer.vocabularySize == 250002)
        try expectUnigram(section.tokenizer)
    }

    @Test(.enabled(if: InstalledTokenizer.e5Container.exists, "multilingual-e5-small/e5-small-q4.bin is not installed"))
    func `a container truncated in its tokenizer is an error`() throws {
        let data = try Data(contentsOf: InstalledTokenizer.e5Container.url, options: .alwaysMapped)
        for end in [0, 43, 44, 60, 71, 72, 5000, 1_000_072, 2_000_000, 4_600_000, 4_632_321] {
            #expect(throws: TokenizerError.self) {
                try data.withUnsafeBytes {
                    _ = try E5ContainerTokenizerSection.parse(UnsafeRawBufferPointer(rebasing: $0[..<end]), at: 44)
                }
            }
        }
    }

    @Test(
        .enabled(
            if: InstalledTokenizer.e5JSON.exists && InstalledTokenizer.e5Container.exists,
            "multilingual-e5-small is not installed"))
    func `the container and the tokenizer file agree on random text`() throws {
        let file = try TokenizerFile.parse([UInt8](Data(contentsOf: InstalledTokenizer.e5JSON.url)))
        let data = try Data(contentsOf: InstalledTokenizer.e5Container.url, options: .alwaysMapped)
        let container = try data.withUnsafeBytes { try E5ContainerTokenizerSection.parse($0, at: 44).tokenizer }
        var random = SeededGenerator(seed: 11)
        for _ in 0..<500 {
            let text = random.text(upTo: 24)
            #expect(file.encode(text, maximum: 512) == container.encode(text, maximum: 512), "\(text.debugDescription)")
        }
    }
}

/// A file of a model in the models folder.
private enum InstalledTokenizer: String {
    case miniLM = "all-MiniLM-L6-v2/tokenizer.json"
    case e5JSON = "multilingual-e5-small/tokenizer.json"
    case e5Container = "multilingual-e5-small/e5-small-q4.bin"

    var url: URL {
        let folder =
            ProcessInfo.processInfo.environment["QUARRY_MODELS"]
            ?? FileManager.default.homeDirectoryForCurrentUser.path + "/.cache/quarry/models"
        return URL(fileURLWithPath: folder).appendingPathComponent(rawValue)
    }

    var exists: Bool { FileManager.default.fileExists(atPath: url.path) }
}
