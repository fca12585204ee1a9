import Foundation
package import GRDB

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension SQLiteFile {
    private static let pagesAtOnce: Int32 = 1024

    /// Copies the state that a reader sees now to a new file, while others read and write.
    ///
    /// The copy is one file without a log. It appears at its path when it is whole.
    /// - `progress`: Called with the share that is copied, from 0 to 1. If it throws, no copy is left.
    /// - Throws: ``SQLiteFileError`` with the code ``SQLiteFileError/Code/exists`` if there is a file at the path, and
    ///   GRDB's `DatabaseError`.
    package static func copy(
        _ reader: any DatabaseReader, to path: String, progress: @escaping @Sendable (Double) throws -> Void
    ) async throws {
        guard try FileKind(at: path) == .absent else { throw SQLiteFileError(.exists, path: path) }
        // Beside the copy, so that it can be renamed.
        let draft = "\(path).\(UUID().uuidString.prefix(8)).partial"
        defer { for suffix in ["", "-journal"] { unlink(draft + suffix) } }
        var configuration = Configuration()
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA secure_delete = ON") }
        let copy = try DatabaseQueue(path: draft, configuration: configuration)
        // One snapshot for all steps: a writer would make a copy in steps begin again.
        try await reader.read { source in
            try copy.writeWithoutTransaction { target in
                try source.backup(to: target, pagesPerStep: pagesAtOnce) { step in
                    try progress(Double(step.completedPageCount) / Double(max(1, step.totalPageCount)))
                }
                try target.execute(sql: "PRAGMA journal_mode = DELETE")
            }
        }
        try copy.close()
        // Unlike a renaming, it never replaces a file. Some file systems have no links.
        if link(draft, path) != 0 {
            guard errno != EEXIST, try FileKind(at: path) == .absent else {
                throw SQLiteFileError(.exists, path: path)
            }
            try FileManager.default.moveItem(atPath: draft, toPath: path)
        }
    }

    /// Rewrites the file without unused pages, and moves the log into it.
    ///
    /// It needs free space for a second copy, and as much for the log.
    /// - Throws: GRDB's `DatabaseError`. The file is unchanged then.
    package static func compact(_ writer: any DatabaseWriter) async throws {
        try await writer.writeWithoutTransaction { db in
            // The new file is built on the disk, whatever its size.
            try db.execute(sql: "PRAGMA temp_store = FILE")
            defer { try? db.execute(sql: "PRAGMA temp_store = MEMORY") }
            try db.execute(sql: "VACUUM")
        }
    }

    /// The bytes of the file, and how many of them are unused.
    package static func size(in db: Database) throws -> (bytes: Int, unused: Int) {
        let pageSize = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0
        let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
        let free = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
        let (bytes, overflow) = pages.multipliedReportingOverflow(by: pageSize)
        return overflow ? (0, 0) : (bytes, min(free, pages) * pageSize)
    }
}
