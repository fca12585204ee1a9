import QuarryCore
import QuarryReaders

/// Reads one source. It needs no shared state, so several sources are read in parallel.
struct SourceReading: Sendable {
    let readers: ReaderRegistry
    let maximumBytes: Int
    /// Sources to read even if their bytes are unchanged.
    let rechecked: Set<String>
    /// Sources without a document.
    let empty: Set<Int64>
    let isPlan: Bool

    enum Outcome: Sendable {
        /// The file cannot be read.
        case unreadable(Rejection)
        /// The bytes are unchanged.
        case same(SourceRow)
        case read(SourceRow, ReadResult, byModel: Bool)
        /// In a plan: a model would read it. With its identity and the estimated work, if known.
        case planned(SourceRow, (model: String, work: ModelWork)?)
        /// The model failed for this source. The next run asks it again.
        case unreadByModel(Rejection)
        /// Every other source would fail as well, or the task was cancelled.
        case failed(any Error)
    }

    func outcome(of work: InputScan.Work) async -> Outcome {
        let source: Source
        var row: SourceRow
        let version =
            readers.version(of: work.name, mediaType: work.mediaType) ?? work.stored?.reader ?? ""
        switch work {
        case .bytes(let bytes, let name, let stored):
            source = Source(id: name, bytes: bytes)
            row = SourceRow(
                id: stored?.id, name: name, size: bytes.count, modified: 0, sha256: ContentHash(of: bytes),
                reader: version)
        case .page(let page, let site, let stored):
            do {
                source = try page.load(maximumBytes: maximumBytes)
            } catch {
                return .unreadable(error)
            }
            row = SourceRow(
                id: stored?.id, name: page.address, size: source.bytes.count, modified: 0,
                sha256: ContentHash(of: source.bytes), reader: version, page: StoredPage(page, of: site))
        case .document(let document, let stored):
            let size = document.text.utf8.count
            let finished = readers.finished(document)
            row = SourceRow(
                id: stored?.id, name: document.id, size: size, modified: 0,
                sha256: DocumentPreparation.digest(of: document),
                reader: readers.version(ofDocument: document.id))
            return .read(row, ReadResult(documents: [finished]), byModel: false)
        case .file(let file, let stored):
            do {
                source = try file.load(maximumBytes: maximumBytes)
            } catch {
                return .unreadable(error)
            }
            row = SourceRow(
                id: stored?.id, name: file.id, root: file.root, path: file.path, size: source.bytes.count,
                modified: file.changeTime, sha256: ContentHash(of: source.bytes), reader: version)
        }
        if let stored = work.stored, stored.holds(row), !rechecked.contains(row.name) { return .same(row) }
        // What a program of this machine cannot read again now stays, as what a model read does.
        let holdsText = work.stored.map { $0.sha256 != nil && !empty.contains($0.id) } ?? false
        if holdsText, let obstacle = readers.obstacle(of: row.name, mediaType: source.mediaType) {
            return .unreadable(.notReadAgain(row.name, obstacle))
        }
        let model = readers.modelReader(of: row.name, mediaType: work.mediaType)
        if isPlan, let model {
            let work = model.work(on: source)
            return .planned(row, model.identity.flatMap { identity in work.map { (identity, $0) } })
        }
        do {
            let result = try await readers.read(source)
            if holdsText, result.documents.isEmpty, result.rejected.contains(where: { $0.reason == .encrypted }) {
                return .unreadable(.notReadAgain(row.name, "it is encrypted"))
            }
            return .read(row, result, byModel: model != nil)
        } catch let error as any InputFailure where model != nil && error.concernsOneInput {
            // Not an error of the content: those are not tried again until the content changes.
            return .unreadByModel(
                Rejection(
                    source: row.name, reason: .unreadable,
                    message: "The model could not read it. The next run tries again. \(error.message)"))
        } catch {
            return .failed(error)
        }
    }
}

extension Rejection {
    /// A source whose text stays although it would have to be read again.
    fileprivate static func notReadAgain(_ source: String, _ reason: String) -> Rejection {
        Rejection(
            source: source, reason: .unreadable,
            message: "It cannot be read again here: \(reason). Its text of an earlier run stays in the index.")
    }
}
