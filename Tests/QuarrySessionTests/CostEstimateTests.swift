import Foundation
import Quarry
import QuarryProviders
import QuarrySession
import Testing

@Suite struct CostEstimateTests {
    private func provider(_ name: String) throws -> Provider { try #require(Provider.preset(name)) }

    @Test func `the price per million tokens comes from the catalogue`() throws {
        let estimate = CostEstimate.embedding(
            tokens: 1_234_567, texts: 4_000, model: "mistral-embed", at: try provider("mistral"))
        #expect(estimate.cost == Decimal(string: "0.1234567"))
        #expect(estimate.requests == 78)
        #expect(
            estimate.lines == [
                "cost: about $0.12 for 1234567 tokens of mistral/mistral-embed at $0.1 per million, as of 2026-08",
                "time: about 78 s (if a request takes a second; not measured yet)",
            ])
        #expect(estimate.dataLeavesMachine)
    }

    @Test func `an unknown price is shown as unknown`() throws {
        let estimate = CostEstimate.embedding(
            tokens: 900, texts: 3, model: "text-embedding-3-small", at: try provider("openai"),
            budget: Budget(maximumCost: 5))
        #expect(estimate.cost == nil)
        #expect(
            estimate.lines[0].hasPrefix(
                "cost: unknown, because the price of openai/text-embedding-3-small is unknown (900 tokens")
        )
        #expect(
            estimate.lines.last?.hasPrefix("over budget: this exceeds the budget of $5, which cannot be checked")
                ?? false)
        let json = try #require(
            try JSONSerialization.jsonObject(with: JSONEncoder().encode(estimate)) as? [String: Any])
        #expect(json["cost"] is NSNull && json["price"] is NSNull)
        #expect(json["seconds"] as? Double == 1 && json["timeBasis"] as? String == "assumption")
        #expect(json["tokens"] as? Int == 900)
    }

    @Test func `a model on this machine costs nothing and sends no data`() {
        let own = CostEstimate.embedding(
            tokens: 7_000, texts: 30, model: "multilingual-e5-small", at: nil, tokensPerSecond: 350)
        #expect(own.cost == 0 && !own.dataLeavesMachine && own.requests == 0)
        #expect(
            own.lines == [
                "cost: nothing (local/multilingual-e5-small runs on this machine)",
                "time: about 20 s (measured on this machine)",
            ])
        let server = CostEstimate.embedding(
            tokens: 7_000, texts: 30, model: "bge-m3", at: .openAICompatible(at: "http://127.0.0.1:8080/v1"))
        #expect(server.cost == 0 && !server.dataLeavesMachine && server.requests == 1)
    }

    @Test func `limits give a minimum time`() {
        let limited = Provider(
            "acme", at: "https://api.acme.example", embedding: .openAI,
            limits: .init(inputsPerRequest: 10, requestsPerMinute: 50, tokensPerMinute: 100_000))
        let byTokens = CostEstimate.embedding(tokens: 700_000, texts: 1_000, model: "e", at: limited)
        #expect(byTokens.seconds == 360 && byTokens.timeBasis == .limits)
        #expect(byTokens.lines[1] == "time: at least 6 min (the provider's limits)")
        let byRequests = CostEstimate.embedding(tokens: 10, texts: 1_000, model: "e", at: limited)
        #expect(byRequests.seconds == 60)
        let slow = CostEstimate.embedding(tokens: 10, texts: 1_000, model: "e", at: limited, tokensPerSecond: 0.1)
        #expect(slow.seconds == 100 && slow.timeBasis == .measurement)
    }

    @Test func `an estimate over the budget says so`() throws {
        let mistral = try provider("mistral")
        func excess(_ budget: Budget) -> String? {
            CostEstimate.embedding(tokens: 20_000_000, texts: 9, model: "mistral-embed", at: mistral, budget: budget)
                .exceeds
        }
        #expect(excess(Budget(maximumCost: 2)) == nil)
        #expect(excess(Budget(maximumCost: Decimal(string: "1.99"))) == "the budget of $1.99")
        #expect(excess(Budget(maximumTokens: 19_999_999)) == "the budget of 19999999 tokens")
    }

    @Test func `no text to embed costs nothing at any price`() throws {
        let estimate = CostEstimate.embedding(
            tokens: 0, texts: 0, model: "text-embedding-3-small", at: try provider("openai"),
            budget: Budget(maximumCost: 1))
        #expect(estimate.cost == 0 && estimate.exceeds == nil && estimate.requests == 0)
        #expect(estimate.lines == ["cost: nothing (no text to embed)", "time: none"])
    }

    @Test(arguments: [
        ("12.345", "12.35"), ("0.5", "0.5"), ("0.00421", "0.0042"), ("0.0000000123", "0.000000012"), ("0", "0"),
        ("1000", "1000"),
    ])
    func `amounts keep their significant digits`(_ amount: String, _ shown: String) throws {
        #expect(MoneyText.shown(try #require(Decimal(string: amount))) == shown)
    }
}
