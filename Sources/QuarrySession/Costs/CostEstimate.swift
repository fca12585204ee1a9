package import Foundation
package import QuarryProviders

/// The estimated cost and time of an indexing run.
package struct CostEstimate: Sendable, Hashable, Codable {
    /// The basis of the time estimate.
    package enum TimeBasis: String, Sendable, Hashable, Codable {
        /// The provider's limits on requests and tokens per minute: a lower bound.
        case limits
        /// A speed measured on this machine.
        case measurement
        /// A speed measured for this plan, on a few texts of the length of its passages.
        case sample
        /// An assumed second for each request: neither limits nor a measurement are known.
        case assumption
    }

    /// `provider/model`.
    package var model: String
    package var texts: Int
    package var tokens: Int
    /// The minimum number of requests.
    package var requests: Int
    /// US dollars; nil if the price is unknown.
    package var cost: Decimal?
    package var price: ModelPrice?
    /// Nil if there is no basis for an estimate.
    package var seconds: Double?
    package var timeBasis: TimeBasis?
    package var dataLeavesMachine: Bool
    /// A description of the budget that this would exceed; nil if it exceeds none.
    package var exceeds: String?

    /// Estimates the cost and time of embedding texts.
    ///
    /// The time from limits assumes that the quota of the first minute is available at the start.
    ///
    /// - `tokens`: As in ``IndexingReport/embeddedTokens``. The provider's count may differ.
    /// - `texts`: As in ``IndexingReport/embeddedChunks``.
    /// - `provider`: Nil for a model that runs in this process.
    /// - `tokensPerSecond`: The measured speed; nil if unknown.
    /// - `isSampled`: Whether the speed was measured for this plan. The default is false.
    package static func embedding(
        tokens: Int, texts: Int, model: String, at provider: Provider?, catalog: ModelCatalog = .builtIn,
        tokensPerSecond: Double? = nil, isSampled: Bool = false, budget: Budget = Budget()
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
        let assumed = provider == nil || texts == 0 ? nil : Double(requests)
        let seconds = [pace, measured].compactMap { $0 }.max() ?? assumed

        var estimate = CostEstimate(
            model: "\(provider?.name ?? "local")/\(model)", texts: texts, tokens: tokens,
            requests: provider == nil ? 0 : requests, cost: cost, price: price, seconds: seconds,
            timeBasis: seconds.map {
                $0 == measured ? isSampled ? .sample : .measurement : pace == nil ? .assumption : .limits
            },
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

    /// Unknown values are written as null, to tell them from 0.
    package func encode(to encoder: any Encoder) throws {
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
    /// A description of the limit that this would exceed; nil if it exceeds none.
    ///
    /// - `cost`: US dollars; nil if a price is unknown.
    func excess(tokens: Int, cost: Decimal?) -> String? {
        if let maximumTokens, tokens > maximumTokens { return "the budget of \(maximumTokens) tokens" }
        guard let maximumCost else { return nil }
        guard let cost else { return "the budget of $\(maximumCost), which cannot be checked without a price" }
        return cost > maximumCost ? "the budget of $\(maximumCost)" : nil
    }
}
