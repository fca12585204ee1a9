import ArgumentParser
import Foundation
import Quarry
import QuarrySession

struct CacheCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache", abstract: "Look at the answers that are kept, or forget them.",
        subcommands: [Info.self, Clear.self], defaultSubcommand: Info.self)

    struct Info: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "How many answers are kept, and where.")

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
            try Console.print("\(path)\(exists ? "" : " (not made yet)")\(isEnabled ? "" : ", switched off")")
            try Console.print(
                "\(Format.count(statistics.replies, "answer")), \(Format.bytes(statistics.bytes)) of at most \(Format.bytes(maximum)); \(Format.bytes(statistics.fileBytes)) on disk"
            )
            try Console.print(
                "\(Format.count(statistics.hits, "hit")), \(Format.count(statistics.misses, "miss", "misses"))")
        }
    }

    struct Clear: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Forget every answer that is kept.")

        @OptionGroup var file: ConfigurationOptions

        @Flag(name: .shortAndLong, help: "No notes on standard error.")
        var quiet = false

        func run() async throws {
            let settings = try file.settings()
            let path = settings.answerStorePath
            guard FileManager.default.fileExists(atPath: path) else {
                if !quiet { Console.note("No answers are kept in \(path).") }
                return
            }
            let store = try AnswerStore(path: path, maximumBytes: settings.cacheMegabytes.value * 1_000_000)
            let count = try await store.statistics().replies
            try await store.clear()
            if !quiet { Console.note("Forgot \(Format.count(count, "answer")) in \(path).") }
        }
    }
}
