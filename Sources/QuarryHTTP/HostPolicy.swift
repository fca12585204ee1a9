/// The hosts that a client may connect to.
package enum HostPolicy: Sendable, Hashable {
    /// Every requested host.
    case any
    /// Only this machine.
    ///
    /// Other hosts are rejected before a name lookup. A socket to another address is not opened, even if a name such as
    /// `localhost` resolves to it.
    case loopbackOnly
    /// Only addresses of the public Internet (``AddressZone/isPublic(bytes:)``), for addresses that strangers write.
    ///
    /// Every address that a name resolves to is checked before a socket to it is opened, and again before each request.
    case publicOnly

    /// - Throws: ``HTTPError`` with code `refusedHost` if the host itself shows that it is not allowed.
    package func check(_ url: HTTPURL) throws {
        switch self {
        case .any: return
        case .loopbackOnly:
            if AddressZone(host: url.host) != .loopback { throw refusal(of: url) }
        case .publicOnly:
            if AddressZone.isPublic(host: url.host) == false { throw refusal(of: url) }
        }
    }

    /// Whether a proxy may connect for the client. It would resolve names itself, so its addresses cannot be checked.
    var allowsProxy: Bool { self == .any }

    /// The error for a connection to an address, whatever the name in the URL resolves to; nil if it is allowed.
    func refusal(of bytes: [UInt8], for url: HTTPURL) -> HTTPError? {
        let isAllowed =
            switch self {
            case .any: true
            case .loopbackOnly: AddressZone(bytes: bytes) == .loopback
            case .publicOnly: AddressZone.isPublic(bytes: bytes)
            }
        return isAllowed ? nil : refusal(of: url, at: AddressZone.text(of: bytes))
    }

    /// - `address`: The address that the host resolves to.
    private func refusal(of url: HTTPURL, at address: String? = nil) -> HTTPError {
        let reason = address.map { ": it resolves to \($0)" } ?? ""
        return HTTPError(
            .refusedHost,
            self == .publicOnly
                ? "\(url.host) is in a private or reserved network\(reason), and only public addresses are allowed."
                : "\(url.host) is not this machine\(reason), and only this machine is allowed.")
    }
}
