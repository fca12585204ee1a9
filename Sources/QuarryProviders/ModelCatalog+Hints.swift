public import Foundation

extension ModelCatalog {
    /// What was probably meant by a name that refers to no provider: the bare name of a model, or a provider's name with
    /// a slip.
    ///
    /// - Returns: An error that says how to write it, or with code `retiredModel` what took its place; nil where nothing
    ///   is near.
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
            "“\(parts[0])” is no provider that is known. Did you mean \(near)/\(bare)?")
    }
}
