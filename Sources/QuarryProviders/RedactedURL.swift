import Foundation

/// Removes secrets from addresses that are shown or stored.
package enum RedactedURL {
    /// An address without the user name and password before its last `@`, and without its query.
    package static func text(of address: String) -> String {
        let start = address.range(of: "://")?.upperBound ?? address.startIndex
        // A password may contain an unencoded “?”, so look for the “@” first.
        let at = address[start...].lastIndex(of: "@")
        let head = at == nil ? String(address[..<start]) : address[..<start] + "<redacted>"
        let rest = address[(at ?? start)...]
        guard let mark = rest.firstIndex(of: "?") else { return head + rest }
        return head + rest[..<mark] + "?<redacted>"
    }
}
