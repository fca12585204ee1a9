public import QuarryCore
import QuarryHTTP
public import QuarryProviders

/// Reads recordings: has a model write down what is said.
///
///     let reader = try RemoteTranscriber("whisper-1", on: connection)
///
/// The document begins with a line that says who wrote it. Where the model tells times, each paragraph begins with the
/// time at which it is said, `[mm:ss]` or `[h:mm:ss]`, and has it as its place; a recording has no lines or bytes of text
/// to point to, so these are the transcript's.
public struct RemoteTranscriber: ModelReader {
    public struct Options: Sendable, Hashable {
        /// ISO 639-1, such as `ru`. The default is nil: the model finds out.
        public var language: String?
        /// Names and terms that are said, to spell them right. The default is none. Models that tell speakers apart
        /// (`diarize` in their name) take none: they are not told.
        public var terms: [String] = []
        /// Whether times are asked for. The default is nil: where the model is known to tell them, which are Whisper's
        /// and Mistral's.
        public var tellsTimes: Bool?
        /// Longer recordings are rejected unsent. The default is 25 MB, which OpenAI takes at most.
        public var maximumBytes = 25_000_000

        public init() {}
    }

    public let model: String
    public let connection: ProviderConnection
    private let options: Options
    private let dialect: TranscriptionDialect

    /// - Throws: ``ProviderError`` with code `retiredModel` or `invalidConfiguration`.
    public init(_ model: String, on connection: ProviderConnection, options: Options = .init()) throws {
        let model = try connection.check(model: model, for: .transcription)
        guard let dialect = connection.provider.transcription else {
            let known = Provider.presets.filter { $0.transcription != nil }.map(\.name).joined(separator: ", ")
            throw ProviderError(
                .invalidConfiguration,
                "The provider \(connection.provider.name) transcribes nothing. Those that do: \(known).")
        }
        self.model = model
        self.connection = connection
        self.options = options
        self.dialect = dialect
    }

    private static let mediaTypes = [
        "flac": "audio/flac", "mp3": "audio/mpeg", "mpeg": "audio/mpeg", "mpga": "audio/mpeg", "mp4": "audio/mp4",
        "m4a": "audio/mp4", "ogg": "audio/ogg", "wav": "audio/wav", "webm": "audio/webm",
    ]

    /// The same for every model: a file is not read again, and paid for again, because another model is named.
    public var version: String { "transcript/1" }
    public var pathExtensions: Set<String> { Set(Self.mediaTypes.keys) }

    public var identity: String? { "\(ModelReference(provider: connection.provider, model: model))" }

    /// As many as the provider takes at a time, at most 4: each recording is held in memory.
    public var concurrency: Int { min(4, connection.concurrency) }

    /// - Throws: ``ProviderError``, or `CancellationError`.
    public func read(_ source: Source) async throws -> ReadResult {
        let ending = source.id.split(separator: ".").last.map { $0.lowercased() } ?? ""
        guard let mediaType = Self.mediaTypes[ending] else {
            return .rejected(
                source, .unsupportedFormat,
                "The name does not end as a recording's does. Known are \(pathExtensions.sorted().joined(separator: ", "))."
            )
        }
        guard !source.bytes.isEmpty else { return .rejected(source, .empty, "The recording holds no bytes.") }
        guard source.bytes.count <= options.maximumBytes else {
            return .rejected(
                source, .tooLarge,
                "The recording has \(source.bytes.count) bytes, \(connection.provider.name) takes \(options.maximumBytes). "
                    + "Cut it into parts, or encode it with fewer bits: speech needs no more than 32 kbit/s.")
        }
        let (body, contentType) = try form(source, mediaType).encoded()
        let price = connection.price(of: model)
        let seconds = Self.seconds(of: source.bytes)
        let call = ProviderCall(
            .transcription, model: model, path: "audio/transcriptions", contentType: contentType, body: body,
            estimate: Self.estimate(seconds: seconds, price: price),
            tokens: Self.tokens(in: seconds) + TokenEstimate.tokens(in: options.terms))
        let place = connection.place(of: call)
        do {
            let transcript = try await connection.send(call) { body in
                let transcript = try Transcript(body, from: place)
                return (transcript, transcript.billed(at: price))
            }
            return document(of: transcript, source)
        } catch let error as ProviderError where error.code == .contentFiltered {
            return .rejected(
                source, .withheldByModel, "\(author) would not write down the recording. \(error.message)", by: identity
            )
        }
    }

