package import QuarryHTTP

/// A provider's API key. Every textual form of it is `<redacted>`.
public struct APIKey: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package let secret: Secret

    /// - Returns: Nil for an empty text.
    public init?(_ text: String) {
        guard !text.isEmpty else { return nil }
        secret = Secret(text)
    }

    public var description: String { secret.description }
    public var debugDescription: String { secret.description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
