package import GRDB

/// The tables and indexes that a file must have: no more, no fewer, and the same
/// SQL, apart from comments and white space.
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
        let queue = try SQLiteFile.openMemory()
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
            if object.type == "table", ["sqlite_stat1", "sqlite_stat4"].contains(object.name) { return }
            guard let expected = missing.removeValue(forKey: object.name) else {
                throw StoredValueError(
                    place: object.name,
                    reason:
                        "it is \(object.type == "index" ? "an" : "a") \(object.type) that this program did not create")
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
            let sql = try row.optional(3, row.text).map(withoutComments)
            try body(Object(type: row.text(1), name: row.text(2), sql: sql))
        }
    }

    /// A statement without comments and with single spaces. Quoted names and texts are unchanged.
    private static func withoutComments(_ sql: String) -> String {
        let scalars = Array(sql.unicodeScalars)
        var text = String.UnicodeScalarView()
        var index = 0
        func end(after start: Int, _ isEnd: (Int) -> Bool) -> Int {
            (min(start, scalars.count)..<scalars.count).first(where: isEnd).map { $0 + 1 } ?? scalars.count
        }
        func space() {
            if text.last != " " { text.append(" ") }
        }
        while index < scalars.count {
            let scalar = scalars[index]
            let next = index + 1 < scalars.count ? scalars[index + 1] : nil
            switch (scalar, next) {
            case ("-", "-"):
                index = end(after: index + 2) { scalars[$0] == "\n" }
                space()
            case ("/", "*"):
                index = end(after: index + 3) { scalars[$0] == "/" && scalars[$0 - 1] == "*" }
                space()
            case ("'", _), ("\"", _), ("`", _), ("[", _):
                let close: Unicode.Scalar = scalar == "[" ? "]" : scalar
                let after = end(after: index + 1) { scalars[$0] == close }
                text.append(contentsOf: scalars[index..<after])
                index = after
            case (" ", _), ("\n", _), ("\t", _), ("\r", _), ("\u{0C}", _):
                space()
                index += 1
            default:
                text.append(scalar)
                index += 1
            }
        }
        return String(text)
    }
}
