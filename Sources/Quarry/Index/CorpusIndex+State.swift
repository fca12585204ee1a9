import GRDB

extension CorpusIndex {
    /// Names what the index holds and how it was made: while it is the same, the same question finds the same passages.
    ///
    /// Ids of chunks are never given twice, so that their number and sum change with every change of content.
    /// - Complexity: O(chunks), without reading them.
    public func state() throws -> String {
        try translatingErrors(path: path) {
            try pool.read { db in
                let settings = try SettingsTable.string(SettingsTable.indexSettings, in: db) ?? ""
                let generation = try SettingsTable.integer(SettingsTable.generation, in: db) ?? 1
                let row = try Row.fetchOne(db, sql: "SELECT count(*), ifnull(sum(id), 0) FROM chunks")
                let (count, sum): (Int64, Int64) = (row?[0] ?? 0, row?[1] ?? 0)
                return "\(ContentHash(of: settings))/\(generation)/\(count)/\(sum)"
            }
        }
    }
}
