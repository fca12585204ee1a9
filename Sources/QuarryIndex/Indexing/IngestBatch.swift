import QuarryCore
import QuarryText

/// The changes of a run that are collected for one transaction. New documents are cut when it is full.
struct IngestBatch {
    private enum Pending: Sendable {
        case change(IndexChange)
        case document(Document, sha256: ContentHash, source: String, language: Language?)
    }

    /// The size of a batch in bytes of text. Small batches make words searchable early and lose little in a killed run;
    /// large ones rewrite blocks of postings less often.
    private static let maximumBytes = 16 << 20
    private static let maximumChanges = 32_768
    /// A batch of an eighth of that is enough when it took this long to read.
    private static let maximumTime = Duration.seconds(5)
    /// Where a model cuts the documents, so much text takes it seconds.
    private static let maximumBytesOfModel = 64 << 10

    private let indexer: Indexer
    private var pending: [Pending] = []
    private var bytes = 0
    private var start = ContinuousClock.now

    init(_ indexer: Indexer) { self.indexer = indexer }

    var isEmpty: Bool { pending.isEmpty }

    var isFull: Bool {
        if indexer.chunkerAsksModel, bytes >= Self.maximumBytesOfModel { return true }
        let enough = start.duration(to: .now) < Self.maximumTime ? 1 : 8
        return bytes >= Self.maximumBytes / enough || pending.count >= Self.maximumChanges / enough
    }

    /// Begins its time anew.
    mutating func begin() { start = .now }

    mutating func append(_ change: IndexChange) { pending.append(.change(change)) }

    mutating func append(_ document: Document, sha256: ContentHash, source: String, language: Language?) {
        pending.append(.document(document, sha256: sha256, source: source, language: language))
        bytes += document.text.utf8.count
    }

    /// Cuts and analyses the documents.
    ///
    /// - Parameter width: The number of documents at a time.
    /// - Returns: All changes in their order, and the documents that a model refused to cut, which are cut by their
    ///   structure.
    /// - Throws: The errors of the chunker, and `CancellationError`.
    func prepared(width: Int) async throws -> (changes: [IndexChange], refusals: [Rejection]) {
        let indexer = indexer
        let prepared = try await mapConcurrently(pending, width: width) { pending -> (IndexChange, Rejection?) in
            switch pending {
            case .change(let change): return (change, nil)
            case .document(let document, let sha256, let source, let language):
                var (preparation, refusal) = (indexer.preparation, nil as Rejection?)
                while true {
                    do {
                        let prepared = try await preparation.prepare(document, sha256: sha256, from: language)
                        return (.write(prepared, source: source), refusal)
                    } catch let error as any InputFailure
                        where indexer.chunkerAsksModel && error.concernsOneInput && refusal == nil
                    {
                        preparation.chunker = indexer.planningChunker
                        refusal = Rejection(
                            source: source, line: document.sourceMap.firstLine, reason: .refusedByModel,
                            message: "It was cut by its structure, not by its meaning: \(error.message)")
                    }
                }
            }
        }
        return (prepared.map(\.0), prepared.compactMap(\.1))
    }
}
