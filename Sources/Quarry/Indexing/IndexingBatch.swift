import Foundation
import GRDB
import QuarryCore
import QuarryProviders
import QuarryReaders
import QuarryText
import Synchronization

/// What is committed together: in one transaction, with its vectors and postings.
struct IndexingBatch: Sendable {
    enum Operation: Sendable {
        case open(IndexingRun.SourceRow)
        case write(PreparedDocument, source: String)
        /// The model does not take a text of the document.
        case refuse(key: String, source: String, Rejection)
        case relocate(key: String, sourceMap: Data, source: String)
        /// Every document of the source was read: those of `keys` are its own, those of `refused` have another source.
        case close(IndexingRun.SourceRow, keys: Set<ExactText>, rejections: [Rejection], refused: [String])
    }

    struct Outcome: Sendable {
        /// The texts that needed a new vector, each once, with their tokens.
        var embedded: [ContentHash: Int] = [:]
        /// Documents that are no longer in sources that stay.
        var leftovers: [IndexingRun.Removal] = []
        /// Why documents were left out whose text the model does not take, and how many chunks they have.
        var refused: (rejections: [Rejection], chunks: Int) = ([], 0)
    }

    /// A text that the model does not take.
    struct RefusedText: Error {
        var digest: ContentHash
        var reason: ProviderError
        /// All texts that were to be embedded with it, with their tokens.
        var asked: [ContentHash: Int]
    }

    let index: CorpusIndex
    let embedder: (any Embedder)?
    private(set) var operations: [Operation]
    /// How far the run is before, and once the batch is committed; without the tokens that it embeds.
    let progress: (before: IndexingProgress, after: IndexingProgress)

    typealias Vectors = [ContentHash: ArraySlice<Float>]

    /// A text without a vector.
    struct Text {
        var digest: ContentHash
        var text: String
        var tokens: Int
    }

    /// What committing it would embed.
    func plan() throws -> Outcome {
        let (_, missing) = try stored()
        return Outcome(embedded: Self.tokens(of: missing))
    }

    /// Embeds the chunks whose text has no vector in the index, then commits everything.
    ///
    /// A document with a text that the model does not take goes into quarantine, be it too long, be it against the
    /// provider's rules, or one of which the model makes no vector; the others are committed without it.
    /// - Throws: What ends the run; where a text is to blame, it names the document.
    func commit(onProgress: @Sendable (IndexingProgress) -> Void) async throws -> Outcome {
        var batch = self
        var refused: (rejections: [Rejection], chunks: Int) = ([], 0)
        var asked: [ContentHash: Int] = [:]
        func leaveOut(_ text: RefusedText) -> [Rejection] {
            asked.merge(text.asked) { $1 }
            let (rejections, chunks) = batch.refuse(text)
            refused.rejections += rejections
            refused.chunks += chunks
            return rejections
        }
        while true {
            do {
                var outcome = try await batch.commitWhole(onProgress: onProgress)
                outcome.refused = refused
                // Those that were embedded before one was refused are no longer missing.
                let kept = asked.isEmpty ? [] : batch.digests
                outcome.embedded.merge(asked.filter { kept.contains($0.key) }) { $1 }
                return outcome
            } catch let text as RefusedText {
                let rejections = leaveOut(text)
                if text.reason.code == .inputTooLong { continue }
                guard try await batch.takesTexts() else {
                    var error = text.reason
                    if let first = rejections.first { error.message = "\(first.source): \(error.message)" }
                    throw error
                }
            } catch let error as ProviderError {
                guard error.mayConcernOneText else { throw error }
                asked.merge(Self.tokens(of: try batch.stored().missing)) { $1 }
                if let text = try await batch.refusedText(after: error) { _ = leaveOut(text) }
            }
        }
    }

    /// The texts of all documents that are written.
    private var digests: Set<ContentHash> {
        var digests: Set<ContentHash> = []
        for case .write(let prepared, _) in operations { digests.formUnion(prepared.chunks.map(\.sha256)) }
        return digests
    }

    /// Leaves the documents out that have a text.
    private mutating func refuse(_ text: RefusedText) -> (rejections: [Rejection], chunks: Int) {
        var (rejections, chunks): ([Rejection], Int) = ([], 0)
        operations = operations.map { operation in
            guard case .write(let prepared, let source) = operation,
                prepared.chunks.contains(where: { $0.sha256 == text.digest })
            else { return operation }
            let rejection = Rejection(
                source: source, line: prepared.document.sourceMap.firstLine, reason: .refusedByModel,
                message: "The model of the index does not take the document “\(prepared.document.id)”: "
                    + text.reason.message)
            rejections.append(rejection)
            chunks += prepared.chunks.count
            return .refuse(key: prepared.document.id, source: source, rejection)
        }
        return (rejections, chunks)
    }

    private func commitWhole(onProgress: @Sendable (IndexingProgress) -> Void) async throws -> Outcome {
        var (vectors, missing) = try stored()
        let embedded = Self.tokens(of: missing)
        let tokens = embedded.values.reduce(0, +)
        if let embedder, !missing.isEmpty {
            vectors.merge(try await embed(missing, by: embedder, tokens: tokens, onProgress: onProgress)) { $1 }
        }
        let leftovers = try write(vectors)
        var progress = progress.after
        progress.embeddedTokens += tokens
        onProgress(progress)
        return Outcome(embedded: embedded, leftovers: leftovers)
    }

