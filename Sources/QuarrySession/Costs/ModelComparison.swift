package import Foundation
package import QuarryProviders

/// A comparison of models. Unknown values are nil, and shown as “unknown”.
package struct ModelComparison: Sendable, Hashable, Codable {
    package struct Entry: Sendable, Hashable, Codable {
        package var card: ModelCard
        /// Tokens per second as measured on this machine.
        package var speed: SpeedMeasurement?
        /// Whether a local model is installed; nil for remote models.
        package var installed: Bool?

        /// `provider/model`.
        package var name: String { "\(card.provider)/\(card.name)" }
    }

    package var entries: [Entry]
    /// Names that match no card.
    package var unknownNames: [String]

    /// - `names`: `provider/model`, a model, or a provider. Empty means all models in service.
    /// - `task`: Nil for all tasks.
    /// - `localOnly`: Whether to skip models that send data to another machine.
    /// - `today`: Models retired on this day are skipped unless they are named.
    package init(
        _ catalog: ModelCatalog, names: [String] = [], task: ModelTask? = nil, localOnly: Bool = false,
        speeds: SpeedRecord = SpeedRecord(), isInstalled: (ModelCard) -> Bool = { _ in false }, today: Date = Date()
    ) {
        var cards: [ModelCard] = []
        // A later card of the same model replaces the earlier one.
        for card in catalog.cards {
            if let index = cards.firstIndex(where: { $0.provider == card.provider && $0.name == card.name }) {
                cards[index] = card
            } else {
                cards.append(card)
            }
        }
        func matches(_ card: ModelCard, _ name: String) -> Bool {
            "\(card.provider)/\(card.name)" == name || card.name == name
        }
        unknownNames = names.filter { name in
            !cards.contains { matches($0, name) || $0.provider == name }
        }
        let chosen = cards.filter { card in
            guard task.map(card.tasks.contains) ?? true, !(localOnly && card.dataLeavesMachine) else { return false }
            if names.contains(where: { matches(card, $0) }) { return true }
            guard names.isEmpty || names.contains(card.provider) else { return false }
            return !(card.retirement?.isPast(on: today) ?? false)
        }
        entries = chosen.map { card in
            Entry(
                card: card, speed: speeds.measurement(of: "\(card.provider)/\(card.name)"),
                installed: card.provider == "local" ? isInstalled(card) : nil)
        }
        // By price, cheapest first and unknown prices last; then by name.
        entries.sort { a, b in
            let (left, right) = (a.card.price?.inputPerMillion, b.card.price?.inputPerMillion)
            if left != right {
                guard let left else { return false }
                guard let right else { return true }
                return left < right
            }
            return a.name < b.name
        }
    }
}

extension ModelComparison {
    /// The columns of ``rows(today:)``.
    package static let columns = [
        "model", "task", "$ in/M", "$ out/M", "priced", "context", "dimensions", "licence", "leaves machine",
        "tokens/s here", "quality", "notes",
    ]

    /// One row per entry, as text.
    /// - Parameter today: The day that separates past from future retirements.
    package func rows(today: Date = Date()) -> [[String]] {
        entries.map { entry in
            let card = entry.card
            func dollars(_ amount: Decimal?) -> String { amount.map { "\($0)" } ?? "unknown" }
            let isGenerating = card.tasks.contains(.generation)
            var notes: [String] = []
            if let retirement = card.retirement {
                let end = retirement.isPast(on: today) ? "retired" : "retires"
                let successor = retirement.successor.map { ", use \($0)" } ?? ""
                notes.append("\(end)\(retirement.date.map { " \($0)" } ?? "")\(successor)")
            }
            if entry.installed == false { notes.append("not installed") }
            return [
                entry.name, card.tasks.map(\.rawValue).joined(separator: ", "),
                dollars(card.price?.inputPerMillion), isGenerating ? dollars(card.price?.outputPerMillion) : "–",
                card.price?.asOf ?? (card.price == nil ? "unknown" : card.asOf),
                card.contextTokens.map { "\($0)" } ?? "unknown",
                card.tasks.contains(.embedding)
                    ? (card.dimensions.isEmpty ? "unknown" : card.dimensions.map { "\($0)" }.joined(separator: "/"))
                    : "–",
                card.licence ?? "unknown", card.dataLeavesMachine ? "yes" : "no",
                entry.speed.map { "\(Int($0.tokensPerSecond.rounded())) (\($0.date))" } ?? "unknown",
                card.quality?.first.map { "\($0.metric) \($0.value) \($0.benchmark)" } ?? "unknown",
                notes.joined(separator: "; "),
            ]
        }
    }
}
