import Foundation
import Quarry
import QuarryProviders
import QuarrySession
import Testing

@Suite struct SettingsTests {
    @Test func `a flag overrides the environment, which overrides the file`() throws {
        let yaml = "llm: openai/gpt-6-luna\nrerank: cohere/rerank-v3.5\nmodel: a\n"
        var flags = SettingFlags()
        flags.llm = Setting(["mistral/mistral-medium-latest"], .flag("--llm"))
        let settings = try InMemoryFiles.settings(
            yaml, flags: flags, environment: ["QUARRY_LLM": "x, y", "QUARRY_RERANK": "jina/jina-reranker-v3"])
        #expect(settings.llm == Setting(["mistral/mistral-medium-latest"], .flag("--llm")))
        #expect(settings.rerank == Setting("jina/jina-reranker-v3", .environment("QUARRY_RERANK")))
        #expect(settings.model?.origin.description == "\(InMemoryFiles.path):3")
        #expect(settings.cacheMegabytes == Setting(256, .builtIn))
        #expect(try InMemoryFiles.settings(nil, environment: ["QUARRY_LLM": "x, y"]).llm?.value == ["x", "y"])
    }

    @Test func `a malformed variable is reported by name`() {
        #expect {
            try InMemoryFiles.settings(nil, environment: ["QUARRY_MAX_COST": "much", "QUARRY_LOCAL_ONLY": "so-so"])
        } throws: { error in
            (error as? ConfigurationError)?.problems.map(\.place)
                == ["environment QUARRY_LOCAL_ONLY", "environment QUARRY_MAX_COST"]
        }
    }

    @Test(arguments: [
        ("ollama", "OLLAMA_HOST", "gpu.lan", "http://gpu.lan:11434"),
        ("ollama", "OLLAMA_HOST", "gpu.lan:8000", "http://gpu.lan:8000"),
        ("ollama", "OLLAMA_HOST", "0.0.0.0", "http://127.0.0.1:11434"),
        ("ollama", "OLLAMA_HOST", ":7", "http://127.0.0.1:7"),
        ("ollama", "OLLAMA_HOST", "[::]:7", "http://127.0.0.1:7"),
        ("ollama", "OLLAMA_HOST", "::1", "http://[::1]:11434"),
        ("ollama", "OLLAMA_HOST", "https://ollama.example/", "https://ollama.example:443"),
        ("ollama", "OLLAMA_HOST", "http://a.example/below", "http://a.example:80/below"),
        ("ollama", "OLLAMA_HOST", " ", "http://127.0.0.1:11434"),
        ("azure", "AZURE_OPENAI_ENDPOINT", "https://n.openai.azure.com/", "https://n.openai.azure.com/openai/v1"),
        ("azure", "AZURE_OPENAI_ENDPOINT", "https://n.example/openai/v1/", "https://n.example/openai/v1"),
        ("azure-deployments", "AZURE_OPENAI_ENDPOINT", "https://n.openai.azure.com/", "https://n.openai.azure.com"),
    ])
    func `a server has the address of its own variable unless the file sets one`(
        provider: String, variable: String, value: String, address: String
    ) throws {
        func find(_ settings: Settings) -> String? { settings.providers.first { $0.name == provider }?.baseURL }
        let settings = try InMemoryFiles.settings(nil, environment: [variable: value])
        #expect(find(settings) == address)
        _ = try #require(URL(string: address))
        let row = settings.rows.first { $0.key == "providers.\(provider)" }
        #expect(row.map { "\($0.origin)" } == (value == " " ? nil : "environment \(variable)"))
        let file = "providers: {\(provider): {baseURL: \"https://mine.example\"}}\n"
        #expect(try find(InMemoryFiles.settings(file, environment: [variable: value])) == "https://mine.example")
    }

    @Test func `the file is at the path of the flag, the environment or XDG`() {
        func path(_ flag: String? = nil, _ environment: [String: String] = [:]) -> String {
            ConfigurationLocation(
                flag: flag.map { Setting($0, .flag("--config")) }, environment: environment, home: "/home/ilves"
            ).path
        }
        #expect(path() == "/home/ilves/.config/quarry/config.yaml")
        #expect(path(nil, ["XDG_CONFIG_HOME": "/etc/xdg/"]) == "/etc/xdg/quarry/config.yaml")
        #expect(path(nil, ["XDG_CONFIG_HOME": "relative"]) == "/home/ilves/.config/quarry/config.yaml")
        #expect(path(nil, ["QUARRY_CONFIG": "~/q.yaml", "XDG_CONFIG_HOME": "/x"]) == "/home/ilves/q.yaml")
        #expect(path("here.yaml", ["QUARRY_CONFIG": "/q.yaml"]) == "here.yaml")
    }

    @Test func `an explicit file must exist`() throws {
        #expect {
            try InMemoryFiles.settings(nil, environment: ["QUARRY_CONFIG": "/none.yaml"])
        } throws: { error in
            "\(error)"
                == "/none.yaml: The file does not exist. Its path is from: environment QUARRY_CONFIG."
        }
    }

    @Test func `the maximum wait is a provider's limit`() throws {
        func maximumWait(_ text: String?) throws -> Int? {
            try InMemoryFiles.settings(text).providers.first { $0.name == "openai" }?.limits.maximumWaitSeconds
        }
        #expect(try maximumWait(nil) == 900)
        #expect(try maximumWait("providers: {openai: {limits: {maximumWaitSeconds: 60}}}") == 60)
        #expect(throws: ConfigurationError.self) {
            try maximumWait("providers: {openai: {limits: {maximumWaitSeconds: -1}}}")
        }
    }

    @Test func `every setting is shown with its origin and without keys`() throws {
        let settings = try InMemoryFiles.settings(
            "llm: openai/gpt-6-luna\nproxy: http://ilves:hidden@proxy.example:3128\nkeys: {cohere: {value: sk-secret}}\n",
            environment: ["OPENAI_API_KEY": "sk-secret-too"], permissions: 0o600)
        let shown = settings.rows.map { "\($0.text) # \($0.origin)" }
        #expect(shown.contains("llm: openai/gpt-6-luna # \(InMemoryFiles.path):1"))
        #expect(shown.contains("proxy: http://<redacted>@proxy.example:3128 # \(InMemoryFiles.path):2"))
        #expect(shown.contains("keys.cohere: <redacted> # \(InMemoryFiles.path):3"))
        #expect(shown.contains("keys.openai: <redacted> # environment OPENAI_API_KEY"))
        #expect(shown.contains("timeouts.connect: 5 # default"))
        let json = String(decoding: try JSONEncoder().encode(settings.rows), as: UTF8.self)
        for text in shown + [json, "\(settings)", String(reflecting: settings.rows)] {
            #expect(!text.contains("sk-secret") && !text.contains("hidden"))
        }
        var dumped = ""
        dump(settings.keyOrigin(for: try #require(Provider.preset("cohere"))), to: &dumped)
        #expect(!dumped.contains("sk-secret"))
    }

    @Test func `the fusion of a flag goes before that of a variable and of the file`() throws {
        var flags = SettingFlags()
        func fusion(_ environment: [String: String] = [:]) throws -> String? {
            try InMemoryFiles.settings("fusion: rrf", flags: flags, environment: environment).fusion?.value.written
        }
        #expect(try fusion() == "rrf" && fusion(["QUARRY_FUSION": "0.7"]) == "0.7:z")
        #expect(throws: ConfigurationError.self) { try fusion(["QUARRY_FUSION": "much"]) }
        flags.fusion = Setting(.convex(alpha: 0.5, normalization: .minMax), .flag("--fusion"))
        #expect(try fusion(["QUARRY_FUSION": "0.7"]) == "0.5:minmax")
    }

    @Test func `the window of a flag goes before that of a variable and of the file`() throws {
        var flags = SettingFlags()
        func window(_ environment: [String: String] = [:]) throws -> RetrievalOptions.Window? {
            try InMemoryFiles.settings("window: 2", flags: flags, environment: environment).window?.value
        }
        #expect(try window() == .passages(2) && window(["QUARRY_WINDOW": "section"]) == .section)
        #expect(throws: ConfigurationError.self) { try window(["QUARRY_WINDOW": "much"]) }
        flags.window = Setting(.passages(0), .flag("--window"))
        #expect(try window(["QUARRY_WINDOW": "section"]) == .passages(0))
    }

    @Test(arguments: ["model", "llm", "rerank", "transcribe", "describeImages"])
    func `a password or a query in a server's address is not shown`(key: String) throws {
        let settings = try InMemoryFiles.settings(
            "\(key): http://ilves:hidden@127.0.0.1:8080/v1?key=sk-secret#m\n", permissions: 0o600)
        let shown = settings.rows.map(\.text)
        #expect(
            shown.contains { $0.hasPrefix("\(key): ") && $0.contains("http://<redacted>@127.0.0.1:8080/v1?<redacted>") }
        )
        #expect(!shown.contains { $0.contains("hidden") || $0.contains("sk-secret") })
    }

    @Test func `a provider's address must not contain a secret`() throws {
        for address in ["http://u:hidden@127.0.0.1/v1", "http://127.0.0.1/v1?key=hidden"] {
            let error = #expect(throws: ConfigurationError.self) {
                try InMemoryFiles.settings("providers: {acme: {baseURL: \"\(address)\", embedding: openAI}}")
            }
            #expect(error.map { "\($0)".contains("keys belong under keys") && !"\($0)".contains("hidden") } == true)
        }
    }

    @Test func `doubtful settings are reported with their positions`() throws {
        let settings = try InMemoryFiles.settings(
            "llm: [openai/gpt-3.5-turbo, gemini/gemini-2.5-pro, nobody/x, azure/mine]\nlocalOnly: yes\nmodel: openai/text-embedding-3-small\n",
            environment: ["OPENAI_API_KEY": "k", "GEMINI_API_KEY": "k"])
        let today = try Date("2026-11-22", strategy: .iso8601.year().month().day())
        let findings = settings.findings(today: today).map(\.message)
        #expect(findings.contains { $0.contains("shut gpt-3.5-turbo down") && $0.contains("openai/gpt-6-luna") })
        #expect(findings.contains { $0.contains("will shut gemini-2.5-pro down on 2026-12-01") })
        #expect(findings.contains { $0.contains("does not name a known provider") })
        #expect(findings.contains { $0.contains("azure has no base URL. Set providers.azure.baseURL.") })
        #expect(findings.contains { $0.contains("azure needs an API key. Set AZURE_OPENAI_API_KEY") })
        #expect(findings.contains { $0.contains("openai/text-embedding-3-small is not on this machine") })
        #expect(try InMemoryFiles.settings("llm: http://127.0.0.1:8080/v1\nlocalOnly: on\n").findings().isEmpty)
    }
}