    /// How long a recording is, at most: what its container says, else as many seconds as 4,000 bytes go into it. Speech
    /// at 32 kbit/s is long already.
    package static func seconds(of bytes: [UInt8]) -> Double {
        RecordingLength.seconds(of: bytes) ?? Double(bytes.count) / 4_000
    }

    /// Tokens that a second of a recording takes to read: 10 with OpenAI's models and 12.5 with Mistral's. The interfaces'
    /// own descriptions give no figure; these are the rates at which the models' encoders are published to work.
    private static let readTokensPerSecond = 12.5
    /// Hardly anybody says more in a second.
    private static let writtenTokensPerSecond = 10.0

    /// Tokens of a recording at most, to keep a budget of tokens by, also where it is billed by the minute.
    package static func tokens(in seconds: Double) -> Int {
        Int((seconds * readTokensPerSecond).rounded(.up)) + Int((seconds * writtenTokensPerSecond).rounded(.up))
    }

    /// By the length of the recording, as far as its container tells it.
    public func work(on source: Source) -> ModelWork? {
        let seconds = Self.seconds(of: source.bytes)
        let written = Int((seconds * Self.writtenTokensPerSecond).rounded(.up))
        let tokens = Self.tokens(in: seconds) + TokenEstimate.tokens(in: options.terms)
        return ModelWork(audioSeconds: seconds, inputTokens: tokens - written, outputTokens: written)
    }

    /// What a recording may be billed at most, in the unit that has a price: seconds, or tokens where only those have
    /// one.
    package static func estimate(seconds: Double, price: ModelPrice?) -> BilledUsage {
        guard let price, price.perAudioMinute == nil, price.inputPerMillion != nil else {
            return BilledUsage(audioSeconds: seconds)
        }
        return BilledUsage(
            input: Int((seconds * readTokensPerSecond).rounded(.up)),
            output: Int((seconds * writtenTokensPerSecond).rounded(.up)))
    }

    private var asksForTimes: Bool {
        options.tellsTimes ?? (dialect == .mistral || model.lowercased().contains("whisper"))
    }

    private func form(_ source: Source, _ mediaType: String) throws -> MultipartForm {
        var form = MultipartForm()
        form.add("model", model)
        if let language = options.language { form.add("language", language) }
        switch dialect {
        case .openAI:
            addTerms(to: &form)
            form.add("response_format", asksForTimes ? "verbose_json" : "json")
        case .mistral:
            // One word each, without commas.
            for word in options.terms.flatMap({ $0.split { $0.isWhitespace || $0 == "," } }) {
                form.add("context_bias", String(word))
            }
            if asksForTimes { form.add("timestamp_granularities", "segment") }
        }
        do {
            try form.add("file", file: source.bytes, named: source.id, contentType: mediaType)
        } catch {
            throw connection.presentable(error, task: .transcription)
        }
        return form
    }

    /// Each of OpenAI's families of models takes terms in another way; those that tell speakers apart take none, and
    /// want to be told how to cut recordings of more than 30 seconds.
    private func addTerms(to form: inout MultipartForm) {
        let name = model.lowercased()
        if name.contains("diarize") {
            form.add("chunking_strategy", "auto")
        } else if name.hasPrefix("gpt-transcribe") {
            for term in options.terms { form.add("keywords[]", term) }
        } else if !options.terms.isEmpty {
            form.add("prompt", options.terms.joined(separator: ", "))
        }
    }

    private func document(of transcript: Transcript, _ source: Source) -> ReadResult {
        let paragraphs = transcript.paragraphs
        guard !paragraphs.isEmpty else {
            return .rejected(
                source, .foundEmptyByModel, "\(author) heard nothing said in the recording. Ask another model.",
                by: identity)
        }
        var metadata: [String: MetadataValue] = ["generatedBy": .string(author)]
        if let language = transcript.language { metadata["language"] = .string(language) }
        if let seconds = transcript.duration { metadata["seconds"] = .number(seconds) }
        return .generated([.init("Transcript written by \(author).")] + paragraphs, of: source, metadata)
    }

    private var author: String { "\(connection.provider.name)/\(model)" }
}
