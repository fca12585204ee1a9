import GRDB
import QuarrySQLite

/// The values of all documents' metadata, one row each, for filters. Everything in it follows from `documents`.
///
/// A text that is a decimal number, such as a label, is listed as a number too.
enum MetadataTable {
    /// Creates the table of versions 4 to 6.
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

    /// Gives the rows checksums. They are made anew, because everything in them follows from `documents`.
    static func addChecksums(in db: Database) throws {
        try db.execute(
            sql: """
                DROP TABLE document_values;
                CREATE TABLE document_values(
                    key TEXT NOT NULL,
                    value ANY NOT NULL,             -- a text or a number; 1 and 0 for true and false
                    document INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
                    checksum INTEGER NOT NULL,      -- of document, key and value
                    PRIMARY KEY (key, value, document)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX document_values_by_document ON document_values(document);
                """)
        try fill(in: db)
    }

    /// The columns of the table; 0 in versions before 4, 3 in those before 7, which have no checksums.
    private static func columnCount(in db: Database) throws -> Int {
        try db.tableExists("document_values") ? db.columns(in: "document_values").count : 0
    }

    /// The documents with a value, as the subquery of a filter: `SELECT` and `FROM` without a condition on `key` and
    /// `value`. It checks each row that it reads.
    ///
    /// A file of an earlier version has no checksums, or no table: the values are read from the metadata.
    static func selection(in db: Database) throws -> String {
        switch try columnCount(in: db) {
        case 0: "SELECT document FROM (\(values()))"
        case 3: "SELECT document FROM document_values"
        default: "SELECT intact(checksum, document, key, value) FROM document_values"
        }
    }

    /// The document of the first row that does not match its checksum.
    static func firstDamaged(in db: Database) throws -> Int64? {
        guard try columnCount(in: db) > 3 else { return nil }
        return try Int64.fetchOne(
            db,
            sql: """
                SELECT document FROM document_values WHERE checksum IS NOT row_checksum(document, key, value) LIMIT 1
                """)
    }

    /// Lists the values of a document, or of all.
    ///
    /// Metadata that is not JSON has no values. Filters that come across it name it.
    static func fill(document: Int64? = nil, in db: Database) throws {
        let condition = document == nil ? "" : " AND documents.id = ?"
        let isChecked = try columnCount(in: db) > 3
        let statement = try db.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO document_values(key, value, document\(isChecked ? ", checksum" : ""))
                SELECT key, value, document\(isChecked ? ", row_checksum(document, key, value)" : "")
                FROM (\(values(where: "json_valid(documents.metadata)\(condition)")))
                """)
        try statement.execute(arguments: StatementArguments(document.map { [$0] } ?? []))
    }

    /// Makes all values again.
    static func rebuild(in db: Database) throws {
        try db.execute(sql: "DELETE FROM document_values")
        try fill(in: db)
    }

    /// The documents whose values differ from their metadata; at most 100.
    static func problems(in db: Database) throws -> [String] {
        let columns = try columnCount(in: db)
        guard columns > 0 else { return [] }
        let checksum = columns > 3 ? ", row_checksum(document, key, value) AS checksum" : ""
        let wrong = try Int64.fetchAll(
            db,
            sql: """
                WITH wanted AS (
                    SELECT DISTINCT key, value, document\(checksum)
                    FROM (\(values(where: "json_valid(documents.metadata)"))) WHERE value IS NOT NULL)
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
