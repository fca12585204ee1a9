import Foundation
import GRDB
import QuarryCore
import QuarryReaders
import QuarryText

/// Compares the inputs with the index.
struct InputScan {
    /// Sources to read, by name; ``rechecked`` sources come last.
    private(set) var work: [Work] = []
    /// Sources that models read, after all local work.
    private(set) var modelWork: [Work] = []
    /// The lowest concurrency limit of the models.
    private(set) var modelConcurrency = 1
    private(set) var diff: SourceDiff
    let folders: FolderNames
    /// The roots of the index before this run.
    let knownFolders: [NamedFolder]
    /// Rejections of the walk, with the root of each.
    private(set) var rejected: [(rejection: Rejection, root: String?)]
    /// Paths that do not exist, and inputs whose name belongs to a file.
    private(set) var rejectedInputs: [Rejection]
    /// Invalid lines of ignore files.
    private(set) var warnings: [Rejection]
    private(set) var skipped: Int
    /// Of these, the files with a format that cannot be read, by extension.
    private(set) var unreadable: [String: Int]
    /// These files by name.
    private(set) var unread: [Rejection]
    /// Rows of the quarantine that this walk checks again.
    let outdated: [Int64]
    /// Errors of earlier readings by source name. They stay valid until the source is read again.
    let faults: [String: [Rejection]]
    /// Unchanged sources to read again: a refused document id is now free, or there is now another model.
    let rechecked: Set<String>
    /// Stored sources without text that are not faulty, and what is known to be unread of sources.
    let withoutText: Set<Int64>
    let unreadParts: [Int64: [UnreadPart]]
    /// Sources with a new time and the same content. They keep their documents.
    private(set) var touched: Set<String> = []
    /// Sources that had no document before this run.
    let emptySources: Set<Int64>
    let maximumFileBytes: Int
    /// The options of the input folders and files, by their names in the index.
    let selections: [String: InputOptions]
    /// The pages of web sites.
    let sites: SiteScan

