import Foundation
import GRDB
package import QuarryCore
import QuarryIndex
import QuarrySQLite

/// A cache of models' replies: one SQLite file, which several processes may use at once.
///
/// Keys are stored as SHA-256 only. When the content exceeds its limit, the least recently used replies are removed.
/// Only the owner can read the file (mode 0600).
package final class AnswerStore: Sendable {
    /// The stored reply for a key.
    package struct Reply: Sendable, Hashable {
        package var text: String
        /// The tokens of the original request; nil if the provider did not report them.
        package var usage: TokenUsage?

        package init(text: String, usage: TokenUsage? = nil) {
            self.text = text
            self.usage = usage
        }
    }

    package struct Statistics: Sendable, Hashable, Codable {
        package var replies: Int
        /// The size of the replies and their keys.
        package var bytes: Int
        package var maximumBytes: Int
        /// Successful lookups since the file was created or cleared.
        package var hits: Int
        package var misses: Int
        /// The size of the file on disk.
        package var fileBytes: Int

        /// The statistics of a file that does not exist yet.
        package static func none(within maximumBytes: Int) -> Statistics {
            Statistics(replies: 0, bytes: 0, maximumBytes: maximumBytes, hits: 0, misses: 0, fileBytes: 0)
        }
    }

    package let path: String
    package let maximumBytes: Int
    let pool: DatabasePool

    /// Opens the file, or creates it.
    ///
    /// - `maximumBytes`: The limit of the content, at least 1. The default is 256 MiB.
    /// - Throws: ``AnswerStoreError`` if the file is damaged or of another program.
    package init(path: String, maximumBytes: Int = 256 << 20) throws {
        self.path = path
        self.maximumBytes = max(1, maximumBytes)
        do {
            try Self.claim(path)
            pool = try SQLiteFile.openPool(at: path)
            try pool.write { try AnswerSchema.prepare($0) }
        } catch let error as AnswerStoreError {
            throw error
        } catch {
            throw AnswerStoreError(path, error)
        }
    }

    /// Creates the file with mode 0600 while it is empty. SQLite gives its side files the same mode.
    private static func claim(_ path: String) throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        // Not through a link, which could lead to a file of another program; nor to a pipe, which would wait.
        let descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw AnswerStoreError(
                path, reason: errno == ELOOP ? "it is a link" : String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw AnswerStoreError(path, reason: "it is not a file")
        }
        _ = fchmod(descriptor, 0o600)
    }

    /// The stored reply for a key; nil if there is none.
    /// - Complexity: O(log replies).
    package func reply(for key: [UInt8]) async throws -> Reply? {
        let digest = ContentHash(of: key).data
        return try await write { db in
            // In the cursor's row, bytes that are not UTF-8 are still there; a fetched copy has them repaired.
            let rows = try Row.fetchCursor(
                db, sql: "SELECT \(Reply.columns) FROM replies WHERE digest = ?", arguments: [digest])
            guard let reply = try rows.next().map({ try Reply($0) }) else {
                try AnswerSchema.count(hit: false, in: db)
                return nil
            }
            try AnswerSchema.count(hit: true, in: db)
            try AnswerSchema.touch(digest, in: db)
            return reply
        }
    }

    /// Adds or replaces the reply for a key. A reply larger than the limit is not kept.
    /// - Complexity: O(log replies), plus the removed replies.
    package func store(_ reply: Reply, for key: [UInt8]) async throws {
        let digest = ContentHash(of: key).data
        let maximumBytes = maximumBytes
        try await write { db in
            _ = try AnswerSchema.insert(reply, digest: digest, within: maximumBytes, in: db)
        }
    }

    /// Deletes all replies and frees the space.
    package func clear() async throws {
        try await write { try AnswerSchema.clear($0) }
        do {
            try await pool.vacuum()
        } catch {
            throw AnswerStoreError(path, error)
        }
    }

    package func statistics() async throws -> Statistics {
        let size = ["", "-wal"].reduce(0) { sum, suffix in
            let attributes = try? FileManager.default.attributesOfItem(atPath: path + suffix)
            return sum + (attributes?[.size] as? Int ?? 0)
        }
        let maximumBytes = maximumBytes
        do {
            return try await pool.read { db in
                let rows = try Row.fetchAll(db, sql: "SELECT replies, bytes, hits, misses FROM totals LIMIT 2")
                guard let row = rows.first, rows.count == 1 else {
                    throw StoredValueError(place: "totals", reason: "there is not exactly one row")
                }
                let totals = StoredRow(row, of: "totals")
                return Statistics(
                    replies: try totals.count(0), bytes: try totals.count(1), maximumBytes: maximumBytes,
                    hits: try totals.count(2), misses: try totals.count(3), fileBytes: size)
            }
        } catch {
            throw AnswerStoreError(path, error)
        }
    }

    func write<Value: Sendable>(_ updates: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await pool.write(updates)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw AnswerStoreError(path, error)
        }
    }
}

/// A cache file that cannot be used.
package struct AnswerStoreError: Error, Sendable, CustomStringConvertible {
    package var path: String
    package var reason: String

    init(_ path: String, _ error: any Error) {
        self.init(path, reason: (error as? DatabaseError).map { Self.reason(of: $0, path: path) } ?? "\(error)")
    }

    /// What SQLite reports by a code, in plain words.
    private static func reason(of error: DatabaseError, path: String) -> String {
        switch error.resultCode {
        case .SQLITE_FULL: "the disk is full"
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL: "another process has locked it"
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
            SQLiteFile.obstacle(to: path, readOnly: false) ?? "the system denies it"
        case .SQLITE_IOERR: "the system could not read or write it"
        default: "it is damaged (SQLite error \(error.extendedResultCode.rawValue))"
        }
    }

    init(_ path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    package var description: String {
        "The answer cache \(path) cannot be used: \(reason.hasSuffix(".") ? String(reason.dropLast()) : reason). "
            + "Delete the file, or turn the cache off."
    }
}
