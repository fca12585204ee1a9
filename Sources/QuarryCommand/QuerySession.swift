import Foundation
import Quarry
import Synchronization

/// An index opened for questions, with everything that answers them.
struct QuerySession: Sendable {
    let index: CorpusIndex
    let retriever: CorpusRetriever
    let filter: Filter?
    private let qa: RetrievalQA
    private let recorder: WarningRecorder
    private let loadMilliseconds: Double

    init(path: String, search: SearchOptions, answering: AnsweringOptions) async throws {
        let start = ContinuousClock.now
        index = try CorpusIndex.open(at: path, readOnly: true)
        let options = search.options(for: index)
        let embedder =
            options.mode == .bm25 ? nil : try ModelLocator().load(for: index.settings, override: search.model)
        retriever = try CorpusRetriever(index, embedder: embedder, options: options)
        recorder = WarningRecorder(retriever: retriever)
        filter = search.filter
        let limit = search.k ?? 5
        qa = RetrievalQA(
            retriever: recorder, generator: try await answering.generator(),
            reader: ExtractiveReader(
                embedder: answering.compareSentences ? embedder : nil, threshold: answering.threshold),
            locator: index, options: .init(limit: limit, maximumTokens: answering.maxTokens))
        loadMilliseconds = start.milliseconds
    }

    func retrieve(_ question: String, id: String? = nil, limit: Int) async throws -> QueryReply {
        let start = ContinuousClock.now
        let result = try await retriever.search(Query(question, filter: filter), limit: limit)
        var timings = QueryReply.Timings()
        timings.load = loadMilliseconds
        timings.retrieve = start.milliseconds
        timings.total = timings.load + timings.retrieve
        return QueryReply(
            id: id, question: question, mode: retriever.options.mode, hits: result.hits, warnings: result.warnings,
            timings: timings)
    }

    /// - Parameter onText: Told the pieces of the answer as they are written.
    func answer(
        _ question: String, id: String? = nil, onText: (String) throws -> Void = { _ in }
    ) async throws -> QueryReply {
        let start = ContinuousClock.now
        var timings = QueryReply.Timings()
        timings.load = loadMilliseconds
        var finished: Answer?
        for try await event in qa.stream(question, filter: filter) {
            switch event {
            case .retrieved: timings.retrieve = start.milliseconds
            case .text(let piece): try onText(piece)
            case .cited: break
            case .finished(let answer): finished = answer
            }
        }
        try Task.checkCancellation()
        timings.answer = start.milliseconds - timings.retrieve
        timings.total = timings.load + start.milliseconds
        guard let finished else { throw CancellationError() }
        var reply = QueryReply(
            id: id, question: question, mode: retriever.options.mode, hits: finished.hits,
            warnings: recorder.takeWarnings(), timings: timings)
        if finished.finish == .length {
            reply.warnings.append(
                "The reply was cut off at its greatest length, \(qa.options.maximumTokens) tokens. Raise --max-tokens for the rest."
            )
        }
        reply.add(finished)
        return reply
    }

    func prompt(for question: String) async throws -> AssembledPrompt {
        try await qa.prompt(for: question, filter: filter)
    }
}

extension ContinuousClock.Instant {
    /// Milliseconds since this instant.
    var milliseconds: Double { (ContinuousClock.now - self) / .milliseconds(1) }
}

/// Keeps what a search had to say beside its hits, for the printer.
private final class WarningRecorder: Retriever {
    private let retriever: CorpusRetriever
    private let warnings = Mutex<[String]>([])

    init(retriever: CorpusRetriever) { self.retriever = retriever }

    func retrieve(_ query: Query, limit: Int) async throws -> [ScoredChunk] {
        let result = try await retriever.search(query, limit: limit)
        warnings.withLock { $0 = result.warnings }
        return result.hits
    }

    func takeWarnings() -> [String] {
        warnings.withLock { warnings in
            defer { warnings = [] }
            return warnings
        }
    }
}
