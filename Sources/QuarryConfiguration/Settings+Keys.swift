public import QuarryProviders

extension Settings {
    /// The key of a provider: from its variable in the environment, else from where the file says; nil where nobody
    /// has one.
    ///
    /// - Throws: ``ConfigurationError`` where the file names a variable that is not set, or a command that fails.
    public func key(for provider: Provider, commands: KeyCommand = KeyCommand()) async throws -> APIKey? {
        if let variable = keyVariable(of: provider), let text = environment[variable] { return APIKey(text) }
        guard let setting = keys[provider.name] else { return nil }
        switch setting.value {
        case .literal(let key): return key
        case .environment(let name):
            guard let key = environment[name].flatMap({ APIKey($0) }) else {
                throw ConfigurationError(
                    "\(setting.origin)",
                    "The key of \(provider.name) is said to be in \(name), which is not set. Set it, or say another place."
                )
            }
            return key
        case .command(let words):
            do {
                return try await commands.key(from: words, environment: environment)
            } catch {
                throw ConfigurationError("\(setting.origin)", "The key of \(provider.name) cannot be had: \(error)")
            }
        }
    }

    /// Where the key of a provider would come from, without fetching it; nil where nobody has one.
    public func keyOrigin(for provider: Provider) -> Setting<String>? {
        if let variable = keyVariable(of: provider) {
            return Setting("environment \(variable)", .environment(variable))
        }
        return keys[provider.name].map { Setting($0.value.description, $0.origin) }
    }

    private func keyVariable(of provider: Provider) -> String? {
        provider.keyVariables.first { environment[$0].map { !$0.isEmpty } ?? false }
    }
}
