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
        guard parts.count == 2, let near = providers.map(\.name).nearest(to: String(parts[0])) else { return nil }
        return ProviderError(
            .invalidConfiguration,
            "“\(parts[0])” is no provider that is known. Did you mean \(near)/\(bare)?")
    }
}

extension [String] {
    /// The name that differs by one letter: added, lost, changed, or swapped with its neighbour.
    fileprivate func nearest(to name: String) -> String? {
        let letters = Array<UInt8>(name.lowercased().utf8)
        return first { Array<UInt8>($0.utf8).isOneSlip(from: letters) }
    }
}

extension [UInt8] {
    fileprivate func isOneSlip(from other: [UInt8]) -> Bool {
        guard abs(count - other.count) <= 1, self != other else { return false }
        let start = zip(self, other).prefix { $0 == $1 }.count
        let (mine, theirs) = (self[start...], other[start...])
        return mine.dropFirst().elementsEqual(theirs.dropFirst())
            || mine.dropFirst().elementsEqual(theirs) || mine.elementsEqual(theirs.dropFirst())
            || mine.count >= 2 && theirs.count >= 2
                && mine.prefix(2).reversed().elementsEqual(theirs.prefix(2))
                && mine.dropFirst(2).elementsEqual(theirs.dropFirst(2))
    }
}
