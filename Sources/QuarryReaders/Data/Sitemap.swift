/// A sitemap (sitemaps.org): the pages of a site, or the sitemaps that list them.
package struct Sitemap: Sendable, Hashable {
    /// The addresses of pages, as they are written, each once.
    package private(set) var pages: [String] = []
    /// The addresses of further sitemaps.
    package private(set) var sitemaps: [String] = []
    /// Why the rest of it is left out; nil if it was read whole.
    package private(set) var fault: String?

    /// The most bytes after unpacking, as the protocol sets it.
    package static let maximumBytes = 50 << 20
    /// The most addresses, as the protocol sets it.
    package static let maximumAddresses = 50_000
    private static let maximumAddress = 2048

    /// Nil if the bytes are not a sitemap.
    ///
    /// - `bytes`: XML, which may be packed with gzip.
    /// - Complexity: O(bytes after unpacking).
    package init?(_ packed: [UInt8]) {
        var bytes = packed
        if packed.starts(with: [0x1F, 0x8B]) {
            guard let unpacked = try? Archive.unpackedFile(packed, limit: Self.maximumBytes) else { return nil }
            bytes = unpacked
        }
        guard bytes.count <= Self.maximumBytes else { return nil }
        let isSitemap = bytes.withUnsafeBufferPointer { bytes in
            do throws(XMLCursor.Malformed) {
                var cursor = try XMLCursor(bytes)
                return try read(&cursor)
            } catch {
                // What comes before the fault counts, if it shows a sitemap.
                fault = "Its XML \(error.problem) in line \(error.line)."
                return !pages.isEmpty || !sitemaps.isEmpty
            }
        }
        if !isSitemap { return nil }
    }

    /// - Returns: Whether it is a sitemap.
    private mutating func read(_ cursor: inout XMLCursor) throws(XMLCursor.Malformed) -> Bool {
        var path: [String] = []
        var text = ""
        var known: Set<String> = []
        while let event = try cursor.next() {
            switch event {
            case .start(let name):
                if path.isEmpty, name != "urlset", name != "sitemapindex" { return false }
                path.append(name)
                text = ""
            case .text(let more):
                if path.last == "loc", text.utf8.count <= Self.maximumAddress { text += more }
            case .end:
                if path.count == 3, path[2] == "loc" {
                    let address = text.joiningWords()
                    let isUsable = !address.isEmpty && address.utf8.count <= Self.maximumAddress
                    if isUsable, known.insert(address).inserted {
                        guard known.count <= Self.maximumAddresses else {
                            fault = "It has more than \(Self.maximumAddresses) addresses."
                            return true
                        }
                        if path[1] == "sitemap" { sitemaps.append(address) } else { pages.append(address) }
                    }
                }
                path.removeLast()
                text = ""
            }
        }
        return true
    }
}
