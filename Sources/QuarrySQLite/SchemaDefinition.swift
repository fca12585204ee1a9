package import GRDB

/// The tables and indexes that a file must have: no more, no fewer, and no other text in `sqlite_schema`.
///
/// Views, triggers and virtual tables are programs. A file with one of them is refused before a table is read.
package struct SchemaDefinition: Sendable {
    private struct Object: Sendable, Hashable {
        var type: String
        var name: String
        var sql: String?
    }

    /// By name.
    private let objects: [String: Object]

    /// - `create`: Creates all tables and indexes, in an empty database in memory.
    package init(creating create: (DatabaseQueue) throws -> Void) throws {
        let queue = try DatabaseQueue()
        try create(queue)
        objects = try queue.read { db in
            var objects: [String: Object] = [:]
            try Self.forEachObject(in: db) { objects[$0.name] = $0 }
            return objects
        }
    }

    /// - Throws: ``StoredValueError`` for a view, a trigger or a virtual table.
    package static func refusePrograms(in db: Database) throws {
        try forEachObject(in: db) { object in
            let isVirtual = object.sql?.uppercased().hasPrefix("CREATE VIRTUAL") ?? false
            guard ["table", "index"].contains(object.type), !isVirtual else {
                throw StoredValueError(
                    place: object.name,
                    reason: "it is a \(isVirtual ? "virtual table" : object.type), which this program did not create")
            }
        }
    }

    /// - Throws: ``StoredValueError`` for the first table or index that is missing, foreign or changed.
    package func check(_ db: Database) throws {
        var missing = objects
        try Self.forEachObject(in: db) { object in
            // The statistics of ANALYZE. They only influence how SQLite searches.
            if object.name.hasPrefix("sqlite_stat") { return }
            guard let expected = missing.removeValue(forKey: object.name) else {
                throw StoredValueError(
                    place: object.name, reason: "it is a \(object.type) that this program did not create")
            }
            // The library that applies migrations words its own table.
            let isOfLibrary = object.name == "grdb_migrations" && object.type == expected.type
            guard object == expected || isOfLibrary else {
                throw StoredValueError(
                    place: object.name, reason: "it is not the \(expected.type) that this program created")
            }
        }
        if let first = missing.values.min(by: { $0.name < $1.name }) {
            throw StoredValueError(place: first.name, reason: "the \(first.type) is missing")
        }
    }

    private static func forEachObject(in db: Database, _ body: (Object) throws -> Void) throws {
        let rows = try Row.fetchCursor(db, sql: "SELECT rowid, type, name, sql FROM sqlite_schema ORDER BY rowid")
        while let row = try rows.next() {
            let row = StoredRow(row, of: "sqlite_schema")
            try body(Object(type: row.text(1), name: row.text(2), sql: row.optional(3, row.text)))
        }
    }
}
