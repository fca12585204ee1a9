import QuarryCore
import QuarryReaders
import QuarryText

/// The differences between the found files and the stored sources.
struct SourceDiff {
    struct Change: Sendable {
        var file: FoundFile
        var stored: StoredSource
    }

    var new: [FoundFile] = []
    /// Files to read again. Perhaps only their time has changed.
    var changed: [Change] = []
    /// Files with the same content and a new path or name. They are not read.
    var moved: [Change] = []
    var unchanged: [Change] = []
    /// Stored sources that were not found and are not hidden: deleted, now too large, excluded, or a second name of a
    /// file.
    var deleted: [StoredSource] = []
    /// Stored sources in folders that cannot be read. They stay in the index.
    var hidden: [StoredSource] = []

    /// Compares the found files with the stored sources. Files with the same size and time of change are not
    /// read.
    ///
    /// - Parameters:
    ///   - found: With their final ids.
    ///   - stored: The sources within the inputs.
    ///   - isCurrent: Whether the current reader would give the same result for a source.
    ///   - isHidden: Whether a source may be in a folder that cannot be read.
    ///   - hash: The digest of a file. Called only for files with the size of a missing source.
    ///   - canMove: Whether the file would give the same documents under its new name.
    /// - Complexity: O(found + stored).
    init(
        found: [FoundFile], stored: [StoredSource], isCurrent: (StoredSource) -> Bool,
        isHidden: (StoredSource) -> Bool, hash: (FoundFile) -> ContentHash?, canMove: (Change) throws -> Bool
    ) throws {
        var rest = Dictionary(grouping: stored.filter { $0.path != nil }) { ExactText($0.path ?? "") }
        var unknown: [FoundFile] = []
        for file in found {
            guard let known = rest.removeValue(forKey: ExactText(file.path)) else {
                unknown.append(file)
                continue
            }
            let index = known.firstIndex { $0.name == file.id } ?? 0
            let change = Change(file: file, stored: known[index])
            deleted += known.enumerated().filter { $0.offset != index }.map(\.element)
            let isUntouched =
                change.stored.size == file.size && change.stored.modified == file.changeTime
                && change.stored.sha256 != nil && isCurrent(change.stored)
            if !isUntouched {
                changed.append(change)
            } else if change.stored.name == file.id {
                unchanged.append(change)
            } else if try canMove(change) {
                moved.append(change)
            } else {
                changed.append(change)
            }
        }
        var vanished: [StoredSource?] = stored.filter { source in
            source.path.map { rest[ExactText($0)] != nil } ?? false
        }
        try match(
            unknown, with: &vanished, isCurrent: isCurrent, isHidden: isHidden, hash: hash, canMove: canMove)
        for case let source? in vanished {
            if isHidden(source) { hidden.append(source) } else { deleted.append(source) }
        }
        deleted.sort { $0.name < $1.name }
    }

    private struct Content: Hashable {
        var size: Int
        var sha256: ContentHash
    }

    /// Matches new files with missing sources, by name or content.
    private mutating func match(
        _ unknown: [FoundFile], with vanished: inout [StoredSource?], isCurrent: (StoredSource) -> Bool,
        isHidden: (StoredSource) -> Bool, hash: (FoundFile) -> ContentHash?, canMove: (Change) throws -> Bool
    ) throws {
        var byName: [ExactText: Int] = [:]
        var byContent: [Content: [Int]] = [:]
        var sizes: Set<Int> = []
        for (index, source) in vanished.enumerated() {
            guard let source else { continue }
            byName[ExactText(source.name)] = index
            guard let digest = source.sha256, isCurrent(source), !isHidden(source) else { continue }
            sizes.insert(source.size)
            byContent[Content(size: source.size, sha256: digest), default: []].append(index)
        }
        for file in unknown {
            let digest = sizes.contains(file.size) ? hash(file) : nil
            if let index = byName[ExactText(file.id)], let stored = vanished[index] {
                vanished[index] = nil
                let change = Change(file: file, stored: stored)
                let isSame = digest != nil && stored.sha256 == digest && isCurrent(stored)
                if isSame { moved.append(change) } else { changed.append(change) }
                continue
            }
            let candidates = digest.flatMap { byContent[Content(size: file.size, sha256: $0)] } ?? []
            let match = try candidates.first { index in
                try vanished[index].map { try canMove(Change(file: file, stored: $0)) } ?? false
            }
            if let match, let stored = vanished[match] {
                vanished[match] = nil
                moved.append(Change(file: file, stored: stored))
            } else {
                new.append(file)
            }
        }
    }
}
