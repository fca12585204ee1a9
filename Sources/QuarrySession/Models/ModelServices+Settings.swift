import Foundation
package import Quarry

extension ModelServices {
    /// Opens models as settings say.
    ///
    /// - Parameters:
    ///   - isPlanning: Whether models are opened only to reckon with. Then neither a missing key nor a budget stops a run.
    ///   - trace: Told of every request, without keys and bodies.
    ///   - onWait: Told of waits of 5 seconds or more for a provider's limits, at their beginning.
    package convenience init(
        _ settings: Settings, store: ModelStore, isPlanning: Bool = false, trace: (@Sendable (String) -> Void)? = nil,
        onWait: (@Sendable (RequestDelay) -> Void)? = nil
    ) {
        var providers = settings.providers
        if isPlanning { for index in providers.indices { providers[index].needsKey = false } }
        let key: @Sendable (Provider) async throws -> APIKey? = { provider in
            guard isPlanning else { return try await settings.key(for: provider) }
            // A plan asks no service: no command need be run for its key.
            return provider.isHostedService ? nil : try? await settings.key(for: provider)
        }
        self.init(
            store: store, providers: providers, catalog: settings.catalog, options: settings.connectionOptions,
            ledger: SpendingLedger(budget: isPlanning ? Budget() : settings.budget), key: key, isPlanning: isPlanning,
            trace: trace, onWait: onWait)
    }

    /// The readers, with models for recordings and pictures where the settings name them.
    package func readers(
        _ settings: Settings, describing options: ImageDescriber.Options = .init()
    ) async throws -> ReaderRegistry {
        var readers = ReaderRegistry()
        if let model = settings.transcribe?.value { readers.register(try await transcriber(model)) }
        if let model = settings.describeImages?.value {
            readers.register(try await imageDescriber(model, options: options))
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
