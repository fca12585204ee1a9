package import GRDB

extension SQLiteFile {
    /// Everything SQLite finds wrong with a file, in its own words; empty when it is sound.
    ///
    /// - Parameter quick: Leaves out whether every index agrees with its table, which takes the most time.
    /// Call it outside a transaction (`unsafeRead`): ending one on a damaged file can throw in place of this answer.
    /// - Complexity: O(size of the file).
    package static func integrityProblems(in db: Database, quick: Bool = false) throws -> [String] {
        do {
            let check = try String.fetchAll(db, sql: quick ? "PRAGMA quick_check" : "PRAGMA integrity_check")
            return try check.filter { $0 != "ok" } + foreignKeyProblems(in: db)
        } catch let error as DatabaseError where [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode) {
            return ["The file is damaged too much to be checked: \(error)"]
        }
    }

    private static func foreignKeyProblems(in db: Database) throws -> [String] {
        try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").map { row in
            let table: String = row[0]
            let parent: String = row[2]
            let place = (row[1] as Int64?).map { "row \($0)" } ?? "a row"
            return "\(table): \(place) refers to a row of \(parent) that does not exist"
        }
    }

    /// The number by which a file says which program it belongs to; 0 for none.
    package static func applicationID(in db: Database) throws -> Int32 {
        try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    }

    package static func setApplicationID(_ id: Int32, in db: Database) throws {
        try db.execute(sql: "PRAGMA application_id = \(id)")
    }

    /// The version of the file's layout; 0 for a new file.
    package static func userVersion(in db: Database) throws -> Int32 {
        try Int32.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    }

    package static func setUserVersion(_ version: Int32, in db: Database) throws {
        try db.execute(sql: "PRAGMA user_version = \(version)")
    }
}
