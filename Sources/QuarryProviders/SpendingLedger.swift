public import Foundation
import Synchronization

/// How much may be spent in all.
public struct Budget: Sendable, Hashable {
    /// US dollars.
    public var maximumCost: Decimal?
    /// Tokens read and written. What a provider bills in another unit, as recordings by the second and re-ranking by the
    /// search, counts with an estimate of its tokens.
    public var maximumTokens: Int?

    public init(maximumCost: Decimal? = nil, maximumTokens: Int? = nil) {
        self.maximumCost = maximumCost
        self.maximumTokens = maximumTokens
    }

    var isBounded: Bool { maximumCost != nil || maximumTokens != nil }
}

/// What was spent so far, by model.
public struct Spending: Sendable, Hashable, Codable {
    public struct Entry: Sendable, Hashable, Codable {
        /// `provider/model`.
        public var model: String
        public var requests: Int
        public var usage: BilledUsage
        /// Whether a part of the usage is our estimate, since the provider did not say.
        public var isEstimated: Bool
        /// US dollars; nil where a price is unknown.
        public var cost: Decimal?

        private enum CodingKeys: CodingKey { case model, requests, usage, isEstimated, cost }

        /// An unknown price is written as null, so that it cannot be mistaken for nothing.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(model, forKey: .model)
            try container.encode(requests, forKey: .requests)
            try container.encode(usage, forKey: .usage)
            try container.encode(isEstimated, forKey: .isEstimated)
            try container.encode(cost, forKey: .cost)
        }
    }

    /// In the order in which the models were first used.
    public var entries: [Entry] = []

    public var tokens: Int { entries.reduce(0) { $0 + $1.usage.tokens } }

    /// US dollars; nil where the price of any model that was used is unknown.
    public var cost: Decimal? {
        var sum = Decimal(0)
        for entry in entries {
            guard let cost = entry.cost else { return nil }
            sum += cost
        }
        return sum
    }
}

/// Counts what requests cost, and refuses the one that could cross the budget before it is sent.
///
/// One ledger can serve several connections. What is under way counts with its estimate, so that requests side by side
/// cannot cross the budget together.
public final class SpendingLedger: Sendable {
    public let budget: Budget
    private let state = Mutex(State())

    private struct State {
        var spending = Spending()
        var reservedCost = Decimal(0)
        var reservedTokens = 0
        /// Those told, and estimates of those not told.
        var countedTokens = 0

        /// How the budget is used so far.
        var use: String { reservedTokens > 0 || reservedCost > 0 ? "spent or under way" : "spent" }

        mutating func release(_ reservation: Reservation) {
            reservedCost -= reservation.cost
            reservedTokens -= reservation.tokens
        }
    }

    /// An amount set aside for a request under way.
    package struct Reservation: Sendable {
        var model: String
        var price: ModelPrice?
        var estimate: BilledUsage
        /// Tokens at most, in whatever unit the request is billed.
        var tokens: Int
        var cost: Decimal

        /// What a request that took this counts in a budget of tokens. A reply without a word of tokens is no reason to
        /// count none: then the estimate does, by the seconds of a recording where the reply has those.
        func counted(_ usage: BilledUsage) -> Int {
            guard usage.tokens == 0 else { return usage.tokens }
            guard usage.audioSeconds > 0, estimate.audioSeconds > 0 else { return tokens }
            let share = usage.audioSeconds / estimate.audioSeconds
            return Int(min(Double(tokens) * share, 1e15).rounded(.up))
        }
    }

    public init(budget: Budget = Budget()) {
        self.budget = budget
    }

    public var spending: Spending { state.withLock { $0.spending } }

    /// Sets an amount aside.
    /// - Parameters:
    ///   - tokens: At most, where the request is billed in another unit. The default is those of the estimate.
    ///   - model: `provider/model`.
    /// - Throws: ``ProviderError`` with code `budgetExceeded` where the request could cross the budget, or the price is
    ///   unknown and the budget is in dollars.
    package func reserve(
        _ estimate: BilledUsage, tokens: Int? = nil, model: String, price: ModelPrice?
    ) throws -> Reservation {
        let tokens = tokens ?? estimate.tokens
        let cost = price?.cost(of: estimate)
        if let maximum = budget.maximumCost, cost == nil {
            throw ProviderError(
                .budgetExceeded,
                "The price of \(model) is unknown, so a budget of $\(maximum) cannot be kept. Add its price to the "
                    + "configuration, or bound it by tokens.")
        }
        return try state.withLock { state in
            if let maximum = budget.maximumCost, let cost {
                guard let booked = state.spending.cost else {
                    let unknown = state.spending.entries.filter { $0.cost == nil }.map(\.model).joined(separator: ", ")
                    throw ProviderError(
                        .budgetExceeded,
                        "What \(unknown) cost is unknown, so a budget of $\(maximum) cannot be kept. Add the missing price "
                            + "to the configuration, or bound it by tokens.")
                }
                let spent = booked + state.reservedCost
                guard spent + cost <= maximum else {
                    throw ProviderError(
                        .budgetExceeded,
                        "The next request to \(model) could cost $\(Self.shown(cost)); $\(Self.shown(spent)) of the budget of "
                            + "$\(maximum) are \(state.use). It was not sent. Raise the budget to go on.")
                }
            }
            if let maximum = budget.maximumTokens {
                let spent = state.countedTokens + state.reservedTokens
                guard spent + tokens <= maximum else {
                    throw ProviderError(
                        .budgetExceeded,
                        "The next request to \(model) could take \(tokens) tokens; \(spent) of the budget of \(maximum) "
                            + "are \(state.use). It was not sent. Raise the budget to go on.")
                }
            }
            state.reservedCost += cost ?? 0
            state.reservedTokens += tokens
            return Reservation(model: model, price: price, estimate: estimate, tokens: tokens, cost: cost ?? 0)
        }
    }

    /// Books what a request took, or its estimate where the provider did not say.
    package func settle(_ reservation: Reservation, usage: BilledUsage?) {
        state.withLock { state in
            state.release(reservation)
            let used = usage ?? reservation.estimate
            state.countedTokens += usage.map(reservation.counted) ?? reservation.tokens
            let cost = reservation.price?.cost(of: used)
            if let index = state.spending.entries.firstIndex(where: { $0.model == reservation.model }) {
                let old = state.spending.entries[index]
                state.spending.entries[index] = Spending.Entry(
                    model: old.model, requests: old.requests + 1, usage: old.usage + used,
                    isEstimated: old.isEstimated || usage == nil,
                    cost: old.cost.flatMap { old in cost.map { old + $0 } })
            } else {
                state.spending.entries.append(
                    Spending.Entry(
                        model: reservation.model, requests: 1, usage: used, isEstimated: usage == nil, cost: cost))
            }
        }
    }

    /// Gives back what a request that failed did not take.
    package func cancel(_ reservation: Reservation) {
        state.withLock { $0.release(reservation) }
    }

    private static func shown(_ amount: Decimal) -> String {
        var amount = amount
        var rounded = Decimal()
        NSDecimalRound(&rounded, &amount, 6, .plain)
        return "\(rounded)"
    }
}
