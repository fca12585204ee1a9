import GRDB
import QuarryCore
import Synchronization

extension IndexingRun {
    /// The vectors of the queued texts that have none yet, each text embedded once.
    ///
    /// What an embedder tells of before it is done is kept at once, so that a run which is cut off loses none of it.
    func embed(
        _ operations: [Operation], source: String, onProgress: @Sendable (IndexingProgress) -> Void
    ) async throws -> [ContentHash: ArraySlice<Float>] {
        guard let embedder = indexer.embedder else { return [:] }
        var digests: [ContentHash] = []
        var texts: [String] = []
        var met: Set<ContentHash> = []
        for case .write(let prepared, _) in operations {
            for chunk in prepared.chunks where chunk.vector == nil && met.insert(chunk.sha256).inserted {
                digests.append(chunk.sha256)
                texts.append(chunk.chunk.contextualText)
            }
        }
        guard !texts.isEmpty else { return [:] }
        let before = report.chunks - texts.count
        let start = (committed: committedBytes, queued: pendingSourceBytes, count: texts.count)
        let done = Mutex(0)
        let known = (digests: digests, index: index)
        let batch = try await embedder.embed(texts, as: .passage) { part in
            guard part.positions.count < start.count else { return }
            try translatingErrors(path: known.index.path) {
                try known.index.pool.write { db in
                    try PendingVectors.insert(
                        part.vectors, of: part.positions.map { known.digests[$0] },
                        generation: SettingsTable.integer(SettingsTable.generation, in: db) ?? 1, in: db)
                }
            }
            let finished = done.withLock { done in
                done += part.positions.count
                return done
            }
            onProgress(
                progress(
                    source: source, bytes: start.committed + start.queued * finished / start.count,
                    chunks: max(0, before) + finished))
        }
        guard batch.count == texts.count else {
            throw CorpusError(.damaged, "The model returned \(batch.count) vectors for \(texts.count) texts.")
        }
        return Dictionary(uniqueKeysWithValues: digests.enumerated().map { ($1, batch[$0]) })
    }

    /// Gives chunks whose text the index already knows the vector it has for it.
    func reuseVectors(in prepared: inout PreparedDocument) throws {
        let digests = prepared.chunks.map(\.sha256)
        let dimension = index.settings.embedding?.dimension ?? 0
        let vectors = try translatingErrors(path: index.path) {
            try index.pool.read { db -> [[Float]?] in
                let generation = try SettingsTable.integer(SettingsTable.generation, in: db) ?? 1
                let pendingExist = try PendingVectors.exist(in: db)
                return try digests.map { digest in
                    if let vector = try EngineTables.vector(ofText: digest, generation: generation, in: db) {
                        return vector
                    }
                    return pendingExist
                        ? try PendingVectors.vector(of: digest, generation: generation, dimension: dimension, in: db)
                        : nil
                }
            }
        }
        for (position, vector) in vectors.enumerated() { prepared.chunks[position].vector = vector }
    }
}
