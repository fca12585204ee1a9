public import QuarryCore
import QuarryHTTP
public import QuarryProviders

/// Reads recordings: a model transcribes the speech.
///
///     let reader = try RemoteTranscriber("whisper-1", on: connection)
///
/// The document begins with a line about the author. If the model reports times, each paragraph begins with its time,
/// `[mm:ss]` or `[h:mm:ss]`, and has it as its place. A recording has no text, so a citation has
/// lines and bytes of the transcript.
public struct RemoteTranscriber: ModelReader {
    public struct Options: Sendable, Hashable {
        /// ISO 639-1, such as `ru`. The default is nil: the model detects it.
        public var language: String?
        /// Names and terms in the recording, for correct spelling. The default is none. They are not sent to models
        /// that distinguish speakers (`diarize` in their name), which do not support them.
        public var terms: [String] = []
        /// Whether to request times. The default is nil: true for Whisper and Mistral's models, which are known to
        /// report them.
        public var tellsTimes: Bool?
        /// Larger recordings are rejected without a request. The default is 25 MB, OpenAI's limit.
        public var maximumBytes = 25_000_000

        public init() {}
    }

    public let model: String
    public let connection: ProviderConnection
    private let options: Options
    private let dialect: TranscriptionDialect

    /// - Throws: `ProviderError` with code `retiredModel` or `invalidConfiguration`.
    public init(_ model: String, on connection: ProviderConnection, options: Options = .init()) throws {
        let model = try connection.check(model: model, for: .transcription)
        guard let dialect = connection.provider.transcription else {
            let known = Provider.presets.filter { $0.transcription != nil }.map(\.name).joined(separator: ", ")
            throw ProviderError(
                .invalidConfiguration,
                "The provider \(connection.provider.name) does not offer transcription. Providers that do: \(known).")
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

    /// Equal for all models, so that files are not read and billed again if the model changes.
    public var version: String { "transcript/1" }
    public var pathExtensions: Set<String> { Set(Self.mediaTypes.keys) }

    public var identity: String? { "\(ModelReference(provider: connection.provider, model: model))" }

    /// The provider's limit, but at most 4: each recording is held in memory.
    public var concurrency: Int { min(4, connection.concurrency) }

    /// - Throws: `ProviderError`, or `CancellationError`.
    public func read(_ source: Source) async throws -> ReadResult {
        let ending = source.id.split(separator: ".").last.map { $0.lowercased() } ?? ""
        guard let mediaType = Self.mediaTypes[ending] else {
            return .rejected(
                source, .unsupportedFormat,
                "The extension is not that of a recording. Known extensions: \(pathExtensions.sorted().joined(separator: ", "))."
            )
        }
        guard !source.bytes.isEmpty else { return .rejected(source, .empty, "The recording is an empty file.") }
        guard source.bytes.count <= options.maximumBytes else {
            return .rejected(
                source, .tooLarge,
                "The recording has \(source.bytes.count) bytes, \(connection.provider.name) accepts \(options.maximumBytes).  "
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
                source, .withheldByModel, "\(author) refused to transcribe the recording. \(error.message)",
                by: identity
            )
        }
    }

    /// An upper bound of a recording's length: from its container, or one second for every 4,000 bytes. Speech at 32
    /// kbit/s is already long.
    package static func seconds(of bytes: [UInt8]) -> Double {
        RecordingLength.seconds(of: bytes) ?? Double(bytes.count) / 4_000
    }

    /// Tokens for one second of a recording: 10 with OpenAI's models and 12.5 with Mistral's. Their API references have
    /// no figure; these are the published rates of the models' encoders.
    private static let readTokensPerSecond = 12.5
    /// An upper bound for normal speech.
    private static let writtenTokensPerSecond = 10.0

    /// An upper bound of the tokens of a recording, for a budget of tokens, even if it is billed by the minute.
    package static func tokens(in seconds: Double) -> Int {
        Int((seconds * readTokensPerSecond).rounded(.up)) + Int((seconds * writtenTokensPerSecond).rounded(.up))
    }

    /// By the length in the recording's container, if any.
    public func work(on source: Source) -> ModelWork? {
        let seconds = Self.seconds(of: source.bytes)
        let written = Int((seconds * Self.writtenTokensPerSecond).rounded(.up))
        let tokens = Self.tokens(in: seconds) + TokenEstimate.tokens(in: options.terms)
        return ModelWork(audioSeconds: seconds, inputTokens: tokens - written, outputTokens: written)
    }

    /// An upper bound of the bill of a recording, in the unit with a price: seconds, or tokens if only those have one.
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

    /// OpenAI's model families differ in how they accept terms. Models that distinguish speakers accept none, and need
    /// a chunking strategy for recordings of more than 30 seconds.
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
                source, .foundEmptyByModel, "\(author) found no speech in the recording. Use another model.",
                by: identity)
        }
        var metadata: [String: MetadataValue] = ["generatedBy": .string(author)]
        if let language = transcript.language { metadata["language"] = .string(language) }
        if let seconds = transcript.duration { metadata["seconds"] = .number(seconds) }
        return .generated([.init("Transcript written by \(author).")] + paragraphs, of: source, metadata)
    }

    private var author: String { "\(connection.provider.name)/\(model)" }
}
