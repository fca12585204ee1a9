import Foundation
import QuarryCore
import QuarryTestSupport
import QuarryTransformers
import Testing

/// Small handmade tokenizers, with the ids from Hugging Face's `tokenizers` (Fixtures/make_tiny_tokenizers.py).
@Suite struct TokenizerFileTests {
    private struct Fixture: Decodable {
        struct Case: Decodable {
            var name: String
            var file: String
            var ids: [[Int32]]
            var counts: [Int]
        }

        var texts: [String]
        var cases: [Case]
    }

    private func fixture() throws -> Fixture {
        let url = try #require(
            Bundle.module.url(forResource: "tiny-tokenizers", withExtension: "json", subdirectory: "Fixtures"))
        return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url))
    }

    private func file(_ name: String) throws -> String {
        try #require(try fixture().cases.first { $0.name == name }).file
    }

    private func error(of file: String) -> TokenizerError? {
        do {
            _ = try TokenizerFile.parse(Array(file.utf8))
            return nil
        } catch {
            return error
        }
    }

    @Test func `ids and counts equal the reference for every combination of components`() throws {
        let fixture = try fixture()
        #expect(fixture.cases.count == 8)
        for tiny in fixture.cases {
            let tokenizer = try TokenizerFile.parse(Array(tiny.file.utf8))
            for (index, text) in fixture.texts.enumerated() {
                #expect(
                    tokenizer.encode(text, maximum: 999) == tiny.ids[index], "\(tiny.name): \(text.debugDescription)")
                #expect(
                    tokenizer.tokenCount(of: text) == tiny.counts[index], "\(tiny.name): \(text.debugDescription)")
            }
        }
    }

    @Test func `truncation keeps the special tokens and the start of the content`() throws {
        for name in ["WordPiece, lower case", "Unigram, XLM-R"] {
            let tokenizer = try TokenizerFile.parse(Array(file(name).utf8))
            let text = String(repeating: "sea side, ", count: 50)
            let whole = tokenizer.encode(text, maximum: .max)
            #expect(whole.count == tokenizer.tokenCount(of: text) + 2)
            for maximum in [2, 3, 7, whole.count - 1] {
                let cut = tokenizer.encode(text, maximum: maximum)
                #expect(cut == Array(whole.prefix(maximum - 1)) + whole.suffix(1))
            }
            #expect(tokenizer.encode(text, maximum: 1).count == 1)
            #expect(tokenizer.encode(text, maximum: 0).isEmpty)
            #expect(tokenizer.encode(text, maximum: -1).isEmpty)
            #expect(tokenizer.encode(text, maximum: whole.count) == whole)
        }
    }

    @Test func `a long text of repeated words has the ids of its words`() throws {
        for name in ["WordPiece, lower case", "Unigram, XLM-R"] {
            let tokenizer = try TokenizerFile.parse(Array(file(name).utf8))
            let vocabulary = ["sea", "seaside", "side!", "кот", "qq", "海岸", "cafe", "Коты", "é1"]
            var random = SeededGenerator(seed: 3)
            let words = (0..<4000).map { _ in vocabulary[Int.random(in: 0..<vocabulary.count, using: &random)] }
            let contents = words.flatMap { tokenizer.encode($0, maximum: 99).dropFirst().dropLast() }
            let whole = tokenizer.encode(words.joined(separator: " "), maximum: .max)
            #expect(Array(whole.dropFirst().dropLast()) == contents)
        }
    }

    @Test func `a word of a megabyte takes linear time`() throws {
        let tokenizer = try TokenizerFile.parse(Array(file("Unigram, XLM-R").utf8))
        let count = 150_000
        #expect(tokenizer.tokenCount(of: String(repeating: "seaside", count: count)) >= count)
        let wordPiece = try TokenizerFile.parse(Array(file("WordPiece, lower case").utf8))
        #expect(wordPiece.tokenCount(of: String(repeating: "seaside", count: count)) == 1)
    }

    @Test(arguments: [
        (#""type":"BertPreTokenizer""#, #""type":"ByteLevel""#, "ByteLevel"),
        (#""type":"BertNormalizer""#, #""type":"Nmt""#, "Nmt"),
        (#""type":"WordPiece""#, #""type":"BPE""#, "BPE"),
        (#""type":"TemplateProcessing""#, #""type":"ByteLevel""#, "ByteLevel"),
        (#""single_word":false"#, #""single_word":true"#, "single_word"),
        (#""unk_token":"[UNK]""#, #""unk_token":"[NONE]""#, "[NONE]"),
    ])
    func `an unknown component is an error with its name`(part: String, replacement: String, name: String) throws {
        let file = try file("WordPiece, lower case")
        let changed = file.replacingOccurrences(of: part, with: replacement)
        #expect(changed != file)
        let refusal = try #require(error(of: changed))
        #expect(refusal.description.contains(name))
    }

    @Test(arguments: [
        (#"{"Regex":" {2,}"}"#, #"{"Regex":"\\s+"}"#, #"\s+"#),
        (#""unk_id":3"#, #""unk_id":3,"byte_fallback":true"#, "byte_fallback"),
        (#""unk_id":3"#, #""unk_id":null"#, "unk_id"),
        (#""unk_id":3"#, #""unk_id":3000"#, "3000"),
        (#""add_prefix_space":true"#, #""prepend_scheme":"sometimes""#, "sometimes"),
        (#""precompiled_charsmap":""#, #""precompiled_charsmap":"*"#, "Base64"),
    ])
    func `an unknown setting is an error with its name`(part: String, replacement: String, name: String) throws {
        let file = try file("Unigram, XLM-R")
        let changed = file.replacingOccurrences(of: part, with: replacement)
        #expect(changed != file)
        let refusal = try #require(error(of: changed))
        #expect(refusal.description.contains(name))
    }

    @Test(arguments: [
        "", "{", "[]", "null", "{}", #"{"model":}"#, #"{"model":{"vocab":[["a",1e999]]}}"#,
        #"{"model":{"vocab":[["a"]]}}"#,
        #"{"pre_tokenizer":{"type":"Metaspace"},"model":{"type":"Unigram","unk_id":0,"vocab":[]}}"#,
        #"{"model":{"type":"WordPiece","vocab":{"a":-1}}}"#,
        #"{"model":{"type":"WordPiece","vocab":{"a":1.5}}}"#, #"{"a":"\ud800"}"#, #"{"a":"\u12"}"#, #"{"a":"\x"}"#,
        #"{"a":tru}"#, #"{"a":+1}"#, #"{"a":1}}"#,
    ])
    func `invalid JSON is malformed`(file: String) throws {
        #expect(try #require(error(of: file)).code == .malformed)
    }

    @Test func `unlimited nesting is an error`() throws {
        let file = #"{"a":"# + String(repeating: "[", count: 100_000)
        #expect(try #require(error(of: file)).code == .malformed)
    }

    @Test func `damaged files are errors or read, but never crash`() throws {
        var random = SeededGenerator(seed: 5)
        for tiny in try fixture().cases {
            let bytes = Array(tiny.file.utf8)
            for _ in 0..<120 {
                var damaged = bytes
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    let place = Int.random(in: 0..<damaged.count, using: &random)
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: damaged[place] = UInt8.random(in: 0...255, using: &random)
                    case 1: damaged[place] = bytes.randomElement(using: &random) ?? 0
                    case 2: damaged.remove(at: place)
                    default: damaged.removeSubrange(place..<min(damaged.count, place + 40))
                    }
                }
                guard let tokenizer = try? TokenizerFile.parse(damaged) else { continue }
                _ = tokenizer.encode(random.text(upTo: 40), maximum: 64)
                _ = tokenizer.encode("sea ①ﬁ e\u{301} 海 <mask> [SEP]", maximum: 64)
            }
            for end in stride(from: 0, to: bytes.count, by: 31) {
                #expect(throws: TokenizerError.self) { try TokenizerFile.parse(Array(bytes[..<end])) }
            }
        }
        for _ in 0..<500 {
            let noise = (0..<200).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(throws: TokenizerError.self) { try TokenizerFile.parse(noise) }
        }
    }
}
