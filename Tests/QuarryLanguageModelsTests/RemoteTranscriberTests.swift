import Foundation
import QuarryCore
import QuarryLanguageModels
import QuarryProviders
import QuarryTestSupport
import Testing

@Suite struct RemoteTranscriberTests {
    private let source = Source(id: "talks/Ябло\"ки.mp3", bytes: [0x49, 0x44, 0x33, 0x00, 0xFF])

    private func connection(
        _ server: FakeHTTPServer, _ dialect: TranscriptionDialect = .openAI, ledger: SpendingLedger = .init(),
        price: ModelPrice? = nil
    ) throws -> ProviderConnection {
        let cards = price.map {
            [
                ModelCard(
                    provider: "test", name: "m", tasks: [.transcription], price: $0, dataLeavesMachine: true,
                    asOf: "2026-11-22")
            ]
        }
        var options = ConnectionOptions()
        options.maximumAttempts = 1
        return try ProviderConnection(
            Provider("test", at: server.url + "/v1", transcription: dialect), key: APIKey("sk-test-key"),
            options: options, catalog: ModelCatalog(cards ?? []), ledger: ledger)
    }

    private let verbose =
        #"{"task":"transcribe","language":"english","duration":3700.5,"text":"Apples grow. Pears too. Good bye.","segments":["#
        + #"{"id":0,"seek":0,"start":0.0,"end":4.2,"text":" Apples grow.","tokens":[1]},"#
        + #"{"id":1,"seek":0,"start":4.5,"end":8,"text":" Pears too.","tokens":[1]},{"id":2,"start":8,"end":8.1,"text":" "},"#
        + #"{"id":3,"seek":0,"start":75.9,"end":80,"text":" Яблоки.","tokens":[1]},"#
        + #"{"id":4,"seek":0,"start":3661,"end":3663,"text":" Good bye.","tokens":[1]}],"usage":{"type":"duration","seconds":3701}}"#

