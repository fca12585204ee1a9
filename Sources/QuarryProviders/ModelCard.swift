public import Foundation
import QuarryCore

/// The known facts about a model, with the day on which they were read.
public struct ModelCard: Sendable, Hashable, Codable {
    /// The end of a model's service, past or announced.
    public struct Retirement: Sendable, Hashable, Codable {
        /// ISO 8601, a month if the day is unknown. Nil means that the service has ended on an unknown day.
        public var date: String?
        /// The model of the same provider to use instead, if any.
        public var successor: String?

        public init(date: String? = nil, successor: String? = nil) {
            self.date = date
            self.successor = successor
        }
    }

    /// A model's result in a benchmark.
    public struct Quality: Sendable, Hashable, Codable {
        public var benchmark: String
        /// Such as nDCG@10.
        public var metric: String
        public var value: Double
        /// The source of the figure.
        public var source: String

        public init(benchmark: String, metric: String, value: Double, source: String) {
            self.benchmark = benchmark
            self.metric = metric
            self.value = value
            self.source = source
        }
    }

    public var provider: String
    public var name: String
    public var tasks: [ModelTask]
    /// The dimensions of its vectors, the default first. Empty for a model that does not embed.
    public var dimensions: [Int]
    /// The dimensions that can be requested. If nil, they are unknown, and any dimension is requested as given.
    public var dimensionChoice: DimensionChoice?
    /// The maximum number of tokens of a request; nil if unknown.
    public var contextTokens: Int?
    public var maximumOutputTokens: Int?
    /// Nil if unknown. Unknown is not zero.
    public var price: ModelPrice?
    /// The licence of the weights; nil if unknown or if the weights are not published.
    public var licence: String?
    /// Whether documents and questions are sent to another machine.
    public var dataLeavesMachine: Bool
    public var retirement: Retirement?
    /// Nil without measurements.
    public var quality: [Quality]?
    /// The day on which these facts were read, ISO 8601.
    public var asOf: String
    public var notes: String?

    public init(
        provider: String, name: String, tasks: [ModelTask], dimensions: [Int] = [],
        dimensionChoice: DimensionChoice? = nil, contextTokens: Int? = nil, maximumOutputTokens: Int? = nil,
        price: ModelPrice? = nil, licence: String? = nil, dataLeavesMachine: Bool,
        retirement: Retirement? = nil, quality: [Quality]? = nil, asOf: String, notes: String? = nil
    ) {
        self.provider = provider
        self.name = name
        self.tasks = tasks
        self.dimensions = dimensions
        self.dimensionChoice = dimensionChoice
        self.contextTokens = contextTokens
        self.maximumOutputTokens = maximumOutputTokens
        self.price = price
        self.licence = licence
        self.dataLeavesMachine = dataLeavesMachine
        self.retirement = retirement
        self.quality = quality
        self.asOf = asOf
        self.notes = notes
    }
}

/// The prices of a model in US dollars. A nil price is unknown.
public struct ModelPrice: Sendable, Hashable, Codable {
    public var inputPerMillion: Decimal?
    public var cachedInputPerMillion: Decimal?
    /// The price of writing into the provider's prompt cache. If nil, it is the price of other input.
    public var cacheWritePerMillion: Decimal?
    public var outputPerMillion: Decimal?
    public var perThousandSearches: Decimal?
    public var perAudioMinute: Decimal?
    /// The source of the figures.
    public var source: String?
    /// The day or month of the figures, ISO 8601.
    public var asOf: String?

    public init(
        inputPerMillion: Decimal? = nil, cachedInputPerMillion: Decimal? = nil, cacheWritePerMillion: Decimal? = nil,
        outputPerMillion: Decimal? = nil, perThousandSearches: Decimal? = nil, perAudioMinute: Decimal? = nil,
        source: String? = nil, asOf: String? = nil
    ) {
        self.inputPerMillion = inputPerMillion
        self.cachedInputPerMillion = cachedInputPerMillion
        self.cacheWritePerMillion = cacheWritePerMillion
        self.outputPerMillion = outputPerMillion
        self.perThousandSearches = perThousandSearches
        self.perAudioMinute = perAudioMinute
        self.source = source
        self.asOf = asOf
    }

