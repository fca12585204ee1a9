/// The hosts that a client may connect to.
package enum HostPolicy: Sendable, Hashable {
    /// Every requested host.
    case any
    /// Only this machine.
    ///
    /// Other hosts are rejected before a name lookup. A socket to another address is not opened, even if a name such as
    /// `localhost` resolves to it.
    case loopbackOnly

    /// - Throws: ``HTTPError`` with code `refusedHost` if the host itself shows that it is not allowed.
    package func check(_ url: HTTPURL) throws {
        if self == .loopbackOnly, AddressZone(host: url.host) != .loopback { throw Self.refusal(of: url) }
    }

    /// The error for a connection to an address, whatever the name in the URL resolves to; nil if it is allowed.
    func refusal(of bytes: [UInt8], for url: HTTPURL) -> HTTPError? {
        guard self == .loopbackOnly, AddressZone(bytes: bytes) != .loopback else { return nil }
        return Self.refusal(of: url, at: AddressZone.text(of: bytes))
    }

    /// - `address`: The address that the host resolves to.
    private static func refusal(of url: HTTPURL, at address: String? = nil) -> HTTPError {
        let reason = address.map { ": it resolves to \($0)" } ?? ""
        return HTTPError(
            .refusedHost, "\(url.host) is not this machine\(reason), and only this machine is allowed.")
    }
}
