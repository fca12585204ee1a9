import ArgumentParser
import Foundation
import QuarrySession
import QuarryTransformers

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Show and check the configuration.",
        discussion: """
            Flags override environment variables (QUARRY_MODEL, QUARRY_LLM, QUARRY_RERANK, QUARRY_READER_MODEL, QUARRY_TRANSCRIBE, QUARRY_DESCRIBE_IMAGES, \
            QUARRY_LOCAL_ONLY, QUARRY_PROXY, QUARRY_CERTIFICATE_AUTHORITIES, QUARRY_MAX_COST, QUARRY_MAX_TOKENS, \
            QUARRY_CACHE), which override the file:

              llm: [openai/gpt-6-luna, http://127.0.0.1:8080/v1]
              budget: {cost: 2.50}
              keys:
                openai: {command: [pass, show, openai]}
            """,
        subcommands: [Show.self, Path.self, Check.self], defaultSubcommand: Show.self)

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show all effective settings (keys are hidden).",
            discussion: """
                  quarry config show --origin
                """)

        @OptionGroup var file: ConfigurationOptions

        @Flag(help: "Show where each setting comes from.")
        var origin = false

        @Flag(help: "Print one JSON object.")
        var json = false

        private struct Reply: Encodable {
            var schema = "quarry.config/1"
            var path: String
            var exists: Bool
            var settings: [SettingRow]
        }

        func run() async throws {
            let settings = try file.settings()
            if json {
                let reply = Reply(path: settings.location.path, exists: settings.hasFile, settings: settings.rows)
                try Console.print(JSONOutput.string(reply, pretty: true))
                return
            }
            let width = settings.rows.map(\.text.count).max() ?? 0
            for row in settings.rows {
                let padding = String(repeating: " ", count: width - row.text.count)
                try Console.print(origin ? "\(row.text)\(padding)  # \(row.origin)" : row.text)
            }
        }
    }

    struct Path: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the path of the configuration file, whether it exists or not.",
            discussion: """
                  quarry config path
                """)

        @OptionGroup var file: ConfigurationOptions

        func run() async throws {
            let location = ConfigurationLocation(
                flag: file.flag, environment: ProcessInfo.processInfo.environment,
                home: ProcessInfo.processInfo.homeFolder)
            try Console.print(location.path)
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check the configuration for errors and doubtful settings.",
            discussion: """
                Fetches no keys and sends no requests. The exit code is 1 if there are problems.

                  quarry config check
                """)

        @OptionGroup var file: ConfigurationOptions

        @Flag(help: "Print one JSON object.")
        var json = false

        private struct Reply: Encodable {
            struct Problem: Encodable {
                var place: String
                var message: String
            }
            var schema = "quarry.config.check/1"
            var path: String
            var problems: [Problem]
        }

        func run() async throws {
            let location = ConfigurationLocation(
                flag: file.flag, environment: ProcessInfo.processInfo.environment,
                home: ProcessInfo.processInfo.homeFolder)
            let problems: [ConfigurationError.Problem]
            var exists = true
            do {
                let settings = try file.settings()
                exists = settings.hasFile
                problems = settings.findings()
            } catch let error as ConfigurationError {
                problems = error.problems
            }
            if json {
                let reply = Reply(
                    path: location.path, problems: problems.map { .init(place: $0.place, message: $0.message) })
                try Console.print(JSONOutput.string(reply, pretty: true))
            } else {
                for problem in problems { try Console.print("\(problem)") }
                if problems.isEmpty {
                    try Console.print(
                        "\(location.path): \(exists ? "no problems found" : "the file does not exist; it is optional")")
                }
            }
            if !problems.isEmpty { throw Termination.failure }
        }
    }
}
