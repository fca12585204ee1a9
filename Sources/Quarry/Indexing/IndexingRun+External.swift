import QuarryProviders
import QuarryReaders

extension IndexingRun {
    /// Has models read sources, some at a time. What they made of one is committed before the next is taken in, so that
    /// a run which is cut off has not paid in vain.
    ///
    /// After what ends the run nothing more is begun. What is under way is waited for, 60 s at most, and kept: it is paid
    /// for.
    ///
    /// A plan asks no model: it counts what would be read.
    mutating func process(
        external works: [InputScan.Work], onProgress: @escaping @Sendable (IndexingProgress) -> Void
    ) async throws {
        guard !works.isEmpty else { return }
        guard applies else {
            for work in works {
                try Task.checkCancellation()
                guard let loaded = try load(work) else { continue }
                count(loaded)
                note(loaded)
                estimate(loaded, of: work)
            }
            return
        }
        // What costs nothing is safe before anything is paid for.
        try await commit(source: works[0].name, onProgress: onProgress)
        // As many as the most cautious of them takes.
        let concurrency = works.compactMap { indexer.readers.external(for: $0.name)?.concurrency }.min() ?? 1
        var waiting = works[...]
        var failure: (any Error)?
        try await withThrowingTaskGroup(of: Reading?.self) { group in
            var underWay = 0
            while true {
                while failure == nil, underWay < max(1, concurrency), let work = waiting.popFirst() {
                    guard let reader = indexer.readers.external(for: work.name), let loaded = try load(work) else {
                        continue
                    }
                    underWay += 1
                    onProgress(progress(source: work.name))
                    group.addTask { await Reading(work, loaded, by: reader) }
                }
                guard underWay > 0, let event = try await group.next() else { return group.cancelAll() }
                guard let reading = event else {
                    group.cancelAll()
                    continue
                }
                underWay -= 1
                switch reading.outcome {
                case .content(let content):
                    note(reading.loaded)
                    try await take(content, of: reading.loaded, onProgress: onProgress)
                    try await commit(source: reading.work.name, onProgress: onProgress)
                case .rejected(let rejection):
                    readBytes += reading.loaded.row.size
                    try quarantineUnread(rejection, of: reading.work)
                case .failed(let error):
                    guard failure == nil else { continue }
                    failure = error
                    // What is at a provider is paid for: it is waited for, but not for ever.
                    group.addTask {
                        try? await Task.sleep(for: Self.patience)
                        return nil
                    }
                }
            }
        }
        if let failure { throw failure }
    }

    /// How long models are waited for that were reading when another one failed.
    private static let patience = Duration.seconds(60)

    private mutating func estimate(_ loaded: LoadedSource, of work: InputScan.Work) {
        guard let reader = indexer.readers.external(for: work.name), let model = reader.identity,
            let more = reader.work(on: loaded.source)
        else { return }
        report.modelReads.work[model] = report.modelReads.work[model].map { $0 + more } ?? more
    }

    private mutating func note(_ loaded: LoadedSource) {
        report.modelReads.files += 1
        report.modelReads.bytes += loaded.row.size
    }

    /// What a model made of one source.
    private struct Reading: Sendable {
        var work: InputScan.Work
        var loaded: LoadedSource
        var outcome: Outcome

        enum Outcome: Sendable {
            case content(ReadResult)
            case rejected(Rejection)
            /// What would befall every other source as well, or a cancellation.
            case failed(any Error)
        }

        init(_ work: InputScan.Work, _ loaded: LoadedSource, by reader: any AsyncReader) async {
            self.work = work
            self.loaded = loaded
            do {
                outcome = .content(try await reader.read(loaded.source))
            } catch let error as ProviderError where error.concernsOneInput {
                // Not a fault of the content, which would not be looked at again until it changes.
                outcome = .rejected(
                    Rejection(
                        source: work.name, reason: .unreadable,
                        message:
                            "The model could not read it, and will be asked again by the next run. \(error.message)"
                    ))
            } catch {
                outcome = .failed(error)
            }
        }
    }
}
