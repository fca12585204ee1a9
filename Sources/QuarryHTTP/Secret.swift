/// A credential. It never shows itself: every textual form of it says `<redacted>`.
package struct Secret: Sendable, Hashable {
    private let value: String

    package init(_ value: String) { self.value = value }

    package var isEmpty: Bool { value.isEmpty }

    /// The credential itself, for the one place that sends it.
    func reveal() -> String { value }

    /// A bearer token of this credential.
    package var bearer: Secret { Secret("Bearer " + value) }

    /// The text without the credential, as for a server's message that repeats what it was sent.
    package func redacting(_ text: String) -> String {
        let bare = value.hasPrefix("Bearer ") ? String(value.dropFirst(7)) : value
        guard bare.utf8.count >= 4 else { return text }
        return text.split(separator: bare, omittingEmptySubsequences: false).joined(separator: "<redacted>")
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
