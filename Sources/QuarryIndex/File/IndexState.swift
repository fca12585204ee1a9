import GRDB
import QuarrySQLite

/// Tells a state of an index from every other state of every other file.
struct IndexState: Sendable, Hashable {
    /// Made with the index, at random. A copy of the file has the same; an index that is made again has another.
    var identity: String
    /// Made with every change, at random. Only an unchanged copy of the file has the same.
    var revision: String

    /// - Throws: ``CorpusError`` if the file has none.
    init(in db: Database, path: String) throws {
        guard let identity = try SettingsTable.string(SettingsTable.identity, in: db),
            let revision = try SettingsTable.string(SettingsTable.revision, in: db)
        else { throw CorpusError(.damaged, "\(path) has no identity or no revision.") }
        (self.identity, self.revision) = (identity, revision)
    }

    /// Gives a new index its identity and its first revision.
    static func begin(in db: Database) throws {
        try SettingsTable.set(SettingsTable.identity, to: random(), in: db)
        try renew(in: db)
    }

    /// Stores a new revision, and ties the log to the file. Call it in every transaction that changes content.
    static func renew(in db: Database) throws {
        try SettingsTable.set(SettingsTable.revision, to: random(), in: db)
        try LogTie.renew(in: db)
    }

    /// 128 random bits in hexadecimal.
    private static func random() -> String {
        let digits = String(UInt128.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }
}
