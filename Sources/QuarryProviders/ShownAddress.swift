import Foundation

/// Addresses as they are shown to a person, and kept in indexes.
package enum ShownAddress {
    /// An address without what may be secret in it: the name and password before its last `@`, and its query.
    package static func withoutSecrets(_ address: String) -> String {
        let start = address.range(of: "://")?.upperBound ?? address.startIndex
        // A password with a raw “?” must not end the address before its “@”.
        let at = address[start...].lastIndex(of: "@")
        let head = at == nil ? String(address[..<start]) : address[..<start] + "<redacted>"
        let rest = address[(at ?? start)...]
        guard let mark = rest.firstIndex(of: "?") else { return head + rest }
        return head + rest[..<mark] + "?<redacted>"
    }
}
