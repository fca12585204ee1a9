import GRDB
import QuarryCore
import QuarryReaders
import QuarryText

extension IndexWriter {
    func apply(_ change: IndexChange) throws {
        switch change {
        case .folders(let folders, let known): try store(folders, known: known)
        case .move(let stored, let file): try move(stored, to: file)
        case .release(let rows): try releaseQuarantine(rows)
        case .quarantine(let rejection, let root): try quarantine([rejection], root: root)
        case .touch(let id, let row):
            try touch(id, as: row)
            try store(row.page, of: id)
        case .open(let row): try store(row.page, of: upsertSource(row))
        case .write(let prepared, let source): try write(prepared, source: sourceID(source))
        case .relocate(let key, let sourceMap, let source):
            try relocate(key, sourceMap: sourceMap, source: sourceID(source))
        case .close(let row, let keys, let rejections, let refused, let unread, let warnings):
            let id = try sourceID(row.name)
            try store(unread: unread, of: id)
            try store(warnings: warnings, of: id)
            try quarantine(rejections, root: row.root)
            try refuse(refused, of: row.name)
            if try documents(of: id).allSatisfy({ keys.contains(ExactText($0.key)) }) {
                try complete(id, sha256: row.sha256)
            }
        case .reopen(let id): try reopen(id)
        case .removeDocument(let id, let source): try removeDocument(id, of: source)
        case .removeSource(let id): try removeSource(id)
        case .page(let page, let source): try store(page, of: source)
        case .complete(let id, let sha256): try complete(id, sha256: sha256)
        case .forgetRetiredVectors: try RetiredVectors.removeAll(in: db)
        }
    }

    /// Gives a moved source its new name and path. Its rows in quarantine are renamed too, and so is its only
    /// document if that is named after it.
    func move(_ stored: StoredSource, to file: FoundFile) throws {
        try db.execute(
            sql: CheckedTable.sources.update(
                ["name": "?1", "root": "?2", "path": "?3", "size": "?4", "modified": "?5"], where: "id = ?6"),
            arguments: [file.id, file.root, file.path, file.size, file.changeTime, stored.id])
        guard stored.name != file.id else { return }
        try db.execute(
            sql: CheckedTable.documents.update(["key": "?1"], where: "source = ?2 AND key = ?3"),
            arguments: [file.id, stored.id, stored.name])
        try db.execute(
            sql: CheckedTable.quarantine.update(
                ["source": "?1", "root": "?2"], where: "source = ?3 AND reason NOT IN (\(Self.reasonsOfPlaces))"),
            arguments: [file.id, file.root, stored.name])
    }

    /// Stores the names of the roots and the new paths of moved roots.
    ///
    /// - Throws: ``CorpusError`` if another run has given one of the names to another folder.
    func store(_ folders: FolderNames, known: [NamedFolder]) throws {
        for folder in known {
            try db.execute(
                sql: "\(CheckedTable.roots.insertion) ON CONFLICT DO NOTHING",
                arguments: [folder.path, folder.name])
        }
        for relocation in folders.relocations {
            let (from, to) = (relocation.from.path, relocation.to)
            try db.execute(
                sql: CheckedTable.roots.update(["path": "?1"], where: "path = ?2"), arguments: [to, from])
            let (movedRoot, hasMoved) = (
                "?2 || substr(root, length(?1) + 1)", "root = ?1 OR substr(root, 1, length(?1) + 1) = ?1 || '/'"
            )
            for table in [CheckedTable.sources, .quarantine] {
                try db.execute(sql: table.update(["root": movedRoot], where: hasMoved), arguments: [from, to])
            }
            try db.execute(
                sql: CheckedTable.sources.update(
                    ["path": "?2 || substr(path, length(?1) + 1)"],
                    where: "substr(path, 1, length(?1) + 1) = ?1 || '/'"), arguments: [from, to])
        }
        for folder in folders.new {
            // Folders within it are named as parts of it from now on.
            let inside = folder.path == "/" ? "/" : folder.path + "/"
            try db.execute(
                sql: "DELETE FROM roots WHERE path != ?1 AND substr(path, 1, length(?2)) = ?2",
                arguments: [folder.path, inside])
            try db.execute(
                sql: "\(CheckedTable.roots.insertion) ON CONFLICT DO NOTHING",
                arguments: [folder.path, folder.name])
            let stored = try String.fetchOne(db, sql: "SELECT name FROM roots WHERE path = ?", arguments: [folder.path])
            guard stored == folder.name else {
                throw CorpusError(
                    .busy,
                    "Another run has just named a folder of this index like \(folder.path). Try again."
                )
            }
        }
    }
}
