/// A provider and a model, as a person writes them.
///
/// `openai/gpt-6-luna` has the name of a provider. `http://127.0.0.1:8080/v1` is the base address of an
/// OpenAI-compatible server, and `http://127.0.0.1:8080/v1#qwen3` a model on it.
public struct ModelReference: Sendable, Hashable, Codable, CustomStringConvertible {
    public var provider: Provider
    /// If nil, the first model that the server lists.
    public var model: String?

    public init(provider: Provider, model: String? = nil) {
        self.provider = provider
        self.model = model
    }

    /// - `providers`: The known providers.
    /// - Throws: ``ProviderError`` with code `invalidConfiguration` for an unknown provider, and for an address with a
    ///   password or a query: addresses are shown and stored in indexes.
    public init(_ text: String, among providers: [Provider] = Provider.presets) throws {
        let lower = text.lowercased()
        if lower.hasPrefix("http://") || lower.hasPrefix("https://") {
            let parts = text.split(separator: "#", maxSplits: 1)
            provider = .openAICompatible(at: String(parts[0]))
            let shown = RedactedURL.text(of: String(parts[0]))
            guard shown == parts[0] else {
                let variables = provider.keyVariables.joined(separator: " or ")
                throw ProviderError(
                    .invalidConfiguration,
                    "The address \(shown) contains a user name, a password or a query. Addresses are shown and "
                        + "stored in the index, so write it without. Its key belongs in \(variables)."
                )
            }
            model = parts.count > 1 ? String(parts[1]) : nil
            return
        }
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let found = providers.first(where: { $0.name == parts[0] }) else {
            let known = providers.map(\.name).joined(separator: ", ")
            throw ProviderError(
                .invalidConfiguration,
                "“\(text)” does not name a known provider. Write provider/model or a server's address. "
                    + "Known providers: \(known)."
            )
        }
        guard parts.count < 2 || !parts[1].isEmpty else {
            throw ProviderError(.invalidConfiguration, "“\(text)” does not name a model. Write \(parts[0])/MODEL.")
        }
        provider = found
        model = parts.count > 1 ? String(parts[1]) : nil
    }

    public var description: String {
        let place = provider.isGivenByAddress ? provider.baseURL : provider.name
        return model.map { provider.isGivenByAddress ? "\(place)#\($0)" : "\(place)/\($0)" } ?? place
    }
}
