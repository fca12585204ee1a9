import Foundation
import QuarryCore
import QuarryTestSupport
import QuarryTransformers
import Synchronization
import Testing

struct TinyModelTests {
    static let texts = [
        "river stone", "", "a", "the winter garden : light the paper", "stone river", "unheard words",
        (0..<30).map { TinyModel.words[8 + $0 % 8] }.joined(separator: " "),
    ]

    private func expectMatch(
        _ model: TinyModel, _ path: String, usesFirstToken: Bool = false, prefix: String = "",
        role: EmbeddingRole = .passage
    ) async throws {
        let batch = try await TransformerEmbedder(modelDirectory: path, workers: 2).embed(Self.texts, as: role)
        let plain = PlainEncoder(model: model, usesFirstToken: usesFirstToken)
        try #require(batch.count == Self.texts.count && batch.dimension == model.hidden)
        for (row, text) in Self.texts.enumerated() {
            let expected = plain.vector(model.ids(prefix + text))
            let difference = zip(batch[row], expected).map { abs(Double($0) - $1) }.max() ?? 1
            #expect(difference < 2e-6, "\(text)")
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `vectors equal those of a plain encoder in double precision`(seed: UInt64) async throws {
        let (folder, model) = (try TemporaryFolder(), TinyModel(seed: seed))
        try await expectMatch(model, try model.write(in: folder))
    }

    @Test(arguments: [TinyModel.Storage.float16, .bfloat16])
    func `half-precision weights are widened exactly`(storage: TinyModel.Storage) async throws {
        let (folder, model) = (try TemporaryFolder(), TinyModel(seed: 4, storage: storage))
        try await expectMatch(model, try model.write(in: folder, storage: storage))
    }

    @Test func `tensors may have the prefix of a larger model`() async throws {
        let (folder, model) = (try TemporaryFolder(), TinyModel(seed: 5))
        try await expectMatch(model, try model.write(in: folder, prefix: "bert."))
    }

    @Test func `positions of XLM-RoBERTa begin after the padding's`() async throws {
        let (folder, model) = (try TemporaryFolder(), TinyModel(seed: 6, firstPosition: 2))
        let path = try model.write(in: folder, modelType: "xlm-roberta")
        try await expectMatch(model, path)
        #expect(try TransformerEmbedder(modelDirectory: path).fingerprint.maximumTokens == model.positions - 2)
    }

    @Test func `the first token's vector is used if the pooling file says so`() async throws {
        let (folder, model) = (try TemporaryFolder(), TinyModel(seed: 7))
        let pooling = ["pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false]
        let path = try model.write(in: folder, more: ["1_Pooling/config.json": pooling])
        try await expectMatch(model, path, usesFirstToken: true)
        #expect(try TransformerEmbedder(modelDirectory: path).fingerprint.pooling == "cls")
    }

    @Test func `prefixes come from the prompts, and from the name of an E5 model`() async throws {
        let (folder, model) = (try TemporaryFolder(), TinyModel(seed: 8))
        let prompts = ["prompts": ["query": "the ", "document": "a "]]
        let prompted = try model.write(in: folder, more: ["config_sentence_transformers.json": prompts])
        try await expectMatch(model, prompted, prefix: "the ", role: .query)
        try await expectMatch(model, prompted, prefix: "a ", role: .passage)
        let named = try model.write(in: folder, name: "tiny-e5-v2")
        try await expectMatch(model, named, prefix: "query : ", role: .query)
        try await expectMatch(model, named, prefix: "passage : ", role: .passage)
        let fingerprint = try TransformerEmbedder(modelDirectory: named).fingerprint
        #expect(fingerprint.queryPrefix == "query: " && fingerprint.passagePrefix == "passage: ")
    }

    @Test func `a text has the same vector alone, in a batch, and with more workers`() async throws {
        let (folder, model) = (try TemporaryFolder(), TinyModel(seed: 9))
        let path = try model.write(in: folder)
        var numbers = SeededGenerator(seed: 10)
        let texts = (0..<300).map { _ in
            (0..<Int.random(in: 0...36, using: &numbers)).map { _ in
                TinyModel.words[Int.random(in: 5..<16, using: &numbers)]
            }.joined(separator: " ")
        }
        let embedder = try TransformerEmbedder(modelDirectory: path, workers: 2)
        let together = try await embedder.embed(texts, as: .passage)
        let again = try await embedder.embed(texts, as: .passage)
        #expect(together == again, "the same call gives the same bytes")
        let single = try await TransformerEmbedder(modelDirectory: path, workers: 1).embed(texts, as: .passage)
        for (row, text) in texts.enumerated() {
            let alone = try await embedder.embed([text], as: .passage)
            #expect(zip(alone[0], together[row]).allSatisfy { abs($0 - $1) < 1e-5 })
            #expect(zip(single[row], together[row]).allSatisfy { abs($0 - $1) < 1e-5 })
        }
    }

    @Test func `equal texts have equal rows, and look-alikes different ones`() async throws {
        let (folder, model) = (try TemporaryFolder(), TinyModel(seed: 11))
        let embedder = try TransformerEmbedder(modelDirectory: try model.write(in: folder))
        let texts = ["river", "stone", "river", "", "river", ""]
        let batch = try await embedder.embed(texts, as: .passage)
        #expect(batch[0].elementsEqual(batch[2]) && batch[0].elementsEqual(batch[4]))
        #expect(batch[3].elementsEqual(batch[5]) && !batch[0].elementsEqual(batch[1]))
    }

    @Test func `no texts give no rows`() async throws {
        let (folder, model) = (try TemporaryFolder(), TinyModel(seed: 12))
        let batch = try await TransformerEmbedder(modelDirectory: try model.write(in: folder)).embed([], as: .query)
        #expect(batch.count == 0 && batch.dimension == model.hidden)
    }

    @Test func `texts are truncated at the model's limit, or at a lower given one`() async throws {
        let (folder, model) = (try TemporaryFolder(), TinyModel(seed: 13))
        let path = try model.write(in: folder, more: ["sentence_bert_config.json": ["max_seq_length": 8]])
        let embedder = try TransformerEmbedder(modelDirectory: path)
        #expect(embedder.fingerprint.maximumTokens == 8)
        let long = try await embedder.embed(["a the river stone paper light winter garden"], as: .passage)
        let cut = try await embedder.embed(["a the river stone paper light"], as: .passage)
        #expect(long == cut)
        let shorter = try TransformerEmbedder(modelDirectory: path, maximumTokens: 4)
        let two = try await embedder.embed(["a the"], as: .passage)
        #expect(try await shorter.embed(["a the river"], as: .passage) == two)
        #expect(throws: TransformerError.self) { try TransformerEmbedder(modelDirectory: path, maximumTokens: 9) }
        #expect(throws: TransformerError.self) { try TransformerEmbedder(modelDirectory: path, workers: 0) }
    }

    @Test func `the token counter counts without special tokens and truncation`() async throws {
        let (folder, model) = (try TemporaryFolder(), TinyModel(seed: 14))
        let embedder = try TransformerEmbedder(modelDirectory: try model.write(in: folder))
        #expect(embedder.tokenCounter.tokenCount(of: "a the river") == 3)
        #expect(embedder.tokenCounter.tokenCount(of: String(repeating: "a ", count: 500)) == 500)
    }

    @Test func `a cancelled task computes nothing and throws`() async throws {
        let (folder, model) = (try TemporaryFolder(), TinyModel(seed: 15))
        let embedder = try TransformerEmbedder(modelDirectory: try model.write(in: folder))
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await embedder.embed(["river"], as: .passage)
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `different weights have different revisions, and equal ones the same`() async throws {
        let folder = try TemporaryFolder()
        let first = try TransformerEmbedder(modelDirectory: TinyModel(seed: 16).write(in: folder, name: "a"))
        let same = try TransformerEmbedder(modelDirectory: TinyModel(seed: 16).write(in: folder, name: "b"))
        let other = try TransformerEmbedder(modelDirectory: TinyModel(seed: 17).write(in: folder, name: "c"))
        let named = try TransformerEmbedder(
            modelDirectory: folder.url.appending(path: "c").path, name: "tiny", revision: "abc")
        #expect(first.fingerprint.revision == same.fingerprint.revision)
        #expect(first.fingerprint.revision != other.fingerprint.revision)
        #expect(first.fingerprint.model == "a" && first.fingerprint.provider == "local")
        #expect(named.fingerprint.model == "tiny" && named.fingerprint.revision == "abc")
    }

    @Test func `a different tokenizer or shape has a different revision, unless one is given`() throws {
        let folder = try TemporaryFolder()
        let model = TinyModel(seed: 18)
        func revision(_ name: String, _ more: [String: Any], given: String? = nil) throws -> String {
            try TransformerEmbedder(
                modelDirectory: try model.write(in: folder, name: name, more: more), revision: given
            ).fingerprint.revision
        }
        let plain = try revision("a", [:])
        var tokenizer = TinyModel.tokenizer
        tokenizer["version"] = "2.0"
        #expect(try revision("b", ["tokenizer.json": tokenizer]) != plain)
        var config = model.config()
        config["layer_norm_eps"] = 0.01
        #expect(try revision("c", ["config.json": config]) != plain)
        config = model.config()
        config["transformers_version"] = "9"
        #expect(try revision("d", ["config.json": config]) == plain, "it says nothing of the vectors")
        #expect(try revision("e", ["tokenizer.json": tokenizer], given: "abc") == "abc")
    }

    @Test func `given prefixes override those of the model`() async throws {
        let (folder, model) = (try TemporaryFolder(), TinyModel(seed: 19))
        let path = try model.write(in: folder, name: "tiny-e5")
        let bare = try TransformerEmbedder(modelDirectory: path, queryPrefix: "")
        #expect(bare.fingerprint.queryPrefix.isEmpty && bare.fingerprint.passagePrefix == "passage: ")
        let given = try TransformerEmbedder(modelDirectory: path, passagePrefix: "the ")
        #expect(try await given.embed(["river"], as: .passage) == bare.embed(["the river"], as: .query))
    }

    @Test func `parts are reported when they are finished, each text once`() async throws {
        let (folder, model) = (try TemporaryFolder(), TinyModel(seed: 11))
        let embedder = try TransformerEmbedder(modelDirectory: model.write(in: folder), workers: 2)
        // More tokens than fit in one batch of the encoder, each text twice.
        let texts = (0..<600).map { number in
            // Three digits of base eight, as words.
            let words = [1, 8, 64].map { place in TinyModel.words[8 + number % 300 / place % 8] }
            return words.joined(separator: " ")
        }
        let parts = Mutex<[EmbeddedPart]>([])
        let batch = try await embedder.embed(texts, as: .passage) { part in parts.withLock { $0.append(part) } }
        let told = parts.withLock { $0 }
        #expect(told.count > 1)
        #expect(told.flatMap(\.positions).sorted() == Array(texts.indices))
        for part in told {
            for (row, position) in part.positions.enumerated() { #expect(part.vectors[row] == batch[position]) }
        }
    }

    @Test func `an error of the parts' callback ends the work`() async throws {
        struct Full: Error {}
        let (folder, model) = (try TemporaryFolder(), TinyModel(seed: 13))
        let embedder = try TransformerEmbedder(modelDirectory: model.write(in: folder), workers: 2)
        await #expect(throws: Full.self) {
            try await embedder.embed(Self.texts, as: .passage) { _ in throw Full() }
        }
    }
}
