import QuarryProviders
import QuarryReaders

extension IndexingRun {
    /// Has models read sources, some at a time. What they made of one is committed before more of them is taken in, so
    /// that a run which is cut off has not paid in vain.
    ///
    /// A plan asks no model: it counts what would be read.
    mutating func process(
        external works: [InputScan.Work], onProgress: @Sendable (IndexingProgress) -> Void
    ) async throws {
        guard !works.isEmpty else { return }
        guard applies else {
            for work in works {
                try Task.checkCancellation()
                guard let loaded = try load(work) else { continue }
                count(loaded)
                note(loaded)
            }
            return
        }
        // What costs nothing is safe before anything is paid for.
        try await flush(source: works[0].name, onProgress: onProgress)
        let concurrency = works.compactMap { indexer.readers.external(for: $0.name)?.concurrency }.max() ?? 1
        var waiting = works[...]
        try await withThrowingTaskGroup(of: Reading.self) { group in
            var underWay = 0
            while true {
                while underWay < max(1, concurrency), let work = waiting.popFirst() {
                    guard let reader = indexer.readers.external(for: work.name), let loaded = try load(work) else {
                        continue
                    }
                    underWay += 1
                    onProgress(progress(source: work.name, bytes: committedBytes, chunks: report.chunks))
                    group.addTask { try await Reading(work, loaded, by: reader) }
                }
                guard let reading = try await group.next() else { return }
                underWay -= 1
                switch reading.outcome {
                case .success(let content):
                    note(reading.loaded)
                    try await take(content, of: reading.loaded, onProgress: onProgress)
                    try await flush(source: reading.work.name, onProgress: onProgress)
                case .failure(let rejection):
                    try quarantineUnread(rejection, of: reading.work)
                }
            }
        }
    }

    private mutating func note(_ loaded: LoadedSource) {
        report.modelReads.files += 1
        report.modelReads.bytes += loaded.row.size
    }

    /// What a model made of one source.
    private struct Reading: Sendable {
        var work: InputScan.Work
        var loaded: LoadedSource
        var outcome: Result<ReadResult, Rejection>

        /// - Throws: What would befall every other source as well, and `CancellationError`.
        init(_ work: InputScan.Work, _ loaded: LoadedSource, by reader: any AsyncReader) async throws {
            self.work = work
            self.loaded = loaded
            do {
                outcome = .success(try await reader.read(loaded.source))
            } catch let error as ProviderError where error.concernsOneSource {
                // Not a fault of the content, which would not be looked at again until it changes.
                outcome = .failure(
                    Rejection(
                        source: work.name, reason: .unreadable,
                        message:
                            "The model could not read it, and will be asked again by the next run. \(error.message)"
                    ))
            }
        }
    }
}

extension ProviderError {
    /// Whether another source may fare better.
    fileprivate var concernsOneSource: Bool {
        let codes: Set<Code> = [
            .invalidInput, .inputTooLong, .contentFiltered, .requestRefused, .serverFailure, .timedOut, .malformedReply,
            .interruptedReply,
        ]
        return codes.contains(code)
    }
}
