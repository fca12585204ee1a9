import QuarryCore
import QuarryLanguageModels
import QuarryProviders
import QuarryTesting
import Testing

@Suite struct ImageDescriberTests {
    private let png = Source(id: "p/apple.png", bytes: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2])

    @Test func `a picture becomes a document with its author`() async throws {
        let model = ScriptedLanguageModel("An apple", " on a tree.\n\nText in the picture:\nЯБЛОКО", name: "seer")
        let result = try await ImageDescriber(model).read(png)
        let document = try #require(result.documents.first)
        #expect(document.id == "p/apple.png")
        #expect(
            document.text
                == "Picture described by seer.\n\nAn apple on a tree.\n\nText in the picture:\nЯБЛОКО\n")
        #expect(document.metadata == ["generatedBy": "seer"])
        #expect(result.warnings.isEmpty && result.rejected.isEmpty)
        let request = try #require(model.requests.first)
        #expect(request.messages.count == 1 && request.messages[0].role == .user)
        #expect(request.messages[0].images == [.init(mediaType: "image/png", bytes: png.bytes)])
        #expect(request.messages[0].content == ImageDescriber.prompt)
    }

    @Test(arguments: [
        ([UInt8](arrayLiteral: 0xFF, 0xD8, 0xFF, 0xE0), "image/jpeg"), (Array("GIF89a..".utf8), "image/gif"),
        (Array("RIFF....WEBPVP8 ".utf8), "image/webp"),
    ])
    func `the format of a picture is detected by its bytes`(bytes: [UInt8], mediaType: String) async throws {
        let model = ScriptedLanguageModel("An apple.")
        _ = try await ImageDescriber(model).read(Source(id: "misnamed.png", bytes: bytes))
        #expect(model.requests.first?.messages.first?.images.first?.mediaType == mediaType)
    }

    @Test func `a picture that cannot be described is rejected`() async throws {
        let model = ScriptedLanguageModel("An apple.")
        var options = ImageDescriber.Options()
        options.maximumBytes = 9
        let reader = ImageDescriber(model, options: options)
        for (source, reason) in [
            (Source(id: "a.png", bytes: []), Rejection.Reason.empty),
            (Source(id: "a.png", bytes: Array("text".utf8)), .unsupportedFormat), (png, .tooLarge),
        ] {
            let rejected = try await reader.read(source).rejected
            #expect(rejected.map(\.reason) == [reason] && rejected.map(\.model) == [nil])
        }
        #expect(model.requests.isEmpty)
        let replies: [(ScriptedLanguageModel, Rejection.Reason)] = [
            (ScriptedLanguageModel(" \n"), .foundEmptyByModel),
            (ScriptedLanguageModel("No.", finishing: .contentFilter), .withheldByModel),
            (ScriptedLanguageModel(failingWith: ProviderError(.contentFiltered, "No.")), .withheldByModel),
        ]
        for (model, reason) in replies {
            let result = try await ImageDescriber(model, author: "seer").read(png)
            #expect(result.documents.isEmpty && result.rejected.map(\.reason) == [reason])
            #expect(result.rejected.map(\.model) == ["seer"])
            #expect(result.rejected.first?.message.hasPrefix("seer ") == true)
        }
    }

    @Test func `a truncated description is kept with a warning`() async throws {
        let result = try await ImageDescriber(ScriptedLanguageModel("An app", finishing: .length)).read(png)
        #expect(result.documents.count == 1 && result.warnings.count == 1)
    }

    @Test func `a picture that is too large for the model is an error with advice`() async throws {
        let error = ProviderError(.inputTooLong, "Status 413. Retrieve fewer or shorter passages.")
        let model = ScriptedLanguageModel(name: "small", failingWith: error)
        let thrown = await #expect(throws: ProviderError.self) { try await ImageDescriber(model).read(png) }
        #expect(thrown?.code == .inputTooLong)
        #expect(
            thrown?.message
                == "The picture has \(png.bytes.count) bytes, more than small accepts. Make it smaller, or use another model."
        )
    }

    @Test func `a failure of the model is thrown`() async throws {
        let bad = ScriptedLanguageModel(name: "bad", failingWith: ProviderError(.unreachable, "Down."))
        await #expect(throws: ProviderError.self) { try await ImageDescriber(bad).read(png) }
    }
}
