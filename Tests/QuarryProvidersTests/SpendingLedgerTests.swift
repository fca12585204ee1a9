import Foundation
import QuarryProviders
import Testing

@Suite struct SpendingLedgerTests {
    private let price = ModelPrice(inputPerMillion: 2, outputPerMillion: 10)

    @Test func `a request that could exceed the budget is rejected before it is sent`() throws {
        let ledger = SpendingLedger(budget: Budget(maximumCost: 1))
        let first = try ledger.reserve(BilledUsage(input: 400_000), model: "a/b", price: price)
        #expect { try ledger.reserve(BilledUsage(input: 200_000), model: "a/b", price: price) } throws: { error in
            (error as? ProviderError)?.code == .budgetExceeded
        }
        ledger.settle(first, usage: BilledUsage(input: 100_000))
        _ = try ledger.reserve(BilledUsage(input: 200_000), model: "a/b", price: price)
        #expect(ledger.spending.cost == Decimal(string: "0.2"))
    }

    @Test func `usage in another unit counts in a token budget with its estimate`() throws {
        let ledger = SpendingLedger(budget: Budget(maximumTokens: 250))
        let search = try ledger.reserve(BilledUsage(searches: 1), tokens: 100, model: "a/b", price: nil)
        #expect(throws: ProviderError.self) {
            try ledger.reserve(BilledUsage(searches: 1), tokens: 151, model: "a/b", price: nil)
        }
        ledger.settle(search, usage: BilledUsage(searches: 1))
        let recording = try ledger.reserve(BilledUsage(audioSeconds: 60), tokens: 150, model: "a/b", price: nil)
        ledger.settle(recording, usage: BilledUsage(audioSeconds: 20))
        #expect(throws: ProviderError.self) { try ledger.reserve(BilledUsage(input: 101), model: "a/b", price: nil) }
        _ = try ledger.reserve(BilledUsage(input: 100), model: "a/b", price: nil)
        #expect(ledger.spending.entries.map(\.usage) == [BilledUsage(searches: 1, audioSeconds: 20)])
    }

    @Test func `cache writes have their own price or that of input`() throws {
        let usage = BilledUsage(input: 1_000_000, cachedInput: 1_000_000, cacheWrite: 2_000_000, output: 1_000_000)
        #expect(usage.tokens == 5_000_000)
        #expect((usage + usage).cacheWrite == 4_000_000)
        let apart = ModelPrice(
            inputPerMillion: 2, cachedInputPerMillion: 1, cacheWritePerMillion: 3, outputPerMillion: 10)
        #expect(apart.cost(of: usage) == 19)
        #expect(price.cost(of: usage) == 18)
        #expect(ModelPrice(outputPerMillion: 10).cost(of: BilledUsage(cacheWrite: 1)) == nil)
        #expect(ModelPrice.free.cost(of: usage) == 0)
    }

    @Test(arguments: [
        BilledUsage(input: .max), BilledUsage(input: -1), BilledUsage(output: .min), BilledUsage(searches: .max),
        BilledUsage(audioSeconds: .nan), BilledUsage(audioSeconds: 1e300), BilledUsage(cachedInput: .max, output: .max),
    ])
    func `implausible usage is rejected and does not overflow`(usage: BilledUsage) {
        #expect(!usage.isCredible)
        #expect((usage + usage).tokens < .max)
        _ = price.cost(of: usage)
        #expect(BilledUsage(input: 5_000_000, audioSeconds: 3600).isCredible)
    }

    @Test func `a recording is billed once, by the minute if that has a price`() {
        let usage = BilledUsage(input: 1_000_000, output: 1_000_000, audioSeconds: 90)
        let both = ModelPrice(inputPerMillion: 2, outputPerMillion: 10, perAudioMinute: 4)
        #expect(both.cost(of: usage) == 6)
        #expect(price.cost(of: usage) == 12)
        #expect(ModelPrice(perAudioMinute: 4).cost(of: usage) == 6)
        #expect(price.cost(of: BilledUsage(audioSeconds: 90)) == nil)
        #expect(ModelPrice(outputPerMillion: 10).cost(of: usage) == nil)
    }

    @Test func `spending in the format without cache writes can be decoded`() throws {
        let old =
            #"{"entries":[{"model":"a/b","requests":1,"isEstimated":false,"cost":0.5,"#
            + #""usage":{"input":1,"cachedInput":2,"output":3,"searches":4,"audioSeconds":5}}]}"#
        let read = try JSONDecoder().decode(Spending.self, from: Data(old.utf8))
        #expect(
            read.entries.first?.usage
                == BilledUsage(input: 1, cachedInput: 2, output: 3, searches: 4, audioSeconds: 5))
        let ledger = SpendingLedger()
        ledger.settle(
            try ledger.reserve(BilledUsage(), model: "a/b", price: price), usage: BilledUsage(cacheWrite: 7))
        let again = try JSONDecoder().decode(Spending.self, from: JSONEncoder().encode(ledger.spending))
        #expect(again == ledger.spending)
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
