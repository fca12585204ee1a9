import Foundation
import Quarry
import QuarryCore
import QuarryProviders
import QuarrySession
import QuarryTestSupport
import QuarryTesting
import Testing

@Suite struct ModelComparisonTests {
    private let today = Date(timeIntervalSince1970: 1_795_300_000)

    private struct Letters: TokenCounter {
        func tokenCount(of text: String) -> Int { text.count }
    }

    @Test func `the cheapest comes first and unknown prices come last`() throws {
        let comparison = ModelComparison(.builtIn, task: .embedding, today: today)
        let prices = comparison.entries.map(\.card.price?.inputPerMillion)
        let known = prices.compactMap { $0 }
        #expect(known == known.sorted() && known.first == 0)
        #expect(prices.prefix(known.count).allSatisfy { $0 != nil })
        let row = try #require(comparison.rows(today: today).first { $0[0] == "openai/text-embedding-3-small" })
        #expect(row[2] == "unknown" && row[5] == "8192" && row[6] == "1536" && row[8] == "yes" && row[9] == "unknown")
        #expect(!comparison.entries.contains { $0.card.retirement?.isPast(on: today) ?? false })
        #expect(comparison.rows().allSatisfy { $0.count == ModelComparison.columns.count })
    }

    @Test func `named models are shown even if they are retired`() {
        let comparison = ModelComparison(
            .builtIn, names: ["openai/gpt-4", "deepseek", "no-such"], task: .generation, today: today)
        #expect(comparison.unknownNames == ["no-such"])
        #expect(comparison.entries.map(\.name).contains("openai/gpt-4"))
        #expect(comparison.entries.map(\.name).contains("deepseek/deepseek-v4-pro"))
        #expect(!comparison.entries.map(\.name).contains("deepseek/deepseek-chat"))
        let row = comparison.rows(today: today).first { $0[0] == "openai/gpt-4" }
        #expect(row?.last == "retired 2026-10-23, use gpt-6.2-sol")
    }

    @Test func `local only shows models on this machine, with speed and quality`() {
        var speeds = SpeedRecord()
        speeds.add(
            SpeedMeasurement(
                model: "local/multilingual-e5-small", tokensPerSecond: 1_234.5, texts: 64, tokens: 1, seconds: 1,
                date: "2026-11-22", machine: SpeedMeasurement.currentMachine))
        let comparison = ModelComparison(.builtIn, localOnly: true, speeds: speeds, today: today)
        #expect(comparison.entries.map(\.name) == ["local/all-MiniLM-L6-v2", "local/multilingual-e5-small"])
        let rows = comparison.rows(today: today)
        #expect(rows[1][9] == "1235 (2026-11-22)" && rows[1][10].hasPrefix("nDCG@10 0.952"))
        #expect(rows[0][9] == "unknown" && rows[0].last == "not installed")
    }

    @Test func `every local model has a matching card`() throws {
        for model in LocalModelCatalog.models {
            let card = try #require(ModelCatalog.builtIn.card(of: model.name, at: "local"))
            #expect(card.dimensions == [model.dimension] && card.contextTokens == model.maximumTokens)
            #expect(card.licence == model.licence)
        }
    }

    @Test func `a speed is measured, stored in a file, and replaced by a later one`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("cache/speeds.json")
        var record = try SpeedRecord(path: path)
        #expect(record.measurements.isEmpty)
        let measured = try await SpeedMeasurement.measuring(
            LetterEmbedder(), model: "local/letters", counter: Letters(), rounds: 1, now: today)
        #expect(measured.tokensPerSecond > 0 && measured.texts == 64 && measured.date == "2026-11-21")
        record.add(measured)
        record.add(measured)
        try record.write(to: path)
        #expect(try SpeedRecord(path: path).measurements == [measured])
        try folder.write("[]", to: "cache/speeds.json")
        #expect(throws: SpeedRecordError.self) { try SpeedRecord(path: path) }
    }
}
