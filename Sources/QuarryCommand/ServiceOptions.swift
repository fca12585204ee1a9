public import ArgumentParser
public import Foundation
import Quarry
import QuarrySession

/// Which models may be asked, where, and for how much: shared by every command that may ask one.
struct ServiceOptions: ParsableArguments {
    @OptionGroup var configuration: ConfigurationOptions

    @Flag(help: "Refuse every host but this machine, also where a redirect or a name leads elsewhere.")
    var localOnly = false

    @Option(help: ArgumentHelp("Stop before more than so many US dollars are spent.", valueName: "dollars"))
    var maxCost: Decimal?

    @Option(help: ArgumentHelp("Stop before models read and write more tokens in all.", valueName: "tokens"))
    var maxTokens: Int?

    @Option(
        help: ArgumentHelp(
            "Proxy for requests to models; the default is what http_proxy, https_proxy and no_proxy say. One that wants credentials is better named by QUARRY_PROXY, as http://USER:PASSWORD@HOST:PORT: others can see arguments.",
            valueName: "url"))
    var proxy: String?

    @Flag(
        inversion: .prefixedNo, help: "Keep replies of language models, and give them again to the same prompt.")
    var cache: Bool?

    @Flag(name: .shortAndLong, help: "Show every request to a model on standard error, without keys and texts.")
    var verbose = false

    func validate() throws {
        if let maxTokens, maxTokens < 0 { throw ValidationError("--max-tokens \(maxTokens) is negative.") }
        if let maxCost, maxCost < 0 { throw ValidationError("--max-cost \(maxCost) is negative.") }
    }

    /// What holds, these options added to what the command itself says.
    func settings(_ flags: SettingFlags = SettingFlags()) throws -> Settings {
        var flags = flags
        if localOnly { flags.localOnly = Setting(true, flag: "--local-only") }
        flags.maximumCost = Setting(maxCost, flag: "--max-cost")
        flags.maximumTokens = Setting(maxTokens, flag: "--max-tokens")
        flags.proxy = Setting(proxy, flag: "--proxy")
        flags.cacheAnswers = Setting(cache, flag: cache == false ? "--no-cache" : "--cache")
        return try configuration.settings(flags)
    }

    /// What opens the models that the settings name.
    ///
    /// - Parameters:
    ///   - isPlanning: Whether a key that is missing, or a budget, is no reason to stop yet.
    ///   - isQuiet: Whether nothing is said of waits for a provider's limits.
    func services(_ settings: Settings, isPlanning: Bool = false, isQuiet: Bool = false) -> ModelServices {
        let show: @Sendable (String) -> Void = { Console.note($0) }
        return ModelServices(
            settings, store: .local, isPlanning: isPlanning, trace: verbose ? show : nil,
            onWait: isQuiet ? nil : WaitNotes().show)
    }

    /// An index opened for questions.
    func session(
        _ path: String, _ options: QueryOptions, _ flags: SettingFlags, isQuiet: Bool
    ) async throws -> QuerySession {
        let settings = try settings(flags)
        return try await QuerySession(
            path: path, settings: settings, services: services(settings, isQuiet: isQuiet), options: options
        ) { error in
            Console.note("warning: replies are not kept: \(Console.message(of: error))")
        }
    }
}

extension Decimal: @retroactive ExpressibleByArgument {
    /// A number as it is written in English: digits, perhaps with a point.
    public init?(argument: String) {
        let digits = argument.utf8
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }),
            digits.count(where: { $0 == 0x2E }) <= 1, digits.contains(where: { $0 != 0x2E })
        else { return nil }
        self.init(string: argument, locale: Locale(identifier: "en_US_POSIX"))
    }
}

extension Spending {
    /// One line for a person; nil where nothing was billed: models of one's own are free.
    var summary: String? {
        guard !entries.isEmpty, cost != 0 else { return nil }
        let parts = entries.map { entry in
            let cost = entry.cost.map { $0 == 0 ? "free" : "$\(MoneyText.shown($0))" } ?? "price unknown"
            let tokens = entry.isEstimated ? "about \(entry.usage.tokens)" : "\(entry.usage.tokens)"
            return "\(entry.model): \(Format.count(entry.requests, "request")), \(tokens) tokens, \(cost)"
        }
        return "spent: " + parts.joined(separator: "; ")
    }
}
