import Foundation
import QuarryTestSupport

/// A random model of two layers in the Hugging Face layout, with its known values.
struct TinyModel {
    enum Storage: String { case float32 = "F32", float16 = "F16", bfloat16 = "BF16" }

    static let words =
        ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
        + ["query", "passage", ":", "river", "stone", "paper", "light", "winter", "garden", "a", "the"]
    let hidden = 12
    let heads = 3
    let wide = 20
    let positions = 40
    let layerCount = 2
    var firstPosition = 0
    /// The numbers in the files, row-major, after rounding to the storage type.
    private(set) var tensors: [String: (shape: [Int], values: [Float])] = [:]

    init(seed: UInt64, storage: Storage = .float32, firstPosition: Int = 0) {
        self.firstPosition = firstPosition
        var numbers = SeededGenerator(seed: seed)
        for (name, shape) in shapes {
            let count = shape.reduce(1, *)
            let range: ClosedRange<Float> = name.hasSuffix("LayerNorm.weight") ? 0.5...1.5 : -0.6...0.6
            tensors[name] = (
                shape, numbers.floats(count, in: range).map { Self.decode(Self.encode($0, storage), storage) }
            )
        }
    }

    private var shapes: [(String, [Int])] {
        func dense(_ name: String, _ inputs: Int, _ outputs: Int) -> [(String, [Int])] {
            [("\(name).weight", [outputs, inputs]), ("\(name).bias", [outputs])]
        }
        func norm(_ name: String) -> [(String, [Int])] { [("\(name).weight", [hidden]), ("\(name).bias", [hidden])] }
        let layers = (0..<layerCount).flatMap { index in
            let layer = "encoder.layer.\(index)"
            return ["query", "key", "value"].flatMap { dense("\(layer).attention.self.\($0)", hidden, hidden) }
                + dense("\(layer).attention.output.dense", hidden, hidden) + norm("\(layer).attention.output.LayerNorm")
                + dense("\(layer).intermediate.dense", hidden, wide) + dense("\(layer).output.dense", wide, hidden)
                + norm("\(layer).output.LayerNorm")
        }
        return [
            ("embeddings.word_embeddings.weight", [Self.words.count, hidden]),
            ("embeddings.position_embeddings.weight", [positions, hidden]),
            ("embeddings.token_type_embeddings.weight", [2, hidden]),
        ] + norm("embeddings.LayerNorm") + layers
    }

    /// The ids of words separated by spaces, including special tokens.
    func ids(_ text: String) -> [Int] {
        [2] + text.split(separator: " ").map { Self.words.firstIndex(of: String($0)) ?? 1 } + [3]
    }

    func config(modelType: String = "bert") -> [String: Any] {
        [
            "model_type": modelType, "hidden_size": hidden, "num_hidden_layers": layerCount,
            "num_attention_heads": heads, "intermediate_size": wide, "vocab_size": Self.words.count,
            "max_position_embeddings": positions, "type_vocab_size": 2, "layer_norm_eps": 1e-5, "hidden_act": "gelu",
            "pad_token_id": max(0, firstPosition - 1),
        ]
    }

    static var tokenizer: [String: Any] {
        func special(_ id: Int) -> [String: Any] {
            [
                "id": id, "content": words[id], "single_word": false, "lstrip": false, "rstrip": false,
                "normalized": false, "special": true,
            ]
        }
        func template(_ id: Int) -> [String: Any] { ["id": words[id], "ids": [id], "tokens": [words[id]]] }
        return [
            "version": "1.0", "added_tokens": (0..<5).map(special),
            "normalizer": [
                "type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "lowercase": true,
                "strip_accents": NSNull(),
            ],
            "pre_tokenizer": ["type": "BertPreTokenizer"],
            "post_processor": [
                "type": "TemplateProcessing",
                "single": [
                    ["SpecialToken": ["id": "[CLS]", "type_id": 0]], ["Sequence": ["id": "A", "type_id": 0]],
                    ["SpecialToken": ["id": "[SEP]", "type_id": 0]],
                ],
                "pair": [], "special_tokens": ["[CLS]": template(2), "[SEP]": template(3)],
            ],
            "decoder": ["type": "WordPiece", "prefix": "##", "cleanup": true],
            "model": [
                "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                "max_input_chars_per_word": 100,
                "vocab": Dictionary(uniqueKeysWithValues: words.enumerated().map { ($1, $0) }),
            ],
        ]
    }

    func safetensors(storage: Storage = .float32, prefix: String = "") throws -> Data {
        var (header, data): ([String: Any], Data) = (["__metadata__": ["format": "pt"]], Data())
        for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            let bytes = tensor.values.flatMap { Self.encode($0, storage) }
            header[prefix + name] = [
                "dtype": storage.rawValue, "shape": tensor.shape,
                "data_offsets": [data.count, data.count + bytes.count],
            ]
            data += bytes
        }
        let json = try JSONSerialization.data(withJSONObject: header, options: .sortedKeys)
        return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) } + json + data
    }

    /// Writes config.json, tokenizer.json and model.safetensors, and `more`, into a new folder under `parent`.
    func write(
        in parent: TemporaryFolder, name: String = "tiny", storage: Storage = .float32, prefix: String = "",
        modelType: String = "bert", more: [String: Any] = [:]
    ) throws -> String {
        let folder = parent.url.appending(path: name)
        try FileManager.default.createDirectory(
            at: folder.appending(path: "1_Pooling"), withIntermediateDirectories: true)
        let files = more.merging(
            ["config.json": config(modelType: modelType), "tokenizer.json": Self.tokenizer],
            uniquingKeysWith: { a, _ in a })
        for (file, object) in files {
            try JSONSerialization.data(withJSONObject: object, options: .sortedKeys).write(
                to: folder.appending(path: file))
        }
        try safetensors(storage: storage, prefix: prefix).write(to: folder.appending(path: "model.safetensors"))
        return folder.path(percentEncoded: false)
    }

    private static func encode(_ value: Float, _ storage: Storage) -> [UInt8] {
        switch storage {
        case .float32: withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
        case .bfloat16:
            withUnsafeBytes(of: UInt16(truncatingIfNeeded: value.bitPattern >> 16).littleEndian) { Array($0) }
        case .float16: withUnsafeBytes(of: half(value).littleEndian) { Array($0) }
        }
    }

    /// For numbers of normal range; smaller ones become zero.
    private static func half(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        let sign = UInt16(truncatingIfNeeded: bits >> 16) & 0x8000
        let exponent = Int(bits >> 23 & 255) - 127 + 15
        return exponent < 1 ? sign : sign | UInt16(exponent) << 10 | UInt16(truncatingIfNeeded: bits >> 13) & 1023
    }

    private static func decode(_ bytes: [UInt8], _ storage: Storage) -> Float {
        let bits = bytes.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        switch storage {
        case .float32: return Float(bitPattern: bits)
        case .bfloat16: return Float(bitPattern: bits << 16)
        case .float16:
            guard bits & 0x7c00 != 0 else { return 0 }
            return Float(bitPattern: (bits & 0x8000) << 16 | ((bits >> 10 & 31) + 112) << 23 | (bits & 1023) << 13)
        }
    }
}
