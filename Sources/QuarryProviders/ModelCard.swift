public import Foundation
import QuarryCore

/// What is known of a model: facts to choose by, each with the day it was true.
public struct ModelCard: Sendable, Hashable, Codable {
    /// The end of a model's service, past or announced.
    public struct Retirement: Sendable, Hashable, Codable {
        /// ISO 8601, a month where the day is not known; nil where it is past, but unknown.
        public var date: String?
        /// The model of the same provider to use in its place, if there is any.
        public var successor: String?

        public init(date: String? = nil, successor: String? = nil) {
            self.date = date
            self.successor = successor
        }
    }

    /// How well a model did on a test.
    public struct Quality: Sendable, Hashable, Codable {
        public var benchmark: String
        /// Such as nDCG@10.
        public var metric: String
        public var value: Double
        /// Where the figure was read.
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
    /// Lengths of its vectors, the usual one first. Empty where it makes none.
    public var dimensions: [Int]
    /// Which other lengths it can be asked for; nil where that is unknown, so that it is asked as given.
    public var dimensionChoice: DimensionChoice?
    /// Tokens it reads at most, in all; nil where it is unknown.
    public var contextTokens: Int?
    public var maximumOutputTokens: Int?
    /// Nil where it is unknown. Unknown is not zero.
    public var price: ModelPrice?
    /// Of the weights; nil where they are not published or it is unknown.
    public var licence: String?
    /// Whether documents and questions travel to somebody else's machine.
    public var dataLeavesMachine: Bool
    public var retirement: Retirement?
    /// Nil where nobody measured.
    public var quality: [Quality]?
    /// Day on which these facts were read, ISO 8601.
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

/// What a model costs, in US dollars. A part that is nil is unknown.
public struct ModelPrice: Sendable, Hashable, Codable {
    public var inputPerMillion: Decimal?
    public var cachedInputPerMillion: Decimal?
    /// Of what is written into the provider's prompt cache; nil where that costs what other input does, or is unknown.
    public var cacheWritePerMillion: Decimal?
    public var outputPerMillion: Decimal?
    public var perThousandSearches: Decimal?
    public var perAudioMinute: Decimal?
    /// Where the figures were read.
    public var source: String?
    /// Day or month on which they held, ISO 8601.
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

    /// Models that run on one's own machine.
    public static let free = ModelPrice(
        inputPerMillion: 0, cachedInputPerMillion: 0, cacheWritePerMillion: 0, outputPerMillion: 0,
        perThousandSearches: 0, perAudioMinute: 0)

    /// US dollars; nil where the price of anything that was used is unknown.
    ///
    /// Tokens read from a cache or written into it cost at least what other input does where nothing else is known. A
    /// recording that is counted in seconds and in tokens is paid once: by the minute where that has a price.
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

/// What a provider bills for.
public struct BilledUsage: Sendable, Hashable, Codable {
    /// Tokens read, without those of ``cachedInput`` and ``cacheWrite``.
    public var input: Int
    /// Tokens read from the provider's prompt cache.
    public var cachedInput: Int
    /// Tokens read and written into the provider's prompt cache.
    public var cacheWrite: Int
    /// Tokens written, those of its reasoning included.
    public var output: Int
    /// Units of re-ranking.
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
        self.audioSeconds = (0...Self.mostSeconds).contains(audioSeconds) ? audioSeconds : -1
    }

    /// No recording is so long: thirty years.
    private static let mostSeconds = 1e9

    /// Whether a server can mean it: what is below zero or absurdly large is no bill.
    package var isCredible: Bool {
        [
            TokenUsage(input: input, output: output, cachedInput: cachedInput),
            TokenUsage(input: cacheWrite, output: searches),
        ].allSatisfy(\.isCredible) && audioSeconds >= 0
    }

    /// Nothing was written into a cache where the text does not say: earlier versions did not.
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
