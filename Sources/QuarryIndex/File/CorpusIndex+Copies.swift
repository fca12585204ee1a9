import GRDB
import QuarryCore
import QuarrySQLite

/// A file with the same bytes as another one.
public struct CopiedFile: Sendable, Hashable, Codable {
    public var source: String
    /// The first of the files with these bytes, by name.
    public var original: String
}

extension CopiedFile {
    /// Files with documents in the index, and the first name of those with the same bytes.
    private static let copies = """
        FROM sources JOIN (
            SELECT sha256, min(name) AS original FROM sources
            WHERE sha256 IS NOT NULL AND path IS NOT NULL
                AND EXISTS (SELECT 1 FROM documents WHERE documents.source = sources.id)
            GROUP BY sha256 HAVING count(*) > 1
        ) AS groups ON groups.sha256 = sources.sha256
        WHERE sources.name <> groups.original AND sources.path IS NOT NULL
            AND EXISTS (SELECT 1 FROM documents WHERE documents.source = sources.id)
        """

    /// The copies among the files of the index, at most `limit`, by name.
    ///
    /// - Complexity: O(n log n) in the files.
    static func all(limit: Int, in db: Database) throws -> [CopiedFile] {
        try Row.fetchAll(
            db, sql: "SELECT sources.name, groups.original \(copies) ORDER BY 1 LIMIT ?", arguments: [limit]
        ).map { row in
            let row = StoredRow(row, of: "sources")
            return CopiedFile(source: try row.text(0), original: try row.text(1))
        }
    }

    static func count(in db: Database) throws -> Int { try Int.fetchOne(db, sql: "SELECT count(*) \(copies)") ?? 0 }
}
