import GRDB
import QuarryCore
import QuarryReaders
import QuarryText
import Synchronization

/// Applies the changes of a run.
protocol ChangeWriter: Sendable {
    /// Applies changes in order, except that ``IndexChange/close(_:keys:rejections:refused:unread:warnings:)`` comes last,
    /// because a document may move from one source to another. On an error no change is applied.
    ///
    /// - Returns: The texts that a plan would embed, with their tokens.
    func apply(_ changes: [IndexChange]) async throws -> [ContentHash: Int]
}

/// Writes changes to the file. Each call is one transaction.
struct FileWriter: ChangeWriter {
    let index: CorpusIndex
    let onCommit: @Sendable () -> Void

    func apply(_ changes: [IndexChange]) async throws -> [ContentHash: Int] {
        try await index.write { db in
            let writer = try IndexWriter(db)
            for change in changes where !change.isClose { try writer.apply(change) }
            for change in changes where change.isClose { try writer.apply(change) }
            try writer.finish()
        }
        onCommit()
        return [:]
    }
}

/// Writes nothing. Counts the texts without a vector.
final class PlanWriter: ChangeWriter {
    private struct State {
        /// The keys of documents that the run would replace.
        var replaced: Set<ExactText> = []
        var removed: Set<Int64> = []
    }

    private let index: CorpusIndex
    private let state = Mutex(State())

    init(index: CorpusIndex) { self.index = index }

    func apply(_ changes: [IndexChange]) async throws -> [ContentHash: Int] {
        state.withLock { state in
            for change in changes {
                switch change {
                case .write(let prepared, _): state.replaced.insert(ExactText(prepared.document.id))
                case .removeDocument(let id, _): state.removed.insert(id)
                default: break
                }
            }
        }
        guard index.settings.embedding != nil else { return [:] }
        return try await index.read { [generation = index.generation] db in
            var missing: [ContentHash: Int] = [:]
            for case .write(let prepared, _) in changes {
                for item in prepared.chunks where missing[item.sha256] == nil {
                    if let generation,
                        try StoredVectors.vector(of: item.sha256, generation: generation, in: db) != nil
                    {
                        continue
                    }
                    missing[item.sha256] = item.chunk.tokenCount
                }
            }
            return missing
        }
    }

    /// The texts of unchanged documents without a vector.
    func missingTexts() async throws -> [ContentHash: Int] {
        guard index.settings.embedding != nil else { return [:] }
        let (replaced, removed) = state.withLock { ($0.replaced, $0.removed) }
        var missing = MissingVectors(index, generation: index.generation)
        try await missing.refresh()
        var texts: [ContentHash: Int] = [:]
        while let batch = try await missing.next(4096, distinct: false) {
            for text in batch where !removed.contains(text.document) && !replaced.contains(ExactText(text.key)) {
                texts[text.digest] = text.tokens
            }
        }
        return texts
    }
}

extension IndexChange {
    fileprivate var isClose: Bool { if case .close = self { true } else { false } }
}
