public import QuarryText

/// The kinds of personal data that are replaced in documents before they are stored.
public struct Redaction: Sendable, Hashable {
    public typealias Kind = PersonalData.Kind

    public var kinds: Set<Kind>

    public init(_ kinds: Set<Kind> = []) { self.kinds = kinds }

    /// What it adds to the versions of readers, such as ` -card,email`: files are read again when it changes.
    package var versionSuffix: String { kinds.isEmpty ? "" : " -" + names.joined(separator: ",") }

    private var names: [String] { kinds.map(\.rawValue).sorted() }
}

/// Coded as a list of kinds: `["card", "email"]`.
extension Redaction: Codable {
    public init(from decoder: any Decoder) throws {
        self.init(Set(try decoder.singleValueContainer().decode([Kind].self)))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(names.compactMap(Kind.init))
    }
}
