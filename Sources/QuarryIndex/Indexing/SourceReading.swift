import QuarryCore
import QuarryProviders
import QuarryReaders

/// Reads one source: the part of a run that needs nothing but the source, so that several are read at a time.
struct SourceReading: Sendable {
    let readers: ReaderRegistry
    let maximumBytes: Int
    /// Sources that are read though their bytes did not change.
    let rechecked: Set<String>
    let isPlan: Bool

    enum Outcome: Sendable {
        /// The system did not hand out the bytes.
        case unreadable(Rejection)
        /// The bytes were read before.
        case same(SourceRow)
        case read(SourceRow, ReadResult, byModel: Bool)
        /// A model would read it: its identity, and how much work it is, where that is known.
        case planned(SourceRow, (model: String, work: ModelWork)?)
        /// The model failed for this source. The next run asks it again.
        case unreadByModel(Rejection)
        /// Every other source would fail as well, or the task was cancelled.
        case failed(any Error)
    }

    func outcome(of work: InputScan.Work) async -> Outcome {
        let source: Source
        var row: SourceRow
        let version = readers.version(of: work.name) ?? work.stored?.reader ?? ""
        switch work {
        case .bytes(let bytes, let name, let stored):
            source = Source(id: name, bytes: bytes)
            row = SourceRow(
                id: stored?.id, name: name, size: bytes.count, modified: 0, sha256: ContentHash(of: bytes),
                reader: version)
        case .document(let document, let stored):
            let size = document.text.utf8.count
            row = SourceRow(
                id: stored?.id, name: document.id, size: size, modified: 0,
                sha256: DocumentPreparation.digest(of: document), reader: "document/1")
            return .read(row, ReadResult(documents: [document]), byModel: false)
        case .file(let file, let stored):
            do {
                source = try file.load(maximumBytes: maximumBytes)
            } catch {
                return .unreadable(error)
            }
            row = SourceRow(
                id: stored?.id, name: file.id, root: file.root, path: file.path, size: source.bytes.count,
                modified: file.modificationTime, sha256: ContentHash(of: source.bytes), reader: version)
        }
        if let stored = work.stored, stored.holds(row), !rechecked.contains(row.name) { return .same(row) }
        let model = readers.modelReader(of: row.name)
        if isPlan, let model {
            let work = model.work(on: source)
            return .planned(row, model.identity.flatMap { identity in work.map { (identity, $0) } })
        }
        do {
            return .read(row, try await readers.read(source), byModel: model != nil)
        } catch let error as ProviderError where model != nil && error.concernsOneInput {
            // Not a fault of the content, which would not be read again until it changes.
            return .unreadByModel(
                Rejection(
                    source: row.name, reason: .unreadable,
                    message: "The model could not read it; the next run asks it again. \(error.message)"))
        } catch {
            return .failed(error)
        }
    }
}
