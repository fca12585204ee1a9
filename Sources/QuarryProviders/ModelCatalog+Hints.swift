public import Foundation

extension ModelCatalog {
    /// Explains a name without a known provider: the bare name of a model, or a misspelled provider.
    ///
    /// - Returns: An error with the right spelling, or with code `retiredModel` and the successor. Nil without a
    ///   similar name.
    public func hint(for text: String, among providers: [Provider], today: Date = Date()) -> ProviderError? {
        let parts = text.split(separator: "/", maxSplits: 1)
        let bare = parts.last.map(String.init) ?? text
        for provider in providers {
            do {
                try checkRetirement(of: bare, at: provider, today: today)
            } catch {
                return error as? ProviderError
            }
        }
        if parts.count == 1, let provider = providers.first(where: { card(of: bare, at: $0.name) != nil }) {
            return ProviderError(
                .invalidConfiguration, "“\(text)” is a model of \(provider.name). Write \(provider.name)/\(bare).")
        }
        guard parts.count == 2, let near = Suggestion.nearest(to: String(parts[0]), among: providers.map(\.name))
        else { return nil }
        return ProviderError(
            .invalidConfiguration,
            "“\(parts[0])” is not a known provider. Did you mean \(near)/\(bare)?")
    }
}
