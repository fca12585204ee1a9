import Foundation
import GRDB
import QuarryCore
import QuarryReaders

/// A row of `sources`.
struct StoredSource: Sendable, Hashable {
    var id: Int64
    var name: String
    var root: String?
    var path: String?
    var size: Int
    var modified: Int64
    /// nil until the source is completely committed.
    var sha256: ContentHash?
    /// The version of the reader that read it.
    var reader: String
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

    init(_ db: Database) throws {
        sources = try Row.fetchAll(
            db, sql: "SELECT id, name, root, path, size, modified, sha256, reader FROM sources ORDER BY name"
        ).map { row in
            StoredSource(
                id: row["id"], name: row["name"], root: row["root"], path: row["path"], size: row["size"],
                modified: row["modified"], sha256: (row["sha256"] as Data?).flatMap { ContentHash(bytes: $0) },
                reader: row["reader"])
        }
        folders = try Row.fetchAll(db, sql: "SELECT path, name FROM roots ORDER BY path").map {
            NamedFolder(path: $0[0], name: $0[1])
        }
        quarantined = try Row.fetchAll(
            db,
            sql: """
                SELECT rowid, source, root, line, reason, message, model, omitted FROM quarantine ORDER BY rowid
                """
        ).compactMap { row in
            Rejection.Reason(rawValue: row["reason"]).map {
                Quarantined(
                    row: row["rowid"], root: row["root"],
                    rejection: Rejection(
                        source: row["source"], line: row["line"], reason: $0, message: row["message"],
                        model: row["model"], omitted: row["omitted"]))
            }
        }
        refused = try Row.fetchAll(
            db,
            sql: """
                SELECT refused_documents.source, sources.name FROM refused_documents
                LEFT JOIN documents ON documents.key = refused_documents.key
                LEFT JOIN sources ON sources.id = documents.source
                ORDER BY refused_documents.source, refused_documents.key
                """
        ).map { Refused(source: $0[0], holder: $0[1]) }
        empty = try Int64.fetchSet(
            db,
            sql: """
                SELECT id FROM sources
                WHERE NOT EXISTS (SELECT 1 FROM documents WHERE documents.source = sources.id)
                """)
        withoutText = try Self.sourcesWithoutText(in: db)
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
