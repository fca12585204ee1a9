import Foundation
import QuarryTestSupport
import Testing

@Suite struct ConfigCommandTests {
    private func environment(_ scratch: TemporaryFolder, _ more: [String: String] = [:]) -> [String: String] {
        ["XDG_CONFIG_HOME": scratch.path("config"), "XDG_CACHE_HOME": scratch.path("cache"), "QUARRY_CONFIG": ""]
            .merging(more) { $1 }
    }

    @Test func `the home folder is that of the environment`() throws {
        let home = ["HOME": "/somewhere/ilves/", "XDG_CONFIG_HOME": "", "XDG_STATE_HOME": ""]
        let path = try Command.run("config", "path", environment: home)
        #expect(path.output == "/somewhere/ilves/.config/quarry/config.yaml\n")
        let models = try Command.run(
            "models", environment: home.merging(["XDG_CACHE_HOME": "", "QUARRY_MODELS": ""]) { $1 })
        #expect(models.status == 0 && !models.output.contains("  installed"), "\(models)")
    }

    @Test func `settings are shown with their origins and without keys`() throws {
        let scratch = try TemporaryFolder()
        try scratch.write("llm: openai/gpt-6-luna\nbudget: {cost: 2.5}\n", to: "config/quarry/config.yaml")
        let environment = environment(scratch, ["OPENAI_API_KEY": "sk-secret", "QUARRY_LOCAL_ONLY": "no"])
        let shown = try Command.run("config", "show", "--origin", environment: environment)
        #expect(shown.status == 0, "\(shown.errors)")
        let lines = shown.output.split(separator: "\n").map {
            $0.replacing(#/ +# /#, with: " # ").replacing(scratch.path("config"), with: "")
        }
        #expect(lines.contains("llm: openai/gpt-6-luna # /quarry/config.yaml:1"))
        #expect(lines.contains("budget.cost: 2.5 # /quarry/config.yaml:2"))
        #expect(lines.contains("localOnly: false # environment QUARRY_LOCAL_ONLY"))
        #expect(lines.contains("keys.openai: <redacted> # environment OPENAI_API_KEY"))
        let json = try Command.run("config", "show", "--json", environment: environment)
        let reply = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        #expect(reply["schema"] as? String == "quarry.config/1" && reply["exists"] as? Bool == true)
        #expect(!shown.output.contains("sk-secret") && !json.output.contains("sk-secret"))
    }

    @Test func `the path is printed without reading the file`() throws {
        let scratch = try TemporaryFolder()
        let path = try Command.run("config", "path", environment: environment(scratch))
        #expect(path.output == scratch.path("config/quarry/config.yaml") + "\n")
        let named = try Command.run("config", "path", "--config", "x.yaml", environment: environment(scratch))
        #expect(named.output == "x.yaml\n")
    }

    @Test func `problems are listed with their positions, and the exit code is 1`() throws {
        let scratch = try TemporaryFolder()
        #expect(try Command.run("config", "check", environment: environment(scratch)).status == 0)
        try scratch.write("lm: x\nkeys: {openai: {value: sk-secret}}\n", to: "config/quarry/config.yaml")
        chmod(scratch.path("config/quarry/config.yaml"), 0o644)
        let check = try Command.run("config", "check", environment: environment(scratch))
        #expect(check.status == 1)
        #expect(check.output.contains("config.yaml:1:1: There is no setting “lm”. Did you mean “llm”?"))
        #expect(check.output.contains("chmod 600 \(scratch.path("config/quarry/config.yaml"))"))
        #expect(!(check.output + check.errors).contains("sk-secret"))
        let show = try Command.run("config", environment: environment(scratch))
        #expect(show.status == 1 && show.errors.contains("config.yaml:1:1:"))
    }

    @Test func `a retired model is found by the check`() throws {
        let scratch = try TemporaryFolder()
        try scratch.write("llm: openai/gpt-3.5-turbo\n", to: "config/quarry/config.yaml")
        let check = try Command.run(
            "config", "check", environment: environment(scratch, ["OPENAI_API_KEY": "k"]))
        #expect(check.status == 1 && check.output.contains("Use openai/gpt-6-luna."))
    }

    @Test func `models are compared in a table and as JSON, with custom prices`() throws {
        let scratch = try TemporaryFolder()
        try scratch.write(
            "models: [{provider: openai, name: text-embedding-3-small, price: {inputPerMillion: 0.02}}]\n",
            to: "config/quarry/config.yaml")
        let environment = environment(scratch)
        let table = try Command.run("models", "compare", "openai", "--task", "embedding", environment: environment)
        #expect(table.status == 0, "\(table.errors)")
        let lines = table.output.split(separator: "\n")
        #expect(lines.count == 4 && lines[1].contains("text-embedding-3-small") && lines[1].contains("0.02"))
        #expect(lines[2].contains("unknown"))
        let json = try Command.run(
            "models", "compare", "--local-only", "--json", environment: environment)
        let reply = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        #expect(reply["schema"] as? String == "quarry.models.compare/1")
        #expect((reply["models"] as? [Any])?.count == 2)
        #expect(try Command.run("models", "compare", "nonesuch", environment: environment).status == 64)
        let list = try Command.run("models", "list", "--provider", "voyage", environment: environment)
        #expect(list.status == 0 && list.output.contains("voyage/voyage-4-lite"))
    }

    @Test func `the cache is described and cleared`() throws {
        let scratch = try TemporaryFolder()
        let environment = environment(scratch)
        let info = try Command.run("cache", "info", environment: environment)
        #expect(info.status == 0 && info.output.contains("answers.sqlite (does not exist yet)"), "\(info.errors)")
        #expect(!FileManager.default.fileExists(atPath: scratch.path("cache/quarry/answers.sqlite")))
        #expect(try Command.run("cache", "clear", environment: environment).status == 0)
        let json = try Command.run(
            "cache", "info", "--json", environment: environment.merging(["QUARRY_CACHE": "true"]) { $1 })
        let reply = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        #expect(reply["schema"] as? String == "quarry.cache/1" && reply["enabled"] as? Bool == true)
    }
}
