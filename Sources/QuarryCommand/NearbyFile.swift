import Foundation
import Quarry

/// Finds the file that a mistyped path probably means.
enum NearbyFile {
    /// The path of a file or folder whose names differ by a typing error or two each; nil if there is none.
    static func name(like path: String) -> String? {
        var folder = (path as NSString).deletingLastPathComponent
        let name = (path as NSString).lastPathComponent
        if !folder.isEmpty, !FileManager.default.fileExists(atPath: folder) {
            guard let near = Self.name(like: folder) else { return nil }
            folder = near
            let same = (folder as NSString).appendingPathComponent(name)
            if FileManager.default.fileExists(atPath: same) { return same }
        }
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder),
            let near = CommandWords.nearest(to: name, among: names.filter { !$0.hasPrefix(".") }.sorted())
        else { return nil }
        return folder.isEmpty ? near : (folder as NSString).appendingPathComponent(near)
    }

    /// ` Did you mean a b?`, with the paths that are probably meant; empty if there is none.
    static func advice(for paths: [String]) -> String {
        let near = paths.compactMap(name).map(CommandWords.quoted)
        return near.isEmpty ? "" : " Did you mean \(near.joined(separator: " "))?"
    }

    /// The error for files that do not exist.
    static func missing(_ paths: [String]) -> CorpusError {
        let lines = paths.map { "\($0): There is no such file or folder." }
        return CorpusError(.input, lines.joined(separator: "\n") + advice(for: paths))
    }
}
