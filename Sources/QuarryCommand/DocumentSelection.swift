import Foundation
import Quarry

/// Documents of an index as a person names them: by id, by file, by folder, or by a pattern such as `notes/*.md`. An id
/// with line breaks or control characters can also be given as `quarry ls` shows it.
struct DocumentSelection {
    let documents: [DocumentSummary]

    /// The documents that a word names, in the order of their ids.
    ///
    /// - Throws: ``CorpusError`` with similar names if it names none.
    func matching(_ name: String, in path: String) throws -> [DocumentSummary] {
        let exact = documents.filter { $0.id == name }
        if !exact.isEmpty { return exact }
        let shown = documents.filter { $0.id.visibleInLine == name }
        if !shown.isEmpty { return shown }
        // As a shell completes them: `./notes/a.md`, `notes/`.
        var plain = name.hasPrefix("./") ? String(name.dropFirst(2)) : name
        while plain.hasSuffix("/") { plain.removeLast() }
        let found = documents.filter {
            $0.id == plain || $0.source == plain || $0.source.hasPrefix(plain + "/") || $0.id.hasPrefix(plain + "/")
                || Self.isPattern(name) && (fnmatch(plain, $0.id, 0) == 0 || fnmatch(plain, $0.source, 0) == 0)
        }
        guard found.isEmpty else { return found }
        let tail = (plain as NSString).lastPathComponent.lowercased()
        let names = documents.map(\.id).filter { $0.lowercased().contains(tail) }.prefix(3)
        let near =
            names.isEmpty
            ? CommandWords.nearest(to: plain, among: documents.map(\.id)).map { [$0] } ?? [] : Array(names)
        throw CorpusError(
            .input,
            "\(path) has no document \(name.visibleInLine)."
                + (near.isEmpty
                    ? " To list its documents: quarry ls" : " Did you mean \(near.joined(separator: ", "))?"))
    }

    private static func isPattern(_ name: String) -> Bool { name.contains { "*?[".contains($0) } }
}
