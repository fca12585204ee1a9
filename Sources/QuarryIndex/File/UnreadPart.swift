import GRDB
import QuarryCore
import QuarryReaders
import QuarrySQLite

/// A row of `unread`: a source without text that is not faulty, or a file inside of a source that was not read.
struct UnreadPart: Sendable, Hashable {
    /// The path of the file in the source; nil for the source itself.
    var member: String?
    var reason: Rejection.Reason
    /// It may name the source as it was called when it was read.
    var message: String

    /// - `source`: The name of the source at the time of reading.
    init(_ rejection: Rejection, of source: String) {
        let start = source + "/"
        member =
            rejection.source.utf8.starts(with: start.utf8)
            ? String(decoding: rejection.source.utf8.dropFirst(start.utf8.count), as: UTF8.self) : nil
        (reason, message) = (rejection.reason, rejection.message)
    }

    private init(_ row: StoredRow) throws {
        guard let reason = Rejection.Reason(rawValue: try row.text(2)) else {
            throw row.error(2, "this reason is unknown")
        }
        (member, message) = (try row.optional(1, row.text), try row.text(3))
        self.reason = reason
    }

    func rejection(of source: String) -> Rejection {
        Rejection(source: member.map { "\(source)/\($0)" } ?? source, reason: reason, message: message)
    }

    /// All rows by the ids of their sources. A file of an earlier version has none.
    static func all(in db: Database) throws -> [Int64: [UnreadPart]] {
        guard try db.tableExists(CheckedTable.unread.name) else { return [:] }
        let rows = try Row.fetchCursor(db, sql: "SELECT source, member, reason, message FROM unread ORDER BY rowid")
        var parts: [Int64: [UnreadPart]] = [:]
        while let row = try rows.next().map({ StoredRow($0, of: "unread") }) {
            parts[try row.integer(0), default: []].append(try UnreadPart(row))
        }
        return parts
    }
}

extension StoredSource {
    /// What its last reading left out of a source: the source itself, if it has no text, or files inside of it.
    func leftOut(_ parts: [UnreadPart], hasText: Bool, as name: String) -> [Rejection] {
        let rejections = parts.map { $0.rejection(of: name) }
        // A version before did not store the reason.
        guard !hasText, parts.allSatisfy({ $0.member != nil }) else { return rejections }
        return [size == 0 ? .empty(name) : .stillWithoutText(name)] + rejections
    }
}

extension IndexWriter {
    func store(unread parts: [UnreadPart], of source: Int64) throws {
        for part in parts {
            try db.execute(
                sql: CheckedTable.unread.insertion,
                arguments: [source, part.member, part.reason.rawValue, part.message])
        }
    }

    func removeUnread(of source: Int64) throws {
        try db.execute(sql: "DELETE FROM unread WHERE source = ?", arguments: [source])
    }
}
