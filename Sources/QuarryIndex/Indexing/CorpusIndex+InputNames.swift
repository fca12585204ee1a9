import GRDB
import QuarryCore
import QuarryReaders
import QuarryText

extension CorpusIndex {
    /// The names that files and folders have in the index, or get when they are indexed together. Those that do not
    /// exist have none.
    package func names(ofInputs paths: [String]) throws -> [String: String] {
        var stored = try translatingErrors(path: path) { try pool.read { try StoredInputs($0) } }
        let roots = InputRoots(paths, stored: stored.folders, sources: Set(stored.sources.compactMap(\.path)))
        stored.relocate(roots.names.relocations)
        let known = Dictionary(
            stored.sources.compactMap { source in source.path.map { (ExactText($0), source.name) } },
            uniquingKeysWith: { first, _ in first })
        var names: [String: String] = [:]
        for path in paths where roots.missing[path] == nil {
            let absolute = InputRoots.absolute(path)
            let outer = enclosing(absolute).lazy.compactMap { outer in
                roots.names.names[outer].map { NamedFolder(path: outer, name: $0) }
            }.last
            if let outer, outer.path == absolute {
                names[path] = outer.name
            } else {
                names[path] =
                    known[ExactText(absolute)] ?? outer?.name(of: absolute) ?? FileWalker.name(ofFile: path)
            }
        }
        return names
    }
}
