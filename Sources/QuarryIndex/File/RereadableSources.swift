import GRDB
import QuarryCore
import QuarryReaders
import QuarrySQLite

/// Finds the sources of damaged rows that the next run can read again.
///
/// A source counts if its file gives documents now, by the reader that read it before. That a file exists is not enough:
/// it may be unreadable, encrypted, or need a model or a program that is not there.
struct RereadableSources {
    private struct Candidate: Sendable {
        var id: Int64
        var name: String
        var path: String
        var reader: String
    }

    private let candidates: [Candidate]

    /// - Complexity: Reads the rows of all documents and chunks.
    init(in db: Database) throws {
        let damaged = try FileRepair.damagedDocuments(in: db)
        var ids = try Int64.fetchSet(db, sql: "SELECT id FROM sources WHERE \(CheckedTable.sources.isDamaged)")
        let source = try db.cachedStatement(sql: "SELECT source FROM documents WHERE id = ?")
        for document in damaged { try ids.formUnion(Int64.fetchAll(source, arguments: [document])) }
        let statement = try db.cachedStatement(sql: "SELECT id, name, path, reader FROM sources WHERE id = ?")
        candidates = try ids.sorted().compactMap { id in
            guard let row = try Row.fetchOne(statement, arguments: [id]).map({ StoredRow($0, of: "sources") }) else {
                return nil
            }
            return try ifIntact {
                guard let path = try row.optional(2, row.text) else { return nil }
                return Candidate(id: id, name: try row.text(1), path: path, reader: try row.text(3))
            } ?? nil
        }
    }

    /// Reads each file, one after the other, and keeps nothing of it.
    ///
    /// - Returns: The rows of the sources that can be read.
    /// - Throws: `CancellationError`.
    func ids(by readers: ReaderRegistry) async throws -> Set<Int64> {
        var ids: Set<Int64> = []
        for candidate in candidates {
            try Task.checkCancellation()
            if try await Self.canRead(candidate, by: readers) { ids.insert(candidate.id) }
        }
        return ids
    }

    private static func canRead(_ candidate: Candidate, by readers: ReaderRegistry) async throws -> Bool {
        func kind(_ version: String) -> Substring { version.prefix { $0 != "/" } }
        guard let version = readers.version(of: candidate.name), kind(version) == kind(candidate.reader),
            readers.modelReader(of: candidate.name) == nil, readers.obstacle(of: candidate.name) == nil
        else { return false }
        do {
            let source = try FoundFile(path: candidate.path, id: candidate.name).load()
            return try await !readers.read(source).documents.isEmpty
        } catch let error as CancellationError {
            throw error
        } catch {
            return false
        }
    }
}
