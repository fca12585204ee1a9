import GRDB

extension CorpusIndex {
    /// Names what the index holds and how it was made: while it is the same, the same question finds the same passages.
    public func state() throws -> String {
        try translatingErrors(path: path) {
            try pool.read { db in
                let settings = try SettingsTable.string(SettingsTable.indexSettings, in: db) ?? ""
                let revision = try SettingsTable.integer(SettingsTable.revision, in: db) ?? 0
                return "\(ContentHash(of: settings))/\(revision)"
            }
        }
    }
}
