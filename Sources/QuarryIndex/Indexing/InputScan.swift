import Foundation
import GRDB
import QuarryCore
import QuarryReaders
import QuarryText

/// What the inputs hold, compared with what the index holds.
struct InputScan {
    /// A source to be read.
    enum Work {
        case file(FoundFile, stored: StoredSource?)
        case bytes([UInt8], name: String, stored: StoredSource?)
        case document(Document, stored: StoredSource?)

        var byteCount: Int {
            switch self {
            case .file(let file, _): file.size
            case .bytes(let bytes, _, _): bytes.count
            case .document(let document, _): document.text.utf8.count
            }
        }

        var name: String {
            switch self {
            case .file(let file, _): file.id
            case .bytes(_, let name, _): name
            case .document(let document, _): document.id
            }
        }

        var stored: StoredSource? {
            switch self {
            case .file(_, let stored), .bytes(_, _, let stored), .document(_, let stored): stored
            }
        }

        /// Whether the content is what was read before, by the same version of its reader and under the same name.
        fileprivate func isOnlyTouched(by readers: ReaderRegistry) -> Bool {
            guard let stored, let digest = stored.sha256, stored.name == name, stored.size == byteCount,
                stored.isCurrent(readers)
            else { return false }
            return switch self {
            case .file(let file, _): (try? ContentHash(ofFileAt: file.path)) == digest
            case .bytes(let bytes, _, _): ContentHash(of: bytes) == digest
            case .document: false
            }
        }
    }

    /// In the order of their names, those of ``rechecked`` last.
    private(set) var work: [Work] = []
    /// What models are to read, after all local work.
    private(set) var modelWork: [Work] = []
    /// As many as the most cautious of the models takes at a time.
    private(set) var modelConcurrency = 1
    private(set) var diff: SourceDiff
    let folders: FolderNames
    /// Every root that the index knew before this run.
    let knownFolders: [NamedFolder]
    /// What the walk could not take in, with the root it was found under.
    private(set) var rejected: [(rejection: Rejection, root: String?)]
    /// Paths that lead nowhere, and bytes whose name belongs to a file.
    private(set) var refusedInputs: [Rejection]
    /// Lines of ignore files that are no pattern.
    private(set) var warnings: [Rejection]
    private(set) var skipped: Int
    /// Rows of the quarantine that are judged anew by looking at files and folders.
    let outdated: [Int64]
    /// What reading found wrong, by the name of the source; it holds for as long as the source is not read again.
    let faults: [String: [Rejection]]
    /// Unchanged sources that are read all the same: the id of a document they were refused is free, or another model
    /// made nothing of them.
    let rechecked: Set<String>
    /// Unchanged files that were passed over when they were read.
    let passedOver: [Rejection]
    /// Sources of another time and the same content: they keep their documents.
    private(set) var touched: Set<String> = []
    /// Sources that had no document before this run.
    let emptySources: Set<Int64>
    let maximumFileBytes: Int

