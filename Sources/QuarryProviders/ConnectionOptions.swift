/// Bounds and paths of the connections to a provider.
public struct ConnectionOptions: Sendable, Hashable {
    public enum Proxy: Sendable, Hashable {
        case none
        /// `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy`, as libcurl reads them.
        case environment
        /// The proxy's address, such as `http://proxy.example:3128`, or `http://USER:PASSWORD@proxy.example:3128` for one that
        /// wants credentials, percent-encoded where they hold signs such as `@` or `/`. They are never shown.
        case url(String)
    }

    /// Refuses every host but this machine, also where a redirect or a name leads elsewhere. The default is false.
    public var isLocalOnly = false
    /// The default is none: a library does not read the environment unasked.
    public var proxy: Proxy = .none
    /// A PEM file with the certificates to trust in place of the system's.
    public var certificateAuthorities: String?
    /// The default is 5 s.
    public var connectTimeout: Duration = .seconds(5)
    /// Until the provider begins to answer. The default is 600 s: a local model reads a long prompt first.
    public var firstByteTimeout: Duration = .seconds(600)
    /// Between two pieces of a reply. The default is 120 s.
    public var idleTimeout: Duration = .seconds(120)
    /// The first attempt included. The default is 4.
    public var maximumAttempts = 4
    /// Takes the place of the provider's own.
    public var concurrency: Int?

    public init() {}
}

extension ConnectionOptions.Proxy: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// As a configuration says it, without credentials.
    public var description: String {
        switch self {
        case .none: "none"
        case .environment: "environment"
        case .url(let url): ShownAddress.withoutSecrets(url)
        }
    }

    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
