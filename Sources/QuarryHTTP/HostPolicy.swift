/// Which hosts a client may speak to.
package struct HostPolicy: Sendable, Hashable {
    /// Nil where every host is allowed; otherwise the name of the setting that allows only this machine.
    private let loopbackSetting: String?

    /// Every host that is asked for. A redirect stays in the zone it came from; see ``Redirect``.
    package static let any = HostPolicy(loopbackSetting: nil)

    /// Only this machine. Other hosts are refused before their name is looked up, and a socket to another address is
    /// not opened even where a name such as `localhost` is made to lead there.
    package static let loopbackOnly = HostPolicy(loopbackSetting: "hosts: loopbackOnly")

    /// - Parameter setting: What the person set, such as `--local-only`, for the error to name.
    package static func loopbackOnly(setBy setting: String) -> HostPolicy { HostPolicy(loopbackSetting: setting) }

    package var isLoopbackOnly: Bool { loopbackSetting != nil }

    /// - Throws: ``HTTPError`` with code `refusedHost` where the host itself shows that it is not allowed.
    package func check(_ url: HTTPURL) throws {
        if isLoopbackOnly, AddressZone(host: url.host) != .loopback { throw refusal(of: url, because: "") }
    }

    func refusal(of url: HTTPURL, because reason: String) -> HTTPError {
        HTTPError(
            .refusedHost,
            "\(url.host) is not this machine\(reason), and “\(loopbackSetting ?? "")” forbids every other host. "
                + "Name a server on localhost, or lift the setting.")
    }
}

/// Which addresses one transfer may connect to, whatever the name in its URL resolves to.
enum AddressRule: Sendable, Hashable {
    case any
    case loopbackOnly(HostPolicy)
    /// A redirect's target, which must lie in the zone of the server that redirected.
    case redirect(from: AddressZone)

    /// The error for a connection to these bytes of an address; nil where it is allowed.
    func refusal(of bytes: [UInt8], for url: HTTPURL) -> HTTPError? {
        let zone = AddressZone(bytes: bytes)
        let address = AddressZone.text(of: bytes)
        switch self {
        case .any: return nil
        case .loopbackOnly(let policy):
            return zone == .loopback ? nil : policy.refusal(of: url, because: ": it resolves to \(address)")
        case .redirect(let origin):
            return Redirect.refusal(of: url, in: zone, shown: "\(url.host) (\(address))", from: origin)
        }
    }
}
