import Foundation
import GRDB
import QuarryCore
import QuarrySQLite

/// The tables of an ``AnswerStore``. Call all functions in a transaction.
enum AnswerSchema {
    /// "QRAN": marks a SQLite file as an answer cache.
    private static let applicationID = 0x5152_414E
    private static let version = 2
    /// The approximate size of a row without its texts, in bytes.
    private static let overhead = 160

    private static let definition = Result { try SchemaDefinition { try $0.write(create) } }

    /// - Throws: `StoredValueError` if the file has other tables than this version creates, or views and triggers.
    static func prepare(_ db: Database) throws {
        let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        guard application == applicationID || tables == 0 else {
            throw AnswerStoreError(try db.path, reason: "it is a database of another program")
        }
        // Before a table is read: it could be a view.
        try SchemaDefinition.refusePrograms(in: db)
        if application == applicationID, version == Self.version {
            return try definition.get().check(db)
        }
        // The cache of another version is discarded.
        try db.execute(
            sql: """
                DROP TABLE IF EXISTS questions;
                DROP TABLE IF EXISTS replies;
                DROP TABLE IF EXISTS totals;
                """)
        try create(db)
        try db.execute(
            sql: """
                INSERT INTO totals VALUES (0, 0, 0, 0);
                PRAGMA application_id = \(applicationID);
                PRAGMA user_version = \(Self.version);
                """)
    }

    private static func create(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE replies(
                    digest BLOB NOT NULL PRIMARY KEY,   -- SHA-256 of the key
                    text TEXT NOT NULL,
                    input INTEGER,                  -- tokens; NULL where the provider did not say
                    cached_input INTEGER,
                    output INTEGER,
                    bytes INTEGER NOT NULL,
                    used INTEGER NOT NULL UNIQUE    -- increases with every use
                ) STRICT;
                CREATE TABLE questions(
                    id INTEGER PRIMARY KEY,
                    scope BLOB NOT NULL,            -- SHA-256 of everything else that must be equal
                    question TEXT NOT NULL,
                    vector BLOB NOT NULL,           -- float32, little-endian, unit length
                    reply BLOB NOT NULL REFERENCES replies(digest) ON DELETE CASCADE,
                    UNIQUE(scope, question)
                ) STRICT;
                CREATE INDEX questions_by_reply ON questions(reply);
                CREATE TABLE totals(
                    replies INTEGER NOT NULL,
                    bytes INTEGER NOT NULL,
                    hits INTEGER NOT NULL,
                    misses INTEGER NOT NULL
                ) STRICT;
                """)
    }

    static func count(hit: Bool, in db: Database) throws {
        try db.execute(sql: hit ? "UPDATE totals SET hits = hits + 1" : "UPDATE totals SET misses = misses + 1")
    }

    static func touch(_ digest: Data, in db: Database) throws {
        try db.execute(
            sql: "UPDATE replies SET used = (SELECT max(used) FROM replies) + 1 WHERE digest = ?", arguments: [digest])
    }

    /// Adds or replaces a reply, and removes the oldest ones until the limit is met.
    ///
    /// - `more`: Additional bytes of the reply, such as its question.
    /// - Returns: False if the reply is larger than the limit. It is not kept.
    static func insert(
        _ reply: AnswerStore.Reply, digest: Data, more: Int = 0, within maximum: Int, in db: Database
    ) throws -> Bool {
        try remove(digest, in: db)
        let bytes = reply.text.utf8.count + overhead + more
        guard bytes <= maximum, reply.text.utf8.count <= maximumReplyBytes else { return false }
        try db.execute(
            sql: """
                INSERT INTO replies(digest, text, input, cached_input, output, bytes, used)
                VALUES (?, ?, ?, ?, ?, ?, (SELECT coalesce(max(used), 0) + 1 FROM replies))
                """,
            arguments: [
                digest, reply.text, reply.usage?.input, reply.usage?.cachedInput, reply.usage?.output, bytes,
            ])
        try db.execute(sql: "UPDATE totals SET replies = replies + 1, bytes = bytes + ?", arguments: [bytes])
        try evict(downTo: maximum, in: db)
        return true
    }

    /// The longest reply that is kept.
    static let maximumReplyBytes = 1 << 20

    static func remove(_ digest: Data, in db: Database) throws {
        guard
            let row = try Row.fetchOne(
                db, sql: "SELECT digest, bytes FROM replies WHERE digest = ?", arguments: [digest])
        else { return }
        let bytes = try StoredRow(row, of: "replies").count(1)
        try db.execute(sql: "DELETE FROM replies WHERE digest = ?", arguments: [digest])
        try db.execute(sql: "UPDATE totals SET replies = replies - 1, bytes = bytes - ?", arguments: [bytes])
    }

    /// Removes the least recently used replies.
    private static func evict(downTo maximum: Int, in db: Database) throws {
        // In a file that this program did not fill alone, there may be many; the others are removed with the next reply.
        for _ in 0..<1000 {
            guard let bytes = try Int.fetchOne(db, sql: "SELECT bytes FROM totals"), bytes > maximum,
                let oldest = try Row.fetchOne(db, sql: "SELECT digest FROM replies ORDER BY used LIMIT 1")
            else { return }
            // A digest of another type would never be found and removed.
            try remove(StoredRow(oldest, of: "replies").blob(0), in: db)
        }
    }

    static func clear(_ db: Database) throws {
        try db.execute(
            sql: """
                DELETE FROM questions;
                DELETE FROM replies;
                UPDATE totals SET replies = 0, bytes = 0, hits = 0, misses = 0;
                """)
    }
}

extension AnswerStore.Reply {
    /// The columns that ``init(_:)`` reads.
    static let columns = "digest, text, input, output, cached_input"

    /// - Throws: `StoredValueError` for a damaged row.
    init(_ row: Row) throws {
        let row = StoredRow(row, of: "replies")
        text = try row.text(1, atMost: AnswerSchema.maximumReplyBytes)
        usage = try row.optional(2, row.count).map { input in
            TokenUsage(
                input: input, output: try row.optional(3, row.count) ?? 0,
                cachedInput: try row.optional(4, row.count) ?? 0)
        }
    }
}

extension Database {
    fileprivate var path: String {
        get throws { try String.fetchOne(self, sql: "SELECT file FROM pragma_database_list WHERE name = 'main'") ?? "" }
    }
}
