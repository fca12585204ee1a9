import Foundation
import QuarryReaders

/// Where the links of files lead to.
struct FolderLinks: Sendable {
    /// The audited folders as absolute paths. A file that was given by name counts as its folder.
    private let folders: [String]

    struct Link: Sendable, Hashable {
        var target: String
        var isOutside: Bool
    }

    init(inputs: [String]) {
        folders = Set(
            inputs.map { input in
                let path = Self.absolute(input)
                var isFolder: ObjCBool = false
                let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
                return exists && isFolder.boolValue ? path : Self.folder(of: path)
            }
        ).sorted()
    }

    /// The relative links of a file, and those of them that lead to no file of the folders.
    ///
    /// Addresses with a scheme, links within the page, and paths from the root of a site are not checked.
    func check(_ targets: [String], of file: FoundFile) -> (checked: Int, dangling: [Link]) {
        let folder = Self.folder(of: Self.absolute(file.path))
        var checked: Set<String> = []
        var dangling: [Link] = []
        for target in targets {
            guard let path = Self.relativePath(target), checked.insert(target).inserted else { continue }
            let candidates = [path.removingPercentEncoding ?? path, path.filter { $0 != "\\" }].map {
                URL(fileURLWithPath: folder + "/" + $0).standardizedFileURL.path
            }
            let inside = candidates.filter(isInside)
            if !inside.contains(where: Self.exists) {
                dangling.append(Link(target: target, isOutside: inside.isEmpty))
            }
        }
        return (checked.count, dangling)
    }

    /// The path of a link to a file, without query and anchor; nil for other links.
    static func relativePath(_ target: String) -> String? {
        let path = target.prefix { $0 != "#" && $0 != "?" }
        guard !path.isEmpty, path.utf8.count <= 2048, !path.hasPrefix("/"), !path.hasPrefix("\\"),
            // Placeholders of templates
            !["{{", "{%", "${", "<%"].contains(where: target.contains)
        else { return nil }
        let scheme = path.prefix { $0 != ":" && $0 != "/" }
        let hasScheme =
            scheme.endIndex < path.endIndex && path[scheme.endIndex] == ":"
            && scheme.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
        return hasScheme ? nil : String(path)
    }

    private func isInside(_ path: String) -> Bool {
        folders.contains { path == $0 || path.hasPrefix($0 == "/" ? $0 : $0 + "/") }
    }

    /// Whether a link finds its file. Programs that make pages let links omit the extension, or name that of the page.
    private static func exists(_ path: String) -> Bool {
        let files = FileManager.default
        if files.fileExists(atPath: path) { return true }
        let name = path.split(separator: "/").last ?? ""
        if !name.contains(".") { return [".md", ".html"].contains { files.fileExists(atPath: path + $0) } }
        guard name.hasSuffix(".html") else { return false }
        return files.fileExists(atPath: String(path.dropLast(5)) + ".md")
    }

    private static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }

    private static func folder(of path: String) -> String {
        let folder = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
        return folder.isEmpty ? "/" : String(folder)
    }
}

/// The files that wikilinks lead to: `[[Name]]` finds a file of this name in any folder, with or without its extension.
struct WikilinkTargets {
    /// The ends of the paths of files that have the name of a link, in lower case and with up to ``maximumDepth`` folders.
    private var ends: Set<String> = []

    private static let maximumDepth = 16

    /// - Complexity: O(files + links).
    init(files: some Sequence<String>, links: some Sequence<String>) {
        let wanted = Set(links.map { Self.components(of: $0).last ?? "" })
        for file in files {
            let names = Self.components(of: file)
            guard let name = names.last else { continue }
            let stem = pathExtension(of: name).map { String(name.dropLast($0.count + 1)) }
            for name in [name, stem ?? name] where wanted.contains(name) {
                var end = name
                ends.insert(end)
                for folder in names.dropLast().reversed().prefix(Self.maximumDepth) {
                    end = folder + "/" + end
                    ends.insert(end)
                }
            }
        }
    }

    /// Whether a file has this name. A target with folders must be the end of a path.
    func contain(_ target: String) -> Bool { ends.contains(Self.components(of: target).joined(separator: "/")) }

    private static func components(of path: String) -> [String] {
        path.precomposedStringWithCanonicalMapping.lowercased().split(separator: "/").filter { $0 != "." && $0 != ".." }
            .map(String.init)
    }
}
