public import Foundation

/// The model cards: built-in cards and the user's cards.
public struct ModelCatalog: Sendable, Hashable {
    /// If two cards are of the same model, the later one counts.
    public var cards: [ModelCard]

    public init(_ cards: [ModelCard] = []) {
        self.cards = cards
    }

    /// The card of a model, by the provider's name and the model's exact name.
    ///
    /// - Complexity: O(cards).
    public func card(of model: String, at provider: String) -> ModelCard? {
        let vendor = Self.vendors[provider] ?? provider
        return cards.last { $0.name == model && ($0.provider == provider || $0.provider == vendor) }
    }

    /// The card of a model, by the provider's name or else by its host.
    public func card(of model: String, at provider: Provider) -> ModelCard? {
        card(of: model, at: provider.name) ?? Self.vendor(of: provider).flatMap { card(of: model, at: $0) }
    }

    /// The price of a model; nil if unknown.
    ///
    /// Models that run on this machine are free, except models with an Ollama cloud name. A hosted service behind a
    /// local gateway has the price of the service.
    public func price(of model: String, at provider: Provider) -> ModelPrice? {
        if let card = card(of: model, at: provider.name), let price = card.price { return price }
        let isOllama = provider.embedding == .ollama || provider.generation == .ollama
        if provider.runsOnThisMachine, !(isOllama && OllamaModel.isCloudName(model)) { return .free }
        return card(of: model, at: provider)?.price
    }

    /// Providers that serve the models of another provider under the same names.
    private static let vendors = ["openai-responses": "openai"]

    /// The preset with the same host, such as `openai` for a custom provider at `api.openai.com`.
    private static func vendor(of provider: Provider) -> String? {
        guard let host = provider.host, !provider.isOnThisMachine else { return nil }
        return Provider.presets.first { $0.host == host }?.name
    }
}

extension ModelCatalog {
    /// - `today`: The day of the check.
    /// - Throws: ``ProviderError`` with code `retiredModel`. The message names the successor.
    public func checkRetirement(of model: String, at provider: Provider, today: Date = Date()) throws {
        guard let (card, retirement) = retirement(of: model, at: provider), retirement.isPast(on: today) else { return }
        let end = retirement.date.map { "shut \(model) down on \($0)" } ?? "has shut \(model) down"
        let advice =
            retirement.successor.map { " Use \(provider.name)/\($0)." } ?? " Choose another model of \(provider.name)."
        throw ProviderError(.retiredModel, "\(card.provider) \(end).\(advice)")
    }

    /// Warnings about a model, such as the announced end of its service.
    ///
    /// - `today`: The day of the check.
    public func warnings(for model: String, at provider: Provider, today: Date = Date()) -> [String] {
        guard let (card, retirement) = retirement(of: model, at: provider), let date = retirement.date,
            !retirement.isPast(on: today)
        else { return [] }
        let advice = retirement.successor.map { "; its successor is \(provider.name)/\($0)" } ?? ""
        return ["\(card.provider) will shut \(model) down on \(date)\(advice)."]
    }

    private func retirement(of model: String, at provider: Provider) -> (ModelCard, ModelCard.Retirement)? {
        var name = Substring(model)
        if name.hasPrefix("models/") { name = name.dropFirst("models/".count) }
        // An exact card takes precedence. A snapshot such as gpt-4-0613 is retired with its model.
        let lower = Substring(name.lowercased())
        for candidate in [name, name.withoutSnapshot, lower, lower.withoutSnapshot] {
            guard let card = card(of: String(candidate), at: provider) else { continue }
            return card.retirement.map { (card, $0) }
        }
        return nil
    }
}

extension ModelCard.Retirement {
    /// Whether the service has ended. Without a date it has.
    public func isPast(on day: Date) -> Bool {
        guard let date else { return true }
        // ISO 8601 dates sort as text. A month is past from its first day.
        return date <= ISODay.text(of: day)
    }
}

/// Formats days in ISO 8601, in UTC.
package enum ISODay {
    package static func text(of date: Date) -> String {
        date.formatted(.iso8601.year().month().day())
    }
}

extension Substring {
    /// The name without a trailing date or version: `-20240229`, `-2024-07-18`, `-0613`, `-001`, `-latest`, `@003`.
    fileprivate var withoutSnapshot: Substring {
        let parts = split(whereSeparator: { $0 == "-" || $0 == "@" })
        guard let last = parts.last, parts.count > 1 else { return self }
        func isNumber(_ part: Substring, _ counts: Set<Int>) -> Bool {
            counts.contains(part.utf8.count) && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
        }
        if parts.count > 3, isNumber(last, [2]), isNumber(parts[parts.count - 2], [2]),
            isNumber(parts[parts.count - 3], [4])
        {
            return self[..<index(parts[parts.count - 3].startIndex, offsetBy: -1)]
        }
        guard last == "latest" || isNumber(last, [3, 4, 8]) else { return self }
        return self[..<index(last.startIndex, offsetBy: -1)]
    }
}
