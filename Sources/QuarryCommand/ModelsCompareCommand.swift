public import ArgumentParser
import Foundation
import Quarry
public import QuarryProviders
import QuarrySession

extension ModelTask: ExpressibleByArgument {}

struct ModelsCompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Compare models: price, context, licence, speed, quality.",
        usage: "quarry models compare [options] [name ...]",
        discussion: """
            Each figure has the date of the catalogue. Unconfirmed figures are “unknown”. Speed is the result of quarry \
            models measure on this machine.

              quarry models compare --task embedding
              quarry models compare openai gemini/gemini-embedding-2
            """)

    @Argument(help: "Models (provider/model) or providers. The default is all models in service.")
    var names: [String] = []

    @Option(help: "Only models for embedding, generation, reranking or transcription.")
    var task: ModelTask?

    @Flag(help: "Only models that run on this machine.")
    var localOnly = false

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var file: ConfigurationOptions

    private struct Reply: Encodable {
        var schema = "quarry.models.compare/1"
        var models: [ModelComparison.Entry]
    }

    func validate() throws {
        guard let address = names.first(where: { $0.hasPrefix("http://") || $0.hasPrefix("https://") }) else { return }
        throw ValidationError(
            "\(address) is the address of a server, and the catalogue does not know its models. To compare one, add the server under providers: and the model under models: in the configuration. Then write provider/model. To benchmark it, run quarry models measure."
        )
    }

    func run() async throws {
        let settings = try file.settings()
        let comparison = ModelComparison(
            settings.catalog, names: names, task: task, localOnly: localOnly || settings.localOnly.value,
            speeds: try SpeedRecord(path: settings.speedRecordPath), isInstalled: ModelStore.local.isInstalled)
        guard comparison.unknownNames.isEmpty else {
            throw ValidationError(
                "The catalogue does not have \(comparison.unknownNames.joined(separator: ", ")). Write provider/model, or a provider such as openai. Add your own models under models: in the configuration."
            )
        }
        if json {
            try Console.print(JSONOutput.string(Reply(models: comparison.entries), pretty: true))
            return
        }
        try Table(head: ModelComparison.columns, rows: comparison.rows()).print()
        if comparison.entries.contains(where: { $0.installed == false }) {
            Console.note("To install a local model: quarry models pull NAME")
        }
    }
}

struct ModelsMeasureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure", abstract: "Benchmark an embedding model from this machine.",
        usage: "quarry models measure [options] name",
        discussion: """
            Embeds 64 texts of the length of passages. quarry models compare and quarry index --plan use the result. A \
            paid model is measured once, others twice; the faster run counts.

              quarry models measure multilingual-e5-small
              quarry models measure openai/text-embedding-3-small
            """)

    @Argument(
        help: "A local model, provider/model, or a server's address.",
        completion: .list(LocalModelCatalog.models.map(\.name)))
    var name: String

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var service: ServiceOptions

    private struct Reply: Encodable {
        var schema = "quarry.models.measure/1"
        var measurement: SpeedMeasurement
    }

    func run() async throws {
        var flags = SettingFlags()
        // The key of a server goes to the server that is named here.
        if name.contains("://") { flags.model = Setting(name, flag: "NAME") }
        let settings = try service.settings(flags)
        var record = try SpeedRecord(path: settings.speedRecordPath)
        let plain = name.hasPrefix("local/") ? String(name.dropFirst("local/".count)) : name
        try checkEmbeds(plain, settings)
        let services = service.services(settings)
        defer { if let spent = services.ledger.spending.summary { Console.note(spent) } }
        let measurement: SpeedMeasurement
        do {
            let model = try await services.embedder(plain)
            let isPaid = model.provider.map { !$0.runsOnThisMachine } ?? false
            measurement = try await SpeedMeasurement.measuring(
                model.embedder, model: model.name, counter: model.counter, rounds: isPaid ? 1 : 2, warmsUp: !isPaid)
        } catch let error as ProviderError where [.notFound, .requestRefused, .serverFailure].contains(error.code) {
            throw ProviderError(
                error.code, error.message + " Only embedding models can be measured.", underlyingError: error)
        }
        record.add(measurement)
        try record.write(to: settings.speedRecordPath)
        if json {
            try Console.print(JSONOutput.string(Reply(measurement: measurement), pretty: true))
            return
        }
        try Console.print(
            "\(measurement.model): \(Format.decimal(measurement.tokensPerSecond, digits: 0)) tokens/s (\(measurement.tokens) tokens in \(measurement.texts) texts, \(Format.decimal(measurement.seconds, digits: 2)) s; \(measurement.machine))"
        )
    }
}

extension ModelsMeasureCommand {
    /// - Throws: `ValidationError` if the catalogue says that the model is not an embedding model. No request is sent.
    private func checkEmbeds(_ name: String, _ settings: Settings) throws {
        guard let reference = try? ModelReference(name, among: settings.providers), let model = reference.model,
            let card = settings.catalog.card(of: model, at: reference.provider), !card.tasks.contains(.embedding)
        else { return }
        throw ValidationError(
            "\(name) is not an embedding model, but a model for \(card.tasks.map(\.rawValue).joined(separator: " and ")). Only embedding models can be measured."
        )
    }
}

extension ModelStore {
    /// Whether a local model of the catalogue is there to be used.
    func isInstalled(_ card: ModelCard) -> Bool {
        card.provider == "local" && (LocalModelCatalog.model(named: card.name).map(isInstalled) ?? false)
    }
}

/// A text table with aligned columns. If it is wider than the output, each row becomes a few lines instead.
struct Table {
    var head: [String]
    var rows: [[String]]

    /// - Parameter columns: The width of the output; nil for any.
    func lines(columns limit: Int?) -> [String] {
        let all = [head] + rows
        let widths = head.indices.map { column in all.map { $0[column].columns }.max() ?? 0 }
        let width = widths.reduce(0, +) + 2 * (widths.count - 1)
        guard limit.map({ width <= $0 }) ?? true else { return rows.flatMap { block($0, limit: limit ?? width) } }
        return all.map { row in
            var line = row.enumerated().map { column, cell in
                cell + String(repeating: " ", count: widths[column] - cell.columns)
            }.joined(separator: "  ")
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }
    }

    /// The first cell, and below it the other cells with their heads. Empty and unknown cells are left out.
    private func block(_ row: [String], limit: Int) -> [String] {
        let parts = row.indices.dropFirst().compactMap { column -> String? in
            let cell = row[column]
            guard !["", "–", "unknown"].contains(cell) else { return nil }
            return "\(head[column]) \(cell)".cut(to: limit - 2)
        }
        return [row[0].shortened(to: limit)] + String.lines(of: parts, separator: " · ", limit: limit, indent: 2)
    }

    func print() throws {
        for line in lines(columns: Console.outputColumns) { try Console.print(line) }
    }
}
