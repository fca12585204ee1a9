package import QuarryProviders

extension Settings {
    /// The key of a provider: from its environment variable, or else from the source in the file. Nil without either,
    /// and for a server given by address if the key is for another one.
    ///
    /// - Throws: ``ConfigurationError`` if the file names a variable that is not set, or a command that fails.
    package func key(for provider: Provider, commands: KeyCommand = KeyCommand()) async throws -> APIKey? {
        if provider.isGivenByAddress, try !hasKey(for: provider) { return nil }
        if let variable = keyVariable(of: provider), let text = environment[variable] { return APIKey(text) }
        guard let setting = keys[provider.name] else { return nil }
        switch setting.value {
        case .literal(let key): return key
        case .environment(let name):
            guard let key = environment[name].flatMap({ APIKey($0) }) else {
                throw ConfigurationError(
                    "\(setting.origin)",
                    "The key of \(provider.name) should be in the variable \(name), which is not set."
                )
            }
            return key
        case .command(let words):
            do {
                return try await commands.key(from: words, environment: environment)
            } catch {
                throw ConfigurationError("\(setting.origin)", "The key of \(provider.name) is not available: \(error)")
            }
        }
    }

    /// The origin of a provider's key, without fetching it. Nil without a key.
    package func keyOrigin(for provider: Provider) -> Setting<String>? {
        if let variable = keyVariable(of: provider) {
            return Setting("environment \(variable)", .environment(variable))
        }
        return keys[provider.name].map { Setting($0.value.description, $0.origin) }
    }

    private func keyVariable(of provider: Provider) -> String? {
        provider.keyVariables.first { environment[$0].map { !$0.isEmpty } ?? false }
    }
}
