import Foundation
import GRDB
import QuarryCore
import QuarryVectorIndex
import Synchronization

/// The second stroke of a run: finds the chunks of the generation without a vector, embeds their texts, and commits the
/// vectors in batches.
///
/// It shares only the file with the first stroke. The same code serves a first run, a resumed run, a changed file and a
/// new model.
struct EmbedStroke: Sendable {
    let index: CorpusIndex
    /// Where the vectors go.
    let generation: Int64
    let embedder: any Embedder
    let progress: ProgressBoard

    /// The result of the stroke.
    struct Outcome: Sendable {
        /// Distinct texts that needed a vector.
        var texts = 0
        var tokens = 0
        /// Passages that the model rejected, and how many chunks have their texts.
        var refused: [Rejection] = []
        var refusedChunks = 0
    }

    /// Runs until the first stroke has ended and every chunk has a vector.
    ///
    /// - Parameters:
    ///   - commits: An element for each commit of the first stroke. Ends with that stroke.
    ///   - isStopped: Whether to end after the current batch, because the run has failed.
    /// - Throws: The errors of the embedder. Vectors made before are committed.
    func run(after commits: AsyncStream<Void>, isStopped: @Sendable () -> Bool) async throws -> Outcome {
        var outcome = Outcome()
        var missing = MissingVectors(index, generation: generation)
        func work() async throws {
            try await missing.refresh()
            progress.update { $0.chunksToEmbed = missing.known - outcome.refusedChunks }
            while !isStopped(), let texts = try await missing.next(max(128, embedder.preferredCount)) {
                try await embed(texts, &outcome)
            }
        }
        for await _ in commits { try await work() }
        if !isStopped() { try await work() }
        return outcome
    }

    /// Embeds texts and commits each part of the result. Rejected texts are stored.
    private func embed(_ texts: [MissingText], _ outcome: inout Outcome) async throws {
        var waiting = texts
        while !waiting.isEmpty {
            let batch = VectorBatch(
                waiting, index: index, generation: generation, progress: progress, isFirst: outcome.texts == 0)
            defer {
                outcome.texts += batch.committed.count
                outcome.tokens += batch.tokens
            }
            do {
                let vectors = try await embedder.embed(waiting.map(\.text), as: .passage, onPart: batch.add)
                guard vectors.count == waiting.count else {
                    throw CorpusError(
                        .damaged, "The model returned \(vectors.count) vectors for \(waiting.count) texts.")
                }
                try batch.flush()
                return
            } catch {
                // Paid work is kept after any error.
                try batch.flush()
                guard let error = error as? any InputFailure, let position = error.position,
                    waiting.indices.contains(position)
                else { throw error }
                let text = waiting[position]
                guard try await isToBlame(text, for: error) else {
                    var error = error
                    if let place = try await text.place(in: index) {
                        error.message = "\(place.source): \(error.message)"
                    }
                    throw error
                }
                let chunks = try await refuse(text, for: error)
                outcome.refusedChunks += chunks
                progress.update { $0.chunksToEmbed -= chunks }
                if let (source, line) = try await text.place(in: index) {
                    outcome.refused.append(
                        Rejection(
                            source: source, line: line, reason: .refusedByModel,
                            message: "A passage has no vector and is found by its words only: \(error.message)"))
                }
                let committed = batch.committed
                waiting.removeAll { $0.digest == text.digest || committed.contains($0.digest) }
            }
        }
    }

    /// Probes the model with a harmless text, to tell a bad text from a model that rejects everything.
    private func isToBlame(_ text: MissingText, for error: any InputFailure) async throws -> Bool {
        if error.isTooLong { return true }
        do {
            _ = try await embedder.embed(["A text."], as: .passage)
            return true
        } catch let probe as any InputFailure where probe.concernsOneInput {
            return false
        }
    }

    /// Stores that the chunks with this text get no vector in this generation.
    ///
    /// - Returns: How many chunks they are.
    private func refuse(_ text: MissingText, for error: any InputFailure) async throws -> Int {
        try await index.write { [generation] db in
            try db.execute(
                sql: """
                    INSERT OR REPLACE INTO refused_texts(chunk, generation, message, checksum)
                    SELECT id, ?1, ?2, row_checksum(id, ?1, ?2) FROM chunks WHERE sha256 = ?3
                    """, arguments: [generation, error.message, text.digest.data])
            return db.changesCount
        }
    }
}

/// Collects vectors for up to a second or until they fill a block, then commits them.
///
/// The first part of a run is committed at once: a run that is killed soon after its model was started has made progress.
private final class VectorBatch: Sendable {
    private struct State {
        var waiting: [(digest: ContentHash, vector: [Float])] = []
        var committed: Set<ContentHash> = []
        /// Nil before the first commit of the run.
        var lastCommit: ContinuousClock.Instant?
    }

    private let texts: [MissingText]
    private let index: CorpusIndex
    private let generation: Int64
    private let progress: ProgressBoard
    private let state: Mutex<State>

    private static let blockSize = 64
    private static let interval = Duration.seconds(1)

    /// - `isFirst`: Whether the run has committed no vector yet.
    init(
        _ texts: [MissingText], index: CorpusIndex, generation: Int64, progress: ProgressBoard, isFirst: Bool
    ) {
        state = Mutex(State(lastCommit: isFirst ? nil : .now))
        self.texts = texts
        self.index = index
        self.generation = generation
        self.progress = progress
    }

    /// The texts with committed vectors.
    var committed: Set<ContentHash> { state.withLock { $0.committed } }
    var tokens: Int {
        let committed = committed
        return texts.reduce(0) { committed.contains($1.digest) ? $0 + $1.tokens : $0 }
    }

    @Sendable func add(_ part: EmbeddedPart) throws {
        let isDue = state.withLock { state in
            for (row, position) in part.positions.enumerated() {
                state.waiting.append((texts[position].digest, Array(part.vectors[row])))
            }
            guard state.waiting.count < Self.blockSize, let last = state.lastCommit else { return true }
            return ContinuousClock.now - last > Self.interval
        }
        if isDue { try flush() }
    }

    func flush() throws {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        guard let dimension = waiting.first?.vector.count else { return }
        let chunks = try index.writeNow { db in
            let statement = try db.cachedStatement(sql: "SELECT id FROM chunks WHERE sha256 = ? ORDER BY id")
            var (ids, values): ([ChunkID], [Float]) = ([], [])
            for (digest, vector) in waiting {
                // Chunks with the same text all have a vector or all have none.
                for id in try Int64.fetchAll(statement, arguments: [digest.data]) {
                    ids.append(ChunkID(id))
                    values += vector
                }
            }
            try VectorTable.upsert(
                EmbeddingBatch(values: values, dimension: dimension), ids: ids, generation: generation, in: db)
            return ids.count
        }
        let digests = waiting.map(\.digest)
        state.withLock { state in
            state.committed.formUnion(digests)
            state.lastCommit = .now
        }
        let tokens = texts.reduce(0) { digests.contains($1.digest) ? $0 + $1.tokens : $0 }
        progress.tell { progress in
            progress.embeddedChunks += chunks
            progress.embeddedTokens += tokens
        }
    }
}
