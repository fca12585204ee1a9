package import GRDB

extension SQLiteFile {
    /// All problems that SQLite reports for a file; empty if there are none.
    ///
    /// Call it outside a transaction (`unsafeRead`). The end of a transaction on a damaged file can throw and hide the
    /// result.
    /// - `quick`: Skips the comparison of indexes with their tables, which takes the most time.
    /// - Complexity: O(size of the file).
    package static func integrityProblems(in db: Database, quick: Bool = false) throws -> [String] {
        let problems = try pageProblems(in: db, quick: quick)
        return problems.isEmpty ? try foreignKeyProblems(in: db) : problems
    }

    /// The same without the references between rows.
    package static func pageProblems(in db: Database, quick: Bool = false) throws -> [String] {
        do {
            return try String.fetchAll(db, sql: quick ? "PRAGMA quick_check" : "PRAGMA integrity_check")
                .filter { $0 != "ok" }
        } catch let error as DatabaseError where [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode) {
            return ["The file is too damaged to be checked: \(error.message ?? "error \(error.resultCode.rawValue)")"]
        }
    }

    private static func foreignKeyProblems(in db: Database) throws -> [String] {
        var problems: [String] = []
        let rows = try Row.fetchCursor(db, sql: "PRAGMA foreign_key_check")
        while problems.count < 100, let row = try rows.next() {
            let values = StoredRow(row, of: "foreign_key_check")
            let place = try values.optional(1) { try "row \(values.integer($0))" } ?? "a row"
            problems.append(
                try "\(values.text(0)): \(place) refers to a row of \(values.text(2)) that does not exist")
        }
        return problems
    }

    /// The application id, which identifies the program that owns a file; 0 if not set.
    package static func applicationID(in db: Database) throws -> Int32 {
        try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    }

    package static func setApplicationID(_ id: Int32, in db: Database) throws {
        try db.execute(sql: "PRAGMA application_id = \(id)")
    }

    /// The schema version; 0 for a new file.
    package static func userVersion(in db: Database) throws -> Int32 {
        try Int32.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    }

    package static func setUserVersion(_ version: Int32, in db: Database) throws {
        try db.execute(sql: "PRAGMA user_version = \(version)")
    }
}
