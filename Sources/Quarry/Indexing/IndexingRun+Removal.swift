import GRDB
import QuarryText

extension IndexingRun {
    /// Removes sources that are gone and documents that left theirs, in transactions of bounded length.
    ///
    /// - Parameter leftovers: Documents that are no longer in sources that stay.
    mutating func removeWhatIsGone(and leftovers: [Removal]) throws {
        let gone = gone
        var removals = leftovers
        if !gone.isEmpty {
            removals += try write { writer, _ -> [Removal] in
                try gone.map { source in
                    try writer.reopen(source.id)
                    return Removal(source: source.id, documents: try writer.documents(of: source.id).map(\.id))
                }
            }
        }
        var start = (removal: 0, document: 0)
        while start.removal < removals.count {
            try Task.checkCancellation()
            let from = start
            start = try write { writer, report -> (removal: Int, document: Int) in
                var room = Self.batchRemovals
                var (index, first) = from
                while index < removals.count, room > 0 {
                    let removal = removals[index]
                    let part = removal.documents[first...].prefix(room)
                    for id in part {
                        if try writer.removeDocument(id, of: removal.source) { report.deletedDocuments += 1 }
                    }
                    room -= max(1, part.count)
                    first += part.count
                    guard first == removal.documents.count else { break }
                    if let sha256 = removal.sha256 {
                        try writer.complete(removal.source, sha256: sha256)
                    } else {
                        try writer.removeSource(removal.source)
                    }
                    (index, first) = (index + 1, 0)
                }
                return (removal: index, document: first)
            }
        }
    }

    /// What ``removeWhatIsGone(and:)`` would remove.
    mutating func countRemovals() throws {
        let sources = gone.map(\.id) + closed
        let seen = seen
        report.deletedDocuments = try translatingErrors(path: index.path) {
            try index.pool.read { db in
                try sources.reduce(0) { sum, source in
                    let keys = try String.fetchAll(
                        db, sql: "SELECT key FROM documents WHERE source = ?", arguments: [source])
                    return sum + keys.count { seen[ExactText($0)] == nil }
                }
            }
        }
    }
}
