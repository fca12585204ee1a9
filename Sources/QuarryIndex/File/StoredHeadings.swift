/// The stored form of a chunk's headings: each title after its length in bytes and a colon, such as
/// `5:Lease7:Tenants`. Empty without headings. It is fast to read, because every hit needs it.
package enum StoredHeadings {
    package static func encode(_ titles: [String]) -> String {
        titles.map { "\($0.utf8.count):\($0)" }.joined()
    }

    /// - Returns: nil for a text that is not in this form.
    package static func decode(_ text: String) -> [String]? {
        var titles: [String] = []
        var rest = text.utf8[...]
        while !rest.isEmpty {
            guard let colon = rest.firstIndex(of: UInt8(ascii: ":")), let count = Int(Substring(rest[..<colon])) else {
                return nil
            }
            let tail = rest[colon...].dropFirst()
            guard count >= 0, count <= tail.count, let title = String(tail.prefix(count)) else { return nil }
            titles.append(title)
            rest = tail.dropFirst(count)
        }
        return titles
    }
}
