import GRDB
import QuarryCore
import QuarrySQLite

extension Filter {
    /// A condition on the row of `documents`, with its arguments in order. Values are always bound parameters.
    var sql: SQL {
        switch self {
        case .equals(let key, let value):
            "EXISTS (\(Self.values(of: key)) WHERE value = \(value.databaseValue))"
        case .isIn(let key, let values):
            values.isEmpty
                ? "FALSE" : "EXISTS (\(Self.values(of: key)) WHERE value IN \(values.map(\.databaseValue)))"
        case .between(let key, let lower, let upper):
            "EXISTS (\(Self.values(of: key)) WHERE \(Self.bound(lower, ">=")) AND \(Self.bound(upper, "<=")))"
        case .hasPrefix(let key, let prefix):
            "EXISTS (\(Self.values(of: key)) WHERE substr(value, 1, \(prefix.unicodeScalars.count)) = \(prefix))"
        case .exists(let key):
            "EXISTS (\(Self.values(of: key)))"
        case .all(let filters):
            filters.isEmpty ? "TRUE" : "(\(filters.map(\.sql).joined(separator: " AND ")))"
        case .any(let filters):
            filters.isEmpty ? "FALSE" : "(\(filters.map(\.sql).joined(separator: " OR ")))"
        case .not(let filter):
            "NOT (\(filter.sql))"
        }
    }

    /// Runs a query with the condition ``sql``. SQLite's error for metadata that is not JSON does not name the document.
    ///
    /// - Throws: `StoredValueError` for the first such document.
    static func namingDamage<Result>(in db: Database, _ query: () throws -> Result) throws -> Result {
        do {
            return try query()
        } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
            let sql = "SELECT id FROM documents WHERE NOT json_valid(metadata) LIMIT 1"
            guard let id = try Int64.fetchOne(db, sql: sql) else { throw error }
            throw StoredValueError(place: "documents, row \(id), metadata", reason: "it is not JSON")
        }
    }

    /// The document's values of a key, one row each; no rows without the key.
    private static func values(of key: String) -> SQL {
        switch key {
        case "id": "SELECT value FROM (SELECT documents.key AS value)"
        case "title": "SELECT value FROM (SELECT documents.title AS value WHERE documents.title IS NOT NULL)"
        default:
            """
            SELECT value FROM (SELECT leaf.value AS value FROM json_each(documents.metadata) AS entry, \
            json_each(CASE entry.type WHEN 'array' THEN entry.value ELSE json_array(\
            CASE entry.type WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE entry.value END) END) AS leaf \
            WHERE entry.key = \(key))
            """
        }
    }

    /// One side of a range. A bound of another type matches nothing.
    private static func bound(_ value: MetadataValue?, _ comparison: String) -> SQL {
        guard let value else { return "TRUE" }
        let types: SQL = if case .string = value { "('text')" } else { "('integer', 'real')" }
        return "(typeof(value) IN \(types) AND value \(sql: comparison) \(value.databaseValue))"
    }
}

extension MetadataValue {
    fileprivate var databaseValue: DatabaseValue {
        switch self {
        case .string(let value): value.databaseValue
        case .number(let value): value.databaseValue
        case .bool(let value): (value ? 1 : 0).databaseValue
        case .strings(let values): values.joined(separator: "\u{1F}").databaseValue
        }
    }
}
