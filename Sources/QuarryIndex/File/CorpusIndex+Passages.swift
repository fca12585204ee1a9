package import QuarryCore

extension CorpusIndex {
    /// The most passages that a task over documents reads.
    package static let maximumTaskPassages = 20_000

    /// The passages of documents, in the order of the documents and of their text.
    ///
    /// - Throws: ``CorpusError`` for more than ``maximumTaskPassages`` passages, before their texts are read.
    package func passages(of documents: [DocumentSummary]) async throws -> [ScoredChunk] {
        let ids = documents.flatMap(\.chunks)
        guard ids.count <= Self.maximumTaskPassages else {
            throw CorpusError(
                .input,
                "The \(documents.count) documents have \(ids.count) passages; at most \(Self.maximumTaskPassages) are read at once. Name fewer documents."
            )
        }
        return try await withSnapshot { snapshot in
            let found = try await snapshot.passages(ids)
            return ids.compactMap { id in found[id].map { ScoredChunk(id: id, passage: $0, score: 0) } }
        }
    }
}
