import ArgumentParser
import Foundation
import Quarry
import QuarrySession

struct CacheCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache", abstract: "Inspect or clear the answer cache.",
        discussion: """
              quarry cache
              quarry cache clear
            """,
        subcommands: [Info.self, Clear.self], defaultSubcommand: Info.self)

    struct Info: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show how many answers are cached, and where.",
            discussion: """
                  quarry cache info
                """)

        @OptionGroup var file: ConfigurationOptions

        @Flag(help: "Print one JSON object.")
        var json = false

        private struct Reply: Encodable {
            var schema = "quarry.cache/1"
            var path: String
            var enabled: Bool
            var exists: Bool
            var statistics: AnswerStore.Statistics
        }

        func run() async throws {
            let settings = try file.settings()
            let path = settings.answerStorePath
            let maximum = settings.cacheMegabytes.value * 1_000_000
            let exists = FileManager.default.fileExists(atPath: path)
            let statistics =
                exists ? try await AnswerStore(path: path, maximumBytes: maximum).statistics() : .none(within: maximum)
            let isEnabled = settings.cacheAnswers.value
            if json {
                let reply = Reply(path: path, enabled: isEnabled, exists: exists, statistics: statistics)
                try Console.print(JSONOutput.string(reply, pretty: true))
                return
            }
            try Console.print("\(path)\(exists ? "" : " (does not exist yet)")\(isEnabled ? "" : ", switched off")")
            try Console.print(
                "\(Format.count(statistics.replies, "answer")), \(Format.bytes(statistics.bytes)) of at most \(Format.bytes(maximum)); \(Format.bytes(statistics.fileBytes)) on disk"
            )
            try Console.print(
                "\(Format.count(statistics.hits, "hit")), \(Format.count(statistics.misses, "miss", "misses"))")
        }
    }

    struct Clear: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete all cached answers.",
            discussion: """
                  quarry cache clear
                """)

        @OptionGroup var file: ConfigurationOptions

        @Flag(name: .shortAndLong, help: "Print no notes to standard error.")
        var quiet = false

        func run() async throws {
            let settings = try file.settings()
            let path = settings.answerStorePath
            guard FileManager.default.fileExists(atPath: path) else {
                if !quiet { Console.note("The cache \(path) does not exist.") }
                return
            }
            let store = try AnswerStore(path: path, maximumBytes: settings.cacheMegabytes.value * 1_000_000)
            let count = try await store.statistics().replies
            try await store.clear()
            if !quiet { Console.note("Deleted \(Format.count(count, "answer")) from \(path).") }
        }
    }
}
