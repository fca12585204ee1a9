public import Foundation
public import QuarryProviders

/// What holds: flags before the environment, the environment before the file, the file before what is built in.
public struct Settings: Sendable {
    public var location: ConfigurationLocation
    /// Whether there is a file at the location.
    public var hasFile: Bool

    /// Who embeds a new index; nil for the built-in model.
    public var model: Setting<String>?
    /// Who answers: the first that can. Nil where nobody is asked.
    public var llm: Setting<[String]>?
    public var rerank: Setting<String>?
    /// Who writes down what is said in recordings; nil where they are not read.
    public var transcribe: Setting<String>?
    /// Who says what pictures show; nil where they are not read.
    public var describeImages: Setting<String>?

    public var localOnly: Setting<Bool>
    public var proxy: Setting<ConnectionOptions.Proxy>
    public var certificateAuthorities: Setting<String>?
    /// Seconds.
    public var connectTimeout: Setting<Double>
    /// Seconds.
    public var firstByteTimeout: Setting<Double>
    /// Seconds.
    public var idleTimeout: Setting<Double>

    /// US dollars a run may cost.
    public var maximumCost: Setting<Decimal>?
    /// Tokens a run may read and write.
    public var maximumTokens: Setting<Int>?

    /// Whether answers are kept and given again.
    public var cacheAnswers: Setting<Bool>
    /// The least cosine at which an earlier question counts as the same; nil where it never does.
    public var semanticThreshold: Setting<Double?>
    public var cacheDirectory: Setting<String>
    public var cacheMegabytes: Setting<Int>

    /// The presets with the file's changes, and those it adds.
    public var providers: [Provider]
    /// The built-in cards and the file's.
    public var catalog: ModelCatalog
    let providerPositions: [String: FilePosition]
    /// The providers whose addresses are those of variables.
    let addresses: [String: Setting<String>]
    let keys: [String: Setting<KeySource>]
    let environment: [String: String]

    /// Reads the configuration file, if there is one.
    ///
    /// - Parameters:
    ///   - environment: Of the process; nothing else of it is looked at.
    ///   - home: The person's own folder.
    /// - Throws: ``ConfigurationError``; also where a file was named and is not there.
    public static func load(
        flags: SettingFlags = SettingFlags(), environment: [String: String], home: String, files: FileAccess = .system
    ) throws -> Settings {
        let location = ConfigurationLocation(flag: flags.configurationPath, environment: environment, home: home)
        let content: FileAccess.Content?
        do {
            content = try files.read(location.path)
        } catch let error as ConfigurationError {
            throw error
        } catch {
            throw ConfigurationError(location.path, "It cannot be read: \(error).")
        }
        if content == nil, location.isNamed {
            throw ConfigurationError(
                location.path, "There is no such file; \(location.origin) names it. Write it, or name another.")
        }
        let file = try content.map { try ConfigurationFile($0, path: location.path, userID: files.userID) }
        return try Settings(
            file ?? ConfigurationFile(path: location.path), hasFile: file != nil, location: location, flags: flags,
            environment: environment, home: home)
    }