    init(_ inputs: [IndexInput], options: InputOptions, index: CorpusIndex, readers: ReaderRegistry) throws {
        var stored = try translatingErrors(path: index.path) { try index.pool.read { try StoredInputs($0) } }
        let paths = inputs.compactMap { if case .path(let path) = $0 { path } else { nil } }
        let places = WalkedPlaces(paths, stored: stored.folders, sources: Set(stored.sources.compactMap(\.path)))
        folders = places.names
        knownFolders = stored.folders
        stored.relocate(folders.relocations)
        var walker = FileWalker(
            roots: paths, include: options.include, exclude: options.exclude, maximumBytes: options.maximumFileBytes,
            readers: readers)
        walker.rootNames = places.namesAsGiven
        walker.ownFiles = index.ownFiles
        let absent = try Self.leaveOutAbsent(&walker.roots, known: stored.sources, places: places, inputs: inputs.count)
        let walk = try Self.walk(walker)
        let rejected = walk.rejected.map { ($0, places.place(of: $0.source)) }
        self.rejected = rejected.map { ($0.0, $0.1?.root) }
        warnings = walk.warnings + absent.gone
        refusedInputs = absent.unknown
        skipped = walk.skippedCount
        emptySources = stored.empty
        maximumFileBytes = options.maximumFileBytes

        let names = Dictionary(stored.sources.map { (ExactText($0.name), $0) }, uniquingKeysWith: { first, _ in first })
        var known = stored.sources.filter { $0.path.map(places.cover) ?? false }
        let found = Self.named(walk.files.map(places.placed), stored: stored.sources, names: names, known: &known)
        let unreadable = Set(
            rejected.filter { [.unreadable, .vanished].contains($0.0.reason) }.compactMap { $0.1?.path })
        let mover = Mover(index: index, readers: readers, refused: Set(stored.refused.map(\.source)))
        diff = try SourceDiff(
            found: found, stored: known, isCurrent: { $0.isCurrent(readers) },
            isHidden: { source in
                !unreadable.isEmpty && source.path.map { enclosing($0).contains(where: unreadable.contains) } ?? false
            },
            hash: { try? ContentHash(ofFileAt: $0.path) }, canMove: mover.canMove)

        let rows = stored.quarantined.filter { row in
            row.root.map(places.cover) ?? false || places.place(of: row.rejection.source) != nil
        }
        func isFault(_ row: StoredInputs.Quarantined) -> Bool {
            row.rejection.reason.isOfContent && names[ExactText(row.rejection.source)] != nil
        }
        outdated = rows.filter { !isFault($0) }.map(\.row)
        faults = Dictionary(grouping: stored.quarantined.filter(isFault).map(\.rejection), by: \.source)

        let freed = Set(
            diff.deleted.map(\.name) + diff.changed.map(\.stored.name)
                + diff.moved.filter { $0.stored.name != $0.file.id }.map(\.stored.name))
        let unread = (diff.unchanged + diff.changed).map(\.stored.name).filter { [faults] name in
            // Another model than the one that made nothing of it may make something of it.
            guard let identity = readers.modelReader(of: name)?.identity else { return false }
            return faults[name]?.contains { $0.model.map { $0 != identity } ?? false } ?? false
        }
        let due = Set(
            stored.refused.filter { $0.holder.map(freed.contains) ?? true }.map(\.source)
                .filter { !readers.needsModel($0) }
        ).union(unread)
        rechecked = due
        let again = diff.unchanged.filter { due.contains($0.stored.name) }
        diff.unchanged.removeAll { due.contains($0.stored.name) }
        passedOver = diff.unchanged.filter { stored.silent.contains($0.stored.id) }.map { .passedOver($0.stored.name) }

        skipUnread(readers)
        work += diff.new.map { .file($0, stored: nil) }
        work += diff.changed.map { .file($0.file, stored: $0.stored) }
        let foundNames = Set(found.map { ExactText($0.id) })
        var given: Set<ExactText> = []
        for input in inputs {
            let name: String
            let item: (StoredSource?) -> Work
            switch input {
            case .path: continue
            case .bytes(let bytes, let given): (name, item) = (given, { .bytes(bytes, name: given, stored: $0) })
            case .document(let document): (name, item) = (document.id, { .document(document, stored: $0) })
            }
            if !given.insert(ExactText(name)).inserted {
                refusedInputs.append(.nameGivenTwice(name))
            } else if names[ExactText(name)]?.path != nil || foundNames.contains(ExactText(name)) {
                refusedInputs.append(.nameTaken(name, by: names[ExactText(name)]?.path))
            } else {
                work.append(item(names[ExactText(name)]))
            }
        }
        touched = Set(work.filter { $0.isOnlyTouched(by: readers) }.map(\.name))
        work.sort { $0.name < $1.name }
        work += again.map { .file($0.file, stored: $0.stored) }
        modelWork = work.filter { readers.modelReader(of: $0.name) != nil }
        modelConcurrency = modelWork.compactMap { readers.modelReader(of: $0.name)?.concurrency }.min() ?? 1
        work.removeAll { readers.modelReader(of: $0.name) != nil }
    }

