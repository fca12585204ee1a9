import Foundation

/// Finds the file that a mistyped path probably means.
enum NearbyFile {
    /// The path of a file or folder whose name differs by a typing error or two; nil if there is none.
    static func name(like path: String) -> String? {
        let folder = (path as NSString).deletingLastPathComponent
        let name = (path as NSString).lastPathComponent
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder),
            let near = CommandWords.nearest(to: name, among: names.filter { !$0.hasPrefix(".") }.sorted())
        else { return nil }
        return folder.isEmpty ? near : (folder as NSString).appendingPathComponent(near)
    }
}
