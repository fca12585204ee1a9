/// The cards of models, Quarry's own and those a person adds.
public struct ModelCatalog: Sendable, Hashable {
    public var cards: [ModelCard]

    public init(_ cards: [ModelCard] = []) {
        self.cards = cards
    }

    /// The cards that come with Quarry.
    public static let builtIn = ModelCatalog([])

    public func card(of model: String, at provider: String) -> ModelCard? {
        cards.last { $0.provider == provider && $0.name == model }
    }

    /// What a model costs: nothing on this machine, unknown where no card says.
    func price(of model: String, at provider: Provider) -> ModelPrice? {
        card(of: model, at: provider.name)?.price
    }

    /// - Throws: ``ProviderError`` with code `retiredModel`, naming the successor.
    public func checkRetirement(of model: String, at provider: String) throws {
        guard let card = card(of: model, at: provider), let retirement = card.retirement else { return }
        let date = retirement.date.map { " on \($0)" } ?? ""
        let advice = retirement.successor.map { " Use \(provider)/\($0)." } ?? " Name another model of \(provider)."
        throw ProviderError(.retiredModel, "\(provider) has shut \(model) down\(date).\(advice)")
    }
}
