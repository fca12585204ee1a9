import Foundation
package import Quarry

/// An index opened for writing together with the model it is made with.
package struct IndexOpening: Sendable {
    package let index: CorpusIndex
    package let model: ModelServices.OpenedEmbedder?
    private let settings: Settings
    private let temporary: URL?

    package var embedder: (any Embedder)? { model?.embedder }
    package var counter: any TokenCounter { model?.counter ?? WordCounter() }

    /// - Parameters:
    ///   - name: A model to use now, or `none`: of an index that exists, it must be the one that made the vectors. Nil for
    ///     the model of the index or, for a new one, of the settings.
    ///   - remote: For a new index whose model is elsewhere.
    ///   - chunking: Changes what is asked for in the chunking of the index, or in the default for a new one.
    ///   - isTemporary: Where there is no index yet, open an empty one elsewhere, so that a plan leaves no file.
    /// - Throws: ``CorpusError``, with the code ``CorpusError/Code/noVectors`` for a model and an index without vectors,
    ///   and ``CorpusError/Code/hasVectors`` for `none` and an index with vectors; and what `services` throws for a model.
    package init(
        path: String, model name: String? = nil, settings: Settings, services: ModelServices,
        remote: RemoteEmbedder.Options = .init(),
        chunking: (IndexSettings.Chunking) -> IndexSettings.Chunking = { $0 }, isTemporary: Bool = false
    ) async throws {
        self.settings = settings
        if let existing = try Self.existing(at: path, readOnly: isTemporary) {
            temporary = nil
            index = existing
            try index.check(chunking(index.settings.chunking))
            if name == "none", let embedding = index.settings.embedding {
                throw CorpusError(
                    .hasVectors,
                    "\(path) was built with \(index.settings.modelName ?? embedding.model) and cannot go on without a model."
                )
            }
            if let name, name != "none", index.settings.embedding == nil {
                throw CorpusError(
                    .noVectors, "\(path) was built without a model and has no vectors, so it cannot go on with \(name)."
                )
            }
            model = try await services.embedder(for: index.settings, override: name)
            if !isTemporary, let model, let address = model.address, address != index.settings.embeddingAddress {
                // The same model on a server that moved.
                try index.check(model.embedder)
                try index.remember(embeddingAddress: address)
            }
        } else {
            let name = name ?? settings.model?.value ?? LocalModelCatalog.defaultModelName
            model = name == "none" ? nil : try await services.embedder(name, options: remote)
            let wanted = chunking(IndexSettings.Chunking())
            try wanted.validate()
            let fitted = model.map { wanted.fitting(modelOf: $0.embedder.fingerprint.maximumTokens) } ?? wanted
            temporary =
                isTemporary
                ? FileManager.default.temporaryDirectory.appendingPathComponent("quarry-plan-\(UUID().uuidString)")
                : nil
            index = try CorpusIndex.openOrCreate(
                at: temporary?.appendingPathComponent("plan.quarry").path ?? path,
                settings: IndexSettings(
                    chunking: fitted, embedding: model?.embedder.fingerprint, embeddingAddress: model?.address,
                    requestedDimension: remote.dimension))
        }
    }

    /// What the vectors of a plan would cost; nil for an index without any.
    package func estimate(of report: IndexingReport) throws -> CostEstimate? {
        guard let model else { return nil }
        let speeds = try SpeedRecord(path: settings.speedRecordPath)
        return .embedding(
            tokens: report.embeddedTokens, texts: report.embeddedChunks, model: model.embedder.fingerprint.model,
            at: model.provider, catalog: settings.catalog,
            tokensPerSecond: speeds.measurement(of: model.name)?.tokensPerSecond, budget: settings.budget)
    }

    /// The index at `path`; nil where there is none, nothing was put into it yet, or another process is about to make it.
    private static func existing(at path: String, readOnly: Bool) throws -> CorpusIndex? {
        do {
            let index = try CorpusIndex.open(at: path, readOnly: readOnly)
            return try index.isUnused() ? nil : index
        } catch let error as CorpusError where error.code == .missing || error.code == .empty {
            return nil
        }
    }

    /// Removes the file that a plan needed.
    package func discardTemporary() {
        if let temporary { try? FileManager.default.removeItem(at: temporary) }
    }
}
