import GRDB
import QuarryCore
import QuarrySQLite

extension Filter {
    /// A condition on the row of `documents`, with its arguments in order. Values are always bound parameters.
    ///
    /// Each condition on a key is a set of documents that SQLite makes once, from the index of values.
    ///
    /// Run it by ``namingDamage(in:_:)``: SQLite's error for a damaged row does not name it.
    func sql(in db: Database) throws -> SQL { sql(values: SQL(sql: try MetadataTable.selection(in: db))) }

    private func sql(values: SQL) -> SQL {
        func documents(_ key: String, where condition: SQL) -> SQL {
            switch key {
            case "id": "documents.id IN (SELECT id FROM (SELECT id, key AS value FROM documents) WHERE \(condition))"
            case "title":
                """
                documents.id IN (SELECT id FROM (SELECT id, title AS value FROM documents WHERE title IS NOT NULL) \
                WHERE \(condition))
                """
            default: "documents.id IN (\(values) WHERE key = \(key) AND \(condition))"
            }
        }
        switch self {
        case .equals(let key, let value): return documents(key, where: "value = \(value.databaseValue)")
        case .isIn(let key, let values):
            return values.isEmpty ? "FALSE" : documents(key, where: "value IN \(values.map(\.databaseValue))")
        case .between(let key, let lower, let upper):
            return documents(key, where: "\(Self.from(lower)) AND \(Self.through(upper))")
        case .hasPrefix(let key, let prefix):
            return documents(key, where: "substr(value, 1, \(prefix.unicodeScalars.count)) = \(prefix)")
        case .exists(let key): return documents(key, where: "TRUE")
        case .all(let filters):
            return filters.isEmpty ? "TRUE" : Self.joined(filters[...], by: "AND", values: values)
        case .any(let filters):
            return filters.isEmpty ? "FALSE" : Self.joined(filters[...], by: "OR", values: values)
        case .not(let filter): return "NOT (\(filter.sql(values: values)))"
        }
    }

    /// The conditions as a balanced tree: SQLite bounds the depth of an expression.
    private static func joined(_ filters: ArraySlice<Filter>, by word: String, values: SQL) -> SQL {
        guard filters.count > 1 else { return filters.first?.sql(values: values) ?? "TRUE" }
        let middle = filters.startIndex + filters.count / 2
        let left = joined(filters[..<middle], by: word, values: values)
        let right = joined(filters[middle...], by: word, values: values)
        return "(\(left) \(sql: word) \(right))"
    }

    /// Runs a query with the condition ``sql(in:)``. SQLite's error for metadata that is not JSON, or for a value that does
    /// not match its checksum, does not name the document.
    ///
    /// - Throws: `StoredValueError` for the first such document.
    static func namingDamage<Result>(in db: Database, _ query: () throws -> Result) throws -> Result {
        do {
            return try query()
        } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
            if let document = try MetadataTable.firstDamaged(in: db) {
                throw StoredValueError(
                    place: "document_values, document \(document)", reason: "a value does not match its checksum")
            }
            let sql = "SELECT id FROM documents WHERE NOT json_valid(metadata) LIMIT 1"
            guard let id = try Int64.fetchOne(db, sql: sql) else { throw error }
            throw StoredValueError(place: "documents, row \(id), metadata", reason: "it is not JSON")
        }
    }

    private static func from(_ bound: MetadataValue?) -> SQL {
        guard let bound else { return "TRUE" }
        return "(value >= \(bound.databaseValue) AND \(Self.isComparable(with: bound)))"
    }

    private static func through(_ bound: MetadataValue?) -> SQL {
        guard let bound else { return "TRUE" }
        // A date includes its whole period, so 2026-05 includes 2026-05-31.
        guard case .string(let text) = bound, text.isDate, let last = text.utf8.last else {
            return "(value <= \(bound.databaseValue) AND \(Self.isComparable(with: bound)))"
        }
        let next = text.dropLast() + String(UnicodeScalar(last + 1))
        return "(value < \(String(next)) AND \(Self.isComparable(with: bound)))"
    }

    /// Whether a value is of the type of a bound. A bound of another type matches nothing.
    private static func isComparable(with bound: MetadataValue) -> SQL {
        guard case .string(let text) = bound else { return "typeof(value) IN ('integer', 'real')" }
        return text.isDate
            ? """
            (typeof(value) = 'text' \
            AND (value GLOB '[0-9][0-9][0-9][0-9]' OR value GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]*'))
            """
            : "typeof(value) = 'text'"
    }
}

extension String {
    /// Whether the text is a date as ISO 8601 writes it, of any precision: `2026`, `2026-05`, `2026-05-31`,
    /// `2026-05-31T10:00`.
    fileprivate var isDate: Bool { wholeMatch(of: /[0-9]{4}(-[0-9]{2}(-[0-9]{2}([T ][0-9:]*[0-9])?)?)?/) != nil }
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
