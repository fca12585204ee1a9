public import QuarryCore

/// Metadata that a person gives to folders and files, by their names.
public struct SourceLabels: Sendable, Hashable, Codable {
    /// By the name of a folder or source, as sources are cited. No value is empty.
    public private(set) var byName: [String: [String: MetadataValue]] = [:]

    public init() {}

    /// Sets a label of a folder or source; nil removes it.
    public mutating func set(_ key: String, to value: MetadataValue?, of name: String) {
        byName[name, default: [:]][key] = value
        if byName[name]?.isEmpty == true { byName[name] = nil }
    }

    /// The labels of a source: those of the folders around it and its own. Of one key, that of the innermost counts.
    public func labels(of source: String) -> [String: MetadataValue] {
        guard !byName.isEmpty else { return [:] }
        var labels = byName[""] ?? [:]
        var end = source.startIndex
        while end < source.endIndex {
            end = source[end...].dropFirst().firstIndex(of: "/") ?? source.endIndex
            if let own = byName[String(source[..<end])] { labels.merge(own) { $1 } }
        }
        return labels
    }

    /// The most bytes of a key, and of a value: they are stored with each document.
    package static let maximumKey = 200
    package static let maximumValue = 1_000

    /// The value of a label as a person writes it. Numbers and booleans are read as in front matter.
    package static func value(of text: String) -> MetadataValue { .plain(text) ?? .string(text) }

    /// What the labels of a source add to the version of its reader: it is read again when they change.
    func versionSuffix(of source: String) -> String {
        let labels = labels(of: source)
        guard !labels.isEmpty else { return "" }
        let text = labels.sorted { $0.key < $1.key }.map { "\($0.key)\u{0}\($0.value)" }.joined(separator: "\u{1}")
        return " +" + ContentHash(of: text).description.prefix(12)
    }
}
