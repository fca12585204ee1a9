import Foundation
import QuarryProviders
import Testing

@Suite struct SpendingLedgerTests {
    private let price = ModelPrice(inputPerMillion: 2, outputPerMillion: 10)

    @Test func `a request that could cross the budget is refused before it is sent`() throws {
        let ledger = SpendingLedger(budget: Budget(maximumCost: 1))
        let first = try ledger.reserve(BilledUsage(input: 400_000), model: "a/b", price: price)
        #expect { try ledger.reserve(BilledUsage(input: 200_000), model: "a/b", price: price) } throws: { error in
            (error as? ProviderError)?.code == .budgetExceeded
        }
        ledger.settle(first, usage: BilledUsage(input: 100_000))
        _ = try ledger.reserve(BilledUsage(input: 200_000), model: "a/b", price: price)
        #expect(ledger.spending.cost == Decimal(string: "0.2"))
    }

    @Test func `an unknown price is not zero`() throws {
        let ledger = SpendingLedger(budget: Budget(maximumCost: 1))
        #expect { try ledger.reserve(BilledUsage(input: 1), model: "a/b", price: nil) } throws: { error in
            (error as? ProviderError)?.code == .budgetExceeded
        }
        let free = SpendingLedger()
        free.settle(try free.reserve(BilledUsage(input: 1), model: "a/b", price: nil), usage: nil)
        #expect(free.spending.cost == nil)
        #expect(free.spending.entries.map(\.isEstimated) == [true])
    }
}
