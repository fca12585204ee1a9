import QuarryIndex
import Foundation
import GRDB
public import QuarryCore
import QuarrySQLite

/// Replies of models that are kept to be given again: one SQLite file, which several processes may use at a time.
///
/// Keys are hashed with SHA-256; what they were made of is not kept. The least recently used replies leave when the file's
/// content outgrows its bound. The file is its owner's alone (mode 0600).
public final class AnswerStore: Sendable {
    /// What is kept for a key.
    public struct Reply: Sendable, Hashable {
        public var text: String
        /// What it took when it was written; nil where the provider did not say.
        public var usage: TokenUsage?

        public init(text: String, usage: TokenUsage? = nil) {
            self.text = text
            self.usage = usage
        }
    }

    public struct Statistics: Sendable, Hashable, Codable {
        public var replies: Int
        /// Of the replies, with what it takes to find them.
        public var bytes: Int
        public var maximumBytes: Int
        /// Look-ups since the file was made or cleared that found something.
        public var hits: Int
        public var misses: Int
        /// Of the file on disk.
        public var fileBytes: Int

        /// Those of a file that was not made yet.
        public static func none(within maximumBytes: Int) -> Statistics {
            Statistics(replies: 0, bytes: 0, maximumBytes: maximumBytes, hits: 0, misses: 0, fileBytes: 0)
        }
    }

    public let path: String
    public let maximumBytes: Int
    let pool: DatabasePool

    /// Opens the file, and makes it where there is none.
    ///
    /// - `maximumBytes`: Bound of what is kept, at least 1. The default is 256 MiB.
    /// - Throws: An error that says how to begin anew, where the file is damaged or none of ours.
    public init(path: String, maximumBytes: Int = 256 << 20) throws {
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

    /// Makes the file its owner's alone before there is anything in it; SQLite gives its side files the same mode.
    private static func claim(_ path: String) throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            close(descriptor)
        } else if errno == EEXIST {
            chmod(path, 0o600)
        } else {
            throw AnswerStoreError(path, reason: String(cString: strerror(errno)))
        }
    }

    /// The reply that was stored last for a key; nil where there is none.
    /// - Complexity: O(log replies).
    public func reply(for key: [UInt8]) async throws -> Reply? {
        let digest = ContentHash(of: key).data
        return try await write { db in
            guard let row = try Row.fetchOne(db, sql: "SELECT * FROM replies WHERE digest = ?", arguments: [digest])
            else {
                try AnswerSchema.count(hit: false, in: db)
                return nil
            }
            try AnswerSchema.count(hit: true, in: db)
            try AnswerSchema.touch(digest, in: db)
            return Reply(row)
        }
    }

    /// Keeps a reply in place of an earlier one with the same key. One that is larger than the bound is not kept.
    /// - Complexity: O(log replies), and the replies that have to leave.
    public func store(_ reply: Reply, for key: [UInt8]) async throws {
        let digest = ContentHash(of: key).data
        let maximumBytes = maximumBytes
        try await write { db in
            _ = try AnswerSchema.insert(reply, digest: digest, within: maximumBytes, in: db)
        }
    }

    /// Forgets everything, and gives the space back.
    public func clear() async throws {
        try await write { try AnswerSchema.clear($0) }
        do {
            try await pool.vacuum()
        } catch {
            throw AnswerStoreError(path, error)
        }
    }

    public func statistics() async throws -> Statistics {
        let size = ["", "-wal"].reduce(0) { sum, suffix in
            let attributes = try? FileManager.default.attributesOfItem(atPath: path + suffix)
            return sum + (attributes?[.size] as? Int ?? 0)
        }
        let maximumBytes = maximumBytes
        do {
            return try await pool.read { db in
                let row = try Row.fetchOne(db, sql: "SELECT * FROM totals")
                return Statistics(
                    replies: row?["replies"] ?? 0, bytes: row?["bytes"] ?? 0, maximumBytes: maximumBytes,
                    hits: row?["hits"] ?? 0, misses: row?["misses"] ?? 0, fileBytes: size)
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

/// The file of kept replies cannot be used.
public struct AnswerStoreError: Error, Sendable, CustomStringConvertible {
    public var path: String
    public var reason: String

    init(_ path: String, _ error: any Error) {
        self.init(path, reason: "\(error)")
    }

    init(_ path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    public var description: String {
        "The answers kept in \(path) cannot be used: \(reason). Delete the file to begin anew, or go on with --no-cache."
    }
}
