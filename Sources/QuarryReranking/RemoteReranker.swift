import Foundation
public import QuarryCore
import QuarryHTTP
public import QuarryProviders

/// A cross-encoder behind a provider's interface, in any supported wire format. It reads question and passage together
/// and scores each passage.
///
///     let reranker = try RemoteReranker(model: "rerank-v4.0-fast", on: connection)
///     let ranked = try await reranker.rerank(hits, for: AnalyzedQuery("Who signs the lease?"))
///
/// Its scores replace the hits' own; the scores of the legs stay. They may be probabilities or raw logits, which may be
/// negative, and are comparable only within one list. It throws if the provider fails; the caller decides what to do
/// with the hits.
public struct RemoteReranker: Reranker {
    public struct Options: Sendable, Hashable {
        /// The text of a hit to send.
        public enum PassageText: String, Sendable, Hashable, Codable {
            case text
            /// Title and headings on separate lines, then the text.
            case textUnderHeadings
        }

        /// The default is ``PassageText/textUnderHeadings``.
        public var passageText: PassageText = .textUnderHeadings
        /// The number of best candidates to keep. The default is nil: all.
        public var limit: Int?
        /// Permits the provider to truncate passages that are too long for its model. Ignored by providers without such
        /// an option. The default is true: the beginning of a passage is enough to rank it.
        public var cutsLongPassages = true

        public init() {}
    }

    /// The provider's name for the model.
    public let model: String
    public let options: Options
    private let connection: ProviderConnection
    private let format: any RerankingFormat
    /// The number of passages in a request that the server permits, if it reports a limit.
    private let servedLimit = AsyncLazy<Int?>()

    /// - Throws: `ProviderError` with code `invalidConfiguration` if the provider does not re-rank, or
    ///   `retiredModel`.
    public init(model: String, on connection: ProviderConnection, options: Options = .init()) throws {
        guard let dialect = connection.provider.reranking else {
            let rankers = Provider.presets.filter { $0.reranking != nil }.map(\.name).joined(separator: ", ")
            throw ProviderError(
                .invalidConfiguration,
                "\(connection.provider.name) does not re-rank. Providers that do: \(rankers).")
        }
        if let limit = options.limit, limit < 1 {
            throw ProviderError(
                .invalidConfiguration, "The limit of \(limit) passages is not valid. It must be at least 1.")
        }
        self.model = try connection.check(model: model, for: .reranking)
        self.options = options
        self.connection = connection
        format = dialect.format(.init(model: self.model, cutsLongPassages: options.cutsLongPassages))
    }

    /// Candidates by the model's score, best first; ties keep their order.
    /// - Throws: `ProviderError`, or `CancellationError`.
    public func rerank(_ candidates: [ScoredChunk], for query: AnalyzedQuery) async throws -> [ScoredChunk] {
        guard !candidates.isEmpty else { return [] }
        guard !query.text.isEmpty else {
            throw ProviderError(.invalidInput, "The question is empty.")
        }
        let passages = candidates.map { options.passageText == .text ? $0.chunk.text : $0.textUnderHeadings }
        let ranked = try await scores(of: passages, for: query.text).ranking(candidates)
        return Array(ranked.prefix(options.limit ?? ranked.count))
    }

    /// A score for each passage, from several concurrent requests within the provider's limits.
    private func scores(of passages: [String], for query: String) async throws -> [Double] {
        let batches = batches(of: passages, query: query, count: try await passagesPerRequest())
        return try await withThrowingTaskGroup(of: (range: Range<Int>, scores: [Double]).self) { group in
            var scores = [Double](repeating: 0, count: passages.count)
            var waiting = batches[...]
            func begin() {
                guard let range = waiting.popFirst() else { return }
                group.addTask { (range, try await ask(passages, range, query)) }
            }
            for _ in 0..<connection.concurrency { begin() }
            while let (range, found) = try await group.next() {
                scores.replaceSubrange(range, with: found)
                begin()
            }
            return scores
        }
    }

    /// The limit reported by the server (Text Embeddings Inference), or the known limit of the provider; nil without a
    /// limit.
    private func passagesPerRequest() async throws -> Int? {
        let limit = connection.provider.limits.passagesPerReranking
        guard connection.provider.reranking == .tei else { return limit }
        let served = try await servedLimit.value {
            do {
                return try await connection.textEmbeddingsInfo(of: model, for: .reranking).maximumClientBatchSize
            } catch let error as ProviderError where error.code == .notFound {
                return nil
            }
        }
        return served ?? limit
    }

    /// Consecutive ranges of passages. The question counts with each passage, because models read them together.
    private func batches(of passages: [String], query: String, count: Int?) -> [Range<Int>] {
        let tokens = connection.provider.limits.tokensPerReranking ?? .max
        let question = TokenEstimate.tokens(in: query)
        var batches: [Range<Int>] = []
        var start = 0
        var sum = 0
        for (position, passage) in passages.enumerated() {
            let cost = TokenEstimate.tokens(in: passage) + question
            let isFull = count.map { position - start >= max(1, $0) } ?? false
            if position > start && (isFull || sum + cost > tokens) {
                batches.append(start..<position)
                start = position
                sum = 0
            }
            sum += cost
        }
        batches.append(start..<passages.count)
        return batches
    }

    /// Sends one request. It is halved if the provider rejects it as too long.
    private func ask(_ passages: [String], _ range: Range<Int>, _ query: String) async throws -> [Double] {
        let texts = Array(passages[range])
        do {
            let call = try ProviderCall(
                .reranking, model: model, path: format.path, json: format.body(for: texts, query: query),
                estimate: estimate(texts, query), tokens: tokens(texts, query))
            let place = connection.place(of: call)
            return try await connection.send(call) { body in
                let reply = try read(body, from: place)
                return (try reply.scores(count: texts.count, from: place), reply.usage)
            }
        } catch let error as ProviderError where error.code == .inputTooLong && range.count > 1 {
            let middle = range.lowerBound + range.count / 2
            let first = try await ask(passages, range.lowerBound..<middle, query)
            return first + (try await ask(passages, middle..<range.upperBound, query))
        }
    }

    private func read(_ body: [UInt8], from place: String) throws -> RerankingReply {
        do {
            return try format.reply(in: Data(body))
        } catch {
            if let failure = ProviderFailure(announcedIn: body) {
                throw ProviderError(
                    .serverFailure, "\(place) answered with an error: \(failure.message ?? "no reason given").")
            }
            let start = String(decoding: body.prefix(120), as: UTF8.self)
            throw ProviderError(
                .malformedReply,
                "\(place) did not answer with scores of passages: “\(start)”. Check the base address and the provider.",
                underlyingError: error)
        }
    }

    /// Cohere itself bills a search for each hundred passages, and counts another one after every 500 tokens; all
    /// others bill tokens.
    private func estimate(_ passages: [String], _ query: String) -> BilledUsage {
        let question = TokenEstimate.tokens(in: query)
        if connection.provider.reranking == .cohere, connection.provider.needsKey {
            let units = passages.reduce(0) { $0 + (TokenEstimate.tokens(in: $1) + question + 499) / 500 }
            return BilledUsage(searches: (units + 99) / 100)
        }
        return BilledUsage(input: tokens(passages, query))
    }

    /// An upper estimate of the model's input: the question with each passage.
    private func tokens(_ passages: [String], _ query: String) -> Int {
        let question = TokenEstimate.tokens(in: query)
        return passages.reduce(0) { $0 + TokenEstimate.tokens(in: $1) + question }
    }
}
