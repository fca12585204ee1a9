extension RemoteEmbedder {
    /// How a provider is asked to write vectors. Either is understood in the reply.
    public enum VectorEncoding: String, Sendable, Hashable, Codable {
        case float
        /// A third of the bytes, and faster to read.
        case base64
    }

    public struct Options: Sendable, Hashable {
        /// Asks for vectors of this length, for models that can be cut. The default is nil: as the model makes them.
        public var dimension: Int?
        /// The length that the model is known to make without being asked: saves a request. The default is nil.
        public var knownDimension: Int?
        /// Put before queries, such as `query: ` for E5 models. The default is nil: what the model's documentation wants
        /// (Gemini, Mixedbread), or nothing.
        public var queryPrefix: String?
        /// Put before passages. The default is nil, as with ``queryPrefix``.
        public var passagePrefix: String?
        /// What the model reads of a text. The default is nil: what the server, the catalogue or the provider's limits
        /// say, or 8,192.
        public var maximumTokens: Int?
        /// Whether rows are brought to unit length. The default is true.
        public var normalizes = true
        /// The default is nil: base64 from services, which document it, and numbers from servers of one's own. Only
        /// formats made after OpenAI's have the choice.
        public var encoding: VectorEncoding?
        /// The revision of the model, for the fingerprint. The default is nil: what the server tells, or nothing.
        public var revision: String?
        /// For the Open Inference Protocol. The default is nil: the server is asked.
        public var tensors: Tensors?

        public init() {}
    }

    /// The tensors of a model that is served by the Open Inference Protocol (KServe v2, Triton).
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
