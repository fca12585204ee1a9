import Foundation
import Quarry
import QuarryProviders
import QuarryReaders
import QuarrySession
import Testing

@Suite struct ReadingEstimateTests {
    private let catalog = ModelCatalog([
        ModelCard(
            provider: "openai", name: "ears", tasks: [.transcription],
            price: ModelPrice(perAudioMinute: Decimal(string: "0.006"), asOf: "2026-11"), dataLeavesMachine: true,
            asOf: "2026-11"),
        ModelCard(
            provider: "openai", name: "eyes", tasks: [.generation],
            price: ModelPrice(inputPerMillion: 2, outputPerMillion: 10), dataLeavesMachine: true, asOf: "2026-11"),
    ])

    private func reads(_ work: [String: ModelWork]) -> IndexingReport.ModelReads {
        var reads = IndexingReport.ModelReads()
        reads.work = work
        return reads
    }

    private let sound = ModelWork(audioSeconds: 600, inputTokens: 7_500, outputTokens: 6_000)
    private let pictures = ModelWork(files: 3, inputTokens: 6_000, outputTokens: 2_400)

    @Test func `recordings are priced per minute, pictures per token`() throws {
        let estimates = try ReadingEstimate.estimates(
            of: reads(["openai/eyes": pictures, "openai/ears": sound]), catalog: catalog)
        #expect(estimates.map(\.model) == ["openai/ears", "openai/eyes"])
        #expect(estimates.map(\.cost) == [Decimal(string: "0.06"), Decimal(string: "0.036")])
        #expect(
            estimates.flatMap(\.lines) == [
                "reading: at most $0.06 for 10 min of audio by openai/ears, prices as of 2026-11",
                "reading: at most $0.036 for 3 pictures, at most 8400 tokens by openai/eyes",
            ])
    }

    @Test func `an unknown price is shown as unknown, and your own server is free`() throws {
        let estimates = try ReadingEstimate.estimates(
            of: reads(["openai/other": sound, "http://127.0.0.1:9/v1#eyes": pictures]), catalog: catalog,
            budget: Budget(maximumCost: 5))
        #expect(estimates.map(\.cost) == [0, nil])
        #expect(estimates.map(\.dataLeavesMachine) == [false, true])
        #expect(estimates.map { $0.exceeds == nil } == [true, false])
        #expect(estimates[1].lines[0].contains("Its price is unknown"))
        let json = try #require(
            try JSONSerialization.jsonObject(with: JSONEncoder().encode(estimates[1])) as? [String: Any])
        #expect(json["cost"] is NSNull && json["price"] is NSNull)
    }

    @Test func `embedding and all readings share one budget`() throws {
        let embedding = CostEstimate.embedding(
            tokens: 200_000, texts: 100, model: "mistral-embed", at: Provider.preset("mistral"))
        #expect(embedding.cost == Decimal(string: "0.02"))
        func exceeded(_ budget: Budget) throws -> [Bool] {
            try ReadingEstimate.estimates(
                of: reads(["openai/ears": sound, "openai/eyes": pictures]), catalog: catalog, budget: budget,
                besides: embedding
            ).map { $0.exceeds != nil }
        }
        #expect(try exceeded(Budget(maximumCost: Decimal(string: "0.116"))) == [false, false])
        #expect(try exceeded(Budget(maximumCost: Decimal(string: "0.115"))) == [false, true])
        #expect(try exceeded(Budget(maximumCost: Decimal(string: "0.079"))) == [true, true])
        #expect(try exceeded(Budget(maximumTokens: 221_900)) == [false, false])
        #expect(try exceeded(Budget(maximumTokens: 221_899)) == [false, true])
    }
}
