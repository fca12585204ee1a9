public import ArgumentParser
public import Foundation
import Quarry
import QuarrySession

/// Limits and connections of models: shared by all commands that use one.
struct ServiceOptions: ParsableArguments {
    @OptionGroup var configuration: ConfigurationOptions

    @Flag(help: "Refuse all other hosts, even if a redirect or a host name leads to them.")
    var localOnly = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Stop before the cost exceeds this many US dollars.", valueName: "dollars"))
    var maxCost: Decimal?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Stop before models read and write more than this many tokens.", valueName: "tokens"))
    var maxTokens: Int?

    @Option(
        help: ArgumentHelp(
            "Proxy for requests to models. The default is the proxy of http_proxy, https_proxy and no_proxy. Set a proxy with a password in QUARRY_PROXY (http://USER:PASSWORD@HOST:PORT), because other users can see arguments.",
            valueName: "url"))
    var proxy: String?

    @Flag(
        inversion: .prefixedNo, help: "Cache replies of language models.")
    var cache: Bool?

    @Flag(name: .shortAndLong, help: "Print every request to standard error, without keys and texts.")
    var verbose = false

    func validate() throws {
        if let maxTokens, maxTokens < 0 { throw ValidationError("--max-tokens \(maxTokens) is negative.") }
        if let maxCost, maxCost < 0 { throw ValidationError("--max-cost \(maxCost) is negative.") }
    }

    /// The effective settings, including these options and the command's options.
    func settings(_ flags: SettingFlags = SettingFlags()) throws -> Settings {
        var flags = flags
        if localOnly { flags.localOnly = Setting(true, flag: "--local-only") }
        flags.maximumCost = Setting(maxCost, flag: "--max-cost")
        flags.maximumTokens = Setting(maxTokens, flag: "--max-tokens")
        flags.proxy = Setting(proxy, flag: "--proxy")
        flags.cacheAnswers = Setting(cache, flag: cache == false ? "--no-cache" : "--cache")
        return try configuration.settings(flags)
    }

    /// Opens the models that the settings name.
    ///
    /// - Parameters:
    ///   - isPlanning: Whether to ignore missing keys and the budget.
    ///   - isQuiet: Whether to print no notes about waits for a provider's limits.
    func services(_ settings: Settings, isPlanning: Bool = false, isQuiet: Bool = false) -> ModelServices {
        let show: @Sendable (String) -> Void = { Console.note($0) }
        return ModelServices(
            settings, store: .local, isPlanning: isPlanning, trace: verbose ? show : nil,
            onWait: isQuiet ? nil : WaitNotes().show, asks: Console.canAsk ? Self.agrees : nil)
    }

    /// Asks the user about a server that an index names.
    @Sendable private static func agrees(to server: ModelReference) -> Bool {
        let model = (server.model ?? "").visibleInLine
        return Console.ask(
            "This index names the server of its embedding model: \(server.provider.baseURL.visibleInLine) (model "
                + "\(model)). Questions are sent to it, and documents when you index. It gets no key. Use it? [y/N] ")
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
    /// A number in English notation: digits with at most one point.
    public init?(argument: String) {
        let digits = argument.utf8
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }),
            digits.count(where: { $0 == 0x2E }) <= 1, digits.contains(where: { $0 != 0x2E })
        else { return nil }
        self.init(string: argument, locale: Locale(identifier: "en_US_POSIX"))
    }
}

extension Spending {
    /// One line for people; nil if nothing was billed. Your own servers are free.
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