    /// - Parameter selections: The options of single paths, in place of `options`.
    init(
        _ inputs: [IndexInput], options: InputOptions, selections: [String: InputOptions] = [:], index: CorpusIndex,
        readers: ReaderRegistry
    ) throws {
        var stored = try translatingErrors(path: index.path) { try index.pool.read { try StoredInputs($0) } }
        let paths = inputs.compactMap { if case .path(let path) = $0.kind { path } else { nil } }
        let inputRoots = InputRoots(paths, stored: stored.folders, sources: Set(stored.sources.compactMap(\.path)))
        folders = inputRoots.names
        knownFolders = stored.folders
        stored.relocate(folders.relocations)
        var roots = paths
        let absent = try Self.removeMissing(
            &roots, known: stored.sources, inputRoots: inputRoots, inputs: inputs.count)
        var walk = WalkResult()
        let groups = Dictionary(grouping: roots, by: { selections[$0] ?? options })
        for (options, roots) in groups.sorted(by: { $0.value[0] < $1.value[0] }) {
            var walker = FileWalker(
                roots: roots, include: options.include, exclude: options.exclude,
                maximumBytes: options.maximumFileBytes, readers: readers)
            walker.rootNames = inputRoots.folderNames
            walker.ownFiles = index.ownFiles
            let found = try Self.walk(walker)
            // Otherwise a mistyped pattern would empty the index.
            if found.files.isEmpty, !options.include.isEmpty, !stored.sources.isEmpty {
                throw CorpusError(.input, Self.nothingMatches(options.include))
            }
            walk.add(found)
        }
        let rejected = walk.rejected.map { ($0, inputRoots.location(of: $0.source)) }
        self.rejected = rejected.map { ($0.0, $0.1?.root) }
        warnings = walk.warnings + absent.gone
        rejectedInputs = absent.unknown
        skipped = walk.skippedCount
        unreadable = walk.unreadable
        unread = walk.unread
        emptySources = stored.empty
        let fetched = inputs.compactMap { if case .site(let site) = $0.kind { site } else { nil } }
        maximumFileBytes =
            (paths.map { (selections[$0] ?? options).maximumFileBytes } + fetched.map(\.options.maximumPageBytes))
            .max() ?? options.maximumFileBytes
        self.selections = inputRoots.names(of: roots).mapValues { selections[$0] ?? options }

        let names = Dictionary(stored.sources.map { (ExactText($0.name), $0) }, uniquingKeysWith: { first, _ in first })
        var known = stored.sources.filter { $0.path.map(inputRoots.contains) ?? false }
        let found = Self.named(walk.files.map(inputRoots.resolved), stored: stored.sources, names: names, known: &known)
        let unreadable = Set(
            rejected.filter { [.unreadable, .vanished].contains($0.0.reason) }.compactMap { $0.1?.path })
        let mover = SourceMover(index: index, readers: readers, refused: Set(stored.refused.map(\.source)))
        diff = try SourceDiff(
            found: found, stored: known, isCurrent: { $0.isCurrent(readers) },
            isHidden: { source in
                !unreadable.isEmpty && source.path.map { enclosing($0).contains(where: unreadable.contains) } ?? false
            },
            hash: { try? ContentHash(ofFileAt: $0.path) }, canMove: mover.canMove)
        sites = SiteScan(fetched, stored: stored.sources)
        diff.deleted += sites.deleted
        rejectedInputs += sites.sites.flatMap(\.rejected)
        warnings += sites.sites.flatMap(\.warnings)

        let rows = stored.quarantined.filter { [sites] row in
            row.root.map(inputRoots.contains) ?? false || inputRoots.location(of: row.rejection.source) != nil
                || sites.holds(row.rejection.source)
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
            if readers.hasPassword, faults[name]?.contains(where: { $0.reason == .encrypted }) == true { return true }
            // A different model may be able to use it.
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
        (withoutText, unreadParts) = (stored.withoutText, stored.unread)

        skipUnread(readers)
        work += diff.new.map { .file($0, stored: nil) }
        work += diff.changed.map { .file($0.file, stored: $0.stored) }
        let foundNames = Set(found.map { ExactText($0.id) })
        var given: Set<ExactText> = []
        for input in inputs {
            let name: String
            let item: (StoredSource?) -> Work
            switch input.kind {
            case .path, .site: continue
            case .bytes(let bytes, let given): (name, item) = (given, { .bytes(bytes, name: given, stored: $0) })
            case .document(let document): (name, item) = (document.id, { .document(document, stored: $0) })
            }
            if !given.insert(ExactText(name)).inserted {
                rejectedInputs.append(.duplicateName(name))
            } else if names[ExactText(name)]?.path != nil || foundNames.contains(ExactText(name)) {
                rejectedInputs.append(.nameTaken(name, by: names[ExactText(name)]?.path))
            } else {
                work.append(item(names[ExactText(name)]))
            }
        }
        for (page, site) in sites.pages where given.insert(ExactText(page.address)).inserted {
            work.append(.page(page, site: site, stored: names[ExactText(page.address)]))
        }
        touched = Set(work.filter { $0.isOnlyTouched(by: readers) }.map(\.name))
        work.sort { $0.name < $1.name }
        work += again.map { .file($0.file, stored: $0.stored) }
        func modelReader(of work: Work) -> (any ModelReader)? {
            readers.modelReader(of: work.name, mediaType: work.mediaType)
        }
        modelWork = work.filter { modelReader(of: $0) != nil }
        modelConcurrency = modelWork.compactMap { modelReader(of: $0)?.concurrency }.min() ?? 1
        work.removeAll { modelReader(of: $0) != nil }
    }

    var totalBytes: Int { (work + modelWork).reduce(0) { $0 + $1.byteCount } }

    /// Sources that are read or deleted. Their documents may move to another source. Sources that are only read again
    /// for refused documents keep theirs.
    var rereadSources: Set<String> {
        let outdated =
            diff.changed.filter { !touched.contains($0.file.id) }.flatMap { [$0.file.id, $0.stored.name] }
            + diff.deleted.map(\.name)
        return Set((work + modelWork).map(\.name)).subtracting(rechecked).subtracting(touched).union(outdated)
    }

    /// The changes to store before reading: new names and paths, and the quarantine without the rows that are checked
    /// again.
    var firstChanges: [IndexChange] {
        // A source of an import gets its folder from the first run that finds it.
        let adopted = diff.unchanged.filter { $0.stored.root == nil }
        return [.folders(folders, known: knownFolders)] + (diff.moved + adopted).map { .move($0.stored, to: $0.file) }
            + [.release(outdated)] + rejected.map { .quarantine($0.rejection, root: $0.root) } + sites.changes
    }

    /// Skips sources that need a model if there is none. Their text from an earlier run stays.
    private mutating func skipUnread(_ readers: ReaderRegistry) {
        for file in diff.new where readers.needsModel(file.id) {
            if file.isExplicit {
                rejected.append((.needsModel(file.id), file.root))
            } else {
                skipped += 1
                unreadable[pathExtension(of: file.id) ?? "", default: 0] += 1
                if unread.count < WalkResult.maximumUnread { unread.append(.needsModel(file.id)) }
            }
        }
        for change in diff.changed where readers.needsModel(change.file.id) {
            warnings.append(.changedWithoutModel(change.file.id))
        }
        let redaction = readers.options.redaction.versionSuffix
        for stored in diff.unchanged.map(\.stored)
        where !redaction.isEmpty && readers.needsModel(stored.name) && !stored.reader.contains(redaction) {
            warnings.append(.unredacted(stored.name))
        }
        diff.new.removeAll { readers.needsModel($0.id) }
        diff.unchanged += diff.changed.filter { readers.needsModel($0.file.id) }
        diff.changed.removeAll { readers.needsModel($0.file.id) }
    }

    private static func nothingMatches(_ patterns: [String]) -> String {
        let list = patterns.map { "“\($0)”" }.joined(separator: ", ")
        return "No file that Quarry reads matches \(list). A pattern is relative to the folder that is indexed. "
            + "Nothing was changed."
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
}

extension StoredSource {
    /// Whether the current reader would give the same result. A recording that a model read stays current if there is
    /// no model now.
    func isCurrent(_ readers: ReaderRegistry, mediaType: String? = nil) -> Bool {
        readers.version(of: name, mediaType: mediaType).map { $0 == reader } ?? true
    }
}

extension Rejection.Reason {
    /// Whether the reason is in the content of a source, not in the file system.
    var isOfContent: Bool { !Self.ofPlaces.contains(self) }

    static let ofPlaces: Set<Rejection.Reason> = [
        .unreadable, .tooLarge, .vanished, .notFound, .invalidName, .unreachable, .disallowed,
        .privateAddress,
    ]
}
