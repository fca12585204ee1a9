import QuarryReaders
import QuarryText

/// A row of `sources`.
struct StoredSource: Sendable, Hashable {
    var id: Int64
    var name: String
    var root: String?
    var path: String?
    var size: Int
    var modified: Int64
    /// nil while the source is not wholly committed.
    var sha256: ContentHash?
    var reader: Int
}

/// What became of the files under some roots since they were last indexed.
struct SourceDiff {
    struct Change {
        var file: FoundFile
        var stored: StoredSource
    }

    var new: [FoundFile] = []
    /// Files to be read again. Reading may show that only the time of modification changed.
    var changed: [Change] = []
    /// Files that stand elsewhere with the same content.
    var moved: [Change] = []
    var unchanged: [StoredSource] = []
    /// Stored under one of the roots, and no longer found there.
    var deleted: [StoredSource] = []

    /// Compares what was found with what is stored. Unchanged files cost no reading: size and time of modification decide.
    ///
    /// - Parameters:
    ///   - stored: The sources under the roots that were walked.
    ///   - hash: Digest of a found file; asked only for files whose size is that of a vanished one.
    init(found: [FoundFile], stored: [StoredSource], readerVersion: Int, hash: (FoundFile) throws -> ContentHash?)
        rethrows
    {
        var rest: [ExactText: StoredSource] = [:]
        for source in stored { if let path = source.path { rest[ExactText(path)] = source } }
        var unknown: [FoundFile] = []
        for file in found {
            guard let known = rest.removeValue(forKey: ExactText(file.path)) else {
                unknown.append(file)
                continue
            }
            let isUntouched =
                known.size == file.size && known.modified == file.modificationTime && known.sha256 != nil
                && known.reader == readerVersion && known.name == file.id
            if isUntouched { unchanged.append(known) } else { changed.append(.init(file: file, stored: known)) }
        }
        var vanished = stored.filter { source in source.path.map { rest[ExactText($0)] != nil } ?? false }
        for file in unknown {
            let candidates = vanished.indices.filter { vanished[$0].size == file.size && vanished[$0].sha256 != nil }
            if !candidates.isEmpty, let digest = try hash(file),
                let match = candidates.first(where: { vanished[$0].sha256 == digest })
            {
                moved.append(.init(file: file, stored: vanished.remove(at: match)))
            } else {
                new.append(file)
            }
        }
        deleted = vanished
    }
}
