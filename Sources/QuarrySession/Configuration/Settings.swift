package import Foundation
package import QuarryProviders
package import QuarryRetrieval

/// The effective settings. Flags override the environment, which overrides the file, which overrides the defaults.
package struct Settings: Sendable {
    package var location: ConfigurationLocation
    /// Whether the file exists.
    package var hasFile: Bool

    /// The embedding model of a new index; nil for the built-in one.
    package var model: Setting<String>?
    /// The language models, in order of preference; nil for none.
    package var llm: Setting<[String]>?
    package var rerank: Setting<String>?
    /// The folder of the question-answering model that chooses the sentences of an answer; nil for none.
    package var readerModel: Setting<String>?
    /// What is read around a passage; nil for nothing.
    package var window: Setting<RetrievalOptions.Window>?
    /// How the legs of a search are combined; nil for the default.
    package var fusion: Setting<Fusion>?
    /// The model that transcribes recordings; nil if they are not read.
    package var transcribe: Setting<String>?
    /// The model that describes pictures; nil if they are not read.
    package var describeImages: Setting<String>?

    /// The commands that print the text of files, by extension.
    package var converters: [String: Setting<[String]>]

    package var localOnly: Setting<Bool>
    package var proxy: Setting<ConnectionOptions.Proxy>
    package var certificateAuthorities: Setting<String>?
    /// Seconds.
    package var connectTimeout: Setting<Double>
    /// Seconds.
    package var firstByteTimeout: Setting<Double>
    /// Seconds.
    package var idleTimeout: Setting<Double>
    /// Seconds; nil for the limit of each task.
    package var totalTimeout: Setting<Double>?

    /// The maximum cost of a run in US dollars.
    package var maximumCost: Setting<Decimal>?
    /// The maximum number of input and output tokens of a run.
    package var maximumTokens: Setting<Int>?

    /// Whether answers are cached.
    package var cacheAnswers: Setting<Bool>
    /// The minimum cosine at which an earlier question counts as the same; nil turns this off.
    package var semanticThreshold: Setting<Double?>
    package var cacheDirectory: Setting<String>
    package var cacheMegabytes: Setting<Int>

    /// The presets with the file's changes, and the providers that the file adds.
    package var providers: [Provider]
    /// The built-in cards and the file's cards.
    package var catalog: ModelCatalog
    let providerPositions: [String: FilePosition]
    /// The addresses from environment variables, by provider.
    let addresses: [String: Setting<String>]
    let keys: [String: Setting<KeySource>]
    let environment: [String: String]
    /// The servers that the person knows.
    package let knownServers: KnownServers

    /// Reads the configuration file if it exists.
    ///
    /// - `environment`: The environment of the process. No other environment is read.
    /// - `home`: The user's home folder.
    /// - Throws: ``ConfigurationError``, also if the user named a file that does not exist.
    package static func load(
        flags: SettingFlags = SettingFlags(), environment: [String: String], home: String, files: FileAccess = .system
    ) throws -> Settings {
        let location = ConfigurationLocation(flag: flags.configurationPath, environment: environment, home: home)
        let content: FileAccess.Content?
        do {
            content = try files.read(location.path)
        } catch let error as ConfigurationError {
            throw error
        } catch {
            throw ConfigurationError(location.path, "The file cannot be read: \(error).")
        }
        if content == nil, location.isExplicit {
            throw ConfigurationError(
                location.path, "The file does not exist. Its path is from: \(location.origin).")
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
        let state = ConfigurationLocation.folder("XDG_STATE_HOME", else: ".local/state", environment, home: home)
        knownServers = KnownServers(path: state + "/quarry/servers")
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
        converters = file.converters
        var variables = VariableReader(environment: environment)

        model = flags.model ?? variables.text("QUARRY_MODEL") ?? file.model
        llm = flags.llm ?? variables.list("QUARRY_LLM") ?? file.llm
        rerank = flags.rerank ?? variables.text("QUARRY_RERANK") ?? file.rerank
        readerModel = flags.readerModel ?? variables.text("QUARRY_READER_MODEL") ?? file.readerModel
        window = flags.window ?? variables.window("QUARRY_WINDOW") ?? file.window
        fusion = flags.fusion ?? variables.fusion("QUARRY_FUSION") ?? file.fusion
        transcribe = flags.transcribe ?? variables.text("QUARRY_TRANSCRIBE") ?? file.transcribe
        describeImages =
            flags.describeImages ?? variables.text("QUARRY_DESCRIBE_IMAGES")
            ?? file.describeImages

        let options = ConnectionOptions()
        localOnly =
            flags.localOnly ?? variables.bool("QUARRY_LOCAL_ONLY") ?? file.localOnly
            ?? Setting(options.isLocalOnly, .builtIn)
        proxy =
            (flags.proxy ?? variables.text("QUARRY_PROXY"))?.map(ConnectionOptions.Proxy.init)
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
        totalTimeout = file.timeouts.total

        maximumCost =
            flags.maximumCost ?? variables.decimal("QUARRY_MAX_COST") ?? file.maximumCost
        maximumTokens =
            flags.maximumTokens ?? variables.count("QUARRY_MAX_TOKENS") ?? file.maximumTokens

        cacheAnswers =
            flags.cacheAnswers
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
    /// The options for connections.
    package var connectionOptions: ConnectionOptions {
        var options = ConnectionOptions()
        options.isLocalOnly = localOnly.value
        options.proxy = proxy.value
        options.certificateAuthorities = certificateAuthorities?.value
        options.connectTimeout = .seconds(connectTimeout.value)
        options.firstByteTimeout = .seconds(firstByteTimeout.value)
        options.idleTimeout = .seconds(idleTimeout.value)
        options.totalTimeout = totalTimeout.map { .seconds($0.value) }
        return options
    }

    /// The file of kept answers.
    package var answerStorePath: String { cacheDirectory.value + "/answers.sqlite" }
    /// The file of measured speeds.
    package var speedRecordPath: String { cacheDirectory.value + "/speeds.json" }

    package var budget: Budget {
        Budget(maximumCost: maximumCost?.value, maximumTokens: maximumTokens?.value)
    }

    /// Parses the name of a model, also of a provider in the file.
    /// - Throws: ``ProviderError`` with code `invalidConfiguration`.
    package func reference(_ text: String) throws -> ModelReference {
        try ModelReference(text, among: providers)
    }
}

extension Duration {
    fileprivate var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}

/// Reads settings from environment variables. Empty ones count as not set.
private struct VariableReader {
    let environment: [String: String]
    var problems: [ConfigurationError.Problem] = []

    func text(_ name: String) -> Setting<String>? {
        environment[name].flatMap { $0.isEmpty ? nil : Setting($0, .environment(name)) }
    }

    /// Comma-separated values.
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

    mutating func window(_ name: String) -> Setting<RetrievalOptions.Window>? {
        read(name, wanted: RetrievalOptions.Window.wanted, RetrievalOptions.Window.init)
    }

    mutating func fusion(_ name: String) -> Setting<Fusion>? {
        read(name, wanted: Fusion.wanted, Fusion.init(written:))
    }

    private mutating func read<Value>(
        _ name: String, wanted: String, _ parse: (String) -> Value?
    ) -> Setting<Value>? {
        guard let text = text(name) else { return nil }
        guard let value = parse(text.value) else {
            problems.append(
                .init("environment \(name)", "The value must be \(wanted), not “\(text.value.prefix(80))”."))
            return nil
        }
        return Setting(value, text.origin)
    }
}
