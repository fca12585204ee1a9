import Foundation
import QuarryTestSupport
import Testing

/// `quarry models`: no unwanted downloads and requests.
struct ModelsCommandTests {
    @Test(
        arguments: [
            (["--local-only"], [:]), ([], ["QUARRY_LOCAL_ONLY": "true"]), (["--config", "config.yaml"], [:]),
        ] as [([String], [String: String])])
    func `nothing is downloaded if only this machine is allowed`(
        arguments: [String], environment: [String: String]
    ) throws {
        let scratch = try TemporaryFolder()
        try scratch.write("localOnly: true\n", to: "config.yaml")
        // There is no pip in this PATH.
        let folder = scratch.path("models")
        let outcome = try Command.run(
            ["models", "pull", "multilingual-e5-small"] + arguments, in: scratch.url,
            environment: environment.merging(["QUARRY_MODELS": folder, "PATH": scratch.path("nothing")]) { $1 })
        #expect(outcome.status == 1)
        #expect(outcome.errors.hasPrefix("quarry: multilingual-e5-small is not installed, and"), "\(outcome.errors)")
        #expect(outcome.errors.contains("--local-only") && outcome.errors.contains(folder))
        #expect(!FileManager.default.fileExists(atPath: folder))
    }

    @Test func `a missing model is an error with the command that fetches it`() throws {
        let scratch = try TemporaryFolder()
        try scratch.write("The lighthouse stands on the cliff.", to: "docs/a.md")
        let folder = scratch.path("models")
        let outcome = try Command.run(
            ["index", "docs", "--model", "multilingual-e5-small"], in: scratch.url,
            environment: ["QUARRY_MODELS": folder])
        #expect(outcome.status == 1, "\(outcome)")
        #expect(outcome.errors.contains("is not installed in \(folder)"), "\(outcome)")
        #expect(outcome.errors.contains("Fetch it once with: quarry models pull multilingual-e5-small"), "\(outcome)")
    }

    @Test func `a language model is not asked for vectors`() throws {
        let scratch = try TemporaryFolder()
        let server = try FakeHTTPServer { _ in .json(#"{"error":{"message":"no such path"}}"#, status: 404) }
        try scratch.write(
            """
            cache: {directory: \(scratch.path("cache"))}
            providers:
              acme: {baseURL: "\(server.url)/v1", embedding: openAI, generation: openAIChat, needsKey: false}
            models:
              - {provider: acme, name: talker, tasks: [generation]}
            """, to: "config.yaml")
        let outcome = try Command.run("models", "measure", "acme/talker", "--config", "config.yaml", in: scratch.url)
        #expect(outcome.status == 64, "\(outcome)")
        #expect(outcome.errors.contains("acme/talker is not an embedding model, but a model for generation"))
        #expect(server.requests.isEmpty)
        // The task of a server's model is unknown until it is asked.
        let asked = try Command.run(
            "models", "measure", "\(server.url)/v1#talker", "--config", "config.yaml", in: scratch.url)
        #expect(asked.status == 1 && asked.errors.contains("Only embedding models can be measured"), "\(asked)")
    }

    @Test func `a server's address is not compared, and the error says how to add its model`() throws {
        let outcome = try Command.run("models", "compare", "http://127.0.0.1:9/v1#m", "--task", "embedding")
        #expect(outcome.status == 64 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("http://127.0.0.1:9/v1#m is the address of a server"), "\(outcome.errors)")
        #expect(outcome.errors.contains("configuration"))
    }
}
