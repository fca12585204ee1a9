/// Limits, proxy and certificates of the connections to a provider.
public struct ConnectionOptions: Sendable, Hashable {
    public enum Proxy: Sendable, Hashable {
        case none
        /// `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy`, as libcurl reads them. Requests to this machine go
        /// directly.
        case environment
        /// The proxy's address, such as `http://proxy.example:3128`.
        ///
        /// A proxy that requires credentials has them in its address: `http://USER:PASSWORD@proxy.example:3128`, with
        /// characters such as `@` and `/` percent-encoded. They are never shown.
        case url(String)
    }

    /// Allows only this machine, also for redirects and resolved names. The default is false.
    public var isLocalOnly = false
    /// The default is none: the library does not read the environment unless asked.
    public var proxy: Proxy = .none
    /// A PEM file with the certificates to trust instead of the system's.
    public var certificateAuthorities: String?
    /// The time for the connection, including TLS. The default is 5 s.
    public var connectTimeout: Duration = .seconds(5)
    /// The time until the provider begins to answer. The default is 600 s: a local model reads a long prompt first.
    public var firstByteTimeout: Duration = .seconds(600)
    /// The time between two pieces of a reply. The default is 120 s.
    public var idleTimeout: Duration = .seconds(120)
    /// The time for a request and its whole reply. The default is nil: ``ModelTask/totalTimeout``.
    public var totalTimeout: Duration?
    /// The number of attempts, including the first. The default is 4.
    public var maximumAttempts = 4
    /// The maximum number of concurrent requests. The default is nil: the provider's limit.
    public var concurrency: Int?

    public init() {}
}

extension ConnectionOptions.Proxy: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The value as in a configuration, without credentials.
    public var description: String {
        switch self {
        case .none: "none"
        case .environment: "environment"
        case .url(let url): RedactedURL.text(of: url)
        }
    }

    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
