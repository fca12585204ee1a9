/// The extension of the path of an address of the web, without its query; nil if it has none.
package func pathExtension(ofAddress address: String) -> String? {
    let start = address.firstRange(of: "://")?.upperBound ?? address.startIndex
    let path = address[start...].prefix { $0 != "?" && $0 != "#" }
    guard let slash = path.firstIndex(of: "/") else { return nil }
    return pathExtension(of: String(path[slash...]))
}

/// The part of a file's name after its last dot, in lower case; nil if there is none.
package func pathExtension(of path: String) -> String? {
    let name = path.split(separator: "/").last ?? ""
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return nil }
    let text = name[name.index(after: dot)...]
    return text.isEmpty ? nil : text.lowercased()
}
