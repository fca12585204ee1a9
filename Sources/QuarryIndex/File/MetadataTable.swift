import GRDB
import QuarrySQLite

/// The values of all documents' metadata, one row each, for filters. Everything in it follows from `documents`.
///
/// A text that is a decimal number, such as a label, is listed as a number too.
enum MetadataTable {
    static func create(in db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE document_values(
                    key TEXT NOT NULL,
                    value ANY NOT NULL,             -- a text or a number; 1 and 0 for true and false
                    document INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
                    PRIMARY KEY (key, value, document)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX document_values_by_document ON document_values(document);
                """)
    }

    /// Whether the file has the table: those of earlier versions do not.
    static func exists(in db: Database) throws -> Bool { try db.tableExists("document_values") }

    /// Lists the values of a document, or of all.
    ///
    /// Metadata that is not JSON has no values. Filters that come across it name it.
    static func fill(document: Int64? = nil, in db: Database) throws {
        let condition = document == nil ? "" : " AND documents.id = ?"
        let statement = try db.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO document_values(key, value, document)
                SELECT key, value, document FROM (\(values(where: "json_valid(documents.metadata)\(condition)")))
                """)
        try statement.execute(arguments: StatementArguments(document.map { [$0] } ?? []))
    }

    /// The documents whose values differ from their metadata; at most 100.
    static func problems(in db: Database) throws -> [String] {
        guard try exists(in: db) else { return [] }
        let wrong = try Int64.fetchAll(
            db,
            sql: """
                WITH wanted AS (
                    SELECT DISTINCT key, value, document FROM (\(values(where: "json_valid(documents.metadata)")))
                    WHERE value IS NOT NULL)
                SELECT document FROM (
                    SELECT document FROM (SELECT * FROM wanted EXCEPT SELECT * FROM document_values)
                    UNION
                    SELECT document FROM (SELECT * FROM document_values EXCEPT SELECT * FROM wanted))
                ORDER BY document LIMIT 100
                """)
        return wrong.map { "document_values: the values of document \($0) are not those of its metadata" }
    }

    /// The rows of the table, from the metadata.
    static func values(where condition: String = "TRUE") -> String {
        """
        SELECT entry.key AS key, CASE form.number WHEN 0 THEN leaf.value ELSE CAST(leaf.value AS REAL) END AS value,
            documents.id AS document
        FROM documents, json_each(documents.metadata) AS entry,
            json_each(CASE entry.type WHEN 'array' THEN entry.value ELSE json_array(
                CASE entry.type WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE entry.value END) END) AS leaf,
            (SELECT 0 AS number UNION ALL SELECT 1) AS form
        WHERE \(condition) AND (form.number = 0 OR leaf.type = 'text' AND \(isNumber("leaf.value")))
        """
    }

    /// Whether a text is a decimal number: `2026`, `-1.5`.
    private static func isNumber(_ text: String) -> String {
        let digits = "CASE WHEN substr(\(text), 1, 1) = '-' THEN substr(\(text), 2) ELSE \(text) END"
        return """
            length(\(text)) < 16 AND \(digits) GLOB '[0-9]*' AND \(digits) NOT GLOB '*[^0-9.]*'
                AND \(digits) NOT GLOB '*.*.*' AND \(digits) NOT GLOB '*.'
            """
    }
}