    var totalBytes: Int { (work + modelWork).reduce(0) { $0 + $1.byteCount } }

    /// Sources that are read or gone: their documents may belong to another source afterwards. Those that are read only
    /// for documents that they were refused keep what they have.
    var rereadSources: Set<String> {
        let outdated =
            diff.changed.filter { !touched.contains($0.file.id) }.flatMap { [$0.file.id, $0.stored.name] }
            + diff.deleted.map(\.name)
        return Set((work + modelWork).map(\.name)).subtracting(rechecked).subtracting(touched).union(outdated)
    }

    /// What has to be stored before anything is read: new names and places, and the quarantine without what is judged
    /// again.
    var firstChanges: [IndexChange] {
        [.folders(folders, known: knownFolders)] + diff.moved.map { .move($0.stored, to: $0.file) }
            + [.release(outdated)] + rejected.map { .quarantine($0.rejection, root: $0.root) }
    }

    /// Counts what is known before anything is read.
    func begin(_ report: inout IndexingReport) {
        report.sources.unchanged = diff.unchanged.count - passedOver.count
        report.sources.skipped = skipped + passedOver.count
        report.passedOver = passedOver
        report.sources.moved = diff.moved.count
        report.sources.deleted = diff.deleted.count
        report.warnings = warnings
        report.quarantined = rejected.map(\.rejection) + refusedInputs
        for source in diff.unchanged.map(\.stored) + diff.hidden { report.quarantined += faults[source.name] ?? [] }
        for change in diff.moved {
            report.quarantined += (faults[change.stored.name] ?? []).map { fault in
                var fault = fault
                fault.source = change.file.id
                return fault
            }
        }
    }

    /// Leaves out sources that only a model can read where none is given. What a model read before stays as it is.
    private mutating func skipUnread(_ readers: ReaderRegistry) {
        for file in diff.new where readers.needsModel(file.id) {
            if file.isExplicit {
                rejected.append((.wantsModel(file.id), file.root))
            } else {
                skipped += 1
            }
        }
        for change in diff.changed where readers.needsModel(change.file.id) {
            warnings.append(.changedUnread(change.file.id))
        }
        diff.new.removeAll { readers.needsModel($0.id) }
        diff.unchanged += diff.changed.filter { readers.needsModel($0.file.id) }
        diff.changed.removeAll { readers.needsModel($0.file.id) }
    }

    private static func walk(_ walker: FileWalker) throws -> WalkResult {
        var walker = walker
        walker.includesUnreadMedia = true
        do {
            return try walker.files()
        } catch {
            throw CorpusError(.input, "\(error.source): \(error.message)", underlyingError: error)
        }
    }

    /// Takes paths that lead nowhere out of what is walked.
    ///
    /// - Returns: What the index holds something of, which is gone, and what it does not know.
    /// - Throws: ``CorpusError`` where no input is left.
    private static func leaveOutAbsent(
        _ roots: inout [String], known sources: [StoredSource], places: WalkedPlaces, inputs: Int
    ) throws -> (gone: [Rejection], unknown: [Rejection]) {
        var (gone, unknown): ([Rejection], [Rejection]) = ([], [])
        roots.removeAll { root in
            guard let path = places.absent[root] else { return false }
            if sources.contains(where: { $0.path.map { enclosing($0).contains(path) } ?? false }) {
                gone.append(.goneInput(root))
            } else {
                unknown.append(.unknownInput(root))
            }
            return true
        }
        if let first = unknown.first, unknown.count == inputs {
            throw CorpusError(.input, "\(first.source): \(first.message)")
        }
        return (gone, unknown)
    }

