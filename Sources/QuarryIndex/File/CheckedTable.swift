import Foundation
import GRDB
import QuarrySQLite

/// A table whose rows carry a checksum of their other columns.
///
/// The checksum finds rows that were damaged or edited. It does not protect against forgery.
struct CheckedTable: Sendable {
    let name: String
    /// The columns that the checksum covers. The first is the key of the row.
    let columns: [String]
    /// The statement that inserts a row with its checksum. The arguments are the values of ``columns``.
    let insertion: String

    private init(name: String, columns: [String]) {
        self.name = name
        self.columns = columns
        let values = (1...columns.count).map { "?\($0)" }.joined(separator: ", ")
        insertion = """
            INSERT INTO \(name)(\(columns.joined(separator: ", ")), checksum) VALUES (\(values), row_checksum(\(values)))
            """
    }

    static let settings = CheckedTable(name: "settings", columns: ["key", "value"])
    static let sources = CheckedTable(
        name: "sources", columns: ["id", "name", "root", "path", "size", "modified", "sha256", "reader"])
    static let documents = CheckedTable(
        name: "documents",
        columns: [
            "id", "key", "source", "title", "language", "metadata", "links", "sha256", "source_map", "chunks",
        ])
    static let chunks = CheckedTable(
        name: "chunks",
        columns: [
            "id", "document", "ordinal", "start", "\"end\"", "text", "separator", "headings", "table_header", "tokens",
            "sha256",
        ])
    static let generations = CheckedTable(name: "generations", columns: ["id", "model"])
    static let retiredVectors = CheckedTable(
        name: "retired_vectors", columns: ["sha256", "generation", "vector"])
    static let quarantine = CheckedTable(
        name: "quarantine", columns: ["source", "root", "line", "reason", "message", "model", "omitted"])
    static let roots = CheckedTable(name: "roots", columns: ["path", "name"])
    static let refusedDocuments = CheckedTable(name: "refused_documents", columns: ["source", "key"])
    static let refusedTexts = CheckedTable(name: "refused_texts", columns: ["chunk", "generation", "message"])
    static let runs = CheckedTable(name: "runs", columns: ["finished", "report"])
    static let pages = CheckedTable(
        name: "pages", columns: ["source", "site", "media_type", "entity_tag", "last_modified", "links"])
    static let unread = CheckedTable(name: "unread", columns: ["source", "member", "reason", "message"])
    static let warnings = CheckedTable(name: "warnings", columns: ["source", "reason", "count"])
    static let all = [
        settings, sources, documents, chunks, generations, retiredVectors, quarantine, roots, refusedDocuments,
        refusedTexts, runs, pages, unread, warnings,
    ]

    /// The statement that changes rows with their checksums.
    ///
    /// - `changes`: SQL expressions by column, such as `"sha256": "?1"`.
    /// - `condition`: An SQL condition for the rows, such as `id = ?2`.
    func update(_ changes: KeyValuePairs<String, String>, where condition: String) -> String {
        let values = columns.map { column in changes.first { $0.key == column }?.value ?? column }
        let assignments = changes.map { "\($0.key) = \($0.value)" }
        return """
            UPDATE \(name) SET \(assignments.joined(separator: ", ")),
                checksum = row_checksum(\(values.joined(separator: ", ")))
            WHERE \(condition)
            """
    }

    /// An SQL condition for the rows that do not match their checksum.
    var isDamaged: String { "checksum IS NOT row_checksum(\(columns.joined(separator: ", ")))" }

    /// The columns and the checksum, for a query over several tables.
    var qualifiedColumns: String { (columns + ["checksum"]).map { "\(name).\($0)" }.joined(separator: ", ") }

    /// The rows that do not match their checksum.
    ///
    /// - Complexity: Reads the whole table.
    func problems(in db: Database) throws -> [String] {
        // A file of an earlier version lacks the tables that came later.
        guard try db.tableExists(name) else { return [] }
        var problems = ProblemList()
        let list = (columns + ["checksum"]).joined(separator: ", ")
        let rows = try Row.fetchCursor(db, sql: "SELECT \(list) FROM \(name)")
        while let row = try rows.next() {
            let key: DatabaseValue = row[0]
            let row = StoredRow(row, of: name)
            if try row.checksum(of: 0..<columns.count) != row.optional(columns.count, { try row.integer($0) }) {
                problems.append("\(name), row \(key): its values do not match its checksum")
            }
        }
        return problems.all
    }
}

/// The problems that a check finds. Only the first ones are kept.
struct ProblemList {
    private static let limit = 100
    private var problems: [String]
    private var omitted: Int

    init(_ problems: [String] = []) {
        self.problems = Array(problems.prefix(Self.limit))
        omitted = problems.count - self.problems.count
    }

    mutating func append(_ problem: @autoclosure () -> String) {
        if problems.count < Self.limit { problems.append(problem()) } else { omitted += 1 }
    }

    var all: [String] { omitted == 0 ? problems : problems + ["… and \(omitted) more of this kind"] }
}
