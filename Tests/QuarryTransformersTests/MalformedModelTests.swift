import Foundation
import QuarryCore
import QuarryTestSupport
import QuarryTransformers
import Testing

/// Damaged files cause an error with their name, never a crash.
struct MalformedModelTests {
    private func error(_ path: String) throws -> TransformerError {
        try #require(throws: TransformerError.self) { try TransformerEmbedder(modelDirectory: path) }
    }

    @Test func `a missing folder and an empty one are different errors`() throws {
        let folder = try TemporaryFolder()
        let missing = try error(folder.url.appending(path: "none").path)
        #expect(missing.code == .unreadable && missing.description.contains("no such file or folder"))
        let empty = try error(folder.url.path)
        #expect(empty.code == .unreadable && empty.description.contains("The folder has no model"))
    }

    @Test func `each missing file is an error with its name`() throws {
        let folder = try TemporaryFolder()
        let path = try TinyModel(seed: 1).write(in: folder)
        for file in ["tokenizer.json", "model.safetensors"] {
            try FileManager.default.removeItem(atPath: "\(path)/\(file)")
            #expect(try error(path).description.contains(file))
            _ = try TinyModel(seed: 1).write(in: folder)
        }
    }

    @Test(arguments: ["config.json", "tokenizer.json", "1_Pooling/config.json", "modules.json"])
    func `invalid JSON is an error with its file`(file: String) throws {
        let folder = try TemporaryFolder()
        let path = try TinyModel(seed: 2).write(in: folder)
        try Data("{\"hidden_size\": ".utf8).write(to: URL(filePath: "\(path)/\(file)"))
        let error = try error(path)
        #expect(error.code == .malformed && error.path?.hasSuffix(file) == true)
        #expect(error.description.components(separatedBy: file).count == 2, "\(error)")
    }

    @Test func `an unsupported or missing tokenizer is not reported as damage`() throws {
        let folder = try TemporaryFolder()
        var tokenizer = TinyModel.tokenizer
        tokenizer["model"] = ["type": "BPE"]
        let path = try TinyModel(seed: 2).write(in: folder, more: ["tokenizer.json": tokenizer])
        let unknown = try error(path)
        #expect(unknown.code == .unsupported && unknown.message.contains("BPE"))
        try FileManager.default.removeItem(atPath: "\(path)/tokenizer.json")
        #expect(try error(path).code == .unreadable)
    }

    @Test func `an unsupported model is an error with the supported ones`() throws {
        let folder = try TemporaryFolder()
        let model = TinyModel(seed: 3)
        func refusal(_ name: String, _ more: [String: Any]) throws -> TransformerError {
            try error(try model.write(in: folder, name: name, more: more))
        }
        let distil = try error(try model.write(in: folder, name: "a", modelType: "distilbert"))
        #expect(distil.code == .unsupported && distil.message.contains("distilbert"))
        let pooling = try refusal("b", ["1_Pooling/config.json": ["pooling_mode_max_tokens": true]])
        #expect(pooling.code == .unsupported && pooling.message.contains("pooling_mode_max_tokens"))
        let modules = try refusal("c", ["modules.json": [["type": "sentence_transformers.models.Dense"]]])
        #expect(modules.code == .unsupported && modules.message.contains("Dense"))
        var config = model.config()
        config["hidden_act"] = "relu"
        #expect(try refusal("d", ["config.json": config]).message.contains("relu"))
        config["hidden_act"] = "gelu"
        config["num_attention_heads"] = 5
        #expect(try refusal("e", ["config.json": config]).message.contains("heads, 5."))
        config["num_attention_heads"] = 3
        config["hidden_size"] = 1 << 40
        #expect(try refusal("f", ["config.json": config]).message.contains("hidden size"))
        config["hidden_size"] = 12
        config["intermediate_size"] = 24
        let shape = try refusal("g", ["config.json": config])
        #expect(shape.path?.hasSuffix("model.safetensors") == true)
        #expect(shape.message.contains("intermediate.dense.weight") && shape.message.contains("[24, 12]"))
    }

    @Test func `a tensor of an unsupported type is an error with its name`() throws {
        let folder = try TemporaryFolder()
        let model = TinyModel(seed: 4)
        let path = try model.write(in: folder)
        let file = URL(filePath: "\(path)/model.safetensors")
        let text = "\"dtype\":\"F32\""
        var data = try Data(contentsOf: file)
        let range = try #require(data.range(of: Data(text.utf8)))
        data.replaceSubrange(range, with: Data("\"dtype\":\"I32\"".utf8))
        try data.write(to: file)
        let error = try error(path)
        #expect(error.code == .unsupported && error.message.contains("I32"))
    }

    @Test func `a truncated file is an error`() throws {
        let folder = try TemporaryFolder()
        let path = try TinyModel(seed: 5).write(in: folder)
        let file = URL(filePath: "\(path)/model.safetensors")
        let whole = try Data(contentsOf: file)
        var numbers = SeededGenerator(seed: 6)
        for length in [0, 1, 7, 8, 9, whole.count - 1]
            + (0..<60).map({ _ in Int.random(in: 0..<whole.count, using: &numbers) })
        {
            try whole.prefix(length).write(to: file)
            #expect(try error(path).path?.hasSuffix("model.safetensors") == true, "\(length)")
        }
        try (withUnsafeBytes(of: UInt64.max) { Data($0) } + whole.dropFirst(8)).write(to: file)
        #expect(try error(path).message.contains("\(UInt64.max)"))
    }

    @Test func `random damage to a safetensors file never crashes`() async throws {
        let folder = try TemporaryFolder()
        let path = try TinyModel(seed: 7).write(in: folder)
        let file = URL(filePath: "\(path)/model.safetensors")
        let whole = try Data(contentsOf: file)
        let header = whole.withUnsafeBytes { 8 + Int($0.loadUnaligned(as: UInt64.self)) }
        var numbers = SeededGenerator(seed: 8)
        for _ in 0..<300 {
            var data = whole
            for _ in 0..<Int.random(in: 1...4, using: &numbers) {
                let ascii = Data("0123456789[]{},:\"-eF".utf8)
                data[Int.random(in: 0..<header, using: &numbers)] =
                    Bool.random(using: &numbers)
                    ? UInt8.random(in: 0...255, using: &numbers)
                    : ascii.randomElement(using: &numbers) ?? 0
            }
            try data.write(to: file)
            do {
                _ = try await TransformerEmbedder(modelDirectory: path, workers: 1).embed(["river"], as: .query)
            } catch let error as TransformerError {
                #expect(!error.message.isEmpty)
            }
        }
    }

    @Test func `weights that are not numbers give an error, not a vector`() async throws {
        let folder = try TemporaryFolder()
        let model = TinyModel(seed: 9)
        let path = try model.write(in: folder)
        let file = URL(filePath: "\(path)/model.safetensors")
        var data = try Data(contentsOf: file)
        data.replaceSubrange(data.count - 4..<data.count, with: [0, 0, 0xc0, 0x7f])
        try data.write(to: file)
        let embedder = try TransformerEmbedder(modelDirectory: path)
        let error = await #expect(throws: TransformerError.self) {
            try await embedder.embed(["river"], as: .query)
        }
        #expect(error?.code == .notFinite)
    }
}
