import Foundation
package import Quarry

/// An index opened for writing, with its embedding model.
package struct IndexOpening: Sendable {
    /// The vectors that a generation is built for, beside those that questions are answered from.
    package struct Building: Sendable {
        package var number: Int64
        package var model: String
        /// The generation that questions are answered from; nil for none.
        package var live: Int64?
        /// The most tokens of a passage that the model reads, if passages of the index may be longer.
        package var cutting: Int?
    }

    package let index: CorpusIndex
    /// Nil for a run that writes the live generation.
    package private(set) var building: Building?
    package let model: ModelServices.OpenedEmbedder?
    /// Why the server of the model could not be remembered; nil if it was, or need not be.
    package private(set) var serverNotRemembered: (any Error)?
    /// How sources are read.
    package private(set) var reading: ReadingOptions
    /// The tables of SQLite files that earlier runs read and this one does not.
    package private(set) var droppedTables: [String] = []
    private let isTemporary: Bool
    private let settings: Settings

    package var embedder: (any Embedder)? { model?.embedder }
    package var counter: any TokenCounter { model?.counter ?? WordCounter() }

    /// - Parameters:
    ///   - name: The embedding model, or `none`. In an existing index, another model than that of the live generation builds
    ///     a generation of its own. Nil selects the model of the index or, for a new index, of the settings.
    ///   - remote: The options of a remote model, for a new index or a new generation.
    ///   - chunking: Changes the chunking of the index, or the default chunking of a new index.
    ///   - reading: Changes how the sources of the index are read.
    ///   - isTemporary: Whether to create a missing index in memory, so that a plan leaves no file.
    /// - Throws: ``CorpusError`` and the errors of `services`. The code is ``CorpusError/Code/hasVectors`` for `none` and an
    ///   index with vectors.
    package init(
        path: String, model name: String? = nil, settings: Settings, services: ModelServices,
        remote: RemoteEmbedder.Options = .init(),
        chunking: (IndexSettings.Chunking) -> IndexSettings.Chunking = { $0 },
        reading: (ReadingOptions) -> ReadingOptions = { $0 }, isTemporary: Bool = false
    ) async throws {
        self.settings = settings
        self.isTemporary = isTemporary
        var reused: (index: CorpusIndex, model: ModelServices.OpenedEmbedder?)?
        if let existing = try CorpusIndex.existing(at: path, readOnly: isTemporary) {
            do {
                let found = try await Self.model(name, remote, for: existing, services, chunking)
                // A generation that no run has begun is not built beside words of a failed first run.
                if try found.index.generation != nil || found.model == nil || !existing.isUnused() { reused = found }
            } catch let error as CorpusError {
                // A failed first run left only words. The file is created again with the requested settings.
                guard try error.concernsSettings && existing.isUnused() else { throw error }
            }
        }
        if let reused {
            (index, model) = (reused.index, reused.model)
            building = try await Self.building(index)
            let kept = index.settings.reading ?? ReadingOptions()
            self.reading = reading(kept)
            let names = Set(self.reading.tables.map { $0.lowercased() })
            droppedTables = kept.tables.filter { !names.contains($0.lowercased()) }
            if !isTemporary, self.reading != kept { try index.remember(reading: self.reading) }
            if !isTemporary, name != nil { await rememberServer() }
            if !isTemporary, let address = model?.address, address != index.settings.embeddingAddress {
                // The model is the same, but its server has a new address.
                try index.remember(embeddingAddress: address)
            }
            return
        }
        self.reading = reading(ReadingOptions())
        let name = name ?? settings.model?.value ?? LocalModelCatalog.defaultModelName
        model = name == "none" ? nil : try await services.embedder(name, options: remote)
        let wanted = chunking(IndexSettings.Chunking())
        _ = try wanted.chunker(counter: WordCounter(), embedder: model?.embedder)
        let fitted = model.map { wanted.fitting(modelOf: $0.embedder.fingerprint.maximumTokens) } ?? wanted
        let settings = IndexSettings(
            chunking: fitted, embedding: model?.embedder.fingerprint, embeddingAddress: model?.address,
            embeddingProbe: model?.probe, requestedDimension: remote.dimension,
            reading: self.reading == ReadingOptions() ? nil : self.reading)
        index =
            isTemporary
            ? try CorpusIndex.inMemory(settings: settings) : try CorpusIndex.openOrCreate(at: path, settings: settings)
        if !isTemporary { await rememberServer() }
    }

    /// Gives labels to files and folders, for this and later runs.
    ///
    /// - Parameters:
    ///   - labels: Values by key; nil removes a label.
    ///   - inputs: Paths, and the names of texts without a file.
    /// - Throws: ``CorpusError``.
    package mutating func label(
        _ inputs: [IndexInput], pages addresses: [String] = [], with labels: [(key: String, value: MetadataValue?)]
    ) throws {
        let paths = inputs.compactMap { if case .path(let path) = $0.kind { path } else { nil } }
        var names = Set(try index.names(ofInputs: paths).values)
        for case .bytes(_, let name) in inputs.map(\.kind) { names.insert(name) }
        for address in addresses { names.insert(address.last == "/" ? String(address.dropLast()) : address) }
        let kept = reading
        for name in names {
            for (key, value) in labels { reading.labels.set(key, to: value, of: name) }
        }
        if !isTemporary, reading != kept { try index.remember(reading: reading) }
    }

    /// Remembers the server of a model that the user named, so that later questions may be sent to it.
    private mutating func rememberServer() async {
        guard let model, let provider = model.provider else { return }
        do {
            let reference = ModelReference(provider: provider, model: model.embedder.fingerprint.model)
            let key = provider.isGivenByAddress ? try await settings.key(for: provider) : nil
            try settings.knownServers.add(reference, hasKey: key != nil)
        } catch {
            serverNotRemembered = error
        }
    }

    /// An existing index for a model, and the model; nil for an index without vectors.
    ///
    /// - Throws: ``CorpusError`` if the index was built with another chunking.
    private static func model(
        _ name: String?, _ remote: RemoteEmbedder.Options, for index: CorpusIndex, _ services: ModelServices,
        _ chunking: (IndexSettings.Chunking) -> IndexSettings.Chunking
    ) async throws -> (index: CorpusIndex, model: ModelServices.OpenedEmbedder?) {
        try index.check(chunking(index.settings.chunking))
        guard let name, name != "none" else {
            if name != nil, let embedding = index.settings.embedding {
                throw CorpusError(
                    .hasVectors,
                    "\(index.path) was built with \(index.settings.modelName ?? embedding.model) and needs that model."
                )
            }
            let model = try await services.embedder(for: index.settings)
            if let model { try index.check(model.embedder) }
            return (index, model)
        }
        if remote == RemoteEmbedder.Options() {
            // With the prefixes and the dimension of its vectors, wherever the model is now.
            for known in try index.modelSettings() where try services.isRemote(name, sameAs: known) {
                let model = try await services.embedder(for: known, override: name)
                guard let model, model.embedder.fingerprint == known.embedding else { continue }
                return (try index.generation(of: GenerationModel(model, known)), model)
            }
        }
        let model = try await services.embedder(name, options: remote)
        var settings = index.settings
        settings.requestedDimension = remote.dimension
        return (try index.generation(of: GenerationModel(model, settings)), model)
    }

    /// What is built in an index that was opened for another generation than the live one; nil for the live one.
    private static func building(_ index: CorpusIndex) async throws -> Building? {
        guard let model = index.settings.embedding else { return nil }
        let live = try await index.generations().first(where: \.isLive)?.number
        guard index.generation == nil || index.generation != live else { return nil }
        let number = if let known = index.generation { known } else { try await index.nextGeneration() }
        let chunking = index.settings.chunking
        let cuts = chunking.maximum > chunking.fitting(modelOf: model.maximumTokens).maximum
        return Building(
            number: number, model: index.settings.modelName ?? model.model, live: live,
            cutting: cuts ? model.maximumTokens : nil)
    }

    /// The estimated cost of a plan's vectors; nil for an index without vectors.
    ///
    /// If the speed of a model in this process is unknown, it is measured now, which takes some seconds.
    package func estimate(of report: IndexingReport) async throws -> CostEstimate? {
        guard let model else { return nil }
        var speed = try SpeedRecord(path: settings.speedRecordPath).measurement(of: model.name)
        let isSampled = speed == nil && model.provider == nil && report.embeddedChunks > 0
        if isSampled {
            speed = try await .measuring(
                model.embedder, model: model.name, counter: model.counter, count: Self.sampled,
                length: max(1, report.embeddedTokens / report.embeddedChunks), rounds: 1)
        }
        return .embedding(
            tokens: report.embeddedTokens, texts: report.embeddedChunks, model: model.embedder.fingerprint.model,
            at: model.provider, catalog: settings.catalog, tokensPerSecond: speed?.tokensPerSecond,
            isSampled: isSampled, budget: settings.budget)
    }

    /// Texts that a plan embeds to measure a model.
    private static let sampled = 8
}

extension GenerationModel {
    /// - `settings`: Have the dimension that was requested.
    fileprivate init(_ model: ModelServices.OpenedEmbedder, _ settings: IndexSettings) {
        self.init(
            embedding: model.embedder.fingerprint, embeddingAddress: model.address, embeddingProbe: model.probe,
            requestedDimension: settings.requestedDimension)
    }
}

extension CorpusError {
    /// Whether the file has other settings than the requested ones.
    fileprivate var concernsSettings: Bool {
        [.hasVectors, .otherModel, .otherSettings].contains(code)
    }
}
