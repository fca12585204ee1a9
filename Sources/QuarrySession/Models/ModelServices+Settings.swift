import Foundation
package import Quarry

extension ModelServices {
    /// Opens the models that the settings name.
    ///
    /// - Parameters:
    ///   - isPlanning: Whether to open models for estimates only. Then a missing key or a budget is not an error.
    ///   - trace: Called for each request, without keys and bodies.
    ///   - onWait: Called at the start of each wait of 5 seconds or more for a provider's limits.
    ///   - asks: Asks the user about a server that only an index names; nil without a terminal.
    package convenience init(
        _ settings: Settings, store: ModelStore, isPlanning: Bool = false, trace: (@Sendable (String) -> Void)? = nil,
        onWait: (@Sendable (RequestDelay) -> Void)? = nil, asks: (@Sendable (ModelReference) -> Bool)? = nil
    ) {
        var providers = settings.providers
        if isPlanning { for index in providers.indices { providers[index].needsKey = false } }
        let key: @Sendable (Provider) async throws -> APIKey? = { provider in
            guard isPlanning else { return try await settings.key(for: provider) }
            // A plan sends no request, so it runs no command for a key.
            return provider.isHostedService ? nil : try? await settings.key(for: provider)
        }
        self.init(
            store: store, providers: providers, catalog: settings.catalog, options: settings.connectionOptions,
            ledger: SpendingLedger(budget: isPlanning ? Budget() : settings.budget), key: key,
            checkServer: { try settings.checkServer(of: $0, asks: asks) }, isPlanning: isPlanning, trace: trace,
            onWait: onWait)
    }

    /// The readers, with models for recordings and pictures if the settings name them.
    ///
    /// - Parameter password: Opens encrypted PDF files. It is not stored.
    package func readers(
        _ settings: Settings, _ reading: ReadingOptions, describing options: ImageDescriber.Options = .init(),
        password: String? = nil
    ) async throws -> ReaderRegistry {
        var readers = settings.readers(reading, password: password)
        if let model = settings.transcribe?.value { readers.register(try await transcriber(model)) }
        if let model = settings.describeImages?.value {
            readers.register(try await imageDescriber(model, options: options))
        }
        return readers
    }
}

extension Settings {
    /// The readers of all formats that need no model, with the converters of the configuration.
    package func readers(
        _ reading: ReadingOptions = ReadingOptions(), password: String? = nil
    ) -> ReaderRegistry {
        var readers = ReaderRegistry(reading, password: password)
        for (name, command) in converters.sorted(by: { $0.key < $1.key }) {
            readers.register(ConverterReader(pathExtension: name, command: command.value))
        }
        return readers
    }
}

extension ModelStore {
    /// Local models in `$QUARRY_MODELS`, else `$XDG_CACHE_HOME/quarry/models`, else `~/.cache/quarry/models`.
    package init(environment: [String: String], home: String) {
        let directory =
            if let path = environment["QUARRY_MODELS"], !path.isEmpty {
                URL(fileURLWithPath: path, isDirectory: true)
            } else if let path = environment["XDG_CACHE_HOME"], !path.isEmpty {
                URL(fileURLWithPath: path, isDirectory: true).appendingPathComponent("quarry/models")
            } else {
                URL(fileURLWithPath: home, isDirectory: true).appendingPathComponent(".cache/quarry/models")
            }
        self.init(directory: directory)
    }
}