    init(
        _ file: ConfigurationFile, hasFile: Bool, location: ConfigurationLocation, flags: SettingFlags,
        environment: [String: String], home: String
    ) throws {
        self.location = location
        self.hasFile = hasFile
        self.environment = environment
        var addresses: [String: Setting<String>] = [:]
        providers = file.providers.map { provider in
            guard let address = AddressVariables.address(of: provider, in: environment) else { return provider }
            addresses[provider.name] = address
            var provider = provider
            provider.baseURL = address.value
            return provider
        }
        self.addresses = addresses
        providerPositions = file.providerPositions
        catalog = file.catalog
        keys = file.keys
        var variables = VariableReader(environment: environment)

        model = flags.model.flagged("--model") ?? variables.text("QUARRY_MODEL") ?? file.model
        llm = flags.llm.flagged("--llm") ?? variables.list("QUARRY_LLM") ?? file.llm
        rerank = flags.rerank.flagged("--rerank") ?? variables.text("QUARRY_RERANK") ?? file.rerank
        transcribe = flags.transcribe.flagged("--transcribe") ?? variables.text("QUARRY_TRANSCRIBE") ?? file.transcribe
        describeImages =
            flags.describeImages.flagged("--describe-images") ?? variables.text("QUARRY_DESCRIBE_IMAGES")
            ?? file.describeImages

        let options = ConnectionOptions()
        localOnly =
            flags.localOnly.flagged("--local-only") ?? variables.bool("QUARRY_LOCAL_ONLY") ?? file.localOnly
            ?? Setting(options.isLocalOnly, .builtIn)
        proxy =
            (flags.proxy.flagged("--proxy") ?? variables.text("QUARRY_PROXY"))?.map(ConnectionOptions.Proxy.init)
            ?? file.proxy ?? Setting(.environment, .builtIn)
        let place = file.path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        func path(_ text: String) -> String {
            let expanded = ConfigurationLocation.expanding(text, home: home)
            return expanded.hasPrefix("/") || place.isEmpty ? expanded : "\(place)/\(expanded)"
        }
        certificateAuthorities =
            variables.text("QUARRY_CERTIFICATE_AUTHORITIES")?.map {
                ConfigurationLocation.expanding($0, home: home)
            } ?? file.certificateAuthorities?.map(path)
        connectTimeout = file.timeouts.connect ?? Setting(options.connectTimeout.inSeconds, .builtIn)
        firstByteTimeout = file.timeouts.firstByte ?? Setting(options.firstByteTimeout.inSeconds, .builtIn)
        idleTimeout = file.timeouts.idle ?? Setting(options.idleTimeout.inSeconds, .builtIn)

        maximumCost =
            flags.maximumCost.flagged("--max-cost") ?? variables.decimal("QUARRY_MAX_COST") ?? file.maximumCost
        maximumTokens =
            flags.maximumTokens.flagged("--max-tokens") ?? variables.count("QUARRY_MAX_TOKENS") ?? file.maximumTokens

        cacheAnswers =
            flags.cacheAnswers.flagged(flags.cacheAnswers == false ? "--no-cache" : "--cache")
            ?? variables.bool("QUARRY_CACHE") ?? file.cache.answers ?? Setting(true, .builtIn)
        semanticThreshold = file.cache.semantic ?? Setting(nil, .builtIn)
        cacheDirectory =
            file.cache.directory?.map(path)
            ?? Setting(
                ConfigurationLocation.folder("XDG_CACHE_HOME", else: ".cache", environment, home: home) + "/quarry",
                environment["XDG_CACHE_HOME"]?.hasPrefix("/") == true ? .environment("XDG_CACHE_HOME") : .builtIn)
        cacheMegabytes = file.cache.maximumMegabytes ?? Setting(256, .builtIn)
        guard variables.problems.isEmpty else { throw ConfigurationError(variables.problems) }
    }
}

extension Settings {
    /// The bounds and paths of connections.
    public var connectionOptions: ConnectionOptions {
        var options = ConnectionOptions()
        options.isLocalOnly = localOnly.value
        options.proxy = proxy.value
        options.certificateAuthorities = certificateAuthorities?.value
        options.connectTimeout = .seconds(connectTimeout.value)
        options.firstByteTimeout = .seconds(firstByteTimeout.value)
        options.idleTimeout = .seconds(idleTimeout.value)
        return options
    }

    public var budget: Budget {
        Budget(maximumCost: maximumCost?.value, maximumTokens: maximumTokens?.value)
    }

    /// Which model of which provider a text names, those of the file among them.
    /// - Throws: ``ProviderError`` with code `invalidConfiguration`.
    public func reference(_ text: String) throws -> ModelReference {
        try ModelReference(text, among: providers)
    }
}

extension Duration {
    fileprivate var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}

extension Optional {
    fileprivate func flagged(_ name: String) -> Setting<Wrapped>? { map { Setting($0, .flag(name)) } }
}

/// Reads settings from variables; empty ones count as not set.
private struct VariableReader {
    let environment: [String: String]
    var problems: [ConfigurationError.Problem] = []

    func text(_ name: String) -> Setting<String>? {
        environment[name].flatMap { $0.isEmpty ? nil : Setting($0, .environment(name)) }
    }

    /// Values between commas.
    func list(_ name: String) -> Setting<[String]>? {
        guard let text = text(name) else { return nil }
        let parts = text.value.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        return parts.isEmpty ? nil : Setting(parts.filter { !$0.isEmpty }, text.origin)
    }

    mutating func bool(_ name: String) -> Setting<Bool>? {
        read(name, wanted: "true or false") {
            switch $0.lowercased() {
            case "1", "true", "yes", "on": true
            case "0", "false", "no", "off": false
            default: nil
            }
        }
    }

    mutating func decimal(_ name: String) -> Setting<Decimal>? {
        read(name, wanted: "a number that is not negative", DecimalText.value)
    }

    mutating func count(_ name: String) -> Setting<Int>? {
        read(name, wanted: "a whole number of at least 0") { Int($0).flatMap { $0 >= 0 ? $0 : nil } }
    }

    private mutating func read<Value>(
        _ name: String, wanted: String, _ parse: (String) -> Value?
    ) -> Setting<Value>? {
        guard let text = text(name) else { return nil }
        guard let value = parse(text.value) else {
            problems.append(.init("environment \(name)", "It must be \(wanted), not “\(text.value.prefix(80))”."))
            return nil
        }
        return Setting(value, text.origin)
    }
}