    /// The vectors that the index knows for texts of this batch, and the texts that have none, each once.
    func stored() throws -> (vectors: Vectors, missing: [Text]) {
        guard let dimension = index.settings.embedding?.dimension else { return ([:], []) }
        return try translatingErrors(path: index.path) {
            try index.pool.read { db in
                var (vectors, missing): (Vectors, [Text]) = ([:], [])
                let generation = try SettingsTable.integer(SettingsTable.generation, in: db) ?? 1
                let pendingExist = try PendingVectors.exist(in: db)
                var met: Set<ContentHash> = []
                for case .write(let prepared, _) in operations {
                    for item in prepared.chunks where met.insert(item.sha256).inserted {
                        var vector = try EngineTables.vector(ofText: item.sha256, generation: generation, in: db)
                        if vector == nil, pendingExist {
                            vector = try PendingVectors.vector(
                                of: item.sha256, generation: generation, dimension: dimension, in: db)
                        }
                        if let vector {
                            vectors[item.sha256] = vector[...]
                        } else {
                            let chunk = item.chunk
                            missing.append(
                                Text(digest: item.sha256, text: chunk.contextualText, tokens: chunk.tokenCount))
                        }
                    }
                }
                return (vectors, missing)
            }
        }
    }

    static func tokens(of texts: [Text]) -> [ContentHash: Int] {
        Dictionary(uniqueKeysWithValues: texts.map { ($0.digest, $0.tokens) })
    }

    /// What the embedder tells of before it is done is kept at once, so that a run which is cut off loses none of it.
    private func embed(
        _ texts: [Text], by embedder: any Embedder, tokens: Int, onProgress: @Sendable (IndexingProgress) -> Void
    ) async throws -> Vectors {
        let digests = texts.map(\.digest)
        let done = Mutex(0)
        let batch = try await namingRefused(texts) {
            try await embedder.embed(texts.map(\.text), as: .passage) { part in
                guard part.positions.count < digests.count else { return }
                try translatingErrors(path: index.path) {
                    try index.pool.write { db in
                        try PendingVectors.insert(
                            part.vectors, of: part.positions.map { digests[$0] },
                            generation: SettingsTable.integer(SettingsTable.generation, in: db) ?? 1, in: db)
                    }
                }
                let finished = done.withLock { done in
                    done += part.positions.count
                    return done
                }
                onProgress(progress(embedded: finished, of: digests.count, tokens: tokens))
            }
        }
        guard batch.count == digests.count else {
            throw CorpusError(.damaged, "The model returned \(batch.count) vectors for \(digests.count) texts.")
        }
        return Dictionary(uniqueKeysWithValues: digests.enumerated().map { ($1, batch[$0]) })
    }

    private func namingRefused(
        _ texts: [Text], _ embed: () async throws -> EmbeddingBatch
    ) async throws -> EmbeddingBatch {
        do {
            return try await embed()
        } catch let error as ProviderError {
            guard let position = error.position, texts.indices.contains(position) else { throw error }
            throw RefusedText(digest: texts[position].digest, reason: error, asked: Self.tokens(of: texts))
        }
    }

    /// How far the run is when some of the batch's texts are embedded.
    private func progress(embedded count: Int, of total: Int, tokens: Int) -> IndexingProgress {
        var current = progress.after
        let (before, after) = progress
        current.bytes = before.bytes + (after.bytes - before.bytes) * count / total
        current.chunks = max(before.chunks, after.chunks - total + count)
        current.embeddedTokens += tokens * count / total
        return current
    }

    /// - Returns: Documents that are no longer in sources that stay.
    private func write(_ vectors: Vectors) throws -> [IndexingRun.Removal] {
        try translatingErrors(path: index.path) {
            try index.pool.write { db in
                let writer = try IndexWriter(db, settings: index.settings)
                let leftovers = try write(vectors, by: writer)
                try writer.finish()
                return leftovers
            }
        }
    }

    private func write(_ vectors: Vectors, by writer: IndexWriter) throws -> [IndexingRun.Removal] {
        var ids: [ExactText: Int64] = [:]
        var leftovers: [IndexingRun.Removal] = []
        func id(of source: String) throws -> Int64 { try ids[ExactText(source)] ?? writer.sourceID(source) }
        for operation in inWritingOrder {
            switch operation {
            case .open(let row):
                ids[ExactText(row.name)] = try writer.upsertSource(row)
            case .relocate(let key, let sourceMap, let source):
                try writer.relocate(key, sourceMap: sourceMap, source: try id(of: source))
            case .write(let prepared, let source):
                try writer.write(prepared, source: try id(of: source), vectors: try rows(of: prepared, in: vectors))
            case .refuse(let key, let source, let rejection):
                try writer.refuse(key, of: try id(of: source), for: rejection)
            case .close(let row, let keys, let rejections, let refused):
                let id = try id(of: row.name)
                try writer.quarantine(rejections, root: row.root)
                try writer.refuse(refused, of: row.name)
                let removed = try writer.documents(of: id).filter { !keys.contains(ExactText($0.key)) }.map(\.id)
                if removed.isEmpty {
                    try writer.complete(id, sha256: row.sha256)
                } else {
                    leftovers.append(IndexingRun.Removal(source: id, documents: removed, sha256: row.sha256))
                }
            }
        }
        return leftovers
    }

    /// A vector for each chunk of a document; nil for an index without vectors.
    private func rows(of prepared: PreparedDocument, in vectors: Vectors) throws -> [ArraySlice<Float>]? {
        guard embedder != nil else { return nil }
        return try prepared.chunks.map { chunk in
            guard let row = vectors[chunk.sha256] else {
                throw CorpusError(
                    .damaged, "The model returned no vector for a chunk of \(prepared.document.id).")
            }
            return row
        }
    }

    /// Sources are closed last, so that a document which moved from one to another has moved before the one it left
    /// is cleared of what is gone.
    private var inWritingOrder: [Operation] {
        func closes(_ operation: Operation) -> Bool { if case .close = operation { true } else { false } }
        return operations.filter { !closes($0) } + operations.filter(closes)
    }
}
