extension RemoteEmbedder {
    /// The requested encoding of vectors. Replies may use either.
    public enum VectorEncoding: String, Sendable, Hashable, Codable {
        case float
        /// A third of the bytes, and faster to read.
        case base64
    }

    public struct Options: Sendable, Hashable {
        /// The dimension to request, for models with a choice. The default is nil: the model's default.
        public var dimension: Int?
        /// The model's default dimension, if known. It saves a request. The default is nil.
        public var knownDimension: Int?
        /// Prepended to queries, such as `query: ` for E5 models. The default is nil: the prefix from the model's
        /// documentation (Gemini, Mixedbread), or none.
        public var queryPrefix: String?
        /// Prepended to passages. The default is nil, as for ``queryPrefix``.
        public var passagePrefix: String?
        /// The model's input limit. The default is nil: the limit reported by the server, the catalogue or the
        /// provider, or 8,192.
        public var maximumTokens: Int?
        /// Whether rows are scaled to unit length. The default is true.
        public var normalizes = true
        /// The requested encoding. The default is nil: base64 for services that document it, and numbers for your own
        /// servers. Only formats based on OpenAI's have the choice.
        public var encoding: VectorEncoding?
        /// The revision of the model, for the fingerprint. The default is nil: the one reported by the server, or none.
        public var revision: String?
        /// The probe of the model that made the vectors of an index. The first request then checks that the server still
        /// has this model. The default is nil: no check.
        public var expectedProbe: EmbeddingProbe?
        /// For the Open Inference Protocol. The default is nil: the server reports them.
        public var tensors: Tensors?

        public init() {}
    }

    /// The tensors of a model behind the Open Inference Protocol (KServe v2, Triton).
    public struct Tensors: Sendable, Hashable, Codable {
        /// Of type `BYTES`. The default is `TEXT`.
        public var text: String
        /// Of type `FP32` or `FP64`, one row for each text. The default is `EMBEDDING`.
        public var embedding: String
        /// Whether texts are a column (count, 1) or a plain list (count). The default is true.
        public var isTextColumn: Bool

        public init(text: String = "TEXT", embedding: String = "EMBEDDING", isTextColumn: Bool = true) {
            self.text = text
            self.embedding = embedding
            self.isTextColumn = isTextColumn
        }
    }
}
