import GRDB

/// The table `runs`: when the last runs ended, and what they did.
enum RunTable {
    /// The number of runs that are kept.
    private static let kept = 100

    /// Adds a run that ends now.
    ///
    /// - `report`: Its counts, as a JSON object.
    static func add(_ report: String, in db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO runs(finished, report, checksum) SELECT now, ?1, row_checksum(now, ?1)
                FROM (SELECT strftime('%Y-%m-%dT%H:%M:%SZ', 'now') AS now)
                """,
            arguments: [report])
        try db.execute(
            sql: "DELETE FROM runs WHERE id NOT IN (SELECT id FROM runs ORDER BY id DESC LIMIT ?)", arguments: [kept])
    }
}
