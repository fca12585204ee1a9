import Foundation
import GRDB
package import QuarryCore
import QuarryReaders
import QuarrySQLite

/// The difference between a file and its copy in the index.
public enum SourceChange: String, Sendable, Hashable, Codable {
    /// The content differs.
    case changed
    /// The file does not exist any more, though the folder that was indexed does.
    case gone
}

extension CorpusIndex {
    /// The digest of a source when it was indexed; nil if the index has no document of it, or does not have it
    /// completely.
    package func digest(ofSource name: String) async throws -> ContentHash? {
        try await read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT name, sha256 FROM sources
                    WHERE name = ? AND EXISTS (SELECT 1 FROM documents WHERE documents.source = sources.id)
                    """, arguments: [name])
            return try row.map { StoredRow($0, of: "sources") }.flatMap { try $0.optional(1, $0.digest) }
        }
    }

    /// The absolute path of a source; nil if the index does not have it, or it has no file.
    ///
    /// - `digest`: Finds the source under another name, if none has this one.
    package func path(ofSource name: String, digest: ContentHash? = nil) async throws -> String? {
        try await read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT name, path FROM sources WHERE (name = ?1 OR sha256 = ?2) AND path IS NOT NULL
                    ORDER BY name = ?1 DESC, name LIMIT 1
                    """, arguments: [name, digest.map { Data($0.bytes) }])
            return try row.map { try StoredRow($0, of: "sources").text(1) }
        }
    }

    /// The sources among `names` whose files changed or disappeared since they were indexed.
    ///
    /// Sources without a file, those of an import that no run has named, and files of folders that this machine does not
    /// have are left out.
    /// - Complexity: One `stat` for each file. A file of the same size with another time is read as a whole.
    public func changes(ofSources names: Set<String>) async throws -> [String: SourceChange] {
        let stored = try await read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT name, path, root, size, modified, sha256 FROM sources
                    WHERE name = ? AND path IS NOT NULL AND root IS NOT NULL AND sha256 IS NOT NULL
                    """)
            return try names.sorted().compactMap { name in
                try Row.fetchOne(statement, arguments: [name]).map { (name, try IndexedFile($0)) }
            }
        }
        var changes: [String: SourceChange] = [:]
        for (name, file) in stored {
            try Task.checkCancellation()
            if let change = file.change { changes[name] = change }
        }
        return changes
    }
}

/// A file as the index knows it.
private struct IndexedFile: Sendable {
    var path: String
    var root: String?
    var size: Int
    var modified: Int64
    var digest: ContentHash

    /// Files above this size are compared by size and time alone.
    private static let maximumHashed = 1 << 30

    init(_ row: Row) throws {
        let row = StoredRow(row, of: "sources")
        (path, root) = (try row.text(1), try row.optional(2, row.text))
        (size, modified, digest) = (try row.count(3), try row.integer(4), try row.digest(5))
    }

    var change: SourceChange? {
        guard let status = try? FileStatus(path: path, followingLinks: true) else {
            let folder =
                root.flatMap { $0 == path ? nil : $0 }
                ?? String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex))
            let holder = try? FileStatus(path: folder.isEmpty ? "/" : folder, followingLinks: true)
            return holder?.kind == .directory ? .gone : nil
        }
        guard status.kind == .file, status.size == size else { return .changed }
        guard status.changeTime != modified else { return nil }
        guard size <= Self.maximumHashed, let current = try? ContentHash(ofFileAt: path) else { return .changed }
        return current == digest ? nil : .changed
    }
}
