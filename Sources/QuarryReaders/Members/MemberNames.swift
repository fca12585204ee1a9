import QuarryText

/// Gives the files inside of a source clean and different names.
///
/// A name is a path without a beginning slash, `.`, `..` and control characters. Nothing is written to disk under it.
struct MemberNames {
    private var taken: Set<ExactText> = []
    /// How many files had a name, by the name.
    private var counts: [ExactText: Int] = [:]
    /// The maximum length of a name in bytes.
    private static let maximumLength = 1_024

    /// The name of the next file.
    ///
    /// - Returns: The name, and what was changed in it, if that is more than its separators.
    mutating func name(for given: String) -> (name: String, note: String?) {
        let path = given.replacing("\\", with: "/")
        let parts = path.split(separator: "/").filter { $0 != "." }
        var clean = parts.filter { $0 != ".." }.map(Self.visible).joined(separator: "/")
        if clean.utf8.count > Self.maximumLength { clean = Self.shortened(clean) }
        if clean.isEmpty { clean = "unnamed" }
        let name = unique(clean)
        if name != clean { return (name, "Another file in it has the name \(clean), so this one is called \(name).") }
        if !path.hasPrefix("/"), name.utf8.elementsEqual(parts.joined(separator: "/").utf8) { return (name, nil) }
        return (name, "Its name in the file is \(Self.visible(given[...]).prefix(200)). Here it is called \(name).")
    }

    /// The name, or the name with the first free number: `a (2).md`.
    private mutating func unique(_ name: String) -> String {
        if taken.insert(ExactText(name)).inserted { return name }
        let suffix = pathExtension(of: name).map { name.suffix($0.count + 1) } ?? ""
        let stem = name.dropLast(suffix.count)
        var number = counts[ExactText(name)] ?? 1
        while true {
            number += 1
            let next = "\(stem) (\(number))\(suffix)"
            guard taken.insert(ExactText(next)).inserted else { continue }
            counts[ExactText(name)] = number
            return next
        }
    }

    /// The characters, with a sign for each that cannot be seen or that changes how others are shown.
    private static func visible(_ name: Substring) -> String {
        String(
            String.UnicodeScalarView(
                name.unicodeScalars.map { scalar in
                    let kind = scalar.properties.generalCategory
                    let isHidden = [.control, .format, .lineSeparator, .paragraphSeparator].contains(kind)
                    return isHidden ? "\u{FFFD}" : scalar
                }))
    }

    /// The beginning and the end of a long name.
    private static func shortened(_ name: String) -> String {
        let suffix = pathExtension(of: name).flatMap { $0.utf8.count <= 16 ? name.suffix($0.count + 1) : nil } ?? ""
        return "\(name.prefix(200))…\(suffix)"
    }

    /// Whether a walk through folders skips a file: it is hidden, or a note of macOS about another file.
    static func isHidden(_ name: String) -> Bool {
        name.split { $0 == "/" || $0 == "\\" }.contains { part in
            part == "__MACOSX" || part.hasPrefix(".") && part != "." && part != ".."
        }
    }
}
