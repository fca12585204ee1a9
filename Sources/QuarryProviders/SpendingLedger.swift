public import Foundation
import Synchronization

/// A limit on the total spending.
public struct Budget: Sendable, Hashable {
    /// US dollars.
    public var maximumCost: Decimal?
    /// Input and output tokens. Usage in another unit, such as seconds of recordings, counts with an estimate of its
    /// tokens.
    public var maximumTokens: Int?

    public init(maximumCost: Decimal? = nil, maximumTokens: Int? = nil) {
        self.maximumCost = maximumCost
        self.maximumTokens = maximumTokens
    }

    var isBounded: Bool { maximumCost != nil || maximumTokens != nil }
}

/// The spending so far, by model.
public struct Spending: Sendable, Hashable, Codable {
    public struct Entry: Sendable, Hashable, Codable {
        /// `provider/model`.
        public var model: String
        public var requests: Int
        public var usage: BilledUsage
        /// Whether part of the usage is an estimate because the provider did not report it.
        public var isEstimated: Bool
        /// US dollars; nil if a price is unknown.
        public var cost: Decimal?

        private enum CodingKeys: CodingKey { case model, requests, usage, isEstimated, cost }

        /// Encodes an unknown cost as null, so that it cannot be mistaken for zero.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(model, forKey: .model)
            try container.encode(requests, forKey: .requests)
            try container.encode(usage, forKey: .usage)
            try container.encode(isEstimated, forKey: .isEstimated)
            try container.encode(cost, forKey: .cost)
        }
    }

    /// The models in the order of their first use.
    public var entries: [Entry] = []

    public var tokens: Int { entries.reduce(0) { $0 + $1.usage.tokens } }

    /// US dollars; nil if the price of any used model is unknown.
    public var cost: Decimal? {
        var sum = Decimal(0)
        for entry in entries {
            guard let cost = entry.cost else { return nil }
            sum += cost
        }
        return sum
    }
}

/// Counts the cost of requests and rejects a request that could exceed the budget before it is sent.
///
/// Several connections may share a ledger. Requests in flight count with their estimates, so that concurrent requests
/// cannot exceed the budget together.
public final class SpendingLedger: Sendable {
    public let budget: Budget
    private let state = Mutex(State())

    private struct State {
        var spending = Spending()
        var reservedCost = Decimal(0)
        var reservedTokens = 0
        /// Reported tokens, and estimates where none were reported.
        var countedTokens = 0

        /// The word for the used part of the budget.
        var use: String { reservedTokens > 0 || reservedCost > 0 ? "spent or reserved" : "spent" }

        mutating func release(_ reservation: Reservation) {
            reservedCost -= reservation.cost
            reservedTokens -= reservation.tokens
        }
    }

    /// An amount that is reserved for a request in flight.
    package struct Reservation: Sendable {
        var model: String
        var price: ModelPrice?
        var estimate: BilledUsage
        /// The maximum number of tokens, even if the request is billed in another unit.
        var tokens: Int
        var cost: Decimal

        /// The tokens that count in the budget for this usage.
        ///
        /// Without reported tokens the estimate counts, in proportion to the reported seconds of a recording if there
        /// are any.
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

    /// Reserves an amount.
    /// - `tokens`: The maximum number of tokens, for requests that are billed in another unit. The default is the
    ///   estimate.
    /// - `model`: `provider/model`.
    /// - Throws: ``ProviderError`` with code `budgetExceeded` if the request could exceed the budget, or if the budget
    ///   is in dollars and a price is unknown.
    package func reserve(
        _ estimate: BilledUsage, tokens: Int? = nil, model: String, price: ModelPrice?
    ) throws -> Reservation {
        let tokens = tokens ?? estimate.tokens
        let cost = price?.cost(of: estimate)
        if let maximum = budget.maximumCost, cost == nil {
            throw ProviderError(
                .budgetExceeded,
                "The price of \(model) is unknown, so the budget of $\(maximum) cannot be kept.")
        }
        return try state.withLock { state in
            if let maximum = budget.maximumCost, let cost {
                guard let booked = state.spending.cost else {
                    let unknown = state.spending.entries.filter { $0.cost == nil }.map(\.model).joined(separator: ", ")
                    throw ProviderError(
                        .budgetExceeded,
                        "The price of \(unknown) is unknown, so the budget of $\(maximum) cannot be kept.")
                }
                let spent = booked + state.reservedCost
                guard spent + cost <= maximum else {
                    throw ProviderError(
                        .budgetExceeded,
                        "The next request to \(model) could cost $\(Self.shown(cost)), and $\(Self.shown(spent)) of "
                            + "the budget of $\(maximum) are \(state.use). It was not sent.")
                }
            }
            if let maximum = budget.maximumTokens {
                let spent = state.countedTokens + state.reservedTokens
                guard spent + tokens <= maximum else {
                    throw ProviderError(
                        .budgetExceeded,
                        "The next request to \(model) could take \(tokens) tokens, and \(spent) of the budget of "
                            + "\(maximum) are \(state.use). It was not sent.")
                }
            }
            state.reservedCost += cost ?? 0
            state.reservedTokens += tokens
            return Reservation(model: model, price: price, estimate: estimate, tokens: tokens, cost: cost ?? 0)
        }
    }

    /// Books the usage of a request, or its estimate if the provider did not report it.
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

    /// Releases the reservation of a failed request.
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
