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

        let stored = try index.pool.read { db in try StoredSource.fetchAll(db) }
        let walked = Set(roots)
        let unreadable = Set(walk.rejected.map(\.source))
        diff = SourceDiff(
            found: walk.files.map { file in
                var file = file
                file.path = Self.absolute(file.path)
                file.root = Self.absolute(file.root)
                return file
            },
            stored: stored.filter { source in
                guard let root = source.root else { return false }
                return walked.contains { root == $0 || root.hasPrefix($0 + "/") }
                    && !unreadable.contains { source.name == $0 || source.name.hasPrefix($0 + "/") }
            },
            readerVersion: Indexer.readerVersion
        ) { try? ContentHash(ofFileAt: $0.path) }

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
}
