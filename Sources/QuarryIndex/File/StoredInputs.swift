import Foundation
import GRDB
import QuarryCore
import QuarryReaders
import QuarrySQLite

/// A row of `sources`.
struct StoredSource: Sendable, Hashable {
    var id: Int64
    var name: String
    /// Nil for a source without a file, and for one of an import that no run has found yet.
    var root: String?
    var path: String?
    var size: Int
    var modified: Int64
    /// nil until the source is completely committed.
    var sha256: ContentHash?
    /// The version of the reader that read it.
    var reader: String
    /// Nil unless it is a page of a web site.
    var page: StoredPage?
}

/// The sources, roots and rejections of an index, in one snapshot.
struct StoredInputs: Sendable {
    /// A row of `quarantine`.
    struct Quarantined: Sendable {
        var row: Int64
        var root: String?
        var rejection: Rejection
    }

    /// A document that was skipped because its key was taken.
    struct Refused: Sendable {
        var source: String
        /// The source that has the key; nil if no source has it now.
        var holder: String?
    }

    /// By name.
    var sources: [StoredSource]
    var folders: [NamedFolder]
    var quarantined: [Quarantined]
    var refused: [Refused]
    /// Sources without a document.
    var empty: Set<Int64>
    /// Of these, sources that were read and are not in quarantine.
    var withoutText: Set<Int64>
    /// By the ids of their sources.
    var unread: [Int64: [UnreadPart]]
    /// The number of warnings of the last reading, by the ids of the sources.
    var warnings: [Int64: [Rejection.Reason: Int]]

    init(_ db: Database) throws {
        // An edited path must not lead a run to another file.
        sources = try Self.checkedRows(.sources, by: "name", in: db).map { [pages = try StoredPage.all(in: db)] row in
            return StoredSource(
                id: try row.integer(0), name: try row.text(1), root: try row.optional(2, row.text),
                path: try row.optional(3, row.text), size: try row.count(4), modified: try row.integer(5),
                sha256: try row.optional(6, row.digest), reader: try row.text(7), page: pages[try row.integer(0)])
        }
        folders = try Self.checkedRows(.roots, by: "path", in: db).map { row in
            NamedFolder(path: try row.text(0), name: try row.text(1))
        }
        quarantined = try Self.quarantined(in: db)
        refused = try Row.fetchAll(
            db,
            sql: """
                SELECT refused_documents.source, sources.name FROM refused_documents
                LEFT JOIN documents ON documents.key = refused_documents.key
                LEFT JOIN sources ON sources.id = documents.source
                ORDER BY refused_documents.source, refused_documents.key
                """
        ).map { row in
            let row = StoredRow(row, of: "refused_documents")
            return Refused(source: try row.text(0), holder: try row.optional(1, row.text))
        }
        empty = try Int64.fetchSet(
            db,
            sql: """
                SELECT id FROM sources
                WHERE NOT EXISTS (SELECT 1 FROM documents WHERE documents.source = sources.id)
                """)
        withoutText = try Self.sourcesWithoutText(in: db)
        unread = try UnreadPart.all(in: db)
        warnings = try SourceWarning.counts(in: db)
    }

    /// All rows of a table, each with its checksum compared.
    ///
    /// - `order`: SQL columns.
    private static func checkedRows(_ table: CheckedTable, by order: String, in db: Database) throws -> [StoredRow] {
        try Row.fetchAll(db, sql: "SELECT \(table.qualifiedColumns) FROM \(table.name) ORDER BY \(order)").map { row in
            let row = StoredRow(row, of: table.name)
            try row.check(0..<table.columns.count)
            return row
        }
    }

    /// The rows of `quarantine`.
    ///
    /// - `order`: SQL columns.
    static func quarantined(in db: Database, by order: String = "rowid") throws -> [Quarantined] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT rowid, source, root, line, reason, message, model, omitted FROM quarantine ORDER BY \(order)
                """
        ).map { row in
            let row = StoredRow(row, of: "quarantine")
            guard let reason = Rejection.Reason(rawValue: try row.text(4)) else {
                throw row.error(4, "this reason is unknown")
            }
            return Quarantined(
                row: try row.integer(0), root: try row.optional(2, row.text),
                rejection: Rejection(
                    source: try row.text(1), line: try row.optional(3, row.count), reason: reason,
                    message: try row.text(5), model: try row.optional(6, row.text),
                    omitted: try row.optional(7, row.count)))
        }
    }

    /// Sources that were read, have no document and are not in quarantine: binary files of unknown formats.
    static func sourcesWithoutText(in db: Database) throws -> Set<Int64> {
        try Int64.fetchSet(
            db,
            sql: """
                SELECT id FROM sources
                WHERE sha256 IS NOT NULL AND name NOT IN (SELECT source FROM quarantine)
                    AND NOT EXISTS (SELECT 1 FROM documents WHERE documents.source = sources.id)
                """)
    }

    /// Applies moves of whole folders.
    mutating func relocate(_ relocations: [FolderNames.Relocation]) {
        for relocation in relocations {
            for index in sources.indices {
                guard let path = sources[index].path.flatMap(relocation.moved) else { continue }
                sources[index].path = path
                sources[index].root = sources[index].root.flatMap(relocation.moved) ?? sources[index].root
            }
            for index in quarantined.indices {
                quarantined[index].root =
                    quarantined[index].root.flatMap(relocation.moved) ?? quarantined[index].root
            }
        }
    }
}
