package import Foundation
package import QuarryCore
package import QuarryIndex
import QuarryLanguageModels
package import QuarryProviders
import QuarryReaders

/// The maximum cost of reading recordings or pictures with a model. The amount of their text, and the cost of embedding
/// it, is not known in advance.
package struct ReadingEstimate: Sendable, Hashable, Codable {
    /// `provider/model`, or a server's address with `#model`.
    package var model: String
    package var work: ModelWork
    /// US dollars; nil if the price is unknown.
    package var cost: Decimal?
    package var price: ModelPrice?
    package var dataLeavesMachine: Bool
    /// A description of the budget that this would exceed; nil if it exceeds none.
    package var exceeds: String?

    /// - `reads`: The files of a plan.
    /// - `embedding`: Another estimate that uses the same budget.
    /// - Returns: One estimate for each model of ``IndexingReport/ModelReads/work``, in the order of their names.
    package static func estimates(
        of reads: IndexingReport.ModelReads, among providers: [Provider] = Provider.presets,
        catalog: ModelCatalog = .builtIn, budget: Budget = Budget(), besides embedding: CostEstimate? = nil
    ) throws -> [ReadingEstimate] {
        var (cost, tokens) = (embedding?.cost ?? 0, embedding?.tokens ?? 0)
        return try reads.work.sorted { $0.key < $1.key }.map { name, work in
            let reference = try ModelReference(name, among: providers)
            let model = reference.model ?? ""
            let price = catalog.price(of: model, at: reference.provider)
            let usage =
                work.audioSeconds > 0
                ? RemoteTranscriber.estimate(seconds: work.audioSeconds, price: price)
                : BilledUsage(input: work.inputTokens, output: work.outputTokens)
            var estimate = ReadingEstimate(
                model: name, work: work, cost: price?.cost(of: usage), price: price,
                dataLeavesMachine: catalog.card(of: model, at: reference.provider)?.dataLeavesMachine
                    ?? !reference.provider.runsOnThisMachine)
            tokens += work.tokens
            cost += estimate.cost ?? 0
            estimate.exceeds = budget.excess(tokens: tokens, cost: estimate.cost == nil ? nil : cost)
            return estimate
        }
    }

    private enum CodingKeys: CodingKey { case model, work, cost, price, dataLeavesMachine, exceeds }

    /// Unknown values are written as null, to tell them from 0.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(model, forKey: .model)
        try container.encode(work, forKey: .work)
        try container.encode(cost, forKey: .cost)
        try container.encode(price, forKey: .price)
        try container.encode(dataLeavesMachine, forKey: .dataLeavesMachine)
        try container.encode(exceeds, forKey: .exceeds)
    }
}

extension ReadingEstimate: CustomStringConvertible {
    package var description: String { lines.joined(separator: "\n") }

    /// `reading: …`, and a line `over budget: …` if the run might exceed the budget.
    package var lines: [String] {
        var lines = ["reading: \(costText)"]
        if let exceeds { lines.append("over budget: this may exceed \(exceeds), and the run would stop early") }
        return lines
    }

    private var costText: String {
        let amount =
            work.audioSeconds > 0
            ? "\(DurationText.shown(work.audioSeconds)) of audio"
            : "\(work.files) \(work.files == 1 ? "picture" : "pictures"), at most \(work.tokens) tokens"
        guard let cost, let price else {
            return "\(amount) by \(model). Its price is unknown: add it under models: in the configuration"
        }
        if cost == 0 {
            return dataLeavesMachine ? "\(amount) by \(model), which is free" : "\(amount) by \(model) on this machine"
        }
        let since = price.asOf.map { ", prices as of \($0)" } ?? ""
        return "at most $\(MoneyText.shown(cost)) for \(amount) by \(model)\(since)"
    }
}
