import GRDB
public import QuarryCore
import QuarrySQLite

/// The number of warnings of a kind that the last reading of a source gave.
public struct SourceWarning: Sendable, Hashable, Codable {
    /// The name of the source.
    public var source: String
    public var reason: Rejection.Reason
    /// At least 1.
    public var count: Int
}

extension SourceWarning {
    /// The warnings of a source, in the order of the names of their kinds.
    static func counted(_ counts: [Rejection.Reason: Int], of source: String) -> [SourceWarning] {
        counts.sorted { $0.key.rawValue < $1.key.rawValue }.map { SourceWarning(source: source, reason: $0, count: $1) }
    }

    /// The rows of `warnings` by the ids of their sources. A file of an earlier version has none.
    static func counts(in db: Database) throws -> [Int64: [Rejection.Reason: Int]] {
        guard try db.tableExists(CheckedTable.warnings.name) else { return [:] }
        var counts: [Int64: [Rejection.Reason: Int]] = [:]
        let rows = try Row.fetchCursor(db, sql: "SELECT source, reason, count FROM warnings")
        while let row = try rows.next().map({ StoredRow($0, of: "warnings") }) {
            guard let reason = Rejection.Reason(rawValue: try row.text(1)) else {
                throw row.error(1, "this reason is unknown")
            }
            counts[try row.integer(0), default: [:]][reason] = try row.count(2)
        }
        return counts
    }
}

extension IndexWriter {
    func store(warnings counts: [Rejection.Reason: Int], of source: Int64) throws {
        for (reason, count) in counts {
            try db.execute(sql: CheckedTable.warnings.insertion, arguments: [source, reason.rawValue, count])
        }
    }

    func removeWarnings(of source: Int64) throws {
        try db.execute(sql: "DELETE FROM warnings WHERE source = ?", arguments: [source])
    }
}
