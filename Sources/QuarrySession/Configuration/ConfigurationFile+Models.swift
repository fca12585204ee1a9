import QuarryProviders

extension ConfigurationFile {
    /// Reads custom model cards, which change a built-in card or add a new one.
    ///
    /// - `day`: The default for `asOf`.
    mutating func readModels(_ value: YAMLValue, day: String) {
        for entry in value.list() {
            let fields = entry.fields([
                "provider", "name", "tasks", "dimensions", "contextTokens", "maximumOutputTokens", "price", "licence",
                "dataLeavesMachine", "retirement", "asOf", "notes",
            ])
            guard entry.isMapping else { continue }
            guard let place = fields["provider"], let name = fields["name"]?.string(), let owner = place.string() else {
                entry.refuse("\(entry.keyPath) needs a provider and a name.")
                continue
            }
            guard let provider = providers.first(where: { $0.name == owner }) else {
                place.refuse(
                    "There is no provider “\(owner)”." + Suggestion.text(for: owner, among: providers.map(\.name)))
                continue
            }
            var card =
                catalog.card(of: name, at: owner)
                ?? ModelCard(
                    provider: owner, name: name, tasks: provider.tasks, dataLeavesMachine: !provider.runsOnThisMachine,
                    asOf: day)
            card.provider = owner
            card.asOf = fields["asOf"]?.day() ?? day
            card.read(fields, day: card.asOf, source: entry.position.description)
            catalog.cards.append(card)
        }
    }
}

extension ModelCard {
    fileprivate mutating func read(_ fields: [String: YAMLValue], day: String, source: String) {
        if let values = fields["tasks"]?.list() { tasks = values.compactMap { $0.choice(ModelTask.self) } }
        if let values = fields["dimensions"]?.list() {
            dimensions = values.compactMap { $0.int(atLeast: 1) }
            // The user's dimensions override the choice of the built-in card.
            dimensionChoice = nil
        }
        if let value = fields["contextTokens"]?.int(atLeast: 1) { contextTokens = value }
        if let value = fields["maximumOutputTokens"]?.int(atLeast: 1) { maximumOutputTokens = value }
        if let value = fields["licence"]?.string() { licence = value }
        if let value = fields["dataLeavesMachine"]?.bool() { dataLeavesMachine = value }
        if let value = fields["notes"]?.string() { notes = value }
        if let value = fields["retirement"]?.fields(["date", "successor"]) {
            retirement = Retirement(date: value["date"]?.day(), successor: value["successor"]?.string())
        }
        let priceFields = [
            "inputPerMillion", "cachedInputPerMillion", "cacheWritePerMillion", "outputPerMillion",
            "perThousandSearches", "perAudioMinute", "source",
        ]
        if let value = fields["price"]?.fields(priceFields) {
            price = ModelPrice(
                inputPerMillion: value["inputPerMillion"]?.decimal(),
                cachedInputPerMillion: value["cachedInputPerMillion"]?.decimal(),
                cacheWritePerMillion: value["cacheWritePerMillion"]?.decimal(),
                outputPerMillion: value["outputPerMillion"]?.decimal(),
                perThousandSearches: value["perThousandSearches"]?.decimal(),
                perAudioMinute: value["perAudioMinute"]?.decimal(),
                source: value["source"]?.string() ?? source, asOf: day)
        }
    }
}

extension YAMLValue {
    /// A day or month in ISO 8601.
    fileprivate func day() -> String? {
        guard let text = string() else { return nil }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Int($0) }
        guard (2...3).contains(parts.count), numbers.count == parts.count, parts[0].utf8.count == 4,
            parts.dropFirst().allSatisfy({ $0.utf8.count == 2 }), (1...12).contains(numbers[1]),
            numbers.count == 2 || (1...31).contains(numbers[2])
        else {
            refuse("\(keyPath) must be a day such as 2026-11-22, not “\(text.prefix(80))”.")
            return nil
        }
        return text
    }
}
