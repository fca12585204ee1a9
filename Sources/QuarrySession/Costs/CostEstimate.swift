public import Foundation
public import QuarryProviders

/// What an indexing run would cost and how long it would take, as far as that is known beforehand.
public struct CostEstimate: Sendable, Hashable, Codable {
    /// What the time was reckoned from.
    public enum TimeBasis: String, Sendable, Hashable, Codable {
        /// The provider's limits on requests and tokens a minute: it cannot take less.
        case limits
        /// A speed that was measured here.
        case measurement
    }

    /// `provider/model`.
    public var model: String
    public var texts: Int
    public var tokens: Int
    /// Requests at least.
    public var requests: Int
    /// US dollars; nil where the price is unknown.
    public var cost: Decimal?
    public var price: ModelPrice?
    /// Nil where nothing is known to reckon from.
    public var seconds: Double?
    public var timeBasis: TimeBasis?
    public var dataLeavesMachine: Bool
    /// The budget that this would cross, in words; nil where there is none.
    public var exceeds: String?

    /// Reckons what it takes to embed texts.
    ///
    /// Time by limits supposes that the allowance of the first minute is there at the start.
    ///
    /// - `tokens`: As ``IndexingReport/embeddedTokens`` counts them; the provider's own count may differ.
    /// - `texts`: As ``IndexingReport/embeddedChunks``.
    /// - `provider`: Nil for a model that runs in this process.
    /// - `tokensPerSecond`: As measured here; nil where it was not.
    public static func embedding(
        tokens: Int, texts: Int, model: String, at provider: Provider?, catalog: ModelCatalog = .builtIn,
        tokensPerSecond: Double? = nil, budget: Budget = Budget()
    ) -> CostEstimate {
        let limits = provider?.limits ?? RequestLimits()
        let byCount = divided(texts, by: limits.inputsPerRequest)
        let requests = max(byCount, limits.tokensPerRequest.map { divided(tokens, by: $0) } ?? 0)
        let price = provider.map { catalog.price(of: model, at: $0) } ?? .free
        let cost = texts == 0 ? 0 : price?.cost(of: BilledUsage(input: tokens))

        let pace = [
            limits.tokensPerMinute.map { (Double(tokens) / Double($0) - 1) * 60 },
            limits.requestsPerMinute.map { (Double(requests) / Double($0) - 1) * 60 },
        ].compactMap { $0 }.max().map { max(0, $0) }
        let measured = tokensPerSecond.flatMap { $0 > 0 ? Double(tokens) / $0 : nil }
        let seconds = [pace, measured].compactMap { $0 }.max()

        var estimate = CostEstimate(
            model: "\(provider?.name ?? "local")/\(model)", texts: texts, tokens: tokens,
            requests: provider == nil ? 0 : requests, cost: cost, price: price, seconds: seconds,
            timeBasis: seconds.map { $0 == measured ? .measurement : .limits },
            dataLeavesMachine: provider.map {
                catalog.card(of: model, at: $0)?.dataLeavesMachine ?? !$0.runsOnThisMachine
            }
                ?? false)
        estimate.exceeds = budget.excess(tokens: tokens, cost: cost)
        return estimate
    }

    private static func divided(_ number: Int, by size: Int) -> Int { (number + max(1, size) - 1) / max(1, size) }

    private enum CodingKeys: CodingKey {
        case model, texts, tokens, requests, cost, price, seconds, timeBasis, dataLeavesMachine, exceeds
    }

    /// What is unknown is written as null, so that it cannot be mistaken for nothing.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(model, forKey: .model)
        try container.encode(texts, forKey: .texts)
        try container.encode(tokens, forKey: .tokens)
        try container.encode(requests, forKey: .requests)
        try container.encode(cost, forKey: .cost)
        try container.encode(price, forKey: .price)
        try container.encode(seconds, forKey: .seconds)
        try container.encode(timeBasis, forKey: .timeBasis)
        try container.encode(dataLeavesMachine, forKey: .dataLeavesMachine)
        try container.encode(exceeds, forKey: .exceeds)
    }
}

extension Budget {
    /// The bound that this would cross, in words; nil where there is none.
    ///
    /// - `cost`: US dollars; nil where a price is unknown.
    func excess(tokens: Int, cost: Decimal?) -> String? {
        if let maximumTokens, tokens > maximumTokens { return "the budget of \(maximumTokens) tokens" }
        guard let maximumCost else { return nil }
        guard let cost else { return "the budget of $\(maximumCost), which cannot be kept without a price" }
        return cost > maximumCost ? "the budget of $\(maximumCost)" : nil
    }
}