    /// The price of models that run on the user's own machine.
    public static let free = ModelPrice(
        inputPerMillion: 0, cachedInputPerMillion: 0, cacheWritePerMillion: 0, outputPerMillion: 0,
        perThousandSearches: 0, perAudioMinute: 0)

    /// The cost in US dollars; nil if a price that applies is unknown.
    ///
    /// Cache reads and writes without a price cost the same as other input. A recording with both seconds and tokens is
    /// billed once: by the minute if that has a price.
    public func cost(of usage: BilledUsage) -> Decimal? {
        let million = Decimal(1_000_000)
        var sum = Decimal(0)
        var parts: [(Decimal, Decimal?)] = [(Decimal(usage.searches) / 1_000, perThousandSearches)]
        if usage.audioSeconds == 0 || (perAudioMinute == nil && usage.tokens > 0) {
            parts += [
                (Decimal(usage.input) / million, inputPerMillion),
                (Decimal(usage.cachedInput) / million, cachedInputPerMillion ?? inputPerMillion),
                (Decimal(usage.cacheWrite) / million, cacheWritePerMillion ?? inputPerMillion),
                (Decimal(usage.output) / million, outputPerMillion),
            ]
        } else {
            parts.append((Decimal(usage.audioSeconds) / 60, perAudioMinute))
        }
        for (amount, price) in parts where amount != 0 {
            guard let price else { return nil }
            sum += amount * price
        }
        return sum
    }
}

/// The usage that a provider bills.
public struct BilledUsage: Sendable, Hashable, Codable {
    /// Input tokens, without ``cachedInput`` and ``cacheWrite``.
    public var input: Int
    /// Input tokens from the provider's prompt cache.
    public var cachedInput: Int
    /// Input tokens that were written into the provider's prompt cache.
    public var cacheWrite: Int
    /// Output tokens, including reasoning.
    public var output: Int
    /// Searches, the billing unit of re-ranking.
    public var searches: Int
    public var audioSeconds: Double

    public init(
        input: Int = 0, cachedInput: Int = 0, cacheWrite: Int = 0, output: Int = 0, searches: Int = 0,
        audioSeconds: Double = 0
    ) {
        self.input = TokenUsage.bounded(input)
        self.cachedInput = TokenUsage.bounded(cachedInput)
        self.cacheWrite = TokenUsage.bounded(cacheWrite)
        self.output = TokenUsage.bounded(output)
        self.searches = TokenUsage.bounded(searches)
        self.audioSeconds = (0...Self.maximumSeconds).contains(audioSeconds) ? audioSeconds : -1
    }

    /// Thirty years. No recording is longer.
    private static let maximumSeconds = 1e9

    /// Whether the numbers are plausible: neither negative nor absurdly large.
    package var isCredible: Bool {
        [
            TokenUsage(input: input, output: output, cachedInput: cachedInput),
            TokenUsage(input: cacheWrite, output: searches),
        ].allSatisfy(\.isCredible) && audioSeconds >= 0
    }

    /// `cacheWrite` is optional, because earlier versions did not write it.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            input: try container.decode(Int.self, forKey: .input),
            cachedInput: try container.decode(Int.self, forKey: .cachedInput),
            cacheWrite: try container.decodeIfPresent(Int.self, forKey: .cacheWrite) ?? 0,
            output: try container.decode(Int.self, forKey: .output),
            searches: try container.decode(Int.self, forKey: .searches),
            audioSeconds: try container.decode(Double.self, forKey: .audioSeconds))
    }

    public var tokens: Int { input + cachedInput + cacheWrite + output }

    public static func + (a: BilledUsage, b: BilledUsage) -> BilledUsage {
        var sum = a
        sum.input += b.input
        sum.cachedInput += b.cachedInput
        sum.cacheWrite += b.cacheWrite
        sum.output += b.output
        sum.searches += b.searches
        sum.audioSeconds += b.audioSeconds
        return sum
    }
}
