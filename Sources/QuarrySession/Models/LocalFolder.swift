import Foundation
import QuarryProviders
import QuarryTransformers

extension Sequence<Provider> {
    /// Whether a text is a remote model: an address, or one of these providers before a slash.
    func isRemote(_ text: String) -> Bool {
        let lower = text.lowercased()
        if lower.hasPrefix("http://") || lower.hasPrefix("https://") { return true }
        guard let slash = text.firstIndex(of: "/") else { return false }
        return contains { $0.name == text[..<slash] }
    }

    /// The folder of a local model; nil for the name of a remote one.
    ///
    /// A name with a slash is a folder if it begins with `/`, `./`, `../` or `~/`, or if the folder exists.
    func localFolder(_ name: String) -> String? {
        guard !isRemote(name), name.contains("/") else { return nil }
        let path = ModelStore(path: name).directory.path(percentEncoded: false)
        let isPath = ["/", "./", "../", "~/"].contains { name.hasPrefix($0) }
        return isPath || FileManager.default.fileExists(atPath: path) ? path : nil
    }
}
