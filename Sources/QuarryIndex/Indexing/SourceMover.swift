import GRDB
import QuarryReaders

/// Decides which files can be renamed in the index without reading them.
final class SourceMover {
    private let index: CorpusIndex
    private let readers: ReaderRegistry
    private let refused: Set<String>
    /// Sources with exactly one document of the same name.
    private var movable: Set<Int64>?

    init(index: CorpusIndex, readers: ReaderRegistry, refused: Set<String>) {
        self.index = index
        self.readers = readers
        self.refused = refused
    }

    func canMove(_ change: SourceDiff.Change) throws -> Bool {
        let (old, new) = (change.stored.name, change.file.id)
        if old == new { return true }
        guard readers.readsAlike(old, new), !refused.contains(old) else {
            return false
        }
        return try translatingErrors(path: index.path) {
            try index.pool.read { db in
                let movable = try self.movable ?? Self.movable(in: db)
                self.movable = movable
                guard movable.contains(change.stored.id) else { return false }
                // A record of another source may have this name.
                let isTaken = try Bool.fetchOne(
                    db, sql: "SELECT EXISTS (SELECT 1 FROM documents WHERE key = ?)", arguments: [new])
                return isTaken != true
            }
        }
    }

    private static func movable(in db: Database) throws -> Set<Int64> {
        try Int64.fetchSet(
            db,
            sql: """
                SELECT sources.id FROM sources JOIN documents ON documents.source = sources.id
                GROUP BY sources.id HAVING count(*) = 1 AND min(documents.key) = sources.name
                """)
    }
}
