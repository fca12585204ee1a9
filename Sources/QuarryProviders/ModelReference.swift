/// Which model of which provider, as a person writes it.
///
/// `openai/gpt-6-luna` names a provider; `http://127.0.0.1:8080/v1` the base address of a server that speaks as OpenAI
/// does, and `http://127.0.0.1:8080/v1#qwen3` a model on it.
public struct ModelReference: Sendable, Hashable, CustomStringConvertible {
    public var provider: Provider
    /// Nil where the server is to be asked for its first.
    public var model: String?

    public init(provider: Provider, model: String? = nil) {
        self.provider = provider
        self.model = model
    }

    /// - Parameter providers: Those a name can stand for.
    /// - Throws: ``ProviderError`` with code `invalidConfiguration` for a provider that is not among them, and for an
    ///   address with a password or a query in it: addresses are shown, and kept in indexes.
    public init(_ text: String, among providers: [Provider] = Provider.presets) throws {
        let lower = text.lowercased()
        if lower.hasPrefix("http://") || lower.hasPrefix("https://") {
            let parts = text.split(separator: "#", maxSplits: 1)
            provider = .openAICompatible(at: String(parts[0]))
            let shown = ShownAddress.withoutSecrets(String(parts[0]))
            guard shown == parts[0] else {
                throw ProviderError(
                    .invalidConfiguration,
                    "The address \(shown) holds a name, a password or a query. Addresses are shown, and kept in the index: "
                        + "write it without. Its key belongs in \(provider.keyVariables.joined(separator: " or ")).")
            }
            model = parts.count > 1 ? String(parts[1]) : nil
            return
        }
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let found = providers.first(where: { $0.name == parts[0] }) else {
            let known = providers.map(\.name).joined(separator: ", ")
            throw ProviderError(
                .invalidConfiguration,
                "“\(text)” names no provider that is known. Write provider/model or a server's address; known are \(known)."
            )
        }
        guard parts.count < 2 || !parts[1].isEmpty else {
            throw ProviderError(.invalidConfiguration, "“\(text)” names no model. Write \(parts[0])/MODEL.")
        }
        provider = found
        model = parts.count > 1 ? String(parts[1]) : nil
    }

    public var description: String {
        let place = provider.name == "openai-compatible" ? provider.baseURL : provider.name
        return model.map { provider.name == "openai-compatible" ? "\(place)#\($0)" : "\(place)/\($0)" } ?? place
    }
}