    @Test func `segments become paragraphs with their times`() async throws {
        let server = try FakeHTTPServer { [verbose] _ in .json(verbose) }
        let ledger = SpendingLedger()
        let reader = try RemoteTranscriber("whisper-1", on: connection(server, ledger: ledger))
        let document = try #require(try await reader.read(source).documents.first)
        #expect(document.id == source.id)
        #expect(
            document.text == """
                Transcript written by test/whisper-1.

                [00:00] Apples grow. Pears too.

                [01:15] Яблоки.

                [1:01:01] Good bye.

                """)
        #expect(
            document.metadata == [
                "generatedBy": "test/whisper-1", "language": "english", "seconds": 3700.5,
            ])
        #expect(document.sourceMap.base == .text)
        #expect(
            document.sourceMap.places.map(\.place) == [
                .time(from: 0, to: 8), .time(from: 75.9, to: 80), .time(from: 3661, to: 3663),
            ])
        let texts = document.sourceMap.places.map {
            String(decoding: Array(document.text.utf8)[$0.range], as: UTF8.self)
        }
        #expect(texts == ["[00:00] Apples grow. Pears too.", "[01:15] Яблоки.", "[1:01:01] Good bye."])
        #expect(ledger.spending.entries.first?.usage == BilledUsage(audioSeconds: 3701))
        let sent = try #require(server.requests.first)
        #expect(sent.path == "/v1/audio/transcriptions")
        #expect(sent.headers["authorization"] == "Bearer sk-test-key")
        #expect(sent.headers["content-type"]?.hasPrefix("multipart/form-data; boundary=") == true)
    }

    /// Name and value of every field of a form; the file as its name and its type.
    private func fields(of request: FakeHTTPServer.Request) throws -> [String: String] {
        let boundary = try #require(request.headers["content-type"]?.split(separator: "boundary=").last)
        let text = String(decoding: request.body, as: UTF8.self)
        var fields: [String: String] = [:]
        for part in text.split(separator: "--\(boundary)") where part.contains("name=") {
            let halves = part.split(separator: "\r\n\r\n", maxSplits: 1)
            let name = try #require(
                halves[0].split(separator: "name=\"").dropFirst().first?.split(separator: "\"").first)
            let value = halves.count > 1 ? halves[1].trimmingCharacters(in: .newlines) : ""
            let shown = name == "file" ? halves[0].split(separator: "\r\n").joined(separator: " ") : value
            // A list is a repeated field.
            fields[String(name)] = (fields[String(name)].map { $0 + " " } ?? "") + shown
        }
        return fields
    }

    @Test func `the form is as documented`() async throws {
        let server = try FakeHTTPServer { _ in
            .json(
                #"{"text":"Apples.","usage":{"type":"tokens","input_tokens":14,"output_tokens":3,"total_tokens":17}}"#)
        }
        let ledger = SpendingLedger()
        var options = RemoteTranscriber.Options()
        options.language = "ru"
        options.terms = ["Антоновка", "Golden Delicious"]
        let reader = try RemoteTranscriber("gpt-transcribe", on: connection(server, ledger: ledger), options: options)
        let result = try await reader.read(source)
        #expect(result.documents.first?.text == "Transcript written by test/gpt-transcribe.\n\nApples.\n")
        #expect(ledger.spending.entries.first?.usage == BilledUsage(input: 14, output: 3))
        var sent = try fields(of: #require(server.requests.last))
        #expect(
            sent.removeValue(forKey: "file")
                == "Content-Disposition: form-data; name=\"file\"; filename=\"Ябло%22ки.mp3\" Content-Type: audio/mpeg")
        #expect(
            sent == [
                "model": "gpt-transcribe", "language": "ru", "keywords[]": "Антоновка Golden Delicious",
                "response_format": "json",
            ])
        _ = try await RemoteTranscriber("whisper-1", on: connection(server), options: options).read(source)
        sent = try fields(of: #require(server.requests.last))
        #expect(sent["prompt"] == "Антоновка, Golden Delicious" && sent["chunking_strategy"] == nil)
        _ = try await RemoteTranscriber("gpt-4o-transcribe-diarize", on: connection(server), options: options)
            .read(source)
        sent = try fields(of: #require(server.requests.last))
        #expect(sent["chunking_strategy"] == "auto" && sent["prompt"] == nil && sent["keywords[]"] == nil)
        _ = try await RemoteTranscriber("voxtral-mini-2602", on: connection(server, .mistral), options: options).read(
            source)
        sent = try fields(of: #require(server.requests.last))
        #expect(sent["context_bias"] == "Антоновка Golden Delicious")
        #expect(sent["timestamp_granularities"] == "segment" && sent["response_format"] == nil)
        options = .init()
        options.tellsTimes = true
        _ = try await RemoteTranscriber("gpt-transcribe", on: connection(server), options: options).read(source)
        #expect(try fields(of: #require(server.requests.last))["response_format"] == "verbose_json")
    }

    @Test(
        arguments: [
            (ModelPrice(perAudioMinute: 6), #""usage":{"seconds":30,"input_tokens":9,"output_tokens":1}"#, 3, false),
            (
                .init(inputPerMillion: 1_000_000, outputPerMillion: 2_000_000, perAudioMinute: 6), #""duration":30"#, 3,
                false
            ),
            (
                .init(inputPerMillion: 1_000_000, outputPerMillion: 2_000_000),
                #""duration":30,"usage":{"prompt_audio_seconds":30,"prompt_tokens":9,"completion_tokens":1}"#, 11, false
            ),
            // Tokens do not show minutes: the estimate counts, 4,000 bytes a second.
            (.init(perAudioMinute: 6), #""usage":{"input_tokens":9,"output_tokens":1}"#, 3, true),
        ] as [(ModelPrice, String, Decimal, Bool)])
    func `a recording is billed in the unit with a price, also the first one under a budget`(
        price: ModelPrice, usage: String, cost: Decimal, isEstimated: Bool
    ) async throws {
        let server = try FakeHTTPServer { _ in .json(#"{"text":"Apples.",\#(usage)}"#) }
        let ledger = SpendingLedger(budget: Budget(maximumCost: 10_000))
        let reader = try RemoteTranscriber("m", on: connection(server, ledger: ledger, price: price))
        _ = try await reader.read(Source(id: "a.mp3", bytes: [UInt8](repeating: 1, count: 120_000)))
        let entry = try #require(ledger.spending.entries.first)
        #expect(entry.cost == cost && entry.isEstimated == isEstimated)
    }

    @Test(arguments: [nil, ModelPrice(perAudioMinute: 6), ModelPrice(inputPerMillion: 1, outputPerMillion: 2)])
    func `a recording that could exceed a budget of tokens is not sent, in every billing unit`(
        price: ModelPrice?
    ) async throws {
        let server = try FakeHTTPServer { _ in .json(#"{"text":"Apples."}"#) }
        let ledger = SpendingLedger(budget: Budget(maximumTokens: 2000))
        let reader = try RemoteTranscriber("m", on: connection(server, ledger: ledger, price: price))
        // 100 seconds: 1,250 input and 1,000 output tokens.
        let error = await #expect(throws: ProviderError.self) {
            try await reader.read(Source(id: "a.mp3", bytes: [UInt8](repeating: 1, count: 400_000)))
        }
        #expect(error?.code == .budgetExceeded)
        #expect(error?.message.contains("2250 tokens") == true, "\(error?.message ?? "")")
        #expect(server.requests.isEmpty)
    }

    @Test(arguments: [
        // As many seconds as estimated; a tenth of them; no usage; usage in tokens.
        (#","usage":{"seconds":100}"#, 2), (#","usage":{"seconds":10}"#, 13), ("", 2),
        (#","usage":{"input_tokens":900,"output_tokens":100}"#, 3),
    ])
    func `recordings count in a budget of tokens by the reply's usage or the estimate`(
        usage: String, answered: Int
    ) async throws {
        let server = try FakeHTTPServer { _ in .json(#"{"text":"Apples."\#(usage)}"#) }
        let ledger = SpendingLedger(budget: Budget(maximumTokens: 5000))
        let reader = try RemoteTranscriber("m", on: connection(server, ledger: ledger))
        for _ in 0..<answered {
            _ = try await reader.read(Source(id: "a.mp3", bytes: [UInt8](repeating: 1, count: 400_000)))
        }
        let error = await #expect(throws: ProviderError.self) {
            try await reader.read(Source(id: "a.mp3", bytes: [UInt8](repeating: 1, count: 400_000)))
        }
        #expect(error?.code == .budgetExceeded)
        #expect(server.requests.count == answered)
    }

    @Test func `a recording that cannot be sent is rejected with advice`() async throws {
        let server = try FakeHTTPServer { _ in .json(#"{"text":"x"}"#) }
        let reader = try RemoteTranscriber("whisper-1", on: connection(server))
        for (source, reason) in [
            (Source(id: "a.mp3", bytes: []), Rejection.Reason.empty),
            (Source(id: "a.xyz", bytes: [1]), .unsupportedFormat),
            (Source(id: "a.mp3", bytes: [UInt8](repeating: 0, count: 25_000_001)), .tooLarge),
        ] {
            let result = try await reader.read(source)
            #expect(result.documents.isEmpty && result.rejected.map(\.reason) == [reason])
        }
        let large = try await reader.read(Source(id: "a.mp3", bytes: [UInt8](repeating: 0, count: 25_000_001)))
        #expect(large.rejected.first?.message.contains("Cut it into parts") == true)
        #expect(server.requests.isEmpty)
    }

    @Test func `silence is rejected, and an invalid reply is an error`() async throws {
        let server = try FakeHTTPServer(replies: [
            .json(#"{"text":"  "}"#), .json(#"{"txt":"x"}"#),
            .json(#"{"error":{"message":"no sk-test-key"}}"#, status: 400),
        ])
        let reader = try RemoteTranscriber("whisper-1", on: connection(server))
        let silence = try #require(try await reader.read(source).rejected.first)
        #expect(silence.reason == .foundEmptyByModel && silence.model == reader.identity)
        #expect(silence.message.contains("whisper-1 found no speech"))
        let malformed = await #expect(throws: ProviderError.self) { try await reader.read(source) }
        #expect(malformed?.code == .malformedReply)
        let refused = await #expect(throws: ProviderError.self) { try await reader.read(source) }
        #expect(refused?.code == .requestRefused)
        #expect(refused?.message.contains("sk-test-key") == false)
        #expect(throws: ProviderError.self) {
            try RemoteTranscriber("m", on: ProviderConnection(Provider("mute", at: server.url)))
        }
    }

    @Test(
        .enabled("\(RequestSchemas.needs)") { await RequestSchemas.canValidate },
        arguments: [
            (TranscriptionDialect.openAI, "whisper-1", "openai.json", "CreateTranscriptionRequest"),
            (.openAI, "gpt-transcribe", "openai.json", "CreateTranscriptionRequest"),
            (.openAI, "gpt-4o-transcribe-diarize", "openai.json", "CreateTranscriptionRequest"),
            (.mistral, "voxtral-mini-2602", "mistral.json", "AudioTranscriptionRequest"),
        ])
    func `forms are valid in the provider's own schema`(
        dialect: TranscriptionDialect, model: String, file: String, schema: String
    ) async throws {
        let server = try FakeHTTPServer { _ in .json(#"{"text":"x"}"#) }
        var options = RemoteTranscriber.Options()
        options.language = "ru"
        options.terms = ["Антоновка"]
        options.tellsTimes = true
        let reader = try RemoteTranscriber(model, on: connection(server, dialect), options: options)
        _ = try await reader.read(source)
        var instance: [String: Any] = try fields(of: #require(server.requests.last))
        for list in ["context_bias", "timestamp_granularities"] {
            if let value = instance[list] { instance[list] = [value] }
        }
        // Lists have this name in a form.
        if let value = instance.removeValue(forKey: "keywords[]") { instance["keywords"] = [value] }
        let body = Array(try JSONSerialization.data(withJSONObject: instance))
        #expect(try await RequestSchemas.complaints(about: body, file: file, schema: schema) == "")
    }
}
