public import ArgumentParser
import Foundation
import Quarry
public import QuarryProviders
import QuarrySession

extension ModelTask: ExpressibleByArgument {}

struct ModelsCompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Put models side by side: price, context, licence, speed, quality.",
        discussion: """
            Figures are as old as the catalogue says; what nobody confirmed is “unknown”. Speed is what quarry models \
            measure found on this machine.

              quarry models compare --task embedding
              quarry models compare openai gemini/gemini-embedding-2
            """)

    @Argument(help: "Models (provider/model) or providers; all that are in service unless some are named.")
    var names: [String] = []

    @Option(help: "Only models for embedding, generation, reranking or transcription.")
    var task: ModelTask?

    @Flag(help: "Only models that keep documents on this machine.")
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
            "\(address) is the address of a server, of whose models the catalogue knows nothing. To compare one, put the server under providers: and the model under models: in the configuration, and name provider/model; quarry models measure takes its time."
        )
    }

    func run() async throws {
        let settings = try file.settings()
        let comparison = ModelComparison(
            settings.catalog, names: names, task: task, localOnly: localOnly || settings.localOnly.value,
            speeds: try SpeedRecord(path: settings.speedRecordPath), isInstalled: ModelStore.local.isInstalled)
        guard comparison.unknownNames.isEmpty else {
            throw ValidationError(
                "The catalogue has no \(comparison.unknownNames.joined(separator: ", ")). Name provider/model or a provider, such as openai; own models go under models: in the configuration."
            )
        }
        if json {
            try Console.print(JSONOutput.string(Reply(models: comparison.entries), pretty: true))
            return
        }
        try Table(head: ModelComparison.columns, rows: comparison.rows()).print()
    }
}

struct ModelsMeasureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure", abstract: "Take the time of an embedding model, as it is reached from this machine.",
        discussion: """
            Embeds a fixed set of 64 texts and keeps the figure for quarry models compare and quarry index --plan. A model \
            that is paid for is asked once, others four times; the fastest counts.
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
        let settings = try service.settings()
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
                model.embedder, model: model.name, counter: model.counter, rounds: isPaid ? 1 : 4, warmsUp: !isPaid)
        } catch let error as ProviderError where [.notFound, .requestRefused, .serverFailure].contains(error.code) {
            throw ProviderError(
                error.code, error.message + " Speed is measured of embedding models only.", underlyingError: error)
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
    /// - Throws: A wrong usage, for a model that the catalogue knows to make no vectors: it is not asked for any.
    private func checkEmbeds(_ name: String, _ settings: Settings) throws {
        guard let reference = try? ModelReference(name, among: settings.providers), let model = reference.model,
            let card = settings.catalog.card(of: model, at: reference.provider), !card.tasks.contains(.embedding)
        else { return }
        throw ValidationError(
            "\(name) makes no vectors, it is a model for \(card.tasks.map(\.rawValue).joined(separator: " and ")). Speed is measured of embedding models only."
        )
    }
}

extension ModelStore {
    /// Whether a local model of the catalogue is there to be used.
    func isInstalled(_ card: ModelCard) -> Bool {
        card.provider == "local" && (LocalModelCatalog.model(named: card.name).map(isInstalled) ?? false)
    }
}

/// Columns that line up, for people.
struct Table {
    var head: [String]
    var rows: [[String]]

    func print() throws {
        let all = [head] + rows
        let widths = head.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        for row in all {
            var line = row.enumerated().map { column, cell in
                cell + String(repeating: " ", count: widths[column] - cell.count)
            }.joined(separator: "  ")
            while line.hasSuffix(" ") { line.removeLast() }
            try Console.print(line)
        }
    }
}
