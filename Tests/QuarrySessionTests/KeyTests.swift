import Foundation
import QuarryProviders
import QuarrySession
import Testing

@Suite struct KeyTests {
    private func provider(_ name: String) throws -> Provider { try #require(Provider.preset(name)) }

    private func key(
        _ yaml: String, of name: String = "openai", environment: [String: String] = [:],
        timeout: Duration = .seconds(300)
    ) async throws -> APIKey? {
        let settings = try InMemoryFiles.settings(yaml, environment: environment, permissions: 0o600)
        return try await settings.key(for: provider(name), commands: KeyCommand(timeout: timeout))
    }

    @Test func `the environment overrides the file, and a key may be missing`() async throws {
        let yaml = "keys: {openai: {value: from-file}}"
        #expect(try await key(yaml, environment: ["OPENAI_API_KEY": "from-environment"]) == APIKey("from-environment"))
        #expect(try await key(yaml, environment: ["OPENAI_API_KEY": ""]) == APIKey("from-file"))
        #expect(try await key(yaml, of: "cohere") == nil)
        #expect(try await key("", of: "cohere", environment: ["COHERE_API_KEY": "second"]) == APIKey("second"))
    }

    @Test func `the key of servers given by address is for one of them`() async throws {
        let yaml = "llm: [deepseek/deepseek-v4-pro, 'http://file.test:8080/v1']\nmodel: http://file.test:9090/v1\n"
        let environment = ["QUARRY_LLM_API_KEY": "mine", "QUARRY_RERANK": "https://variable.test/v1"]
        var flags = SettingFlags()
        func key(at address: String, _ environment: [String: String]) async throws -> APIKey? {
            let settings = try InMemoryFiles.settings(yaml, flags: flags, environment: environment)
            return try await settings.key(for: .openAICompatible(at: address))
        }
        #expect(try await key(at: "http://file.test:8080/v1", ["QUARRY_LLM_API_KEY": "mine"]) == APIKey("mine"))
        #expect(try await key(at: "http://file.test:9090/v1", ["QUARRY_LLM_API_KEY": "mine"]) == nil)
        #expect(try await key(at: "https://variable.test/other", environment) == APIKey("mine"))
        #expect(try await key(at: "http://file.test:8080/v1", environment) == nil)
        flags.describeImages = Setting("http://flag.test#m", .flag("--describe-images"))
        #expect(try await key(at: "http://flag.test:80/", environment) == APIKey("mine"))
        for other in [
            "https://flag.test", "http://flag.test:81", "http://flag.test.evil.test", "https://variable.test/v1",
        ] {
            #expect(try await key(at: other, environment) == nil)
        }
    }

    @Test func `a variable that the file names must be set`() async throws {
        let yaml = "keys: {openai: {environment: MY_KEY}}"
        #expect(try await key(yaml, environment: ["MY_KEY": "mine"]) == APIKey("mine"))
        await #expect {
            try await key(yaml)
        } throws: { error in
            "\(error)".contains(":1: The key of openai should be in the variable MY_KEY, which is not set.")
        }
    }

    @Test func `a command's first line is the key, and the command runs without a shell`() async throws {
        let path = ["PATH": "/usr/bin:/bin"]
        let yaml = "keys: {openai: {command: [printf, '  %s\\nsecond\\n', '$HOME;id']}}"
        #expect(try await key(yaml, environment: path) == APIKey("$HOME;id"))
    }

    @Test(arguments: [
        ("[sh, -c, 'echo sk-leak; echo sk-leak >&2; exit 3']", "“sh” ended with status 3."),
        ("[sh, -c, 'echo']", "the first line of “sh” is not a key."),
        ("[no-such-program-at-all]", "there is no program “no-such-program-at-all”."),
        ("[yes, sk-leak]", "“yes” writes more than 65536 bytes"),
    ])
    func `a failed command is reported without its output`(_ command: String, _ reason: String) async {
        await #expect {
            try await key("keys: {openai: {command: \(command)}}", environment: ["PATH": "/usr/bin:/bin"])
        } throws: { error in
            "\(error)".contains(reason)
                && !String(reflecting: error).replacing("echo sk-leak", with: "").contains("sk-leak")
        }
    }

    @Test(.timeLimit(.minutes(30))) func `a command that hangs is terminated`() async {
        let start = ContinuousClock().now
        await #expect {
            try await key(
                "keys: {openai: {command: [sleep, '6000']}}", environment: ["PATH": "/usr/bin:/bin"],
                timeout: .milliseconds(300))
        } throws: { error in
            "\(error)".contains("“sleep” took longer than 0.3 seconds.")
        }
        #expect(ContinuousClock().now - start < .seconds(1200))
    }

    @Test(arguments: [
        "keys: {openai: {value: sk-secret}}", "providers: {openai: {key: {value: sk-secret}}}",
        "providers: {openai: {headers: {Authorization: sk-secret}}}",
        "proxy: http://ilves:sk-secret@proxy.example:3128",
    ])
    func `only the owner may read a file with a key`(_ yaml: String) {
        let open = InMemoryFiles.problems(yaml, permissions: 0o640)
        #expect(open.count == 1 && open[0].hasSuffix("Restrict it: chmod 600 config.yaml"), "\(open)")
        let foreign = InMemoryFiles.problems(yaml, permissions: 0o600, ownerID: 7)
        #expect(foreign.count == 1 && foreign[0].contains("belongs to another user (7)"), "\(foreign)")
        #expect(InMemoryFiles.problems(yaml, permissions: 0o600).isEmpty)
        #expect(!"\(open)\(foreign)".contains("sk-secret"))
        #expect(InMemoryFiles.problems("keys: {openai: {environment: X}}", permissions: 0o644).isEmpty)
    }

    @Test func `a secret of the wrong type is not repeated`() {
        for yaml in [
            "keys: {openai: {value: [sk-secret]}}", "keys: {openai: [sk-secret]}", "keys: {openai: {valeu: sk-secret}}",
        ] {
            let problems = InMemoryFiles.problems(yaml, permissions: 0o600)
            #expect(!problems.isEmpty && !"\(problems)".contains("sk-secret"), "\(problems)")
        }
    }

    @Test func `files are read with their mode and owner`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("quarry-config-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("config.yaml").path
        try Data("llm: ollama/qwen3\n".utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        let content = try #require(try FileAccess.system.read(path))
        #expect(content.permissions == 0o640 && content.ownerID == FileAccess.system.userID)
        #expect(try FileAccess.system.read(path + ".none") == nil)
        #expect(throws: ConfigurationError.self) { try FileAccess.system.read(folder.path) }
    }
}
