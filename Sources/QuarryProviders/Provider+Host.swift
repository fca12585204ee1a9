import QuarryHTTP

extension Provider {
    /// The host of its address in lower case; nil where it has none or the address is no URL.
    public var host: String? { (try? HTTPURL(baseURL))?.host }

    /// Whether its address is this machine's own loopback, so that nothing leaves the machine and nothing is billed.
    ///
    /// Judged by the address as it is written: `localhost`, `127.0.0.0/8`, `::1`. Names are not resolved.
    public var isOnThisMachine: Bool {
        guard var host else { return false }
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        if host == "localhost" || host.hasSuffix(".localhost") || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