    /// Gives each file its unique source name.
    ///
    /// A file that was given itself keeps the name it has in the index. A name that the file at another path has stays
    /// that one's; where there is no file any more, the source is taken for the same one, moved.
    private static func named(
        _ files: [FoundFile], stored: [StoredSource], names: [ExactText: StoredSource], known: inout [StoredSource]
    ) -> [FoundFile] {
        let byPath = Dictionary(
            stored.compactMap { source in source.path.map { (ExactText($0), source) } },
            uniquingKeysWith: { first, _ in first })
        var taken = Set(known.map(\.id))
        return files.map { file in
            var file = file
            let own = byPath[ExactText(file.path)]
            if file.isExplicit, let own {
                file.id = own.name
                file.root = own.root ?? file.root
            } else if let holder = names[ExactText(file.id)], holder.path != file.path {
                if let own {
                    file.id = own.name
                } else if let path = holder.path, !FileManager.default.fileExists(atPath: path) {
                    if taken.insert(holder.id).inserted { known.append(holder) }
                } else {
                    file.id = file.path
                }
            }
            return file
        }
    }
}

/// Tells which files can be given another name without being read.
private final class Mover {
    private let index: CorpusIndex
    private let readers: ReaderRegistry
    private let refused: Set<String>
    /// Sources that are one document called like them.
    private var movable: Set<Int64>?

    init(index: CorpusIndex, readers: ReaderRegistry, refused: Set<String>) {
        self.index = index
        self.readers = readers
        self.refused = refused
    }

    func canMove(_ change: SourceDiff.Change) throws -> Bool {
        let (old, new) = (change.stored.name, change.file.id)
        if old == new { return true }
        guard readers.readsAlike(old, new), !refused.contains(old) else {
            return false
        }
        return try translatingErrors(path: index.path) {
            try index.pool.read { db in
                let movable = try self.movable ?? Self.movable(in: db)
                self.movable = movable
                guard movable.contains(change.stored.id) else { return false }
                // A record of another source may be called so.
                let isTaken = try Bool.fetchOne(
                    db, sql: "SELECT EXISTS (SELECT 1 FROM documents WHERE key = ?)", arguments: [new])
                return isTaken != true
            }
        }
    }

    private static func movable(in db: Database) throws -> Set<Int64> {
        try Int64.fetchSet(
            db,
            sql: """
                SELECT sources.id FROM sources JOIN documents ON documents.source = sources.id
                GROUP BY sources.id HAVING count(*) = 1 AND min(documents.key) = sources.name
                """)
    }
}

extension StoredSource {
    /// Whether the reader of today would make the same of the source's bytes. A recording that a model read stays current
    /// while there is no model.
    func isCurrent(_ readers: ReaderRegistry) -> Bool { readers.version(of: name).map { $0 == reader } ?? true }
}

extension Rejection.Reason {
    /// Whether it was found by reading, and not by looking at files and folders.
    var isOfContent: Bool { !Self.ofPlaces.contains(self) }

    static let ofPlaces: Set<Rejection.Reason> = [.unreadable, .tooLarge, .vanished, .notFound]
}

extension Rejection {
    fileprivate static func wantsModel(_ name: String) -> Rejection {
        Rejection(
            source: name, reason: .needsModel, message: "Only a model can read it, and none is given for such files.")
    }

    fileprivate static func changedUnread(_ name: String) -> Rejection {
        Rejection(
            source: name, reason: .needsModel,
            message: "It changed since a model read it, and no model is given now; the text from then stays.")
    }

    fileprivate static func passedOver(_ name: String) -> Rejection {
        Rejection(
            source: name, reason: .unsupportedFormat,
            message: "It held no readable text when it was last read, and has not changed since.")
    }

    fileprivate static func goneInput(_ path: String) -> Rejection {
        Rejection(
            source: path, reason: .notFound,
            message: "It no longer exists; its documents are removed from the index (moved files are kept).")
    }

    fileprivate static func unknownInput(_ path: String) -> Rejection {
        Rejection(source: path, reason: .notFound, message: "There is no such file or folder.")
    }

    fileprivate static func nameGivenTwice(_ name: String) -> Rejection {
        Rejection(
            source: name, reason: .duplicateID,
            message: "Another input of this run has the same name; the first was taken. Give each its own name.")
    }

    fileprivate static func nameTaken(_ name: String, by path: String?) -> Rejection {
        Rejection(
            source: name, reason: .duplicateID,
            message: "The name belongs to the file \(path ?? "found under it"). Give this input another name."
        )
    }
}
