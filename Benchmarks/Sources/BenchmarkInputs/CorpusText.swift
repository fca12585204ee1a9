public import Foundation

/// The Markdown under `corpora/`, English and Russian, as a source of real text.
public enum CorpusText {
    public static var repository: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    }

    /// All files, one after another in the order of their paths.
    public static func markdown() throws -> String {
        let corpora = repository.appending(path: "corpora").path(percentEncoded: false)
        let names = try FileManager.default.subpathsOfDirectory(atPath: corpora).filter { $0.hasSuffix(".md") }.sorted()
        return try names.map { try String(contentsOfFile: corpora + "/" + $0, encoding: .utf8) }.joined(
            separator: "\n\n")
    }

    /// The Markdown over and over until it is at least a megabyte (1,000,000 bytes) long, cut there at a character.
    public static func megabyte() throws -> String {
        let once = try markdown() + "\n\n"
        let copies = 1_000_000 / once.utf8.count + 1
        let text = String(repeating: once, count: copies)
        var cut = text.utf8.index(text.startIndex, offsetBy: 1_000_000)
        while cut.samePosition(in: text.unicodeScalars) == nil { text.utf8.formIndex(before: &cut) }
        return String(text[..<cut])
    }

    /// Paragraphs of at least `minimum` bytes, in order, each once.
    public static func paragraphs(minimum: Int = 80) throws -> [String] {
        var known: Set<String> = []
        return try markdown().split(separator: "\n\n").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
            .filter { $0.utf8.count >= minimum && known.insert($0).inserted }
    }
}
