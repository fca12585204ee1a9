import Foundation
import GRDB
import QuarryReaders

/// What the inputs hold, compared with what the index holds.
struct InputScan {
    /// A source to be read.
    enum Work {
        case file(FoundFile, stored: StoredSource?)
        case bytes([UInt8], name: String, stored: StoredSource?)

        var byteCount: Int {
            switch self {
            case .file(let file, _): file.size
            case .bytes(let bytes, _, _): bytes.count
            }
        }

        var name: String {
            switch self {
            case .file(let file, _): file.id
            case .bytes(_, let name, _): name
            }
        }
    }

    /// In the order of their names.
    var work: [Work] = []
    var diff: SourceDiff
    /// Absolute paths of the roots that were walked.
    var roots: [String]
    var rejected: [Rejection]
    var skipped: Int
    /// Names of sources that are indexed and cannot be seen now: they stay as they are.
    let hidden: [String]
    /// Unchanged files that were passed over when they were read.
    let passedOver: [Rejection]
    let maximumFileBytes: Int

    init(_ inputs: [IndexInput], options: InputOptions, index: CorpusIndex, formats: FormatRegistry) throws {
        let paths = inputs.compactMap { if case .path(let path) = $0 { path } else { nil } }
        let walk: WalkResult
        do {
            walk = try FileWalker(
                roots: paths, include: options.include, exclude: options.exclude,
                maximumBytes: options.maximumFileBytes, formats: formats
            ).files()
        } catch {
            throw CorpusError(.input, "\(error.source): \(error.message)", underlyingError: error)
        }
        roots = paths.map(Self.absolute)
        rejected = walk.rejected
        skipped = walk.skippedCount
        maximumFileBytes = options.maximumFileBytes

        let (stored, silent) = try index.pool.read { db in
            (try StoredSource.fetchAll(db), try StoredSource.fetchSilent(db))
        }
        let walked = Set(roots)
        let unreadable = Set(walk.rejected.map(\.source))
        let known = stored.filter { source in
            guard let root = source.root else { return false }
            return walked.contains { root == $0 || root.hasPrefix($0 + "/") }
        }
        func isHidden(_ source: StoredSource) -> Bool {
            let name = source.name
            return !unreadable.isEmpty
                && (unreadable.contains(name)
                    || name.indices.contains { name[$0] == "/" && unreadable.contains(String(name[..<$0])) })
        }
        hidden = known.filter(isHidden).map(\.name)
        diff = SourceDiff(
            found: walk.files.map { file in
                var file = file
                file.path = Self.absolute(file.path)
                file.root = Self.absolute(file.root)
                return file
            },
            stored: known.filter { !isHidden($0) },
            readerVersion: Indexer.readerVersion
        ) { try? ContentHash(ofFileAt: $0.path) }

        passedOver = diff.unchanged.filter { silent.contains($0.id) }.map { .passedOver($0.name) }

        let byName = Dictionary(stored.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        work += diff.new.map { .file($0, stored: nil) }
        work += diff.changed.map { .file($0.file, stored: $0.stored) }
        for case .bytes(let bytes, let name) in inputs { work.append(.bytes(bytes, name: name, stored: byName[name])) }
        work.sort { $0.name < $1.name }
    }

    /// A path that means the same from every folder, links resolved.
    static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
    }
}

extension StoredSource {
    static func fetchAll(_ db: Database) throws -> [StoredSource] {
        try Row.fetchAll(
            db, sql: "SELECT id, name, root, path, size, modified, sha256, reader FROM sources ORDER BY name"
        ).map { row in
            StoredSource(
                id: row["id"], name: row["name"], root: row["root"], path: row["path"], size: row["size"],
                modified: row["modified"], sha256: (row["sha256"] as Data?).flatMap { ContentHash(bytes: $0) },
                reader: row["reader"])
        }
    }

    /// The ids of sources that gave neither a document nor a reason for quarantine.
    static func fetchSilent(_ db: Database) throws -> Set<Int64> {
        try Int64.fetchSet(
            db,
            sql: """
                SELECT id FROM sources WHERE sha256 IS NOT NULL
                    AND NOT EXISTS (SELECT 1 FROM documents WHERE documents.source = sources.id)
                    AND name NOT IN (SELECT source FROM quarantine)
                """)
    }
}

extension Rejection {
    fileprivate static func passedOver(_ name: String) -> Rejection {
        Rejection(
            source: name, reason: .unsupportedFormat,
            message: "It held no text that a reader knows when it was last read, and has not changed since.")
    }
}
