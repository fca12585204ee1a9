/// A line `key: value`, as in a form, a list of settings or the head of a letter.
struct Field: Sendable, Hashable {
    let key: String
    let value: String

    private static let longestKey = 60
    private static let mostWords = 6

    /// - `line`: Without markup.
    /// - Returns: Nil unless a short key, a colon and a value follow each other.
    /// - Complexity: O(length of the key).
    init?(_ line: String) {
        guard let (key, rest) = Self.split(line), rest.contains(where: { $0.isLetter || $0.isNumber }) else {
            return nil
        }
        self.key = String(key)
        value = rest.trimmingSpaces
    }

    /// Whether a line is a key whose fields follow, as `server:` in YAML.
    static func isHead(_ line: String) -> Bool {
        split(line).map { $0.rest.allSatisfy(\.isWhitespace) } ?? false
    }

    private static func split(_ line: String) -> (key: Substring, rest: Substring)? {
        guard let colon = line.prefix(longestKey).firstIndex(where: { $0 == ":" || $0 == "：" }) else { return nil }
        let key = line[..<colon]
        let rest = line[line.index(after: colon)...]
        // `10:30`, `https://…` and `Class::method` have no space behind the colon.
        guard line[colon] == "：" || rest.first?.isWhitespace ?? true, key.contains(where: \.isLetter),
            !key.contains(where: { "!?;…".contains($0) }), !key.contains(". "),
            key.split(separator: " ").count <= mostWords
        else { return nil }
        return (key, rest)
    }
}

extension Substring {
    fileprivate var trimmingSpaces: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
