/// The hosts that a client may connect to.
package enum HostPolicy: Sendable, Hashable {
    /// Every requested host. A redirect stays in the zone of its server; see ``Redirect``.
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

    /// - `address`: The address that the host resolves to.
    static func refusal(of url: HTTPURL, at address: String? = nil) -> HTTPError {
        let reason = address.map { ": it resolves to \($0)" } ?? ""
        return HTTPError(
            .refusedHost, "\(url.host) is not this machine\(reason), and only this machine is allowed.")
    }
}

/// The addresses that one transfer may connect to, whatever the name in its URL resolves to.
enum AddressRule: Sendable, Hashable {
    case any
    case loopbackOnly
    /// For a redirect: the target must be in the zone of the server that redirected.
    case redirect(from: AddressZone)

    /// The error for a connection to an address; nil if it is allowed.
    func refusal(of bytes: [UInt8], for url: HTTPURL) -> HTTPError? {
        let zone = AddressZone(bytes: bytes)
        let address = AddressZone.text(of: bytes)
        switch self {
        case .any: return nil
        case .loopbackOnly: return zone == .loopback ? nil : HostPolicy.refusal(of: url, at: address)
        case .redirect(let origin):
            return Redirect.refusal(of: url, in: zone, shown: "\(url.host) (\(address))", from: origin)
        }
    }
}
