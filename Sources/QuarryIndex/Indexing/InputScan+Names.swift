import Foundation
import QuarryCore
import QuarryReaders
import QuarryText

extension InputScan {
    /// Removes paths that do not exist from the roots of the walk.
    ///
    /// - Returns: Deleted paths with documents in the index, and unknown paths.
    /// - Throws: ``CorpusError`` if no input is left.
    static func removeMissing(
        _ roots: inout [String], known sources: [StoredSource], inputRoots: InputRoots, inputs: Int
    ) throws -> (gone: [Rejection], unknown: [Rejection]) {
        var (gone, unknown): ([Rejection], [Rejection]) = ([], [])
        roots.removeAll { root in
            guard let path = inputRoots.missing[root] else { return false }
            if sources.contains(where: { $0.path.map { enclosing($0).contains(path) } ?? false }) {
                gone.append(.deletedInput(root))
            } else {
                unknown.append(.missingInput(root))
            }
            return true
        }
        if !unknown.isEmpty, unknown.count == inputs { throw CorpusError.missingInputs(unknown) }
        return (gone, unknown)
    }

    /// Gives each file its unique source name.
    ///
    /// A file that is itself an input keeps its name in the index. A name stays with the file that has it; if that
    /// file no longer exists, the new file counts as the same one, moved.
    static func named(
        _ files: [FoundFile], stored: [StoredSource], names: [ExactText: StoredSource], known: inout [StoredSource]
    ) -> [FoundFile] {
        let byPath = Dictionary(
            stored.compactMap { source in source.path.map { (ExactText($0), source) } },
            uniquingKeysWith: { first, _ in first })
        var taken = Set(known.map(\.id))
        return files.map { file in
            var file = file
            let own = byPath[ExactText(file.path)]
            if file.isExplicit, let own {
                file.id = own.name
                file.root = own.root ?? file.root
            } else if let holder = names[ExactText(file.id)], holder.path != file.path {
                if let own {
                    file.id = own.name
                } else if let path = holder.path, !FileManager.default.fileExists(atPath: path) {
                    if taken.insert(holder.id).inserted { known.append(holder) }
                } else {
                    file.id = file.path
                }
            }
            return file
        }
    }
}
